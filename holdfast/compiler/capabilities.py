"""What a database can do, as a table: the compiler and the unit of work ask it, never for a dialect's name."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Capabilities:
    """The answers of one database with one driver.

    Attributes:
        paramstyle: "qmark", "named" or "pyformat".
        insert_returning, update_returning, delete_returning: RETURNING is understood.
        returning_with_table: RETURNING names columns with their table.
        lastrowid: the driver tells the key that was generated last.
        native_boolean: ``true`` and ``false`` are known; otherwise 1 and 0 stand for them.
        ilike: ILIKE is known; otherwise both sides are lowered.
        for_update: FOR UPDATE is known; otherwise it is left out (the transaction locks the whole database).
        limit_without_count: what stands in LIMIT where only an offset was given; None: LIMIT is left out.
        empty_set: the SELECT without rows that stands for an empty list in IN.
        tuple_values: a list of tuples in IN needs VALUES.
        true_division: ``/`` between whole numbers keeps the fraction.
        distinct_on: DISTINCT ON is known.
        casts_parameters: parameters are sent with the name of their type.
        doubles_percent: a percent sign in text must be doubled.
        max_identifier_length: characters of the longest name.
        max_binds: parameters of one statement.
        now: the text of ``now()``.
    """

    paramstyle: str = "named"
    insert_returning: bool = True
    update_returning: bool = True
    delete_returning: bool = True
    returning_with_table: bool = True
    lastrowid: bool = False
    native_boolean: bool = True
    ilike: bool = False
    for_update: bool = True
    limit_without_count: str | None = "-1"
    empty_set: str = "SELECT 1 WHERE 1!=1"
    tuple_values: bool = False
    true_division: bool = False
    distinct_on: bool = False
    casts_parameters: bool = False
    doubles_percent: bool = False
    max_identifier_length: int = 9999
    max_binds: int = 32766
    now: str = "now()"

    @property
    def positional(self) -> bool:
        """Parameters are a sequence, not a mapping."""
        return self.paramstyle == "qmark"

    def replace(self, **answers: Any) -> Capabilities:
        """Return the table with other answers."""
        return dataclasses.replace(self, **answers)


STANDARD = Capabilities()
