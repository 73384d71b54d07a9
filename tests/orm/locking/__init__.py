"""Tests of optimistic and of row locks, each run on both faces."""
