"""Tells PostgreSQL's errors apart, by their SQLSTATE. Source: PostgreSQL's manual, appendix A."""

from __future__ import annotations

import re
from typing import Any

from holdfast.dialects.facts import LOST, UNKNOWN, ErrorFacts

_KINDS = {
    "23502": "NotNullViolation",
    "23503": "ForeignKeyViolation",
    "23505": "UniqueViolation",
    "23514": "CheckViolation",
    "23P01": "ExclusionViolation",
    "25006": "ReadOnlyViolation",
    "40001": "SerializationFailure",
    "40P01": "Deadlock",
    "53300": "TooManyConnections",
    "55P03": "LockTimeout",
    "57014": "StatementTimeout",
    **dict.fromkeys(("25P03", "25P04", "57P01", "57P02", "57P03", "57P04", "57P05"), LOST),
    **dict.fromkeys(("08000", "08001", "08003", "08004", "08006", "08P01"), LOST),
    # "Transaction resolution unknown", "statement completion unknown": databases behind the same protocol say so.
    **dict.fromkeys(("08007", "40003"), UNKNOWN),
}

_TOO_MANY = re.compile("too many (?:clients|connections)|remaining connection slots")
_NOT_WANTED = re.compile(
    "session is (?:not )?read-only|server is (?:not )?in hot standby mode|None of the hosts match the target attribute"
)
"""No host is such a one as `target_session_attrs` asks for: as long as another server takes over, for instance."""

_BY_THE_USER = "due to user request"

_KEYS_AND_ROWS = re.compile(r"(DETAIL:  Key \(.*?\)=|DETAIL:  Failing row contains )\((?:.|\n)*?\)(?= |\.|$)")
_SECTIONS = re.compile(r"\n(?=(?:DETAIL|HINT|CONTEXT|QUERY|LINE \d+):)")
_COPIED = re.compile(r"(CONTEXT:  COPY .*?, line \d+(?:, column .*?)?: ).*", re.DOTALL)
_DOCUMENT = re.compile(r"(CONTEXT:  JSON data, line \d+: ).*", re.DOTALL)
_QUOTED = re.compile(r'".*"|".*', re.DOTALL)

_ARGUMENT = re.compile(
    r"(invalid input for query argument \$\d+: ).*?(?: \(((?:expected |'\w+' object |an? |value out of )[\w ,.'-]*)\))?$",
    re.DOTALL,
)
"""asyncpg's own words, before anything is sent; the reason is kept where it names classes and quotes nothing."""

_NO_PARAMETERS = ("psycopg2",)
"""Drivers that put values into the text of a statement, of which the server quotes a line in its errors."""


def without_values(error: BaseException) -> str:
    """Return a driver's message without values: the server quotes keys, rows, and what it could not read.

    Of data errors (class 22) all that stands in quotation marks is left out, as there it is a value.
    """
    text = _KEYS_AND_ROWS.sub(r"\1(...)", str(error))
    refused = _ARGUMENT.match(text)
    if refused is not None:
        return f"{refused[1]}..." + (f" ({refused[2]})" if refused[2] else "")
    state = state_of(error) or ""
    is_data = state.startswith("22") or "tsquery: " in text
    shows_text = type(error).__module__.startswith(_NO_PARAMETERS)
    sections = []
    for section in _SECTIONS.split(text):
        if section.startswith("LINE ") and shows_text:
            continue
        section = _DOCUMENT.sub(r"\1...", _COPIED.sub(r"\1...", section))
        if is_data and not section.startswith(("LINE ", "HINT:")):
            # The parser of XML quotes without marks.
            is_xml = state in ("2200M", "2200N", "2200S", "2200T") and section.startswith("DETAIL:")
            section = "DETAIL:  ..." if is_xml else _QUOTED.sub('"..."', section)
        sections.append(section)
    return "\n".join(sections)


def classify(error: BaseException, driver: Any) -> ErrorFacts | None:
    """Return the facts of an error, or None.

    Args:
        driver: knows its own errors, which have no SQLSTATE: it lost the connection, or it was used wrongly.
    """
    state = state_of(error)
    if state is None:
        if _TOO_MANY.search(str(error)):
            return ErrorFacts("TooManyConnections")
        if _NOT_WANTED.search(str(error)):
            return ErrorFacts(LOST)
        lost = driver is not None and driver.is_connection_lost(error)
        return ErrorFacts(LOST) if lost else None
    kind = _KINDS.get(state)
    if kind is None or (state == "57014" and _BY_THE_USER in str(error)):
        return None
    if not state.startswith("23"):
        return ErrorFacts(kind)
    told = getattr(error, "diag", None) or error
    column = getattr(told, "column_name", None)
    columns = (column,) if column else _columns_in(_first(told, "message_detail", "detail"))
    return ErrorFacts(kind, getattr(told, "constraint_name", None), getattr(told, "table_name", None), columns)


def state_of(error: BaseException) -> str | None:
    """Return an error's SQLSTATE, or None."""
    return _first(error, "sqlstate", "pgcode")


def _first(told: Any, *names: str) -> Any:
    """Return what the first of some attributes tells; drivers differ in their names."""
    return next((found for name in names if (found := getattr(told, name, None)) is not None), None)


def _columns_in(detail: str | None) -> tuple[str, ...]:
    """Return the columns of a violated key: the server names them at the front, ``Key (a, b)=(1, 2) already exists.``"""
    if not detail or not detail.startswith("Key ("):
        return ()
    names, separator, _ = detail[len("Key (") :].partition(")=(")
    if not separator:
        return ()
    return tuple(name.strip().strip('"') for name in names.split(","))
