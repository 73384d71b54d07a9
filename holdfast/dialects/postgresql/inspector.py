"""PostgreSQL's Inspector: what only this database has, such as enumerations and domains."""

from __future__ import annotations

from typing import Any

from holdfast.dialects.postgresql import reflection_queries as queries
from holdfast.engine.reflection import Inspector
from holdfast.engine.reflection.reflector import Facts
from holdfast.exc import NoSuchTableError
from holdfast.sql.text import text


class PGInspector(Inspector):
    """What a PostgreSQL database says of its own schema; made by ``inspect(engine)`` or ``inspect(connection)``."""

    def get_table_oid(self, table_name: str, schema: str | None = None) -> int:
        """Return the oid of a table or view.

        Raises: NoSuchTableError: there is none of that name.
        """
        sql, parameters = queries.relations("rpfvm", schema, [table_name])
        found = self._rows(text(sql), parameters)
        if not found:
            raise NoSuchTableError(f"{schema}.{table_name}" if schema else table_name)
        return int(found[0].oid)

    def get_foreign_table_names(self, schema: str | None = None) -> list[str]:
        """Return the foreign tables of a schema."""
        return self._ask("foreign_table_names", schema)  # type: ignore[no-any-return]

    def get_enums(self, schema: str | None = None) -> list[Facts]:
        """Return the enumerations: name, schema, visible, labels.

        Args:
            schema: theirs; None: those that can be named without one; ``*``: all.
        """
        return [
            {"name": row.name, "schema": row.schema, "visible": row.is_visible, "labels": row.labels or []}
            for row in self._types("e", schema)
        ]

    def get_domains(self, schema: str | None = None) -> list[Facts]:
        """Return the domains: name, schema, visible, type, nullable, default, constraints, collation.

        Args:
            schema: see `get_enums`.
        """
        return [
            {
                "name": row.name,
                "schema": row.schema,
                "visible": row.is_visible,
                "type": row.base_text,
                "nullable": not row.not_null,
                "default": row.default_text,
                "constraints": [
                    {"name": name, "check": check}
                    for name, check in zip(row.check_names or (), row.checks or (), strict=True)
                ],
                "collation": row.collation,
                "collation_schema": None,
            }
            for row in self._types("d", schema)
        ]

    def has_type(self, type_name: str, schema: str | None = None, **kw: Any) -> bool:
        """Return True if the database has a type of this name that a program made; `schema` as in `get_enums`."""
        return bool(self._rows(*queries.types_named(type_name, schema)))

    def _rows(self, query: Any, parameters: dict[str, Any]) -> list[Any]:
        with self.operating() as reflector:
            return reflector.rows(query, parameters)  # type: ignore[attr-defined, no-any-return]

    def _types(self, kind: str, schema: str | None) -> list[Any]:
        """Return the facts of types of a kind, by schema and name."""
        key = ("types", kind, schema)
        if key not in self.info_cache:
            with self.operating():
                wanted = [row.oid for row in self._rows(*queries.types_of_kind(kind, schema))]
                found = self._rows(queries.TYPES, {"oids": wanted}) if wanted else []
            self.info_cache[key] = [row for row in found if row.oid in wanted]
        return self.info_cache[key]  # type: ignore[no-any-return]
