"""Expressions that give a value another form: CAST, type coercion, COLLATE, EXTRACT, CASE."""

from __future__ import annotations

from typing import Any, TypeVar

from holdfast.sql.binds import NULL_TYPE
from holdfast.sql.element import ClauseElement, ColumnElement, hooks
from holdfast.sql.node import Node, combine
from holdfast.sql.operators import Operator
from holdfast.sql.types import Integer, to_instance

T = TypeVar("T")


class WrapsColumnExpression(ColumnElement[T]):
    """An expression that shows itself under the name of the column inside it, if there is one."""

    __slots__ = ()

    _naming = "derived"

    _wrapped: Any

    @property
    def _is_form_of_form(self) -> bool:  # type: ignore[override]
        return self._wrapped is not None and self._wrapped._naming in ("derived", "bare derived")

    @property
    def _result_name(self) -> str | None:
        column = self._wrapped
        return None if column is None else column._result_name

    @property
    def _main_column(self) -> Any:
        return None if self._wrapped is None else self._wrapped._main_column

    @property
    def _derived_name(self) -> Any:  # type: ignore[override]
        # An operator inside gives a new value: its operand's name would mislead.
        return None if self._wrapped._naming in ("bare", "loose") else self._wrapped._derived_name

    @property
    def _made_up_base(self) -> Any:  # type: ignore[override]
        return self._wrapped._made_up_base

    @property
    def _key_without_name(self) -> str:  # type: ignore[override]
        return str(self._wrapped._key_without_name)


class Cast(WrapsColumnExpression[T]):
    """``CAST(clause AS type)``."""

    __slots__ = ("clause",)

    visit_name = "cast"

    def __init__(self, clause: Any, type_: Any) -> None:
        self.type = to_instance(type_)
        self.clause = clause
        self._key = ("cast", self.type._type_key, clause._key)
        self._values = clause._values

    @property
    def _wrapped(self) -> Any:  # type: ignore[override]
        return self.clause

    @property
    def _children(self) -> tuple[Node, ...]:
        return (self.clause,)


class TryCast(Cast[T]):
    """``TRY_CAST(clause AS type)``: NULL where the value does not fit, on databases that have it."""

    __slots__ = ()

    visit_name = "try_cast"

    def __init__(self, clause: Any, type_: Any) -> None:
        super().__init__(clause, type_)
        self._key = ("try_cast", self.type._type_key, clause._key)


class TypeCoerce(WrapsColumnExpression[T]):
    """An expression taken for one of another type on the Python side; the SQL stays the same."""

    __slots__ = ("clause",)

    visit_name = "type_coerce"

    def __init__(self, clause: Any, type_: Any) -> None:
        self.type = to_instance(type_)
        self.clause = clause
        self._key = ("type_coerce", self.type._type_key, clause._key)
        self._values = clause._values

    @property
    def _wrapped(self) -> Any:  # type: ignore[override]
        return self.clause

    @property
    def _children(self) -> tuple[Node, ...]:
        return (self.clause,)

    def self_group(self, against: Operator | None = None) -> ColumnElement[Any]:
        grouped = self.clause.self_group(against)
        return self if grouped is self.clause else TypeCoerce(grouped, self.type)


class CollationClause(ClauseElement):
    """The name of a collation, after COLLATE; quoted like any other name."""

    __slots__ = ("_key", "_values", "collation", "schema")

    visit_name = "collation"

    def __init__(self, collation: str, schema: str | None = None) -> None:
        self.collation = collation
        self.schema = schema
        self._key = ("collation", collation, schema)
        self._values = ()


class Extract(ColumnElement[int]):
    """``EXTRACT(field FROM expr)``."""

    __slots__ = ("expr", "field")

    visit_name = "extract"

    def __init__(self, field: str, expr: Any) -> None:
        self.field = str(field)
        self.expr = expr
        self.type = Integer()
        self._key = ("extract", self.field, expr._key)
        self._values = expr._values

    @property
    def _children(self) -> tuple[Node, ...]:
        return (self.expr,)


class Case(ColumnElement[T]):
    """``CASE [value] WHEN ... THEN ... ELSE ... END``.

    Attributes:
        value: what the conditions are compared with, or None.
        whens: pairs of condition and result.
        else_: the result if no condition holds, or None.
    """

    __slots__ = ("else_", "value", "whens")

    visit_name = "case"

    def __init__(self, whens: tuple[tuple[Any, Any], ...], value: Any, else_: Any) -> None:
        self.whens = tuple((condition.self_group(), result) for condition, result in whens)
        self.value = value
        self.else_ = else_
        results = [result for _, result in reversed(self.whens)]
        if else_ is not None:
            results.append(else_)
        # The last result that says something decides, as a literal among them may be untyped; ELSE comes after all.
        self.type = next((r.type for r in results if r.type._type_key != NULL_TYPE._type_key), NULL_TYPE)
        tag = ("case", len(self.whens), value is not None, else_ is not None)
        self._key, self._values = combine(tag, *self._children)  # type: ignore[arg-type]

    @property
    def _children(self) -> tuple[Node, ...]:
        parts: list[Any] = [] if self.value is None else [self.value]
        for pair in self.whens:
            parts.extend(pair)
        if self.else_ is not None:
            parts.append(self.else_)
        return tuple(parts)


hooks.cast = Cast
