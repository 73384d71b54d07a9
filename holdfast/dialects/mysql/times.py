"""Dates and times of MySQL and MariaDB: with a fraction of the second where it is said."""

from __future__ import annotations

from holdfast.sql import types


class FractionalSeconds:
    """What times share.

    Args:
        timezone: without meaning here: no type has a time zone.
        fsp: digits of the second's fraction, up to 6; without it the fraction is cut off.
    """

    _arguments = ("timezone", "fsp")

    def __init__(self, timezone: bool = False, fsp: int | None = None) -> None:
        self.timezone = timezone
        self.fsp = fsp


class DATETIME(FractionalSeconds, types.DATETIME):
    """``DATETIME(fsp)``."""


class TIMESTAMP(FractionalSeconds, types.TIMESTAMP):
    """``TIMESTAMP(fsp)``: 1970 to 2038, kept in UTC and shown in the connection's time zone."""


class TIME(FractionalSeconds, types.TIME):
    """``TIME(fsp)``."""
