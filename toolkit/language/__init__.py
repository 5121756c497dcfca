"""Words, sentences, names and fonts in each language; nothing here computes a figure."""
