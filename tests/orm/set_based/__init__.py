"""Tests of writing by statement."""
