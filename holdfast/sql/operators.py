"""The operators of SQL as data: name, text, binding strength, negation. Nothing here builds an expression.

An operator is called like a function: ``operators.add(a, b)`` asks the operand that understands SQL to build the
expression, and falls back to Python's own meaning when neither does. That is what custom comparators, hybrids and
the in-memory evaluation of criteria rely on.
"""

from __future__ import annotations

import operator as python
from collections.abc import Callable
from types import BuiltinFunctionType
from typing import Any

from holdfast._util.rooms import entered_at_first_use
from holdfast.sql.operator_classes import OperatorClass

LOOSEST = -100
"""Binds less than everything: always put in parentheses inside another expression."""

TIGHTEST = 100


class Operator:
    """One SQL operator.

    Attributes:
        name: the name of the public function, such as ``"eq"``.
        text: SQL text between the operands with its spaces, or before or after the only operand.
        precedence: binding strength; an operand whose operator does not bind tighter gets parentheses.
        kind: which rule builds the expression: comparison, arithmetic, boolean, unary, order, like, in, between ...
        associative: ``a op b op c`` needs no parentheses.
        commutative: the operands may change places; then the more specific type decides the result type.
        negation: the operator that means NOT of this one, if there is one.
        return_type: the type of the result that a custom operator was given.
        eager: written in parentheses beside any other operator, AND and OR among them.
        classes: bits of the `OperatorClass` in one of which it is; all of them for what every type has.
        _key: part of the keys of expressions.
    """

    __slots__ = (
        "_key",
        "associative",
        "classes",
        "commutative",
        "eager",
        "function",
        "kind",
        "name",
        "negation",
        "precedence",
        "return_type",
        "text",
    )

    def __init__(
        self,
        name: str,
        text: str,
        precedence: int,
        kind: str,
        function: Callable[..., Any] | None = None,
        associative: bool = False,
        commutative: bool = False,
        return_type: Any = None,
        key: Any = None,
        eager: bool = False,
        classes: int = -1,
    ) -> None:
        self.eager = eager
        self.classes = classes
        self.name = name
        self.text = text
        self.precedence = precedence
        self.kind = kind
        self.function = function
        self.associative = associative
        self.commutative = commutative
        self.negation: Operator | None = None
        self.return_type = return_type
        self._key = self if key is None else key

    @property
    def __name__(self) -> str:
        return self.name

    def __call__(self, left: Any, *others: Any, **modifiers: Any) -> Any:
        """Build ``left op others``; without any SQL operand, Python's own result.

        Raises:
            NotImplementedError: no operand is SQL and Python has no such operator.
        """
        if hasattr(left, "operate"):
            return left.operate(self, *others, **modifiers)
        if others and hasattr(others[0], "reverse_operate"):
            return others[0].reverse_operate(self, left, **modifiers)
        if self.function is None:
            raise NotImplementedError(f"{self.name}() needs a SQL expression; Python has no operator of that meaning.")
        return self.function(left, *others)

    @property
    def is_comparison(self) -> bool:
        """Whether the result is a truth value."""
        return self.kind in _TRUTH_KINDS

    def __eq__(self, other: object) -> bool:
        """Return True for the operator itself, and for the function of Python's `operator` module that it has the name of."""
        if not isinstance(other, BuiltinFunctionType):
            return self is other
        return self.kind != "is" and getattr(python, self.name, None) is other

    __hash__ = object.__hash__

    def __repr__(self) -> str:
        return f"<operator {self.name}>"

    def __reduce__(self) -> Any:
        return (_operator_named, (self.name,))


def _operator_named(name: str) -> Any:
    """Return one of the operators of this file: for unpickling."""
    return globals()[name]


_TRUTH_KINDS = frozenset({"comparison", "like", "in", "between", "is", "boolean", "match", "exists"})


