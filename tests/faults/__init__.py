"""Failure at every I/O: programs of sessions, each run once more for every I/O and every kind of fault."""
