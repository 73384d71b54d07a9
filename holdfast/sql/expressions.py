"""The expressions that operators make: binary and unary ones, lists, parentheses, and the constants NULL, true, false."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, TypeVar

from holdfast.sql import operators
from holdfast.sql.binds import NULL_TYPE, BindParameter
from holdfast.sql.element import NO_TRUTH_VALUE, ClauseElement, ColumnElement
from holdfast.sql.node import Key, Node, Values, combine
from holdfast.sql.operators import Operator, needs_parentheses
from holdfast.sql.types import Boolean, TupleType

T = TypeVar("T")

BOOLEAN = Boolean()
_new = object.__new__


class Grouping(ColumnElement[T]):
    """An expression in parentheses."""

    __slots__ = ("element",)

    visit_name = "grouping"

    def __init__(self, element: Any) -> None:
        self.element = element
        self.type = getattr(element, "type", NULL_TYPE)
        self._key = ("(", element._key)
        self._values = element._values

    @property
    def _children(self) -> tuple[Node, ...]:
        return (self.element,)


class BinaryExpression(ColumnElement[T]):
    """``left operator right``.

    Attributes:
        left, right: the operands, already in parentheses where they need them.
        operator: the operator.
        negate: the operator with the opposite meaning, or None.
        modifiers: further facts as sorted pairs of name and value, such as ``(("escape", "/"),)``; part of the text.
    """

    __slots__ = ("left", "modifiers", "operator", "right")

    visit_name = "binary"

    left: Any
    right: Any
    operator: Operator
    modifiers: tuple[tuple[str, Any], ...]

    def __new__(cls, *arguments: Any, **keywords: Any) -> Any:
        # Python asks the right operand first where its class derives from the left one's: none derives from this one.
        return _new(_Composed if cls is BinaryExpression else cls)

    def __init__(
        self,
        left: Any,
        right: Any,
        operator: Operator,
        type_: Any = None,
        negate: Operator | None = None,
        modifiers: Any = None,
    ) -> None:
        self.left = left.self_group(operator)
        self.right = right.self_group(operator)
        self.operator = operator
        self.modifiers = tuple(sorted(modifiers.items())) if modifiers else ()
        self.type = NULL_TYPE if type_ is None else type_
        tag = ("op", operator._key, self.modifiers) if modifiers else ("op", operator._key)
        self._key, self._values = combine(tag, self.left, self.right)

    def compare(self, other: Any, **keywords: Any) -> bool:
        """Return True if `other` is the same SQL with the same values; operands that may change places may have done so."""
        if super().compare(other, **keywords):
            return True
        if not (self.operator.commutative and isinstance(other, BinaryExpression) and other.operator is self.operator):
            return False
        return bool(self.left.compare(other.right, **keywords) and self.right.compare(other.left, **keywords))

    @property
    def negate(self) -> Operator | None:
        """The operator with the opposite meaning, if there is one."""
        return self.operator.negation

    @property
    def _children(self) -> tuple[Node, ...]:
        return (self.left, self.right)

    def self_group(self, against: Operator | None = None) -> ColumnElement[Any]:
        return Grouping(self) if needs_parentheses(self.operator, against) else self

    def __bool__(self) -> bool:
        # ``a == b`` between two nodes is asked by Python itself, for instance by ``element in list``.
        if self.operator is operators.eq:
            return self.left is self.right
        if self.operator is operators.ne:
            return self.left is not self.right
        raise TypeError(NO_TRUTH_VALUE)


class _Composed(BinaryExpression[Any]):
    """What `BinaryExpression` makes."""

    __slots__ = ()


class ArithmeticShape:
    """What all expressions ``column operator value`` of one column and operator with plain values of one class share.

    Args:
        first: the first of them, whose operands stand in no parentheses.
    """

    __slots__ = ("_bind", "_key", "left", "operator", "type")

    def __init__(self, first: BinaryExpression[Any]) -> None:
        self.left = first.left
        self.operator = first.operator
        self.type = first.type
        self._key = first._key
        self._bind = first.right

    def of(self, value: Any) -> BinaryExpression[Any]:
        """Return the expression with `value`, past `__init__`: an UPDATE that counts up is written again and again."""
        made: BinaryExpression[Any] = _new(_Composed)
        made.left = self.left
        made.right = right = self._bind.another(value)
        made.operator = self.operator
        made.modifiers = ()
        made.type = self.type
        made._key = self._key
        made._values = (right,)
        return made


class ComparisonShape:
    """What all comparisons of one column with plain values of one class by one operator share; it is their key.

    Attributes:
        left: the column.
        operator: the operator.
        type: the type of the parameter.
    """

    __slots__ = ("left", "operator", "type")

    def __init__(self, left: Any, operator: Operator, type_: Any) -> None:
        self.left = left
        self.operator = operator
        self.type = type_

    def of(self, value: Any) -> Comparison:
        """Return the comparison with `value`, past `__init__`: it is made for nearly every statement that is asked."""
        comparison: Comparison = _new(Comparison)
        comparison._shape = self
        comparison.effective_value = value
        return comparison


class Comparison(BinaryExpression[bool]):
    """``column operator value``: the commonest expression. It is its own value holder; its key is the interned shape."""

    # The binding of values reads `effective_value`: a slot costs it no call.
    __slots__ = ("_right", "_shape", "effective_value")

    _shape: ComparisonShape
    effective_value: Any
    type = BOOLEAN
    modifiers = ()

    # A comparison stands in `_values` for its parameter, and answers what the binding of values asks a parameter.
    required = False
    callable = None
    expanding = False
    literal_execute = False

    @property
    def left(self) -> Any:  # type: ignore[override]
        return self._shape.left

    @property
    def operator(self) -> Operator:  # type: ignore[override]
        return self._shape.operator

    @property
    def right(self) -> BindParameter[Any]:  # type: ignore[override]
        try:
            return self._right
        except AttributeError:
            shape = self._shape
            # One object for good: the value's identity decides its placeholder's name.
            self._right: BindParameter[Any] = BindParameter(shape.left._bind_base, self.value, shape.type, unique=True)
            return self._right

    @property
    def _key(self) -> Key:  # type: ignore[override]
        return self._shape

    @property
    def _values(self) -> Values:  # type: ignore[override]
        return (self,)

    @property
    def value(self) -> Any:
        """The plain value."""
        return self.effective_value


class UnaryExpression(ColumnElement[T]):
    """An operator before (`operator`) or after (`modifier`) one operand: ``NOT a``, ``-a``, ``a DESC``."""

    __slots__ = ("element", "modifier", "operator")

    visit_name = "unary"

    element: Any
    operator: Operator | None
    modifier: Operator | None

    def __init__(
        self, element: Any, operator: Operator | None = None, modifier: Operator | None = None, type_: Any = None
    ) -> None:
        self.operator = operator
        self.modifier = modifier
        self.element = element.self_group(operator or modifier)
        self.type = element.type if type_ is None else type_
        self._key, self._values = combine(("op1", operator or modifier), self.element)

    @property
    def _children(self) -> tuple[Node, ...]:
        return (self.element,)

    @property
    def _naming(self) -> str:  # type: ignore[override]
        return {"column": "bare", "label": "loose"}.get(self.element._naming, "expression")

    @property
    def _derived_name(self) -> Any:  # type: ignore[override]
        return self.element._derived_name

    def self_group(self, against: Operator | None = None) -> ColumnElement[Any]:
        if self.operator is not None and needs_parentheses(self.operator, against):
            return Grouping(self)
        return self


class AsBoolean(ColumnElement[bool]):
    """A truth value that is no comparison, as a criterion of its own: ``element`` or ``NOT element``.

    Where numbers stand for truth values, ``element = 1`` or ``element = 0``.

    Attributes:
        negated: it says NOT.
    """

    __slots__ = ("element", "negated")

    visit_name = "as_boolean"

    def __init__(self, element: Any, negated: bool = True) -> None:
        self.element = element
        self.negated = negated
        self.type = element.type
        self._key = ("not" if negated else "is", element._key)
        self._values = element._values

    @property
    def _children(self) -> tuple[Node, ...]:
        return (self.element,)

    @property
    def _naming(self) -> str:  # type: ignore[override]
        return "bare derived" if self.element._naming == "column" else "derived"

    @property
    def _main_column(self) -> Any:
        return self.element._main_column

    @property
    def _derived_name(self) -> Any:  # type: ignore[override]
        return self.element._derived_name

    @property
    def _made_up_base(self) -> Any:  # type: ignore[override]
        return self.element._made_up_base


class ExpressionClauseList(ColumnElement[T]):
    """Operands joined by one operator; `BooleanClauseList` and the bounds of BETWEEN are such lists.

    Attributes:
        clauses: the operands, in parentheses where they need them.
        operator: the operator between them.
    """

    __slots__ = ("clauses", "operator")

    visit_name = "expression_list"

    clauses: tuple[Any, ...]
    operator: Operator

    def __init__(self, operator: Operator, clauses: Iterable[Any], type_: Any = None) -> None:
        self.operator = operator
        self.clauses = tuple(clause.self_group(operator) for clause in clauses)
        self.type = NULL_TYPE if type_ is None else type_
        self._key, self._values = combine(("list", operator._key), *self.clauses)

    def get_children(self) -> tuple[Any, ...]:
        """Return the operands."""
        return self.clauses

    @property
    def _children(self) -> tuple[Node, ...]:
        return self.clauses

    def self_group(self, against: Operator | None = None) -> ColumnElement[Any]:
        return Grouping(self) if self.clauses and needs_parentheses(self.operator, against) else self


class BooleanClauseList(ExpressionClauseList[bool]):
    """``a AND b AND c`` or ``a OR b OR c``; made by `and_` and `or_`, never directly."""

    __slots__ = ()

    def followed_by(self, more: Iterable[Any]) -> BooleanClauseList:
        """Return a list of these members and more. Those that are here are not looked at again, one by one: criteria that
        are joined in a loop would otherwise take time by the square of their number."""
        new = BooleanClauseList.__new__(BooleanClauseList)
        new.operator, new.type = self.operator, self.type
        added = tuple(clause.self_group(self.operator) for clause in more)
        new.clauses = self.clauses + added
        key, values = combine(None, *added)
        new._key, new._values = self._key + key[1:], self._values + values
        return new

    def compare(self, other: Any, **keywords: Any) -> bool:
        """Return True if `other` has the same members, in any order."""
        if not isinstance(other, BooleanClauseList) or other.operator is not self.operator:
            return False
        rest = list(other.clauses)
        for clause in self.clauses:
            place = next((place for place, one in enumerate(rest) if clause.compare(one)), None)
            if place is None:
                return False
            del rest[place]
        return not rest


class Bounds(ExpressionClauseList[Any]):
    """The two bounds of BETWEEN, without parentheses around them; whoever makes it puts them around each."""

    __slots__ = ()

    def __init__(self, operator: Operator, clauses: Iterable[Any], type_: Any = None) -> None:
        self.operator = operator
        self.clauses = tuple(clauses)
        self.type = NULL_TYPE if type_ is None else type_
        self._key, self._values = combine(("list", operator._key), *self.clauses)

    def self_group(self, against: Operator | None = None) -> ColumnElement[Any]:
        return self


class Slice(ColumnElement[Any]):
    """The two ends of an array's part: ``2:7``."""

    __slots__ = ("start", "stop")

    visit_name = "slice"

    def __init__(self, start: Any, stop: Any) -> None:
        self.start = start
        self.stop = stop
        self.type = NULL_TYPE
        self._key, self._values = combine("slice", start, stop)

    @property
    def _children(self) -> tuple[Node, ...]:
        return (self.start, self.stop)

    def _with_parts(self, parts: tuple[Any, ...]) -> Slice:
        return Slice(*parts)


