"""From rows of ``information_schema`` to the facts that an Inspector tells: of one table each."""

from __future__ import annotations

import re
from itertools import groupby
from typing import Any

from holdfast.dialects.mysql.reflection_types import type_of
from holdfast.engine.reflection.reflector import Facts
from holdfast.sql.types import Integer

_JSON_CHECK = re.compile(r"json_valid\(`(?:[^`]|``)+`\)\Z", re.IGNORECASE)
_NOW = re.compile(r"CURRENT_TIMESTAMP(?:\(\d*\))?\Z", re.IGNORECASE)
_ON_UPDATE = re.compile(r"\bon update (.+)", re.IGNORECASE)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_PREFIXES = ("FULLTEXT", "SPATIAL")
PRIMARY = "PRIMARY"


class FactReader:
    """Makes facts of rows.

    Args:
        dialect: its name stands before options.
        schema: the one that the program named.
    """

    def __init__(self, dialect: Any, schema: str | None) -> None:
        self.prefix = dialect.name
        self.is_mariadb = dialect.is_mariadb
        self.schema = schema
        # MariaDB tells RESTRICT of a key of which nothing was said, MySQL NO ACTION.
        self.default_actions = ("NO ACTION", "RESTRICT") if self.is_mariadb else ("NO ACTION",)

    # -- columns -------------------------------------------------------------------------------------------------------

    def columns(self, rows: list[Any]) -> list[Facts]:
        """Return the facts of columns."""
        return [self._column(row) for row in rows]

    def _column(self, row: Any) -> Facts:
        differs = row.collation is not None and row.collation != row.table_collation and row.table_type != "VIEW"
        charset, collation = (row.charset, row.collation) if differs else (None, None)
        type_ = type_of(_text(row.type), row.name, charset, collation)
        extra = (row.extra or "").lower()
        fact: Facts = {
            "name": row.name,
            "type": type_,
            "nullable": row.nullable == "YES",
            "default": None if row.formula else self._default(row),
            "comment": row.comment or None,
        }
        if isinstance(type_, Integer):
            fact["autoincrement"] = "auto_increment" in extra
        if row.formula:
            persisted = "stored" in extra or "persistent" in extra
            text = self._expression(row.formula)
            # MySQL's needs a pair around it also where it has one.
            is_enclosed = self.is_mariadb and text.startswith("(")
            fact["computed"] = {"sqltext": text if is_enclosed else f"({text})", "persisted": persisted}
        return fact

    def _default(self, row: Any) -> str | None:
        if row.default_text is None or (self.is_mariadb and row.default_text == "NULL"):
            return None
        text = _text(row.default_text)
        if self.is_mariadb:
            text = text.replace("\\'", "''")
        elif "default_generated" in (row.extra or "").lower():
            text = self._expression(text)
            text = text if _NOW.match(text) else f"({text})"
        elif not text.startswith("b'"):
            # MySQL gives values as they are, expressions with a mark.
            text = "'" + text.replace("'", "''") + "'"
        on_update = _ON_UPDATE.search(row.extra or "")
        return f"{text} ON UPDATE {on_update[1]}" if on_update else text

    def _expression(self, text: Any) -> str:
        """Return an expression of the catalogue as SQL: MySQL's has a backslash before its quotes and backslashes."""
        return _text(text) if self.is_mariadb else _ESCAPED.sub(r"\1", _text(text))

    # -- keys and indexes ----------------------------------------------------------------------------------------------

    def pk_constraint(self, rows: list[Any]) -> Facts:
        """Return the facts of the primary key."""
        return {"constrained_columns": [row.column_name for row in rows if row.name == PRIMARY], "name": None}

    def indexes(self, rows: list[Any]) -> list[Facts]:
        """Return the facts of indexes."""
        grouped = groupby((row for row in rows if row.name != PRIMARY), lambda row: row.name)
        return [self._index(name, list(parts)) for name, parts in grouped]

    def _index(self, name: str, parts: list[Any]) -> Facts:
        fact: Facts = {
            "name": name,
            "column_names": [part.column_name for part in parts],
            "unique": not parts[0].non_unique,
        }
        if None in fact["column_names"]:
            fact["expressions"] = [part.column_name or f"({self._expression(part.expression)})" for part in parts]
        sorting = {part.column_name: ("desc",) for part in parts if part.direction == "D" and part.column_name}
        if sorting:
            fact["column_sorting"] = sorting
        options: Facts = {}
        if parts[0].type in _PREFIXES:
            options[f"{self.prefix}_prefix"] = parts[0].type
        elif lengths := {part.column_name: int(part.length) for part in parts if part.length is not None}:
            options[f"{self.prefix}_length"] = lengths
        if options:
            fact["dialect_options"] = options
        return fact

    def unique_constraints(self, rows: list[Any]) -> list[Facts]:
        """Return the facts of UNIQUE constraints, which are unique indexes."""
        return [
            {"name": one["name"], "column_names": one["column_names"], "duplicates_index": one["name"]}
            for one in self.indexes(rows)
            if one["unique"]
        ]

    def foreign_keys(self, rows: list[Any]) -> list[Facts]:
        """Return the facts of foreign keys."""
        return [self._foreign_key(name, list(parts)) for name, parts in groupby(rows, lambda row: row.name)]

    def _foreign_key(self, name: str, parts: list[Any]) -> Facts:
        first = parts[0]
        rules = {"onupdate": first.onupdate, "ondelete": first.ondelete}
        return {
            "name": name,
            "constrained_columns": [part.column_name for part in parts],
            "referred_schema": self.schema if first.referred_schema == first.own_schema else first.referred_schema,
            "referred_table": first.referred_table,
            "referred_columns": [part.referred_column for part in parts],
            "options": {event: rule for event, rule in rules.items() if rule not in self.default_actions},
        }

    def check_constraints(self, rows: list[Any]) -> list[Facts]:
        """Return the facts of CHECK constraints, without those by which MariaDB makes a text a JSON document."""
        found = []
        for row in rows:
            text = self._expression(row.sqltext)
            if self.is_mariadb and _JSON_CHECK.match(text):
                continue
            # One that stands at a column has that column's name, and none of its own.
            found.append({"name": None if row.level == "Column" else row.name, "sqltext": text})
        return found

    # -- tables --------------------------------------------------------------------------------------------------------

    def table_comment(self, row: Any) -> Facts:
        """Return the comment of a table."""
        return {"text": (row.comment or None) if row.type != "VIEW" else None}

    def table_options(self, row: Any) -> Facts:
        """Return the options that a table was made with, as keywords of `Table`."""
        if row.engine is None:
            return {}
        found = {"comment": row.comment} if row.comment else {}
        found["engine"] = row.engine
        if row.collation:
            found["default charset"] = row.collation.partition("_")[0]
            found["collate"] = row.collation
        for option in (row.options or "").split():
            name, sign, value = option.partition("=")
            if sign and name.lower() in _OPTIONS:
                found[name.lower()] = value.strip("'`\"")
        return {f"{self.prefix}_{name}": value for name, value in found.items()}


_OPTIONS = frozenset(
    "row_format key_block_size stats_sample_pages min_rows max_rows avg_row_length checksum pack_keys".split()
)


def _text(value: Any) -> str:
    """Return a text of the catalogue, which some versions give as bytes."""
    return value.decode() if isinstance(value, bytes) else str(value)
