"""Reads PostgreSQL's catalogue: one query for each kind of fact, of one table or of all."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from holdfast.dialects.postgresql import reflection_facts as facts
from holdfast.dialects.postgresql import reflection_queries as queries
from holdfast.dialects.postgresql.reflection_types import TypeReader
from holdfast.engine.reflection import ObjectKind, ObjectScope, Reflector
from holdfast.engine.reflection.reflector import Facts, TableKey
from holdfast.exc import NoSuchTableError
from holdfast.sql.text import text


class PostgreSQLReflector(Reflector):
    """Reads one PostgreSQL database.

    A name without schema is looked for along the search path, as in any statement.
    """

    reads_many = True
    keywords = ("postgresql_ignore_search_path",)

    # -- asking --------------------------------------------------------------------------------------------------------

    def rows(self, query: Any, parameters: dict[str, Any] | None = None) -> list[Any]:
        """Return the rows of a query."""
        return list(self.connection.execute(query, parameters or {}))

    def _first_column(self, query: Any, parameters: dict[str, Any]) -> list[Any]:
        return [row[0] for row in self.rows(query, parameters)]

    def _relation_names(
        self,
        kinds: Collection[str],
        schema: str | None,
        scope: ObjectScope,
        names: Collection[str] | None = None,
    ) -> list[str]:
        sql, parameters = queries.relations(kinds, schema, names, scope)
        return self._first_column(text(f"SELECT name FROM ({sql}) AS t ORDER BY name"), parameters)

    # -- names ---------------------------------------------------------------------------------------------------------

    @property
    def default_schema(self) -> str | None:
        return self.rows(queries.DEFAULT_SCHEMA)[0][0]  # type: ignore[no-any-return]

    def schema_names(self) -> list[str]:
        return self._first_column(queries.SCHEMAS, {})

    def table_names(self, schema: str | None) -> list[str]:
        return self._relation_names("rp", schema, ObjectScope.DEFAULT)

    def view_names(self, schema: str | None) -> list[str]:
        return self._relation_names("v", schema, ObjectScope.DEFAULT)

    def materialized_view_names(self, schema: str | None) -> list[str]:
        return self._relation_names("m", schema, ObjectScope.DEFAULT)

    def foreign_table_names(self, schema: str | None) -> list[str]:
        """Return the foreign tables of a schema."""
        return self._relation_names("f", schema, ObjectScope.DEFAULT)

    def temp_table_names(self) -> list[str]:
        return self._relation_names("rp", None, ObjectScope.TEMPORARY)

    def temp_view_names(self) -> list[str]:
        return self._relation_names("v", None, ObjectScope.TEMPORARY)

    def sequence_names(self, schema: str | None) -> list[str]:
        return self._relation_names("S", schema, ObjectScope.ANY)

    def has_table(self, name: str, schema: str | None) -> bool:
        return bool(self.present([name], schema))

    def present(self, names: Collection[str], schema: str | None) -> set[str]:
        return set(self._relation_names("rpfvm", schema, ObjectScope.ANY, names))

    def view_definition(self, name: str, schema: str | None) -> str:
        views = ObjectKind.VIEW | ObjectKind.MATERIALIZED_VIEW
        found = self.rows(*queries.about_tables(queries.VIEW_DEFINITION, schema, [name], views, ObjectScope.ANY))
        if not found:
            raise _missing(name, schema)
        return str(found[0][0])

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
        rows = self.rows(*queries.about_tables(_QUERIES[question], schema, names, kind, scope))
        by_table: dict[str, list[Any]] = {}
        for row in rows:
            # The one row of a table without such facts has NULL in place of their name.
            known = by_table.setdefault(row.table_name, [])
            if question in _ALWAYS_ONE or row.name is not None:
                known.append(row)
        read = self._reader(question, schema, rows, options)
        return {(schema, name): read(known) for name, known in by_table.items()}

    def _reader(self, question: str, schema: str | None, rows: list[Any], options: Facts) -> Callable[[list[Any]], Any]:
        """Return what makes the answer of the rows of one table."""
        if question == "columns":
            types = self.type_reader({row.type_oid for row in rows if row.is_builtin is False})
            return lambda known: facts.columns(known, types, schema)
        if question == "foreign_keys":
            # Only where it is asked for: it is one query more.
            default = self.default_schema if options.get("postgresql_ignore_search_path") else None
            return lambda known: facts.foreign_keys(known, schema, default)
        return facts.READERS[question]

    def type_reader(self, oids: Collection[int]) -> TypeReader:
        """Return what makes types of the catalogue's facts.

        Args:
            oids: of types that programs made.
        """
        made = self.rows(queries.TYPES, {"oids": list(oids)}) if oids else []
        return TypeReader(self.dialect.ischema_names, {row.oid: row for row in made})

    def _one(self, question: str, name: str, schema: str | None, **options: Any) -> Any:
        found = self.many(question, schema, [name], ObjectKind.ANY, ObjectScope.ANY, **options)
        if (schema, name) not in found:
            raise _missing(name, schema)
        return found[schema, name]

    def columns(self, name: str, schema: str | None) -> list[Facts]:
        return self._one("columns", name, schema)  # type: ignore[no-any-return]

    def pk_constraint(self, name: str, schema: str | None) -> Facts:
        return self._one("pk_constraint", name, schema)  # type: ignore[no-any-return]

    def foreign_keys(self, name: str, schema: str | None, **options: Any) -> list[Facts]:
        return self._one("foreign_keys", name, schema, **options)  # type: ignore[no-any-return]

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


_QUERIES = {
    "columns": queries.COLUMNS,
    "pk_constraint": queries.PRIMARY_KEYS,
    "unique_constraints": queries.UNIQUE_CONSTRAINTS,
    "foreign_keys": queries.FOREIGN_KEYS,
    "check_constraints": queries.CHECKS,
    "indexes": queries.INDEXES,
    "table_comment": queries.COMMENTS,
    "table_options": queries.OPTIONS,
}
_ALWAYS_ONE = frozenset(("table_comment", "table_options"))
"""Questions whose rows are about the table itself, and have no name of their own."""
