"""What is said where the tables of a relationship are joined by no foreign key, or by several."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from holdfast._util.suggestions import did_you_mean
from holdfast.orm.mapping.join_request import JoinRequest, Pair


def no_foreign_keys(request: JoinRequest, one: Any, other: Any, of_secondary: bool) -> str:
    """Return the message for tables that no foreign key connects, with what is most likely wrong."""
    text = (
        f"Could not determine join condition between parent/child tables on relationship {request.name} - there are no "
        "foreign keys linking these tables"
    )
    if of_secondary:
        text += (
            f" via secondary table '{other.name}'.  Ensure that referencing columns are associated with a ForeignKey "
            "or ForeignKeyConstraint, or specify 'primaryjoin' and 'secondaryjoin' expressions."
        )
        fix = f"Table '{other.name}' needs a column with ForeignKey({_example_target(one)!r})."
    else:
        text += (
            ".  Ensure that referencing columns are associated with a ForeignKey or ForeignKeyConstraint, or specify a "
            "'primaryjoin' expression."
        )
        fix = _missing_key_hint(request, one, other)
    return f"{text} {fix}"


def _missing_key_hint(request: JoinRequest, one: Any, other: Any) -> str:
    """Return what is most likely wrong: a key that leads nowhere, columns that are no keys, or no key at all."""
    if request.foreign_keys:
        named = ", ".join(f"{column.table.name}.{column.name}" for column in request.foreign_keys)
        return f"foreign_keys names {named}: no ForeignKey of these leads from one of the two tables to the other."
    known = one.metadata.tables
    for table in (other, one):
        for column in table.c:
            for key in column.foreign_keys:
                target = key.target_fullname.rpartition(".")[0]
                place = f"{table.name}.{column.name}"
                if not target:
                    return (
                        f"{place} refers to {key.target_fullname!r}, which names no column: write table and column, such as "
                        f"ForeignKey('{key.target_fullname}.id')."
                    )
                if target not in known:
                    meant = did_you_mean(target, known)
                    if target.lower() in known:
                        meant = f"Did you mean {target.lower()!r}? A ForeignKey names the table, not the class."
                    return f"{place} refers to {key.target_fullname!r}, but there is no such table. {meant}".rstrip()
    return (
        f"Table '{other.name}' needs a column such as {one.name}_id: Mapped[int] = "
        f"mapped_column(ForeignKey({_example_target(one)!r})), or table '{one.name}' one that refers to "
        f"{_example_target(other)!r}."
    )


def _example_target(table: Any) -> str:
    key = next((column.name for column in table.primary_key), "id")
    return f"{table.fullname}.{key}"


def ambiguous_keys(request: JoinRequest, found: Iterable[tuple[Pair, ...]]) -> str:
    """Return the message for tables that several foreign keys connect, with the candidates."""
    candidates = [f"{key.table.name}.{key.name}" for pairs in found for _, key in pairs]
    return (
        f"Could not determine join condition between parent/child tables on relationship {request.name} - there are "
        "multiple foreign key paths linking the tables.  Specify the 'foreign_keys' argument, providing a list of "
        "those columns which should be counted as containing a foreign key reference to the parent table. "
        f"Candidates are: {', '.join(candidates)}."
    )