class custom_op(Operator):
    """An operator with a text of its own, as `ColumnOperators.op` makes it; two of the same text and rules are equal.

    Args:
        opstring: the operator's SQL text, without spaces around it; it goes into the SQL as it is.
        precedence: binding strength; the default binds loosely.
        is_comparison: the result is a truth value.
        return_type: the type of the result; by default that of the left operand.
        natural_self_precedent: ``a op b op c`` needs no parentheses.
        eager_grouping: written in parentheses beside any other operator.
        python_impl: what the operator does to two Python values.
    """

    __slots__ = ()

    def __init__(
        self,
        opstring: str,
        precedence: int = 0,
        is_comparison: bool = False,
        return_type: Any = None,
        natural_self_precedent: bool = False,
        eager_grouping: bool = False,
        python_impl: Callable[..., Any] | None = None,
    ) -> None:
        if isinstance(return_type, type):
            return_type = return_type()
        super().__init__(
            opstring,
            f" {opstring} ",
            precedence,
            "comparison" if is_comparison else "custom",
            python_impl,
            associative=natural_self_precedent,
            return_type=return_type,
            key=(
                "op",
                opstring,
                precedence,
                is_comparison,
                None if return_type is None else return_type._type_key,
                natural_self_precedent,
                eager_grouping,
            ),
            eager=eager_grouping,
            classes=OperatorClass.BASE.bits,
        )

    @property
    def opstring(self) -> str:
        """Its SQL text."""
        return self.name

    @property
    def natural_self_precedent(self) -> bool:
        """Whether ``a op b op c`` needs no parentheses."""
        return self.associative

    @property
    def eager_grouping(self) -> bool:
        """Whether it is written in parentheses beside any other operator."""
        return self.eager

    @property
    def python_impl(self) -> Callable[..., Any] | None:
        """What it does to two Python values."""
        return self.function

    def __eq__(self, other: object) -> bool:
        return isinstance(other, custom_op) and other._key == self._key

    def __hash__(self) -> int:
        return hash(self._key)

    def __reduce__(self) -> Any:
        # Without the function, which seldom can be pickled.
        return (
            custom_op,
            (self.name, self.precedence, self.kind == "comparison", self.return_type, self.associative, self.eager),
        )


def needs_parentheses(inner: Operator, outer: Operator | None) -> bool:
    """Whether an expression of `inner` must stand in parentheses as an operand of `outer` (None: anything)."""
    if outer is None:
        return True
    if inner is outer and (inner.associative or inner.kind == "getitem"):
        return False
    return inner.precedence <= outer.precedence


def _comparison(name: str, text: str, function: Callable[..., Any] | None = None) -> Operator:
    return Operator(name, text, 5, "comparison", function, commutative=name in ("eq", "ne"))


# Comparison.
eq = _comparison("eq", " = ", python.eq)
ne = _comparison("ne", " != ", python.ne)
lt = _comparison("lt", " < ", python.lt)
le = _comparison("le", " <= ", python.le)
gt = _comparison("gt", " > ", python.gt)
ge = _comparison("ge", " >= ", python.ge)
is_ = Operator("is_", " IS ", 5, "is", python.is_)
is_not = Operator("is_not", " IS NOT ", 5, "is", python.is_not)
is_distinct_from = Operator("is_distinct_from", " IS DISTINCT FROM ", 5, "is", python.ne)
is_not_distinct_from = Operator("is_not_distinct_from", " IS NOT DISTINCT FROM ", 5, "is", python.eq)
in_op = Operator("in_op", " IN ", 5, "in", lambda a, b: a in b)
not_in_op = Operator("not_in_op", " NOT IN ", 5, "in", lambda a, b: a not in b)
between_op = Operator("between_op", " BETWEEN ", 5, "between", lambda a, low, high: low <= a <= high)
not_between_op = Operator("not_between_op", " NOT BETWEEN ", 5, "between", lambda a, low, high: not low <= a <= high)
like_op = Operator("like_op", " LIKE ", 5, "like")
not_like_op = Operator("not_like_op", " NOT LIKE ", 5, "like")
ilike_op = Operator("ilike_op", " ILIKE ", 5, "like")
not_ilike_op = Operator("not_ilike_op", " NOT ILIKE ", 5, "like")
startswith_op = Operator("startswith_op", " LIKE ", LOOSEST, "like", str.startswith)
not_startswith_op = Operator("not_startswith_op", " NOT LIKE ", LOOSEST, "like")
endswith_op = Operator("endswith_op", " LIKE ", LOOSEST, "like", str.endswith)
not_endswith_op = Operator("not_endswith_op", " NOT LIKE ", LOOSEST, "like")
contains_op = Operator("contains_op", " LIKE ", LOOSEST, "like", python.contains)
not_contains_op = Operator("not_contains_op", " NOT LIKE ", LOOSEST, "like")
istartswith_op = Operator("istartswith_op", " LIKE ", LOOSEST, "like")
not_istartswith_op = Operator("not_istartswith_op", " NOT LIKE ", LOOSEST, "like")
iendswith_op = Operator("iendswith_op", " LIKE ", LOOSEST, "like")
not_iendswith_op = Operator("not_iendswith_op", " NOT LIKE ", LOOSEST, "like")
icontains_op = Operator("icontains_op", " LIKE ", LOOSEST, "like")
not_icontains_op = Operator("not_icontains_op", " NOT LIKE ", LOOSEST, "like")
match_op = Operator("match_op", " MATCH ", 5, "match")
not_match_op = Operator("not_match_op", " NOT MATCH ", 5, "match")
regexp_match_op = Operator("regexp_match_op", " <regexp> ", 5, "match")
not_regexp_match_op = Operator("not_regexp_match_op", " <not regexp> ", 5, "match")
regexp_replace_op = Operator("regexp_replace_op", " <regexp_replace> ", 5, "replace")

