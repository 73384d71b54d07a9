"""Tests of the mapping: declarations to tables and relationships."""
