"""Drivers for PostgreSQL."""
