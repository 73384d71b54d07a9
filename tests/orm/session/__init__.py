"""Tests of the session, each run on both faces."""
