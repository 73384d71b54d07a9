"""The column that tells the rows of a batch apart, for tables whose keys can not."""

from __future__ import annotations

from typing import Any

from holdfast.schema.column import Column
from holdfast.sql.types import Integer


def insert_sentinel(
    name: str | None = None, type_: Any = None, *, default: Any = None, omit_from_statements: bool = True
) -> Column[Any]:
    """Return a column by which an INSERT of many rows brings them back in the order of the parameters.

    It gets the number of the row within its statement where that order is asked for (`sort_by_parameter_order`), and nothing
    else; the table in the database must have it, and it may be NULL.

    Args:
        name: the column's name.
        type_: a type of numbers; None: Integer.
        default: makes other values than the number of the row, different ones for each row.
        omit_from_statements: SELECT, INSERT and RETURNING that name all columns leave it out.
    """
    return Column(
        name,
        Integer() if type_ is None else type_,
        default=default,
        nullable=True,
        insert_sentinel=True,
        omit_from_statements=omit_from_statements and default is None,
    )
