"""Tests of the Query of the 1.x series."""
