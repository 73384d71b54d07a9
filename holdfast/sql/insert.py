"""INSERT as immutable data: one row, several, or those of a SELECT."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple, Self

from holdfast.exc import ArgumentError, InvalidRequestError
from holdfast.sql.coercions import not_expected, resolve
from holdfast.sql.dml_clauses import SetClause
from holdfast.sql.dml_statements import DmlStatement, check_no_union
from holdfast.sql.from_clause import AliasedFrom, fill_dml_hooks
from holdfast.sql.hierarchies import watch
from holdfast.sql.node import Key, Values


class Insert(DmlStatement):
    """``INSERT INTO``; made by `insert`."""

    visit_name = "insert"
    syntax_points = ("post_values",)
    is_insert = True

    _rows: tuple[Any, ...] = ()
    _select: Any = None
    _select_names: tuple[str, ...] = ()
    _select_defaults = True
    _inline = False
    _clauses = DmlStatement._clauses | {"_rows", "_select", "_select_names", "_select_defaults", "_inline"}

    def __init__(self, table: Any) -> None:
        super().__init__(table)
        if isinstance(self.table, AliasedFrom):
            whose = getattr(getattr(self.entity, "class_", None), "__name__", None) or self.table.element
            raise ArgumentError(
                f"subject table for an INSERT, UPDATE or DELETE expected, got {table!r}. An alias is another name in a query "
                f"and takes no rows: write insert({whose})."
            )

    def inline(self) -> Self:
        """Return the statement that brings back no key: defaults that are SQL stay in it, nothing is asked for."""
        return self._copy(_inline=True)

    @property
    def select(self) -> Any:
        """The SELECT of ``from_select``, or None."""
        return self._select

    def values(self, /, *arguments: Any, **keywords: Any) -> Self:
        """Return the statement with values.

        Args:
            arguments: a mapping, a tuple in the order of the columns, or a list of such for several rows.
            keywords: column name -> value.

        Raises:
            ArgumentError: several arguments, or an argument beside keywords.
            InvalidRequestError: the statement inserts from a SELECT, or one call gave one row and another several.
        """
        if self._select is not None:
            raise InvalidRequestError("This construct already inserts from a SELECT")
        if not arguments:
            return self._with(self._clauses_of(keywords))
        if len(arguments) > 1:
            raise ArgumentError(
                "Only a single dictionary/tuple or list of dictionaries/tuples is accepted positionally."
            )
        if keywords:
            raise ArgumentError("Can't pass positional and kwargs to values() simultaneously")
        [given] = arguments
        if isinstance(given, list) and given and isinstance(given[0], (Mapping, tuple)):
            if self._set:
                raise InvalidRequestError(_MIXED_VALUES)
            rows = [self._row(self._clauses_of(self._mapping(row))) for row in given]
            return self._copy(_rows=(*self._rows, *rows))
        return self._with(self._clauses_of(self._mapping(given)))

    def _mapping(self, row: Any) -> Mapping[Any, Any]:
        if isinstance(row, Mapping):
            return row
        if isinstance(row, (tuple, list)):
            return dict(zip(self.table.c.keys(), row, strict=False))
        raise ArgumentError(f"values() takes a mapping, a tuple or a list of them, not {type(row).__name__}")

    def _row(self, clauses: list[SetClause]) -> InsertRow:
        return InsertRow(tuple(clauses))

    def _with(self, clauses: list[SetClause]) -> Self:
        if clauses and getattr(self, "_rows", ()):
            raise InvalidRequestError(_MIXED_VALUES)
        replaced = {id(clause.column) for clause in clauses}
        kept = [clause for clause in self._set if id(clause.column) not in replaced]
        return self._copy(_set=(*kept, *clauses))

    def from_select(self, names: Any, select: Any, include_defaults: bool = True) -> Self:
        """Return ``INSERT INTO table (names) SELECT ...``.

        Args:
            names: the columns, as names or column objects.
            select: gives the rows.
            include_defaults: columns that are not named get their defaults: SQL expressions for each row, what Python
                makes once for all rows.

        Raises: InvalidRequestError: the statement has values. ArgumentError: `select` gives no rows.
        """
        if self._set or self._rows:
            raise InvalidRequestError("This construct already inserts value expressions")
        found = resolve(select)
        if not getattr(found, "is_statement", False) or not hasattr(found, "selected_columns"):
            raise not_expected("SELECT statement or equivalent textual object expected", select)
        columns = tuple(self.column_named(name).key for name in names)
        return self._copy(_select=found, _select_names=columns, _select_defaults=include_defaults)


_MIXED_VALUES = (
    "Can't mix single and multiple VALUES formats in one INSERT statement; one style appends to a list while the other "
    "replaces values, so the intent is ambiguous. Put the values into each row of the list."
)


class InsertRow(NamedTuple):
    """One row of a VALUES with several."""

    clauses: tuple[SetClause, ...]

    @property
    def _key(self) -> Key:
        return tuple(clause._key for clause in self.clauses)

    @property
    def _values(self) -> Values:
        return tuple(value for clause in self.clauses for value in clause._values)


def default_name(column: Any, row: int) -> str:
    """Return the name of the parameter for a column's default in one of several rows of VALUES."""
    return str(column.key) if row == 0 else f"{column.key}_m{row}"


def insert(table: Any) -> Insert:
    """Return ``INSERT INTO`` a table or mapped class."""
    statement = Insert(table)
    if watch.unions:
        check_no_union(statement)
    return statement


fill_dml_hooks(insert=insert)
