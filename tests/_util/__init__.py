"""Tests of the small general tools."""
