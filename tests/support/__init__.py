"""Helpers that several rooms of the tests share."""
