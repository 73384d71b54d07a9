"""What SELECT and set operations share: they may stand as subqueries and values, have order and limits."""

from __future__ import annotations

from typing import Any, Self

from holdfast.exc import warn_deprecated
from holdfast.sql.binds import RowCount
from holdfast.sql.coercions import as_operand, as_order, as_row_count, as_row_number
from holdfast.sql.columns import ColumnCollection
from holdfast.sql.constants import NULL
from holdfast.sql.expressions import Grouping
from holdfast.sql.from_clause import Subquery, select_hook
from holdfast.sql.kinds import HasCTE, Selectable
from holdfast.sql.labels import Label
from holdfast.sql.naming import LABEL_STYLE_DEFAULT, LABEL_STYLE_LEGACY_ORM, name_columns
from holdfast.sql.scalar_subqueries import Exists, ScalarSelect
from holdfast.sql.select_clauses import FetchClause
from holdfast.sql.statement import Statement


class SelectBase(Selectable, HasCTE, Statement):
    """What SELECT and set operations share: they may stand as subqueries, have order and limits."""

    is_selectable = True
    is_select = True

    _order_by: tuple[Any, ...] = ()
    _limit: Any = None
    _offset: Any = None
    _fetch: FetchClause | None = None
    _label_style = LABEL_STYLE_DEFAULT

    @property
    def raw_columns(self) -> tuple[Any, ...]:
        """The column expressions, entities and tables taken apart."""
        raise NotImplementedError

    @property
    def subquery_columns(self) -> tuple[Any, ...]:
        """The same where this is a subquery: an entity has all its columns there, also those that are loaded later."""
        return self.raw_columns

    @property
    def _column_style(self) -> str:
        """The label style by which the columns have their names."""
        return self._label_style

    def _exported(self) -> list[tuple[str, Any, Any]]:
        """Return key, name and expression of each column, as a subquery shows them."""
        names = name_columns(self.subquery_columns, self._column_style, within_from=True)
        return [(name.key, name.shown, name.column) for name in names if name.shown is not None]

    @property
    def selected_columns(self) -> ColumnCollection:
        """The columns of the SELECT, by key."""
        return ColumnCollection((key, column) for key, _, column in self._exported())

    @property
    def exported_columns(self) -> ColumnCollection:
        """The columns as an enclosing statement sees them: those of `selected_columns`."""
        return self.selected_columns

    def corresponding_column(self, column: Any, require_embedded: bool = False) -> Any:
        """Return the selected column that is `column` or is made of it, or None."""
        return self.selected_columns.corresponding_column(column)

    def is_derived_from(self, fromclause: Any) -> bool:
        """Return True if this reads from `fromclause`, directly or through subqueries."""
        return any(source.is_derived_from(fromclause) for source in self.get_final_froms())

    def get_final_froms(self) -> list[Any]:
        """Return what stands in FROM."""
        return []

    @property
    def _froms(self) -> tuple[Any, ...]:  # type: ignore[override]
        return ()

    def subquery(self, name: str | None = None) -> Subquery:
        """Return this as a FROM element."""
        return Subquery(self, name)

    def into(
        self,
        name: str,
        *,
        metadata: Any = None,
        schema: str | None = None,
        temporary: bool = False,
        if_not_exists: bool = False,
    ) -> Any:
        """Return ``CREATE TABLE name AS`` this; its ``table`` has the columns.

        Args:
            metadata: create and drop the table with those there.
            schema, temporary, if_not_exists: of the new table.
        """
        return select_hook.into(
            self, name, metadata=metadata, schema=schema, temporary=temporary, if_not_exists=if_not_exists
        )

    def alias(self, name: str | None = None, flat: bool = False) -> Subquery:
        """Return this as a FROM element."""
        return Subquery(self, name)

    def lateral(self, name: str | None = None) -> Any:
        """Return this as a FROM element that may use columns of those around it: ``LATERAL (SELECT ...)``."""
        return select_hook.lateral(self, name)

    def scalar_subquery(self) -> ScalarSelect[Any]:
        """Return this SELECT of one column and row as a value."""
        if self._label_style == LABEL_STYLE_LEGACY_ORM:
            return ScalarSelect(self._copy(_label_style=LABEL_STYLE_DEFAULT))
        return ScalarSelect(self)

    def as_scalar(self) -> ScalarSelect[Any]:
        """The name of `scalar_subquery` of old."""
        warn_deprecated(
            "The SelectBase.as_scalar() method is deprecated and will be removed in a future release.  Please refer to "
            "SelectBase.scalar_subquery()."
        )
        return self.scalar_subquery()

    def label(self, name: str | None) -> Label[Any]:
        """Return this SELECT of one column and row as a value with a name."""
        return self.scalar_subquery().label(name)  # type: ignore[no-any-return]

    def exists(self) -> Exists:
        """Return ``EXISTS (this)``."""
        return Exists(self)

    def self_group(self, against: Any = None) -> Any:
        return Grouping(self)

    def order_by(self, *clauses: Any) -> Self:
        """Add ORDER BY; None alone takes all away.

        Args:
            clauses: expressions; a string names a label or column of the statement.
        """
        if len(clauses) == 1 and (clauses[0] is None or clauses[0] is False):
            return self._copy(_order_by=())
        return self._copy(
            _order_by=(*self._order_by, *[NULL if one is None else as_order(one, "ORDER BY") for one in clauses])
        )

    def limit(self, limit: Any) -> Self:
        """Set how many rows to return at most; None: all."""
        if self._fetch is None:
            return self._with("_limit", as_row_count(limit))
        return self._copy(_limit=as_row_count(limit), _fetch=None)

    def fetch(self, count: Any, with_ties: bool = False, percent: bool = False) -> Self:
        """Set how many rows to return at most by FETCH FIRST, the standard's form of LIMIT.

        Args:
            count: the number, or an expression; None: all.
            with_ties: return also the rows that are equal to the last one by ORDER BY.
            percent: the number is a percentage.
        """
        counted = as_row_count(count)
        return self._copy(_fetch=None if counted is None else FetchClause(counted, with_ties, percent), _limit=None)

    def offset(self, offset: Any) -> Self:
        """Set how many rows to skip."""
        return self._with("_offset", as_row_count(offset))

    def slice(self, start: Any, stop: Any) -> Self:
        """Set limit and offset as a Python slice says them, counted in the rows so far.

        Args:
            start: the first row; None: from the first one on.
            stop: the row after the last one; None: to the end.

        Raises: ValueError: neither a number nor a SQL expression.
        """
        start, stop = as_row_number(start), as_row_number(stop)
        if start is None:
            return self if stop is None else self.limit(stop)
        plain = self._offset is None and isinstance(start, int)
        offset = start if plain else as_operand(0 if self._offset is None else self._offset) + start
        if isinstance(self._offset, RowCount) and isinstance(start, int):
            offset = self._offset.value + start
        limited = self if stop is None else self.limit(stop - start)
        if isinstance(offset, int) and offset == 0:
            return limited.offset(None)
        return limited.offset(offset)

    def set_label_style(self, style: str) -> Self:
        """Set how columns are named."""
        return self._copy(_label_style=style)

    def get_label_style(self) -> str:
        """Return how columns are named."""
        return self._label_style

    def union(self, *others: Any) -> Any:
        """Return ``this UNION others``."""
        return select_hook.compound("UNION", self, *others)

    def union_all(self, *others: Any) -> Any:
        """Return ``this UNION ALL others``."""
        return select_hook.compound("UNION ALL", self, *others)

    def intersect(self, *others: Any) -> Any:
        """Return ``this INTERSECT others``."""
        return select_hook.compound("INTERSECT", self, *others)

    def except_(self, *others: Any) -> Any:
        """Return ``this EXCEPT others``."""
        return select_hook.compound("EXCEPT", self, *others)

    def intersect_all(self, *others: Any) -> Any:
        """Return ``this INTERSECT ALL others``."""
        return select_hook.compound("INTERSECT ALL", self, *others)

    def except_all(self, *others: Any) -> Any:
        """Return ``this EXCEPT ALL others``."""
        return select_hook.compound("EXCEPT ALL", self, *others)
