"""Reads SQLite's schema: PRAGMAs tell columns, keys and indexes, the kept text of CREATE TABLE the rest."""

from __future__ import annotations

import re
from typing import Any

from holdfast.compiler.identifiers import quote
from holdfast.dialects.sqlite.affinity import type_of
from holdfast.dialects.sqlite.create_table import TableText, read_create_table, tokens_of
from holdfast.engine.reflection import Reflector
from holdfast.exc import NoSuchTableError
from holdfast.sql.text import verbatim

Facts = dict[str, Any]

_NOT_INTERNAL = "name NOT LIKE 'sqlite~_%' ESCAPE '~'"


class SQLiteReflector(Reflector):
    """Reads one SQLite database, with those attached to it as its schemas."""

    default_schema = "main"

    def __init__(self, connection: Any) -> None:
        super().__init__(connection)
        self._texts: dict[tuple[str, str | None], TableText] = {}

    # -- asking --------------------------------------------------------------------------------------------------------

    def _rows(self, sql: str, *parameters: Any) -> list[Any]:
        return list(self.connection.exec_driver_sql(sql, parameters))

    def _pragma(self, name: str, argument: str, schema: str | None) -> list[Any]:
        # Without a schema a PRAGMA would look into attached databases too.
        for place in ("main", "temp") if schema is None else (schema,):
            found = self._rows(
                f"PRAGMA {quote(place, self.dialect, True)}.{name}({quote(argument, self.dialect, True)})"
            )
            if found:
                return found
        return []

    def _catalogue(self, schema: str | None) -> str:
        return f"{quote(schema, self.dialect, True)}.sqlite_master" if schema is not None else "sqlite_master"

    def _names(self, catalogue: str, kind: str) -> list[str]:
        rows = self._rows(f"SELECT name FROM {catalogue} WHERE type = '{kind}' AND {_NOT_INTERNAL} ORDER BY name")
        return [name for (name,) in rows]

    def _sql(self, name: str, schema: str | None, kind: str | None = None) -> str | None:
        """Return the text that made a table or view; None where there is none of that name."""
        catalogues = [self._catalogue(schema)] + (["sqlite_temp_master"] if schema is None else [])
        kinds = "('table', 'view')" if kind is None else f"('{kind}')"
        for catalogue in catalogues:
            rows = self._rows(f"SELECT sql FROM {catalogue} WHERE lower(name) = lower(?) AND type IN {kinds}", name)
            if rows:
                return str(rows[0][0])
        return None

    def _text(self, name: str, schema: str | None) -> TableText:
        found = self._texts.get((name, schema))
        if found is None:
            found = self._texts[name, schema] = read_create_table(self._sql(name, schema, "table") or "")
        return found

    def _check(self, name: str, schema: str | None) -> None:
        if not self.has_table(name, schema):
            raise NoSuchTableError(f"{schema}.{name}" if schema else name)

    # -- names ---------------------------------------------------------------------------------------------------------

    def schema_names(self) -> list[str]:
        return [row[1] for row in self._rows("PRAGMA database_list") if row[1] != "temp"]

    def table_names(self, schema: str | None) -> list[str]:
        return self._names(self._catalogue(schema), "table")

    def view_names(self, schema: str | None) -> list[str]:
        return self._names(self._catalogue(schema), "view")

    def temp_table_names(self) -> list[str]:
        return self._names("sqlite_temp_master", "table")

    def temp_view_names(self) -> list[str]:
        return self._names("sqlite_temp_master", "view")

    def has_table(self, name: str, schema: str | None) -> bool:
        if schema is not None and schema not in self.schema_names():
            return False
        return bool(self._pragma("table_xinfo", name, schema))

    def view_definition(self, name: str, schema: str | None) -> str:
        found = self._sql(name, schema, "view")
        if found is None:
            raise NoSuchTableError(f"{schema}.{name}" if schema else name)
        return found

    # -- facts ---------------------------------------------------------------------------------------------------------

    def columns(self, name: str, schema: str | None) -> list[Facts]:
        found = []
        for _, column, type_, not_null, default, key, hidden in self._pragma("table_xinfo", name, schema):
            if hidden == 1:  # a virtual table's own
                continue
            fact: Facts = {
                "name": column,
                "type": type_of(_without_generated(type_)),
                "nullable": not not_null,
                "default": None if default is None else str(default),
                "primary_key": key,
            }
            if hidden in (2, 3):
                expression = self._text(name, schema).generated.get(column, "")
                fact["computed"] = {"sqltext": expression, "persisted": hidden == 3}
            found.append(fact)
        if not found:
            self._check(name, schema)
        return found

    def pk_constraint(self, name: str, schema: str | None) -> Facts:
        rows = self._pragma("table_xinfo", name, schema)
        if not rows:
            self._check(name, schema)
        marked = sorted((row[5], row[1]) for row in rows if row[5])
        return {
            "constrained_columns": [column for _, column in marked],
            "name": self._text(name, schema).key_name if marked else None,
        }

    def foreign_keys(self, name: str, schema: str | None, **options: Any) -> list[Facts]:
        self._check(name, schema)
        keys: dict[int, Facts] = {}
        for number, _, table, own, referred, on_update, on_delete, _ in self._pragma("foreign_key_list", name, schema):
            if number not in keys:
                options = {"ondelete": on_delete, "onupdate": on_update}
                keys[number] = {
                    "name": None,
                    "constrained_columns": [],
                    "referred_schema": schema,
                    "referred_table": table,
                    "referred_columns": [],
                    "options": {key: value for key, value in options.items() if value and value != "NO ACTION"},
                }
            keys[number]["constrained_columns"].append(own)
            if referred is not None:
                keys[number]["referred_columns"].append(referred)
        # PRAGMA counts them from the last one to the first.
        texts = list(reversed(self._text(name, schema).foreign_keys))
        for number, fact in keys.items():
            if len(texts) == len(keys):
                fact["name"] = texts[number].name
                fact["options"].update(texts[number].options)
            if not fact["referred_columns"]:
                fact["referred_columns"] = self._key_of(fact["referred_table"], schema, fact["constrained_columns"])
        return sorted(keys.values(), key=_by_name)

    def _key_of(self, table: str, schema: str | None, columns: list[str]) -> list[str]:
        """Return the primary key of a table that is referred to without columns; else columns of the same names."""
        rows = self._pragma("table_xinfo", table, schema)
        marked = sorted((row[5], row[1]) for row in rows if row[5])
        return [column for _, column in marked] or list(columns)

    def indexes(self, name: str, schema: str | None, include_auto_indexes: bool = False, **options: Any) -> list[Facts]:
        self._check(name, schema)
        found = []
        for _, index, unique, origin, partial in self._pragma("index_list", name, schema):
            if origin == "c" or include_auto_indexes:
                found.append(self._index(index, unique, partial, schema))
        return sorted(found, key=_by_name)

    def _index(self, index: str, unique: int, partial: int, schema: str | None) -> Facts:
        columns = [row[2] for row in self._pragma("index_info", index, schema)]
        fact: Facts = {"name": index, "column_names": columns, "unique": unique, "dialect_options": {}}
        if partial or None in columns:
            parts, where = _index_text(self._index_sql(index, schema))
            if where is not None and partial:
                fact["dialect_options"]["sqlite_where"] = verbatim(where)
            if None in columns:
                pairs = zip(columns, parts, strict=False)
                fact["expressions"] = [part if column is None else column for column, part in pairs]
        return fact

    def _index_sql(self, index: str, schema: str | None) -> str:
        catalogues = [self._catalogue(schema)] + (["sqlite_temp_master"] if schema is None else [])
        for catalogue in catalogues:
            rows = self._rows(f"SELECT sql FROM {catalogue} WHERE name = ? AND type = 'index'", index)
            if rows:
                return str(rows[0][0] or "")
        return ""

    def unique_constraints(self, name: str, schema: str | None) -> list[Facts]:
        self._check(name, schema)
        texts = list(self._text(name, schema).uniques)
        found = []
        for row in reversed(self._pragma("index_list", name, schema)):
            if row[3] != "u":
                continue
            columns = [column[2] for column in self._pragma("index_info", row[1], schema)]
            match = next((one for one in texts if [c.lower() for c in one[1]] == [c.lower() for c in columns]), None)
            if match is not None:
                texts.remove(match)
            found.append({"name": None if match is None else match[0], "column_names": columns})
        return sorted(found, key=_by_name)

    def check_constraints(self, name: str, schema: str | None) -> list[Facts]:
        self._check(name, schema)
        found = [{"sqltext": condition, "name": own} for own, condition in self._text(name, schema).checks]
        return sorted(found, key=_by_name)

    def table_options(self, name: str, schema: str | None) -> Facts:
        self._check(name, schema)
        words = self._text(name, schema).options
        found: Facts = {}
        if "WITHOUT ROWID" in words:
            found["sqlite_with_rowid"] = False
        if "STRICT" in words:
            found["sqlite_strict"] = True
        return found


def _by_name(fact: Facts) -> tuple[bool, str]:
    return (fact["name"] is None, fact["name"] or "")


def _without_generated(type_: str) -> str:
    # SQLite counts GENERATED ALWAYS to the type.
    return re.sub(r"\s*generated\s+always\s*$", "", type_, flags=re.IGNORECASE)


def _index_text(sql: str) -> tuple[list[str], str | None]:
    """Return the columns and expressions of a CREATE INDEX, and its condition."""
    tokens = tokens_of(sql)
    depth = start = 0
    parts: list[str] = []
    for token in tokens:
        if token.kind != "mark":
            continue
        if token.text == "(":
            depth += 1
            start = token.end if depth == 1 else start
        elif token.text in ",)" and depth == 1:
            parts.append(sql[start : token.start].strip())
            start = token.end
            if token.text == ")":
                rest = sql[token.end :].strip()
                return parts, rest[5:].strip() if rest[:5].upper() == "WHERE" else None
        depth -= token.text == ")"
    return parts, None
