"""Keeps Holdfast from growing slower unseen, without a clock: what every operation costs is counted and kept in a file."""
