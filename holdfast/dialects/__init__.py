"""The databases: a table of answers, texts and drivers for each; found by name when an engine is made."""
