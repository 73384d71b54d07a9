"""The texts of COPY."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from holdfast import exc
from holdfast.compiler.identifiers import quote
from holdfast.compiler.statements import compile_statement

FORMATS = ("csv", "text", "binary")


def copy_in_text(dialect: Any, table: Any, columns: Sequence[str]) -> str:
    """Return the COPY that takes rows from the driver."""
    name = quote(table.name, dialect, table.quote)
    schema = dialect.schema_of(table)
    if schema is not None:
        name = f"{quote(schema, dialect)}.{name}"
    return _plain(dialect, f"COPY {name} ({', '.join(quote(column, dialect) for column in columns)}) FROM STDIN")


def _plain(dialect: Any, text: str) -> str:
    """Return a text as it goes without parameters: percent signs are single."""
    return text.replace("%%", "%") if dialect.capabilities.doubles_percent else text


def copy_out_text(dialect: Any, statement: Any, format_: str, header: bool) -> str:
    """Return the COPY of a query, whose values stand in the text: COPY knows no parameters.

    Raises: ArgumentError: an unknown format. StatementError: a parameter has no value.
    """
    if format_ not in FORMATS:
        raise exc.ArgumentError(f"The format of COPY is one of {', '.join(FORMATS)}, not {format_!r}")
    text, _ = compile_statement(statement, dialect, literal_binds=True).bind(statement._values)
    options = f"FORMAT {format_}" + (", HEADER true" if header and format_ == "csv" else "")
    return f"COPY ({_plain(dialect, text)}) TO STDOUT WITH ({options})"
