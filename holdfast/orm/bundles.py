"""`Bundle`: several columns of a statement as one element of its rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from holdfast.engine.row import RowShape
from holdfast.sql.coercions import as_columns
from holdfast.sql.columns import ColumnCollection
from holdfast.sql.element import ClauseElement
from holdfast.sql.node import combine


class Bundle(ClauseElement):
    """Several columns under one name: ``select(Bundle("user", User.id, User.name))`` gives rows with ``row.user.name``.

    A subclass may override `create_row_processor` to make something else than rows of them.

    Args:
        name: of the element in a row.
        exprs: the columns, or other bundles.
        single_entity: accepted: a Query that asks for nothing else gives the bundles themselves.

    Attributes:
        c, columns: the columns by name.
    """

    visit_name = "bundle"
    is_bundle = True
    is_row_part = True
    single_entity = False

    def __init__(self, name: str, *exprs: Any, single_entity: bool = False) -> None:
        self.name = self.key = name
        self.exprs = tuple(column for one in exprs for column in as_columns(one))
        self.single_entity = single_entity
        self._key, self._values = combine(("bundle", type(self), name, single_entity), *self.exprs)
        self.entity = next((found for one in self.exprs if (found := getattr(one, "entity", None)) is not None), None)
        self.c = self.columns = ColumnCollection((self._name_of(one), one) for one in self.exprs)

    @staticmethod
    def _name_of(one: Any) -> str:
        return str(one.key or one._result_name or "")

    @property
    def _froms(self) -> tuple[Any, ...]:  # type: ignore[override]
        return tuple({id(source): source for one in self.exprs for source in one._froms}.values())

    @property
    def _children(self) -> tuple[Any, ...]:
        return self.exprs

    def _with_parts(self, parts: tuple[Any, ...]) -> Bundle:
        return type(self)(self.name, *parts, single_entity=self.single_entity)

    def _entity_columns(self) -> tuple[Any, ...]:
        found: list[Any] = []
        for one in self.exprs:
            found.extend(one._entity_columns() if one.is_row_part else (one,))
        return tuple(found)

    def label(self, name: str) -> Bundle:
        """Return the same under another name."""
        return type(self)(name, *self.exprs, single_entity=self.single_entity)

    def create_row_processor(
        self, query: Any, procs: Sequence[Callable[[Any], Any]], labels: Sequence[str]
    ) -> Callable[[Any], Any]:
        """Return the function that makes the element from a row.

        Args:
            query: nothing.
            procs: functions of the row, one for each column.
            labels: the columns' names.
        """
        shape = RowShape(tuple(labels), tuple((one, label) for one, label in zip(self.exprs, labels, strict=True)))
        make = shape.row_class
        return lambda row: make(tuple([proc(row) for proc in procs]))

    def row_part(self, columns: Any) -> Callable[[tuple[Any, ...]], Any]:
        """Return what makes the element from the values of its columns."""
        procs: list[Callable[[Any], Any]] = []
        position = 0
        for one in self.exprs:
            width = len(one._entity_columns()) if one.is_row_part else 1
            inner = one.row_part(columns[position : position + width]) if one.is_row_part else None
            procs.append(_proc(position, width, inner))
            position += width
        return self.create_row_processor(None, procs, [self._name_of(one) for one in self.exprs])


def _proc(position: int, width: int, make: Callable[[Any], Any] | None) -> Callable[[Any], Any]:
    if make is None:
        return lambda row: row[position]
    return lambda row: make(row[position : position + width])


class DictBundle(Bundle):
    """A bundle whose elements are dicts by the columns' names."""

    def create_row_processor(
        self, query: Any, procs: Sequence[Callable[[Any], Any]], labels: Sequence[str]
    ) -> Callable[[Any], Any]:
        return lambda row: dict(zip(labels, [proc(row) for proc in procs], strict=True))
