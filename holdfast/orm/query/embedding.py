"""Methods of Query that make it a part of other statements, and that show its SQL."""

from __future__ import annotations

from typing import Any, Self

from holdfast import exc
from holdfast.orm.query.base import QueryBase
from holdfast.sql.columns import literal_column
from holdfast.sql.naming import LABEL_STYLE_TABLENAME_PLUS_COL
from holdfast.sql.select import Select


class Embedding(QueryBase):
    """The query as SQL."""

    @property
    def statement(self) -> Any:
        """The SELECT that this query stands for, with the values of its parameters."""
        if self._full_statement is not None:
            return self._full_statement
        return self._as_heard()._embedded.set_label_style(self._style)

    @property
    def selectable(self) -> Any:
        """The SELECT as another statement takes it."""
        return self.__clause_element__()

    def __clause_element__(self) -> Any:
        if self._full_statement is not None:
            return self._full_statement
        return self._as_heard()._embedded

    def subquery(self, name: str | None = None, with_labels: bool = False, reduce_columns: bool = False) -> Any:
        """Return the query as a derived table.

        Args:
            name: its name; None: made up.
            with_labels: its columns carry their table's name.
            reduce_columns: leave out columns that a criterion or foreign key makes equal to an earlier one.
        """
        statement = self._without_eager_loading().statement
        if with_labels:
            statement = statement.set_label_style(LABEL_STYLE_TABLENAME_PLUS_COL)
        if reduce_columns:
            statement = statement.reduce_columns()
        return statement.subquery(name)

    def cte(self, name: str | None = None, recursive: bool = False, nesting: bool = False) -> Any:
        """Return the query as a common table expression; see `Select.cte`."""
        return self._without_eager_loading().statement.cte(name, recursive=recursive, nesting=nesting)

    def scalar_subquery(self) -> Any:
        """Return the query as a single value inside another statement."""
        return self._without_eager_loading().statement.scalar_subquery()

    def as_scalar(self) -> Any:
        """Return the query as a single value; the older name of `scalar_subquery`."""
        exc.warn_deprecated(
            "The Query.as_scalar() method is deprecated and will be removed in a future release.  Please refer to "
            "Query.scalar_subquery()."
        )
        return self.scalar_subquery()

    def label(self, name: str | None) -> Any:
        """Return the query as a single value with a name."""
        return self.scalar_subquery().label(name)

    def exists(self) -> Any:
        """Return ``EXISTS (SELECT 1 ...)`` over the query."""
        statement = self._as_heard()._without_eager_loading()._embedded.set_label_style(self._style)
        inner = statement.with_only_columns(literal_column("1"), maintain_column_froms=True)
        return inner.exists()

    def from_statement(self, statement: Any) -> Self:
        """Take the rows of a statement given in full: `text()`, a SELECT or a set operation.

        Raises:
            InvalidRequestError: the query has criteria already.
            ArgumentError: a string without `text()`.
        """
        self._has_no_criterion("from_statement")
        return self._with(_full_statement=Select(*self._entities).from_statement(statement))

    @property
    def whereclause(self) -> Any:
        """The criteria of WHERE as one, or None."""
        return self._statement.whereclause

    @property
    def lazy_loaded_from(self) -> Any:
        """The object whose lazy loading runs this query: None, since lazy loading does not use Query."""
        return None

    # As documented: these are asked of statements, and a Query is none.
    is_select = is_text = is_dml = is_insert = is_update = is_delete = False

    def _as_heard(self) -> Any:
        """Return the query as listeners to `before_compile` want it."""
        query: Any = self
        return query._heard()

    def __str__(self) -> str:
        return str(self._shown().compile(dialect=self._dialect()))

    def _shown(self) -> Any:
        """Return the statement as it runs: with the columns and joins of eager loading."""
        if self._full_statement is not None:
            return self._full_statement
        return self._as_heard()._runnable()
