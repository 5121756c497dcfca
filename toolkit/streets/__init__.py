"""The streets of a city: reading, checking, keeping and opening them; knows no cameras but mapped ones."""