# Arithmetic, bits, strings.
add = Operator("add", " + ", 7, "arithmetic", python.add, associative=True, commutative=True)
sub = Operator("sub", " - ", 7, "arithmetic", python.sub)
mul = Operator("mul", " * ", 8, "arithmetic", python.mul, associative=True, commutative=True)
truediv = Operator("truediv", " / ", 8, "arithmetic", python.truediv)
floordiv = Operator("floordiv", " / ", 8, "arithmetic", python.floordiv)
mod = Operator("mod", " % ", 8, "arithmetic", python.mod)
pow = Operator("pow", " ** ", 15, "power", python.pow)
neg = Operator("neg", "-", 8, "unary", python.neg)
concat_op = Operator("concat_op", " || ", 5, "string", python.add, associative=True)
bitwise_and_op = Operator("bitwise_and_op", " & ", 7, "arithmetic", python.and_)
bitwise_or_op = Operator("bitwise_or_op", " | ", 7, "arithmetic", python.or_)
bitwise_xor_op = Operator("bitwise_xor_op", " ^ ", 7, "arithmetic", python.xor)
bitwise_lshift_op = Operator("bitwise_lshift_op", " << ", 7, "arithmetic", python.lshift)
bitwise_rshift_op = Operator("bitwise_rshift_op", " >> ", 7, "arithmetic", python.rshift)
bitwise_not_op = Operator("bitwise_not_op", "~", 8, "unary", python.invert)
collate = Operator("collate", " COLLATE ", 4, "collate")
getitem = Operator("getitem", "", 15, "getitem", python.getitem)
json_getitem_op = Operator("json_getitem_op", "", 15, "getitem")
json_path_getitem_op = Operator("json_path_getitem_op", "", 15, "getitem")
pairs_getitem_op = Operator("pairs_getitem_op", "", 15, "getitem")

# Truth.
inv = Operator("inv", "NOT ", 4, "not", python.not_)
and_ = Operator("and_", " AND ", 3, "boolean", lambda a, b: a and b, associative=True)
or_ = Operator("or_", " OR ", 2, "boolean", lambda a, b: a or b, associative=True)
exists = Operator("exists", "EXISTS ", 0, "exists")

# Order, lists, names.
asc_op = Operator("asc_op", " ASC", 3, "order")
desc_op = Operator("desc_op", " DESC", 3, "order")
nulls_first_op = Operator("nulls_first_op", " NULLS FIRST", TIGHTEST, "order")
nulls_last_op = Operator("nulls_last_op", " NULLS LAST", TIGHTEST, "order")
distinct_op = Operator("distinct_op", "DISTINCT ", 5, "distinct")
comma_op = Operator("comma_op", ", ", -1, "list")
as_ = Operator("as_", " AS ", -1, "name")
from_ = Operator("from_", " FROM ", LOOSEST, "name")

for _one, _other in (
    (eq, ne),
    (lt, ge),
    (gt, le),
    (is_, is_not),
    (is_distinct_from, is_not_distinct_from),
    (in_op, not_in_op),
    (between_op, not_between_op),
    (like_op, not_like_op),
    (ilike_op, not_ilike_op),
    (startswith_op, not_startswith_op),
    (endswith_op, not_endswith_op),
    (contains_op, not_contains_op),
    (istartswith_op, not_istartswith_op),
    (iendswith_op, not_iendswith_op),
    (icontains_op, not_icontains_op),
    (match_op, not_match_op),
    (regexp_match_op, not_regexp_match_op),
):
    _one.negation = _other
    _other.negation = _one