class ClauseList(ClauseElement):
    """Elements in a row, by default with commas: the arguments of a function, the members of an IN list."""

    __slots__ = ("_key", "_values", "clauses")

    visit_name = "clauselist"

    clauses: tuple[Any, ...]

    def __init__(self, *clauses: Any) -> None:
        self.clauses = tuple(c.self_group(operators.comma_op) for c in clauses)
        self._key, self._values = combine("clauses", *self.clauses)

    def __iter__(self) -> Iterator[Any]:
        return iter(self.clauses)

    def __len__(self) -> int:
        return len(self.clauses)

    def __bool__(self) -> bool:
        return bool(self.clauses)

    @property
    def _children(self) -> tuple[Node, ...]:
        return self.clauses

    @property
    def _froms(self) -> tuple[Any, ...]:  # type: ignore[override]
        return froms_of(self.clauses)

    def self_group(self, against: Operator | None = None) -> Any:
        return Grouping(self) if needs_parentheses(operators.comma_op, against) else self


def froms_of(elements: Iterable[Any]) -> tuple[Any, ...]:
    """Return the FROM elements that the given expressions need, each once, in text order."""
    found: dict[int, Any] = {}
    for element in elements:
        for from_ in element._froms:
            found[id(from_)] = from_
    return tuple(found.values())


class Tuple(ColumnElement[Any]):
    """``(a, b)``: a row value, for comparisons and IN.

    Attributes:
        clauses: the members.
        types: their types, after which plain values on the other side are typed.
    """

    __slots__ = ("clauses", "row_type", "types")

    visit_name = "tuple"

    def __init__(self, clauses: Iterable[Any]) -> None:
        self.clauses = tuple(clauses)
        self.types = tuple(clause.type for clause in self.clauses)
        self.type = self.row_type = TupleType(*self.types)
        self._key, self._values = combine("tuple", *self.clauses)

    @property
    def _children(self) -> tuple[Node, ...]:
        return self.clauses
