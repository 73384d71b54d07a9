"""Mistakes that people make with sessions, found while the program runs and named by warnings with codes.

All of it is off until a program, or better its test suite, says ``advice.on()``; then it listens like any program could,
and a session is as slow as its listeners. Off, nothing of it is there. docs/how-to/advice.md has a section per code.
"""

from holdfast.orm.advice.switch import CODES, current, off, on

__all__ = ["CODES", "current", "off", "on"]