_CLASSES = {
    OperatorClass.BASE: (is_, is_distinct_from),
    OperatorClass.EQUALITY: (eq, in_op, distinct_op),
    OperatorClass.ORDERING: (lt, gt, between_op, asc_op, desc_op, nulls_first_op, nulls_last_op),
    OperatorClass.STRING_MATCH: (
        like_op, ilike_op, startswith_op, endswith_op, istartswith_op, iendswith_op, match_op, regexp_match_op,
        regexp_replace_op, collate,
    ),
    OperatorClass.CONTAINS: (contains_op, icontains_op),
    OperatorClass.BITWISE: (
        bitwise_and_op, bitwise_or_op, bitwise_xor_op, bitwise_lshift_op, bitwise_rshift_op, bitwise_not_op,
    ),
    OperatorClass.CONCATENABLE | OperatorClass.BITWISE: (concat_op,),
    OperatorClass.CONCATENABLE | OperatorClass.MATH | OperatorClass.BITWISE | OperatorClass.DATE_ARITHEMETIC: (add,),
    OperatorClass.MATH | OperatorClass.DATE_ARITHEMETIC: (sub,),
    OperatorClass.MATH: (mul, truediv, floordiv, mod, neg, pow),
    OperatorClass.INDEXABLE: (getitem,),
    OperatorClass.BOOLEAN_ALGEBRA | OperatorClass.BITWISE: (inv,),
    OperatorClass.BOOLEAN_ALGEBRA: (and_, or_),
}  # fmt: skip
for _class, _members in _CLASSES.items():
    for _one in _members:
        _one.classes = _class.bits
        if _one.negation is not None:
            _one.negation.classes = _class.bits

METHODS: dict[Operator, str] = {
    **{
        op: f"__{name}__"
        for op, name in (
            (eq, "eq"), (ne, "ne"), (lt, "lt"), (le, "le"), (gt, "gt"), (ge, "ge"),
            (add, "add"), (sub, "sub"), (mul, "mul"), (truediv, "truediv"), (floordiv, "floordiv"), (mod, "mod"), (pow, "pow"),
            (neg, "neg"), (getitem, "getitem"), (bitwise_lshift_op, "lshift"), (bitwise_rshift_op, "rshift"),
            (and_, "and"), (or_, "or"), (inv, "invert"),
        )
    },
    **{op: op.name for op in (is_, is_not, is_distinct_from, is_not_distinct_from, collate)},
    **{
        op: op.name.removesuffix("_op")
        for op in (
            like_op, not_like_op, ilike_op, not_ilike_op, startswith_op, endswith_op, contains_op, istartswith_op,
            iendswith_op, icontains_op, match_op, regexp_match_op, regexp_replace_op, concat_op, between_op, asc_op, desc_op,
            nulls_first_op, nulls_last_op, distinct_op,
        )
    },
    in_op: "in_",
    not_in_op: "not_in",
}  # fmt: skip
"""The methods of `ColumnOperators` by operator: those of a type's comparator that override one are called instead."""


def is_comparison(op: Operator) -> bool:
    """Whether the result of `op` is a truth value."""
    return op.is_comparison


def is_commutative(op: Operator) -> bool:
    """Whether the operands of `op` may change places."""
    return op.commutative


def is_ordering_modifier(op: Operator) -> bool:
    """Whether `op` says how to order by an expression: ASC, DESC, NULLS FIRST, NULLS LAST."""
    return op.kind == "order"


def is_associative(op: Operator) -> bool:
    """Whether ``a op b op c`` needs no parentheses."""
    return op.associative


def is_boolean(op: Operator) -> bool:
    """Whether the result of `op` is a truth value, or `op` joins truth values."""
    return op.is_comparison


def is_precedent(operator: Operator, against: Operator | None) -> bool:
    """Whether an expression of `operator` must stand in parentheses as an operand of `against`."""
    return needs_parentheses(operator, against)


def mirror(op: Operator) -> Operator:
    """Return the operator for exchanged operands: ``>`` for ``<``."""
    return _MIRRORED.get(op, op)


_MIRRORED = {lt: gt, gt: lt, le: ge, ge: le}

# The names of the 1.x series, and those of functions of Python's `operator` module that mean the same.
isnot = is_not
isnot_distinct_from = is_not_distinct_from
notin_op = not_in_op
notbetween_op = not_between_op
notlike_op = not_like_op
notilike_op = not_ilike_op
notstartswith_op = not_startswith_op
notendswith_op = not_endswith_op
notcontains_op = not_contains_op
notmatch_op = not_match_op
nullsfirst_op = nulls_first_op
nullslast_op = nulls_last_op
lshift = bitwise_lshift_op
rshift = bitwise_rshift_op
is_order_by_modifier = is_ordering_modifier

# Documented here; they stand above, since they are made of these operators.
__getattr__, __dir__ = entered_at_first_use(
    __name__, dict.fromkeys(("ColumnOperators", "Operators", "SQLCoreOperations"), "holdfast.sql.operations")
)
