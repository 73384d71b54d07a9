"""From rows of PostgreSQL's catalogue to the facts that an Inspector tells: of one table each."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from holdfast.dialects.postgresql.reflection_types import TypeReader
from holdfast.engine.reflection.reflector import Facts
from holdfast.sql.quoted_name import quoted_name

_ACTIONS = {"r": "RESTRICT", "c": "CASCADE", "n": "SET NULL", "d": "SET DEFAULT"}
_NEXT_VALUE = re.compile(r"nextval\('(?P<name>(?:[^'\"]|''|\"[^\"]*\")*)'::regclass\)")
_QUOTED = re.compile(r'"[^"]*"')
_DESCENDING, _NULLS_FIRST = 1, 2


def columns(rows: list[Any], types: TypeReader, schema: str | None) -> list[Facts]:
    """Return the facts of columns.

    Args:
        schema: the one that the program named.
    """
    return [_column(row, types, schema) for row in rows]


def _column(row: Any, types: TypeReader, schema: str | None) -> Facts:
    default = row.default_text if row.default_text is not None else types.default_of(row.type_oid)
    counts = default is not None and _NEXT_VALUE.search(default) is not None
    if default is not None and counts:
        default = _in_schema(default, schema)
    fact: Facts = {
        "name": row.name,
        "type": types.type_of(row.name, row.type_oid, row.type_text, row.collation),
        "nullable": row.nullable and not types.refuses_null(row.type_oid),
        "default": None if row.generated else default,
        "autoincrement": counts or bool(row.identity),
        "comment": row.comment,
    }
    if row.generated:
        fact["computed"] = {"sqltext": row.default_text, "persisted": row.generated == "s"}
    if row.identity:
        fact["identity"] = {
            "always": row.identity == "a",
            **{name: getattr(row, name) for name in ("start", "increment", "minvalue", "maxvalue", "cache", "cycle")},
        }
    return fact


def _in_schema(default: str, schema: str | None) -> str:
    """Return ``nextval('...')`` with the schema of the table: the server leaves it out where the search path finds it."""

    def qualified(match: re.Match[str]) -> str:
        name = match.group("name")
        if schema is None or "." in _QUOTED.sub("", name):
            return match.group()
        quoted = schema.replace('"', '""').replace("'", "''")
        return f"nextval('\"{quoted}\".{name}'::regclass)"

    return _NEXT_VALUE.sub(qualified, default)


def pk_constraint(rows: list[Any]) -> Facts:
    """Return the facts of the primary key."""
    for row in rows:
        fact: Facts = {
            "constrained_columns": row.columns,
            "name": row.name,
            "comment": row.comment,
            "dialect_options": {"postgresql_include": row.included or []},
        }
        return fact | _when_checked(row)
    return {"constrained_columns": [], "name": None}


def unique_constraints(rows: list[Any]) -> list[Facts]:
    """Return the facts of UNIQUE constraints."""
    found = []
    for row in rows:
        options = {"postgresql_include": row.included or []}
        if row.nulls_not_distinct is not None:
            options["postgresql_nulls_not_distinct"] = row.nulls_not_distinct
        fact: Facts = {
            "column_names": row.columns,
            "name": row.name,
            "comment": row.comment,
            "dialect_options": options,
        }
        found.append(fact | _when_checked(row))
    return found


def _when_checked(row: Any) -> Facts:
    """Return the options of a key that is not checked by each row at once; most are, and have none."""
    timing = _timing(row)
    return {"options": timing} if timing else {}


def _timing(row: Any) -> Facts:
    found: Facts = {"initially": "DEFERRED"} if row.deferred else {}
    return found | ({"deferrable": True} if row.deferrable else {})


def foreign_keys(rows: list[Any], schema: str | None, default_schema: str | None) -> list[Facts]:
    """Return the facts of foreign keys.

    Args:
        schema: the one that the program named; tables in it are told with it.
        default_schema: tells all schemas but this one; None: a table that the search path finds is told without schema.
    """

    def told(row: Any) -> str | None:
        own = row.referred_schema
        if own == schema:
            return own  # type: ignore[no-any-return]
        return None if (row.is_visible if default_schema is None else own == default_schema) else own

    return [
        {
            "name": row.name,
            "constrained_columns": row.columns,
            "referred_schema": told(row),
            "referred_table": row.referred_table,
            "referred_columns": row.referred_columns,
            "options": _options_of_key(row),
            "comment": row.comment,
        }
        for row in rows
    ]


def _options_of_key(row: Any) -> Facts:
    ondelete = _ACTIONS.get(row.ondelete)
    options = {
        "onupdate": _ACTIONS.get(row.onupdate),
        "ondelete": f"{ondelete} ({row.set_columns})" if row.set_columns else ondelete,
        **_timing(row),
        "match": "FULL" if row.match == "f" else None,
    }
    return {name: value for name, value in options.items() if value is not None}


def check_constraints(rows: list[Any]) -> list[Facts]:
    """Return the facts of CHECK constraints."""
    found = []
    for row in rows:
        fact: Facts = {"name": row.name, "sqltext": row.sqltext, "comment": row.comment}
        options = {name: True for name in ("not_valid", "no_inherit") if getattr(row, name)}
        found.append(fact | ({"dialect_options": options} if options else {}))
    return found


def indexes(rows: list[Any]) -> list[Facts]:
    """Return the facts of indexes."""
    return [_index(row) for row in rows]


def _index(row: Any) -> Facts:
    # A column has its name, in the text perhaps in quotes; an expression has none.
    parts = [text if name is None else name for name, text in zip(row.columns, row.texts, strict=True)]
    fact: Facts = {"name": row.name, "unique": row.is_unique, "column_names": row.columns}
    if None in row.columns:
        fact["expressions"] = parts
    sorting = {part: words for part, bits in zip(parts, row.options, strict=True) if (words := _sorting(bits))}
    if sorting:
        fact["column_sorting"] = sorting
    if row.constraint_name is not None:
        fact["duplicates_constraint"] = row.constraint_name
    classes = {part: class_ for part, class_ in zip(parts, row.classes, strict=True) if class_ is not None}
    options = {
        "postgresql_ops": classes,
        "postgresql_with": _storage(row.storage),
        "postgresql_using": None if row.method == "btree" else row.method,
        "postgresql_where": row.condition,
        "postgresql_nulls_not_distinct": row.nulls_not_distinct,
    }
    fact["dialect_options"] = {"postgresql_include": row.included or []} | {key: v for key, v in options.items() if v}
    return fact


def _sorting(bits: int) -> tuple[str, ...]:
    """Return the words of what differs from ascending order with NULLs last, or descending with NULLs first."""
    if bits & _DESCENDING:
        return ("desc",) if bits & _NULLS_FIRST else ("desc", "nulls_last")
    return ("nulls_first",) if bits & _NULLS_FIRST else ()


def _storage(parameters: list[str] | None) -> dict[str, str]:
    pairs = (parameter.partition("=") for parameter in parameters or ())
    return {name: value for name, _, value in pairs}


def table_comment(rows: list[Any]) -> Facts:
    """Return the comment of a table."""
    return {"text": rows[0].comment}


def table_options(rows: list[Any]) -> Facts:
    """Return the options that a table was made with, as keywords of `Table`."""
    found: Facts = {}
    if rows[0].storage:
        found["postgresql_with"] = _storage(rows[0].storage)
    if rows[0].parents:
        found["postgresql_inherits"] = tuple([
            name if shown is None else quoted_name(shown, False)
            for name, shown in zip(rows[0].parents, rows[0].shown_parents, strict=True)
        ])  # fmt: skip
    if rows[0].partition_key:
        found["postgresql_partition_by"] = rows[0].partition_key
    return found


READERS: dict[str, Callable[[list[Any]], Any]] = {
    "pk_constraint": pk_constraint,
    "unique_constraints": unique_constraints,
    "check_constraints": check_constraints,
    "indexes": indexes,
    "table_comment": table_comment,
    "table_options": table_options,
}
"""Question -> what makes its answer of rows alone."""
