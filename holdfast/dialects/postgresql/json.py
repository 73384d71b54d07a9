"""``JSON`` and ``JSONB`` with the operators that PostgreSQL has for them; ``JSONPATH``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from holdfast.dialects.postgresql import operators as pg
from holdfast.dialects.postgresql.arrays import ARRAY, array
from holdfast.sql import operators
from holdfast.sql.conversions import Cast
from holdfast.sql.element import ClauseElement
from holdfast.sql.expressions import BinaryExpression
from holdfast.sql.operator_classes import OperatorClass
from holdfast.sql.types import JSON as CommonJSON
from holdfast.sql.types import TEXT, Text, TypeEngine, to_instance


class JSONPATH(CommonJSON.JSONPathType):
    """``JSONPATH``: paths in the language of the SQL standard, as strings: ``$.a[*] ? (@ > 5)``."""

    visit_name = "JSONPATH"

    def literal_processor(self, dialect: Any) -> Callable[[Any], str] | None:
        return lambda value: str(dialect.literal_text(value))


class JSON(CommonJSON):
    """Documents, as they were written: ``JSON``.

    Args:
        none_as_null: None is SQL's NULL; otherwise it is the JSON value ``null``.
        astext_type: the type of `Comparator.astext`; `Text` by default.
    """

    visit_name = "JSON"
    _arguments = ("none_as_null", "astext_type")

    def __init__(self, none_as_null: bool = False, astext_type: Any = None) -> None:
        super().__init__(none_as_null)
        self.astext_type: TypeEngine[Any] = Text() if astext_type is None else to_instance(astext_type)

    def literal_processor(self, dialect: Any) -> Callable[[Any], str] | None:
        write = super().literal_processor(dialect)
        return None if write is None else lambda value: f"{write(value)}::{self.visit_name}"

    class Comparator(CommonJSON.Comparator):
        """The operators of JSON expressions."""

        __slots__ = ()

        @property
        def astext(self) -> Any:
            """The member as text, without the quotes of JSON: ``column["key"].astext``; a function of members alone."""
            expression = self.expr
            operator = _TEXT_OPERATORS.get(getattr(expression, "operator", None))
            if operator is None:
                raise AttributeError(
                    f"Neither '{type(expression).__name__}' object nor 'Comparator' object has an attribute 'astext'",
                    name="astext",
                )
            return BinaryExpression(expression.left, expression.right, operator, self.type.astext_type)

    comparator_factory = Comparator


_TEXT_OPERATORS: dict[Any, Any] = {
    operators.json_getitem_op: pg.ASTEXT,
    operators.json_path_getitem_op: pg.PATH_ASTEXT,
}


class JSONB(JSON):
    """Documents in a form that can be searched: ``JSONB``.

    Args:
        none_as_null: None is SQL's NULL; otherwise it is the JSON value ``null``.
        astext_type: the type of `Comparator.astext`; `Text` by default.
    """

    operator_classes = OperatorClass.JSON | OperatorClass.CONCATENABLE
    visit_name = "JSONB"

    def coerce_compared_value(self, op: Any, value: Any) -> TypeEngine[Any]:
        if op is pg.PATH_EXISTS or op is pg.PATH_MATCH:
            return JSONPATH()
        if isinstance(value, (list, tuple)) and (op is pg.HAS_ALL or op is pg.HAS_ANY):
            # A list of keys is an array of the server; as a document it would have no such operator.
            return ARRAY(Text())
        return super().coerce_compared_value(op, value)

    class Comparator(JSON.Comparator):
        """The operators of JSONB expressions."""

        __slots__ = ()

        def has_key(self, other: Any) -> Any:
            """Return the condition that a key, or a string of an array, is there."""
            return self.operate(pg.HAS_KEY, other)

        def has_all(self, other: Any) -> Any:
            """Return the condition that all keys of an array are there."""
            return self.operate(pg.HAS_ALL, other)

        def has_any(self, other: Any) -> Any:
            """Return the condition that some key of an array is there."""
            return self.operate(pg.HAS_ANY, other)

        def contains(self, other: Any, **kwargs: Any) -> Any:
            """Return the condition that another document is part of this one."""
            return self.operate(pg.CONTAINS, other)

        def contained_by(self, other: Any) -> Any:
            """Return the condition that the document is part of another one."""
            return self.operate(pg.CONTAINED_BY, other)

        def delete_path(self, array_: Any) -> Any:
            """Return the document without the member at the end of a path: keys and positions as strings."""
            path = array_ if isinstance(array_, ClauseElement) else array(array_)
            return BinaryExpression(self.expr, Cast(path, ARRAY(TEXT())), pg.DELETE_PATH, self.type)

        def path_exists(self, other: Any) -> Any:
            """Return the condition that a JSON path leads to something."""
            return self.operate(pg.PATH_EXISTS, other)

        def path_match(self, other: Any) -> Any:
            """Return the truth value that a JSON path has for the document."""
            return self.operate(pg.PATH_MATCH, other)

    comparator_factory = Comparator
