"""Sessions run by random programs, held against a model of plain dictionaries and against the rows themselves."""
