"""Tests of the unit of work."""
