"""Reads the catalogue of MySQL and MariaDB: ``information_schema``, one query for each kind of fact."""

from __future__ import annotations

from collections.abc import Callable, Collection
from itertools import groupby
from typing import Any

from holdfast.dialects.mysql import reflection_queries as queries
from holdfast.dialects.mysql.reflection_facts import FactReader
from holdfast.engine.reflection import ObjectKind, ObjectScope, Reflector
from holdfast.engine.reflection.reflector import Facts, TableKey
from holdfast.exc import NoSuchTableError
from holdfast.sql.text import text

_NONE = ObjectKind(0)
_KINDS = {
    "BASE TABLE": ObjectKind.TABLE,
    "SYSTEM VERSIONED": ObjectKind.TABLE,
    "VIEW": ObjectKind.VIEW,
    "SYSTEM VIEW": ObjectKind.VIEW,
}


class MySQLReflector(Reflector):
    """Reads one database server; a schema is what MySQL calls a database. Temporary tables are not told."""

    reads_many = True

    # -- asking --------------------------------------------------------------------------------------------------------

    def rows(self, query: Any, parameters: dict[str, Any] | None = None) -> list[Any]:
        """Return the rows of a query."""
        return list(self.connection.execute(query, parameters or {}))

    def _tables(self, schema: str | None, names: Collection[str] | None = None) -> list[Any]:
        return self.rows(*queries.about(queries.TABLES, schema, names))

    def _names(self, schema: str | None, *types: str) -> list[str]:
        return [row.name for row in self._tables(schema) if row.type in types]

    # -- names ---------------------------------------------------------------------------------------------------------

    @property
    def default_schema(self) -> str | None:
        return self.rows(text("SELECT DATABASE()"))[0][0]  # type: ignore[no-any-return]

    def schema_names(self) -> list[str]:
        found = self.rows(text("SELECT schema_name FROM information_schema.schemata ORDER BY schema_name"))
        return [row[0] for row in found]

    def table_names(self, schema: str | None) -> list[str]:
        return self._names(schema, "BASE TABLE", "SYSTEM VERSIONED")

    def view_names(self, schema: str | None) -> list[str]:
        return self._names(schema, "VIEW", "SYSTEM VIEW")

    def sequence_names(self, schema: str | None) -> list[str]:
        return self._names(schema, "SEQUENCE")

    def present(self, names: Collection[str], schema: str | None) -> set[str]:
        return {row.name for row in self._tables(schema, list(names))} if names else set()

    def view_definition(self, name: str, schema: str | None) -> str:
        if not any(row.type in ("VIEW", "SYSTEM VIEW") for row in self._tables(schema, [name])):
            raise _missing(name, schema)
        from holdfast.compiler.identifiers import quote

        shown = quote(name, self.dialect, True)
        place = shown if schema is None else f"{quote(schema, self.dialect, True)}.{shown}"
        return str(self.connection.exec_driver_sql(f"SHOW CREATE VIEW {place.replace('%%', '%')}").first()[1])

    # -- facts ---------------------------------------------------------------------------------------------------------

    def many(
        self,
        question: str,
        schema: str | None,
        names: Collection[str] | None,
        kind: ObjectKind,
        scope: ObjectScope,
        **options: Any,
    ) -> dict[TableKey, Any]:
        if ObjectScope.DEFAULT not in scope:
            return {}
        # A sequence stands among the tables, and is none.
        tables = {row.name: row for row in self._tables(schema, names) if _KINDS.get(row.type, _NONE) & kind}
        reader = FactReader(self.dialect, schema)
        if question in ("table_comment", "table_options"):
            return {(schema, name): getattr(reader, question)(row) for name, row in tables.items()}
        read: Callable[[list[Any]], Any] = getattr(reader, question)
        by_table = self._rows_by_table(question, schema, names) if tables else {}
        return {(schema, name): read(by_table.get(name, [])) for name in tables}

    def _rows_by_table(self, question: str, schema: str | None, names: Collection[str] | None) -> dict[str, list[Any]]:
        query = _QUERIES.get(question, queries.INDEXES)
        if question == "check_constraints":
            query = queries.CHECKS_ON_MARIADB if self.dialect.is_mariadb else queries.CHECKS_ON_MYSQL
        has_expressions = not self.dialect.is_mariadb and (self.dialect.server_version_info or ()) >= (8, 0, 13)
        found = self.rows(*queries.about(query, schema, names, has_expressions))
        return {name: list(rows) for name, rows in groupby(found, lambda row: row.table_name)}

    def _one(self, question: str, name: str, schema: str | None) -> Any:
        found = self.many(question, schema, [name], ObjectKind.ANY, ObjectScope.ANY)
        if (schema, name) not in found:
            raise _missing(name, schema)
        return found[schema, name]

    def columns(self, name: str, schema: str | None) -> list[Facts]:
        return self._one("columns", name, schema)  # type: ignore[no-any-return]

    def pk_constraint(self, name: str, schema: str | None) -> Facts:
        return self._one("pk_constraint", name, schema)  # type: ignore[no-any-return]

    def foreign_keys(self, name: str, schema: str | None, **options: Any) -> list[Facts]:
        return self._one("foreign_keys", name, schema)  # type: ignore[no-any-return]

    def indexes(self, name: str, schema: str | None, **options: Any) -> list[Facts]:
        return self._one("indexes", name, schema)  # type: ignore[no-any-return]

    def unique_constraints(self, name: str, schema: str | None) -> list[Facts]:
        return self._one("unique_constraints", name, schema)  # type: ignore[no-any-return]

    def check_constraints(self, name: str, schema: str | None) -> list[Facts]:
        return self._one("check_constraints", name, schema)  # type: ignore[no-any-return]

    def table_comment(self, name: str, schema: str | None) -> Facts:
        return self._one("table_comment", name, schema)  # type: ignore[no-any-return]

    def table_options(self, name: str, schema: str | None) -> Facts:
        return self._one("table_options", name, schema)  # type: ignore[no-any-return]


def _missing(name: str, schema: str | None) -> NoSuchTableError:
    return NoSuchTableError(f"{schema}.{name}" if schema else name)


_QUERIES = {"columns": queries.COLUMNS, "foreign_keys": queries.FOREIGN_KEYS}
