"""Methods of Query that say what its rows consist of."""

from __future__ import annotations

from typing import Any, Self

from holdfast import exc
from holdfast.orm.loading.load_plan import flat_entries
from holdfast.orm.query.base import QueryBase
from holdfast.sql.descriptions import describe_column
from holdfast.sql.select import Select


class Entities(QueryBase):
    """What the rows consist of."""

    def with_entities(self, *entities: Any) -> Any:
        """Return the query with other entities in its rows; FROM elements that only the former ones needed go."""
        statement = self._statement._copy(_columns=Select(*self._all_adapted(entities))._columns)
        return self._with(statement, _entities=entities)

    def add_columns(self, *column: Any) -> Any:
        """Add columns to the rows."""
        statement = self._statement.add_columns(*self._all_adapted(column))
        return self._with(statement, _entities=(*self._entities, *column))

    def add_column(self, column: Any) -> Any:
        """Add one column; the older form of `add_columns`."""
        exc.warn_deprecated(
            "Query.add_column() is deprecated and will be removed in a future release.  Please use Query.add_columns()"
        )
        return self.add_columns(column)

    def add_entity(self, entity: Any, alias: Any = None) -> Any:
        """Add a mapped class to the rows.

        Args:
            alias: read it from this alias or subquery.
        """
        if alias is not None:
            raise exc.ArgumentError("add_entity(entity, alias) takes the alias as the entity: aliased(entity, alias).")
        return self.add_columns(entity)

    def only_return_tuples(self, value: bool) -> Self:
        """Give rows even where the query is of one class."""
        return self._with(_only_tuples=bool(value))

    def tuples(self) -> Self:
        """Return the query; the older way to say that its rows are tuples."""
        exc.warn_deprecated(
            "The Query.tuples() method is deprecated, Row now behaves like a tuple and can unpack types directly."
        )
        return self.only_return_tuples(True)

    @property
    def column_descriptions(self) -> list[dict[str, Any]]:
        """One dict per entity: name, type, aliased, expr, entity."""
        return [describe_column(column) for column in flat_entries(Select(*self._entities)._columns)]
