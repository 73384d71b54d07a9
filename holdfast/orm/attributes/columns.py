"""Attributes that stand for columns."""

from __future__ import annotations

from typing import Any, TypeVar

from holdfast.orm.attribute_events import fire
from holdfast.orm.attributes.instrumented import InstrumentedAttribute
from holdfast.orm.missing_values import load_missing
from holdfast.orm.state import EXPIRED
from holdfast.sql.element import ColumnElement
from holdfast.sql.shapes import ShapedComparisons

T = TypeVar("T")


class ColumnAttribute(ShapedComparisons, InstrumentedAttribute[T], ColumnElement[T]):
    """An attribute that stands for a column.

    Attributes:
        column: the column.
        entity: the mapper, for results that hold this expression.
    """

    visit_name = "attribute"
    is_clause_element = True
    _naming = "column"

    initial: Any = None
    """Who listens to ``init_scalar``, if anybody does."""

    missing: Any = None
    """What reading gives where a new object has no value: the default of a dataclass field."""

    def __init__(self, entity: Any, prop: Any, key: str | None = None) -> None:
        self.key = prop.key if key is None else key
        self.class_ = entity.class_
        self.parent = self.entity = entity
        self.property = prop
        self.column = column = entity.adapted(prop.columns[0])
        self.type = column.type
        self.primary_key = column.primary_key
        # The key names what a row calls the value, and an alias is one of the values.
        self._key = ("c", _serial_of(prop.columns[0], prop.key) if key is None else key, entity.serial)
        self._values = column._values
        self._shapes = {}

    def __bool__(self) -> bool:
        # A program asks whether a class has the attribute: `if field:`.
        return True

    @property
    def name(self) -> str:
        """The column's name."""
        return self.column.name  # type: ignore[no-any-return]

    @property
    def table(self) -> Any:
        """The column's table."""
        return self.column.table

    @property
    def foreign_keys(self) -> Any:
        """The column's foreign keys."""
        return self.column.foreign_keys

    @property
    def expression(self) -> ColumnElement[T]:
        """The column."""
        return self.column  # type: ignore[no-any-return]

    @property
    def _froms(self) -> tuple[Any, ...]:  # type: ignore[override]
        return self.column._froms  # type: ignore[no-any-return]

    @property
    def _bind_base(self) -> str:
        return self.column._bind_base  # type: ignore[no-any-return]

    @property
    def _result_name(self) -> str | None:
        return self.column._result_name  # type: ignore[no-any-return]

    @property
    def _main_column(self) -> Any:
        return self.column

    @property
    def _derived_name(self) -> Any:  # type: ignore[override]
        return self.column._derived_name

    @property
    def _made_up_base(self) -> Any:  # type: ignore[override]
        return self.column._made_up_base

    @property
    def _lineage(self) -> frozenset[int]:
        return self.column._lineage | {id(self)}

    def _delegate(self, name: str) -> Any:
        try:
            return getattr(self.column, name)
        except AttributeError:
            raise self._no_attribute(name) from None

    def initial_value(self, instance: Any) -> Any:
        """Return what the listeners make of a value that is not there."""
        return fire(self.initial.on_init_scalar, instance, self.missing, instance.__dict__)

    def __get__(self, instance: Any, owner: Any) -> Any:
        if instance is None:
            return self
        state = instance._sa_instance_state
        # A new object has no row to ask; a value that was deleted since the last flush is NULL.
        if state.row_key is None:
            if not state.flags & EXPIRED:
                return self.missing if self.initial is None else self.initial_value(instance)
        elif state.old is not None and self.key in state.old:
            return self.missing if self.initial is None else self.initial_value(instance)
        return load_missing(state, instance, self.key)


def _serial_of(column: Any, key: str) -> Any:
    """Return the number of a table's column, or the attribute's name for a column of a subquery, which has none."""
    return getattr(column, "serial", key)
