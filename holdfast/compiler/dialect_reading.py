"""What a dialect tells of a database's schema, by the documented methods: each asks what reads the dialect's catalogue."""

from __future__ import annotations

from typing import Any

from holdfast.compiler.dialect_hooks import DialectHooks

Facts = dict[str, Any]


class DialectReading(DialectHooks):
    """The methods that an Inspector asks of a dialect which overrides them; ``super()`` gives the database's own answer.

    Each takes a Connection, a name and a schema, and keywords that are passed on.
    """

    name: Any

    def _catalogue(self, connection: Any) -> Any:
        """Return what reads the catalogue, as it is without what is overridden."""
        reflector = self.plain_reflector or self.reflector
        if reflector is None:
            raise NotImplementedError(f"{self.name} has no catalogue")
        return reflector(connection)

    def _of_table(self, question: str, connection: Any, name: str, schema: str | None, options: Facts) -> Any:
        catalogue = self._catalogue(connection)
        options.pop("info_cache", None)
        known = (
            options if question == "indexes" else {key: options[key] for key in catalogue.keywords if key in options}
        )
        return getattr(catalogue, question)(name, schema, **(known if question in _WITH_OPTIONS else {}))

    def _of_many(self, question: str, connection: Any, schema: str | None, options: Facts) -> Any:
        names, kind, scope = (options.pop(key, None) for key in ("filter_names", "kind", "scope"))
        catalogue = self._catalogue(connection)
        if kind is None or scope is None:
            raise TypeError(f"get_multi_{question}() of a dialect wants kind and scope, as the Inspector passes them")
        found = catalogue.many(question, schema, names or None, kind, scope)
        return found.items()

    # -- names ---------------------------------------------------------------------------------------------------------

    def get_schema_names(self, connection: Any, **kw: Any) -> list[str]:
        """Return the schemas."""
        return self._catalogue(connection).schema_names()  # type: ignore[no-any-return]

    def get_table_names(self, connection: Any, schema: str | None = None, **kw: Any) -> list[str]:
        """Return the tables of a schema."""
        return self._catalogue(connection).table_names(schema)  # type: ignore[no-any-return]

    def get_view_names(self, connection: Any, schema: str | None = None, **kw: Any) -> list[str]:
        """Return the views of a schema."""
        return self._catalogue(connection).view_names(schema)  # type: ignore[no-any-return]

    def get_materialized_view_names(self, connection: Any, schema: str | None = None, **kw: Any) -> list[str]:
        """Return the materialized views of a schema."""
        return self._catalogue(connection).materialized_view_names(schema)  # type: ignore[no-any-return]

    def get_temp_table_names(self, connection: Any, schema: str | None = None, **kw: Any) -> list[str]:
        """Return the temporary tables."""
        return self._catalogue(connection).temp_table_names()  # type: ignore[no-any-return]

    def get_temp_view_names(self, connection: Any, schema: str | None = None, **kw: Any) -> list[str]:
        """Return the temporary views."""
        return self._catalogue(connection).temp_view_names()  # type: ignore[no-any-return]

    def get_sequence_names(self, connection: Any, schema: str | None = None, **kw: Any) -> list[str]:
        """Return the sequences of a schema."""
        return self._catalogue(connection).sequence_names(schema)  # type: ignore[no-any-return]

    # -- is it there? --------------------------------------------------------------------------------------------------

    def has_table(self, connection: Any, table_name: str, schema: str | None = None, **kw: Any) -> bool:
        """Return True if the database has the table; `inspect(connection)` tells all else."""
        return bool(self._catalogue(connection).has_table(table_name, schema))

    def has_sequence(self, connection: Any, sequence_name: str, schema: str | None = None, **kw: Any) -> bool:
        """Return True if the database has the sequence."""
        return sequence_name in self.get_sequence_names(connection, schema)

    def has_index(
        self, connection: Any, table_name: str, index_name: str, schema: str | None = None, **kw: Any
    ) -> bool:
        """Return True if the table is there and has the index."""
        if not self.has_table(connection, table_name, schema):
            return False
        return any(one["name"] == index_name for one in self.get_indexes(connection, table_name, schema))

    def has_schema(self, connection: Any, schema_name: str, **kw: Any) -> bool:
        """Return True if the database has the schema."""
        return schema_name in self.get_schema_names(connection)

    # -- one table -----------------------------------------------------------------------------------------------------

    def get_columns(self, connection: Any, table_name: str, schema: str | None = None, **kw: Any) -> list[Facts]:
        """Return the columns of a table."""
        return self._of_table("columns", connection, table_name, schema, kw)  # type: ignore[no-any-return]

    def get_pk_constraint(self, connection: Any, table_name: str, schema: str | None = None, **kw: Any) -> Facts:
        """Return the primary key of a table."""
        return self._of_table("pk_constraint", connection, table_name, schema, kw)  # type: ignore[no-any-return]

    def get_foreign_keys(self, connection: Any, table_name: str, schema: str | None = None, **kw: Any) -> list[Facts]:
        """Return the foreign keys of a table."""
        return self._of_table("foreign_keys", connection, table_name, schema, kw)  # type: ignore[no-any-return]

    def get_indexes(self, connection: Any, table_name: str, schema: str | None = None, **kw: Any) -> list[Facts]:
        """Return the indexes of a table."""
        return self._of_table("indexes", connection, table_name, schema, kw)  # type: ignore[no-any-return]

    def get_unique_constraints(
        self, connection: Any, table_name: str, schema: str | None = None, **kw: Any
    ) -> list[Facts]:
        """Return the UNIQUE constraints of a table."""
        return self._of_table("unique_constraints", connection, table_name, schema, kw)  # type: ignore[no-any-return]

    def get_check_constraints(
        self, connection: Any, table_name: str, schema: str | None = None, **kw: Any
    ) -> list[Facts]:
        """Return the CHECK constraints of a table."""
        return self._of_table("check_constraints", connection, table_name, schema, kw)  # type: ignore[no-any-return]

    def get_table_comment(self, connection: Any, table_name: str, schema: str | None = None, **kw: Any) -> Facts:
        """Return the comment of a table."""
        return self._of_table("table_comment", connection, table_name, schema, kw)  # type: ignore[no-any-return]

    def get_table_options(self, connection: Any, table_name: str, schema: str | None = None, **kw: Any) -> Facts:
        """Return the options that a table was made with."""
        return self._of_table("table_options", connection, table_name, schema, kw)  # type: ignore[no-any-return]

    def get_view_definition(self, connection: Any, view_name: str, schema: str | None = None, **kw: Any) -> str:
        """Return the SQL of a view."""
        return self._of_table("view_definition", connection, view_name, schema, kw)  # type: ignore[no-any-return]

    # -- many tables: pairs of (schema, name) and what the method for one table gives ----------------------------------

    def get_multi_columns(self, connection: Any, *, schema: str | None = None, **kw: Any) -> Any:
        """Return the columns of many tables."""
        return self._of_many("columns", connection, schema, kw)

    def get_multi_pk_constraint(self, connection: Any, *, schema: str | None = None, **kw: Any) -> Any:
        """Return the primary keys of many tables."""
        return self._of_many("pk_constraint", connection, schema, kw)

    def get_multi_foreign_keys(self, connection: Any, *, schema: str | None = None, **kw: Any) -> Any:
        """Return the foreign keys of many tables."""
        return self._of_many("foreign_keys", connection, schema, kw)

    def get_multi_indexes(self, connection: Any, *, schema: str | None = None, **kw: Any) -> Any:
        """Return the indexes of many tables."""
        return self._of_many("indexes", connection, schema, kw)

    def get_multi_unique_constraints(self, connection: Any, *, schema: str | None = None, **kw: Any) -> Any:
        """Return the UNIQUE constraints of many tables."""
        return self._of_many("unique_constraints", connection, schema, kw)

    def get_multi_check_constraints(self, connection: Any, *, schema: str | None = None, **kw: Any) -> Any:
        """Return the CHECK constraints of many tables."""
        return self._of_many("check_constraints", connection, schema, kw)

    def get_multi_table_comment(self, connection: Any, *, schema: str | None = None, **kw: Any) -> Any:
        """Return the comments of many tables."""
        return self._of_many("table_comment", connection, schema, kw)

    def get_multi_table_options(self, connection: Any, *, schema: str | None = None, **kw: Any) -> Any:
        """Return the options of many tables."""
        return self._of_many("table_options", connection, schema, kw)


_WITH_OPTIONS = ("foreign_keys", "indexes")
