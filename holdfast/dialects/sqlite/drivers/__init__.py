"""Drivers for SQLite."""
