"""JSON: documents as values, their members as expressions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from holdfast.exc import InvalidRequestError
from holdfast.sql import operators
from holdfast.sql.element import hooks
from holdfast.sql.operator_classes import OperatorClass
from holdfast.sql.types.base import Processor, TypeEngine
from holdfast.sql.types.comparator import Concatenable, Indexable
from holdfast.sql.types.numeric import Boolean, Float, Integer, Numeric
from holdfast.sql.types.string import Unicode


class JsonNull:
    """The type of `JSON.NULL`: the JSON value ``null``, which is not the same as SQL's NULL."""

    name = "JSON_NULL"

    def __repr__(self) -> str:
        return "symbol('JSON_NULL')"

    def __reduce__(self) -> str:
        return "JSON_NULL"


JSON_NULL = JsonNull()


class JSON(Indexable, TypeEngine[Any]):
    """Documents of dictionaries, lists, strings, numbers, truth values and None: ``JSON``.

    ``column["key"]``, ``column[5]`` and ``column[("key", 1, "other")]`` are expressions of a member;
    `Comparator.as_string` and its kin say as what it is read. Without them a member is JSON again.

    Args:
        none_as_null: None is SQL's NULL; otherwise it is the JSON value ``null``, and ``null()`` is SQL's.
    """

    operator_classes = OperatorClass.JSON
    visit_name = "JSON"
    _arguments = ("none_as_null",)
    _family = "json"
    _binds_none = True
    _is_general = True
    hashable = False

    NULL = JSON_NULL

    def __init__(self, none_as_null: bool = False) -> None:
        self.none_as_null = none_as_null

    @property
    def python_type(self) -> type[Any]:
        return object

    @property
    def should_evaluate_none(self) -> bool:  # type: ignore[override]
        """Whether None is a value of its own."""
        return not self.none_as_null

    def evaluates_none(self) -> Any:
        new = self.copy()
        new.none_as_null = False
        return new

    def bind_processor(self, dialect: Any) -> Processor | None:
        dumps, none_is_null = dialect.json_serializer or to_text, self.none_as_null

        def bind(value: Any) -> Any:
            if value is JSON_NULL:
                value = None
            elif getattr(value, "visit_name", None) == "null" or (value is None and none_is_null):
                return None
            return dumps(value)

        return bind

    def result_processor(self, dialect: Any, coltype: Any = None) -> Processor | None:
        return dialect.json_deserializer or from_text

    def literal_processor(self, dialect: Any) -> Callable[[Any], str] | None:
        dumps = dialect.json_serializer or to_text
        return lambda value: dialect.literal_text(dumps(None if value is JSON_NULL else value))

    class JSONElementType(TypeEngine[Any]):
        """What all indexes of members share."""

        visit_name = "json_index"
        _family = "json index"

        def literal_processor(self, dialect: Any) -> Callable[[Any], str] | None:
            bind = dialect.codec(self).bind
            return lambda value: _literal(value if bind is None else bind(value), dialect)

    class JSONIndexType(JSONElementType):
        """The index of a member: a key or a position."""

    class JSONIntIndexType(JSONIndexType):
        """The position of a member."""

        visit_name = "json_int_index"

    class JSONStrIndexType(JSONIndexType):
        """The key of a member."""

        visit_name = "json_str_index"

    class JSONPathType(JSONElementType):
        """The keys and positions that lead to a member."""

        visit_name = "json_path"

    class Comparator(Indexable.Comparator, Concatenable.Comparator):
        """The operators of JSON expressions."""

        __slots__ = ()

        def _item(self, index: Any) -> Any:
            types = self.type
            if isinstance(index, Sequence) and not isinstance(index, str):
                return hooks.member(self.expr, operators.json_path_getitem_op, index, types.JSONPathType(), self.type)
            kind: Any = types.JSONIndexType
            if isinstance(index, bool) or not isinstance(index, (int, str)):
                kind = types.JSONIndexType
            elif isinstance(index, int):
                kind = types.JSONIntIndexType
            else:
                kind = types.JSONStrIndexType
            return hooks.member(self.expr, operators.json_getitem_op, index, kind(), self.type)

        def as_boolean(self) -> Any:
            """Return the member as a truth value: ``column["flag"].as_boolean() == True``."""
            return self._as(Boolean(), "as_boolean")

        def as_string(self) -> Any:
            """Return the member as text, without the quotes of JSON."""
            return self._as(Unicode(), "as_string")

        def as_integer(self) -> Any:
            """Return the member as a whole number."""
            return self._as(Integer(), "as_integer")

        def as_float(self) -> Any:
            """Return the member as a binary number."""
            return self._as(Float(), "as_float")

        def as_numeric(self, precision: int, scale: int, asdecimal: bool = True) -> Any:
            """Return the member as an exact number.

            Args:
                precision: digits in all.
                scale: digits after the point.
                asdecimal: values are Decimal; otherwise float.
            """
            return self._as(Numeric(precision, scale, asdecimal=asdecimal), "as_numeric")

        def as_json(self) -> Any:
            """Return the member as JSON: what it is without saying so."""
            self._check("as_json")
            return self.expr

        def _as(self, type_: TypeEngine[Any], name: str) -> Any:
            self._check(name)
            return hooks.member_as(self.expr, type_)

        def _check(self, name: str) -> None:
            operator = getattr(self.expr, "operator", None)
            if operator is not operators.json_getitem_op and operator is not operators.json_path_getitem_op:
                raise InvalidRequestError(
                    f"The JSON cast operator JSON.{name}() only works with a JSON index expression e.g. "
                    f"col['q'].{name}()"
                )

    comparator_factory = Comparator

    def _result_type(self, op: Any, other: TypeEngine[Any]) -> TypeEngine[Any]:
        return self


def to_text(value: Any) -> str:
    """Return a value as JSON text: readable characters as they are, so that databases find keys by them."""
    import json  # here and not above: most programs have no documents

    text = json.dumps(value, ensure_ascii=False)
    try:
        text.encode()
    except UnicodeEncodeError:  # half of a surrogate pair, which only an escape can carry
        return json.dumps(value)
    return text


def from_text(text: Any) -> Any:
    """Return the value of a JSON text."""
    import json

    return json.loads(text)


def _literal(value: Any, dialect: Any) -> str:
    if isinstance(value, int):
        return repr(int(value))
    if isinstance(value, list):
        return str(dialect.path_literal(value))
    return str(dialect.literal_text(str(value)))
