"""Tells the errors of MySQL and MariaDB apart, by their numbers. Source: the manuals' lists of server and client errors."""

from __future__ import annotations

import re

from holdfast.dialects.facts import LOST, ErrorFacts

_LOST = frozenset((1053, 1077, 1080, 1927, 2002, 2003, 2005, 2006, 2013, 2014, 2045, 2055, 4031))
"""The connection is of no use: shutdown, KILL, too long idle, the network."""

_KINDS = {
    **dict.fromkeys((1020, 1569), "SerializationFailure"),
    **dict.fromkeys((1213, 1614), "Deadlock"),
    **dict.fromkeys((1205, 3572), "LockTimeout"),
    **dict.fromkeys((1969, 3024), "StatementTimeout"),
    **dict.fromkeys((1036, 1290, 1792, 1836), "ReadOnlyViolation"),
    **dict.fromkeys((1040, 1203, 1226), "TooManyConnections"),
    # Drivers do not agree on the class of a value that the server can not take.
    **dict.fromkeys((1264, 1265, 1292, 1366, 1367, 1406, 1411, 1690), "DataError"),
}
"""Number -> class; what another transaction was in the way of, what took too long, what is not allowed now, wrong values."""

_NAME = r"`((?:[^`]|``)+)`"
_FOREIGN_KEY = re.compile(rf"\({_NAME}\.{_NAME}, CONSTRAINT {_NAME} FOREIGN KEY \(([^)]*)\)")
_CHECK = re.compile(rf"CONSTRAINT {_NAME} failed for {_NAME}\.{_NAME}|Check constraint '(.+)' is violated")
_UNIQUE = re.compile(r"for key '([^']*)'\s*$")
_NULL = re.compile(r"(?:Column|Field) '([^']*)' (?:cannot be null|doesn't have a default value)")

_VALUES = (
    re.compile(r"(Duplicate entry )'.*'( for key)", re.DOTALL),
    re.compile(r"((?:Incorrect|Truncated incorrect|Illegal|Invalid)[\w ]* value: )'.*'", re.DOTALL),
    # What could not be read is the text of the statement, in which the driver has put the values.
    re.compile(r"(right syntax to use near )'.*'( at line)", re.DOTALL),
)


def number_of(error: BaseException) -> int | None:
    """Return the number of an error, or None where it has none."""
    first = error.args[0] if error.args else None
    return first if isinstance(first, int) else None


def _message(error: BaseException) -> str:
    return str(error.args[1]) if len(error.args) > 1 else str(error)


def without_values(error: BaseException) -> str:
    """Return a driver's message without the values of rows that the server quotes in it."""
    text = str(error)
    for pattern in _VALUES:
        text = pattern.sub(lambda match: "'...'".join((match[1], match[2] if match.lastindex == 2 else "")), text)
    return text


def classify(error: BaseException) -> ErrorFacts | None:
    """Return the facts of an error, or None."""
    number = number_of(error)
    if number in _LOST or (number == 0 and type(error).__name__ == "InterfaceError"):
        return ErrorFacts(LOST)
    if number in _KINDS:
        return ErrorFacts(_KINDS[number])
    read = _READERS.get(number)  # type: ignore[arg-type]
    return None if read is None else read(_message(error))


def _unique(message: str) -> ErrorFacts:
    match = _UNIQUE.search(message)
    # MySQL names the table before the key.
    table, _, key = (match[1] if match else "").rpartition(".")
    return ErrorFacts("UniqueViolation", key or None, table or None)


def _foreign_key(message: str) -> ErrorFacts:
    match = _FOREIGN_KEY.search(message)
    if match is None:
        return ErrorFacts("ForeignKeyViolation")
    columns = tuple(name.strip().strip("`") for name in match[4].split(","))
    return ErrorFacts("ForeignKeyViolation", match[3], match[2], columns)


def _check(message: str) -> ErrorFacts:
    match = _CHECK.search(message)
    if match is None:
        return ErrorFacts("CheckViolation")
    return ErrorFacts("CheckViolation", match[1] or match[4], match[3])


def _not_null(message: str) -> ErrorFacts:
    match = _NULL.search(message)
    return ErrorFacts("NotNullViolation", columns=(match[1],) if match else ())


_READERS = {
    1022: _unique, 1062: _unique, 1169: _unique, 1586: _unique,
    1216: _foreign_key, 1217: _foreign_key, 1451: _foreign_key, 1452: _foreign_key,
    1048: _not_null, 1364: _not_null,
    3819: _check, 4025: _check,
}  # fmt: skip
