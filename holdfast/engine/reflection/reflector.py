"""What reflection asks of a dialect: the names and facts of a database, on one connection. Dialects fill it."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, ClassVar, NamedTuple

from holdfast.engine.reflection.kinds import ObjectKind, ObjectScope
from holdfast.exc import NoSuchTableError

Facts = dict[str, Any]
TableKey = tuple[str | None, str]


class TableName(NamedTuple):
    """A table by name and schema."""

    name: str
    schema: str | None


def reflector_of(connection: Any) -> Reflector:
    """Return what reads the catalogue of a connection's database."""
    return (connection.dialect.reflector or Reflector)(connection)  # type: ignore[no-any-return]


class Reflector:
    """Reads one database's catalogue; what a database does not have stays as here.

    Args:
        connection: a Connection to read with.
    Attributes:
        reads_many: facts of many tables cost no more questions to the database than those of one.
        keywords: options of `Table` that change what is read.
    """

    reads_many: ClassVar[bool] = False
    keywords: ClassVar[tuple[str, ...]] = ()

    def __init__(self, connection: Any) -> None:
        self.connection = connection
        self.dialect = connection.dialect

    def _unknown(self, what: str) -> NotImplementedError:
        return NotImplementedError(f"{self.dialect.name} has no {what}")

    # -- names ---------------------------------------------------------------------------------------------------------

    @property
    def default_schema(self) -> str | None:
        """The schema of names without one."""
        return None

    def schema_names(self) -> list[str]:
        """Return the schemas."""
        raise self._unknown("schemas")

    def table_names(self, schema: str | None) -> list[str]:
        """Return the tables of a schema."""
        raise self._unknown("catalogue")

    def view_names(self, schema: str | None) -> list[str]:
        """Return the views of a schema."""
        raise self._unknown("views")

    def materialized_view_names(self, schema: str | None) -> list[str]:
        """Return the materialized views of a schema."""
        raise self._unknown("materialized views")

    def temp_table_names(self) -> list[str]:
        """Return the temporary tables."""
        raise self._unknown("temporary tables")

    def temp_view_names(self) -> list[str]:
        """Return the temporary views."""
        raise self._unknown("temporary views")

    def sequence_names(self, schema: str | None) -> list[str]:
        """Return the sequences of a schema."""
        raise self._unknown("sequences")

    def has_table(self, name: str, schema: str | None) -> bool:
        """Return True if there is a table or view of that name."""
        sql, parameters = self.dialect.has_table_query(TableName(name, schema))
        return self.connection.exec_driver_sql(sql, parameters).first() is not None

    def present(self, names: Collection[str], schema: str | None) -> set[str]:
        """Return those names that a table or view has."""
        return {name for name in names if self.has_table(name, schema)}

    # -- facts of one table; each raises NoSuchTableError where there is none ------------------------------------------

    def columns(self, name: str, schema: str | None) -> list[Facts]:
        """Return the columns: name, type, nullable, default, and more where there is more."""
        raise self._unknown("catalogue")

    def pk_constraint(self, name: str, schema: str | None) -> Facts:
        """Return the primary key: constrained_columns, name."""
        raise self._unknown("catalogue")

    def foreign_keys(self, name: str, schema: str | None, **options: Any) -> list[Facts]:
        """Return the foreign keys: name, constrained_columns, referred_schema, _table, _columns, options."""
        raise self._unknown("catalogue")

    def indexes(self, name: str, schema: str | None, **options: Any) -> list[Facts]:
        """Return the indexes: name, column_names, unique, expressions where there are some, dialect_options."""
        raise self._unknown("catalogue")

    def unique_constraints(self, name: str, schema: str | None) -> list[Facts]:
        """Return the UNIQUE constraints: name, column_names."""
        raise self._unknown("catalogue")

    def check_constraints(self, name: str, schema: str | None) -> list[Facts]:
        """Return the CHECK constraints: name, sqltext."""
        raise self._unknown("catalogue")

    def table_comment(self, name: str, schema: str | None) -> Facts:
        """Return the comment: text."""
        raise self._unknown("comments")

    def table_options(self, name: str, schema: str | None) -> Facts:
        """Return the options of this dialect that the table was made with, as keywords of `Table`."""
        return {}

    def view_definition(self, name: str, schema: str | None) -> str:
        """Return the SQL of a view."""
        raise self._unknown("views")

    # -- facts of many tables ------------------------------------------------------------------------------------------

    def many(
        self,
        question: str,
        schema: str | None,
        names: Collection[str] | None,
        kind: ObjectKind,
        scope: ObjectScope,
        **options: Any,
    ) -> dict[TableKey, Any]:
        """Return the facts of several tables, by schema and name.

        Args:
            question: the name of a method above.
            names: only these; None: all.
            kind, scope: which of them.
            options: of the question.
        """
        found = {}
        for name in self._of_kind(schema, kind, scope):
            if names is None or name in names:
                try:
                    found[schema, name] = getattr(self, question)(name, schema, **options)
                except NoSuchTableError:  # dropped meanwhile
                    continue
        return found

    def _of_kind(self, schema: str | None, kind: ObjectKind, scope: ObjectScope) -> list[str]:
        lasting, temporary = ObjectScope.DEFAULT in scope, ObjectScope.TEMPORARY in scope
        names: list[str] = []
        if ObjectKind.TABLE in kind:
            names += self.table_names(schema) if lasting else []
            names += self.temp_table_names() if temporary and schema is None else []
        if ObjectKind.VIEW in kind:
            names += self.view_names(schema) if lasting else []
            names += self.temp_view_names() if temporary and schema is None else []
        if ObjectKind.MATERIALIZED_VIEW in kind and lasting and self.dialect.capabilities.materialized_views:
            names += self.materialized_view_names(schema)
        return names
