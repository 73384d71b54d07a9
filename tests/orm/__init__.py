"""Tests of the mapping, the session and what stands between."""
