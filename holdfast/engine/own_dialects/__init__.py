"""Dialects of programs: what an engine does for the methods that its dialect overrides, and for no other dialect."""

from holdfast.engine.own_dialects.installing import connect_arguments, install, opened

__all__ = ["connect_arguments", "install", "opened"]
