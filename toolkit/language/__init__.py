"""Texts in each language: look-up, names, sentences, fonts. Never computes a figure.

translate.LANGUAGES          the languages
translate.tr                 a message in a language; ngettext: by number
translate.number             a number with separated thousands; significant, date
sentences.in_language        errors and progress of imports, which are raised in English
translate.unbroken           no line break between a number and its unit
words.tier_name              names and meanings of tiers, classes and statuses
quantities.quantity_text     a figure in words; difference_text: with signs
words.limits                 what the figures cannot say
notes.notes                  notes of an assessment, by id
fonts.font_css               the bundled font for Burmese
"""
