"""Tests of loading: options, strategies, what is sent."""
