"""The operators that every SQL expression and every mapped attribute offers: Python's own, and `like`, `in_`, `desc` ...

One method, `operate`, receives all of them (`reverse_operate`, where the other operand stands on the left); a class
that changes what operators mean overrides these two alone.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from holdfast.sql import operators
from holdfast.sql.operators import Operator

T_co = TypeVar("T_co", covariant=True)


class Operators:
    """`&`, `|`, `~` and custom operators, over `operate` and `reverse_operate`."""

    __slots__ = ()

    def operate(self, op: Operator, *other: Any, **modifiers: Any) -> Any:
        """Build the expression ``self op other``. Raises: NotImplementedError, unless a subclass defines it."""
        raise NotImplementedError(str(op))

    def reverse_operate(self, op: Operator, other: Any, **modifiers: Any) -> Any:
        """Build the expression ``other op self``. Raises: NotImplementedError, unless a subclass defines it."""
        raise NotImplementedError(str(op))

    def __and__(self, other: Any) -> Any:
        return self.operate(operators.and_, other)

    def __or__(self, other: Any) -> Any:
        return self.operate(operators.or_, other)

    def __rand__(self, other: Any) -> Any:
        return self.reverse_operate(operators.and_, other)

    def __ror__(self, other: Any) -> Any:
        return self.reverse_operate(operators.or_, other)

    def __invert__(self) -> Any:
        return self.operate(operators.inv)

    def op(
        self,
        opstring: str,
        precedence: int = 0,
        is_comparison: bool = False,
        return_type: Any = None,
        python_impl: Callable[..., Any] | None = None,
    ) -> Callable[[Any], Any]:
        """Return a function that applies an operator of the database's own: ``column.op("&&")(other)``.

        Args:
            opstring: the operator's SQL text, used as it stands: never text from a user.
            precedence: binding strength; 0 binds loosely, so that operands of it stand in parentheses.
            is_comparison: the result is a truth value.
            return_type: the type of the result; by default that of the left operand, Boolean for a comparison.
            python_impl: what the operator does to two Python values, for evaluation in memory.
        """
        op = operators.custom_op(opstring, precedence, is_comparison, return_type, python_impl=python_impl)

        def against(other: Any) -> Any:
            return self.operate(op, other)

        return against

    def bool_op(
        self, opstring: str, precedence: int = 0, python_impl: Callable[..., Any] | None = None
    ) -> Callable[[Any], Any]:
        """Return `op` with ``is_comparison=True``: an operator whose result is a truth value."""
        return self.op(opstring, precedence=precedence, is_comparison=True, python_impl=python_impl)


class ColumnOperators(Operators):
    """All operators of a column expression; each returns a new expression."""

    __slots__ = ()

    if TYPE_CHECKING:

        def __eq__(self, other: Any) -> Any: ...  # type: ignore[override]
        def __ne__(self, other: Any) -> Any: ...  # type: ignore[override]
    else:

        def __eq__(self, other):
            return self.operate(operators.eq, other)

        def __ne__(self, other):
            return self.operate(operators.ne, other)

    __hash__ = object.__hash__

    def __lt__(self, other: Any) -> Any:
        return self.operate(operators.lt, other)

    def __le__(self, other: Any) -> Any:
        return self.operate(operators.le, other)

    def __gt__(self, other: Any) -> Any:
        return self.operate(operators.gt, other)

    def __ge__(self, other: Any) -> Any:
        return self.operate(operators.ge, other)

    def __add__(self, other: Any) -> Any:
        return self.operate(operators.add, other)

    def __radd__(self, other: Any) -> Any:
        return self.reverse_operate(operators.add, other)

    def __sub__(self, other: Any) -> Any:
        return self.operate(operators.sub, other)

    def __rsub__(self, other: Any) -> Any:
        return self.reverse_operate(operators.sub, other)

    def __mul__(self, other: Any) -> Any:
        return self.operate(operators.mul, other)

    def __rmul__(self, other: Any) -> Any:
        return self.reverse_operate(operators.mul, other)

    def __truediv__(self, other: Any) -> Any:
        return self.operate(operators.truediv, other)

    def __rtruediv__(self, other: Any) -> Any:
        return self.reverse_operate(operators.truediv, other)

    def __floordiv__(self, other: Any) -> Any:
        return self.operate(operators.floordiv, other)

    def __rfloordiv__(self, other: Any) -> Any:
        return self.reverse_operate(operators.floordiv, other)

    def __mod__(self, other: Any) -> Any:
        return self.operate(operators.mod, other)

    def __rmod__(self, other: Any) -> Any:
        return self.reverse_operate(operators.mod, other)

    def __pow__(self, other: Any) -> Any:
        return self.operate(operators.pow, other)

    def __rpow__(self, other: Any) -> Any:
        return self.reverse_operate(operators.pow, other)

    def __lshift__(self, other: Any) -> Any:
        return self.operate(operators.bitwise_lshift_op, other)

    def __rshift__(self, other: Any) -> Any:
        return self.operate(operators.bitwise_rshift_op, other)

    def __neg__(self) -> Any:
        return self.operate(operators.neg)

    def __getitem__(self, index: Any) -> Any:
        return self.operate(operators.getitem, index)

    # An expression with __getitem__ and without this would be iterated without end.
    __iter__ = None

    def __contains__(self, other: Any) -> bool:
        raise NotImplementedError("'in' can not be asked of a SQL expression; use .in_(), .contains() or .any()")

    def concat(self, other: Any) -> Any:
        """``a || b``."""
        return self.operate(operators.concat_op, other)

    def like(self, other: Any, escape: str | None = None) -> Any:
        """``a LIKE b``; `escape` is the one character that takes ``%`` and ``_`` their meaning."""
        return self.operate(operators.like_op, other, escape=escape)

    def not_like(self, other: Any, escape: str | None = None) -> Any:
        """``a NOT LIKE b``."""
        return self.operate(operators.not_like_op, other, escape=escape)

    notlike = not_like

    def ilike(self, other: Any, escape: str | None = None) -> Any:
        """`like` without regard to case: ``lower(a) LIKE lower(b)``, or the database's own ILIKE."""
        return self.operate(operators.ilike_op, other, escape=escape)

    def not_ilike(self, other: Any, escape: str | None = None) -> Any:
        """NOT of `ilike`."""
        return self.operate(operators.not_ilike_op, other, escape=escape)

    notilike = not_ilike

    def startswith(self, other: Any, escape: str | None = None, autoescape: bool = False) -> Any:
        """``a LIKE b || '%'``; `autoescape` takes ``%`` and ``_`` inside a string `other` their meaning."""
        return self.operate(operators.startswith_op, other, escape=escape, autoescape=autoescape)

    def istartswith(self, other: Any, escape: str | None = None, autoescape: bool = False) -> Any:
        """`startswith` without regard to case."""
        return self.operate(operators.istartswith_op, other, escape=escape, autoescape=autoescape)

    def endswith(self, other: Any, escape: str | None = None, autoescape: bool = False) -> Any:
        """``a LIKE '%' || b``."""
        return self.operate(operators.endswith_op, other, escape=escape, autoescape=autoescape)

    def iendswith(self, other: Any, escape: str | None = None, autoescape: bool = False) -> Any:
        """`endswith` without regard to case."""
        return self.operate(operators.iendswith_op, other, escape=escape, autoescape=autoescape)

    def contains(self, other: Any, escape: str | None = None, autoescape: bool = False) -> Any:
        """``a LIKE '%' || b || '%'``."""
        return self.operate(operators.contains_op, other, escape=escape, autoescape=autoescape)

    def icontains(self, other: Any, escape: str | None = None, autoescape: bool = False) -> Any:
        """`contains` without regard to case."""
        return self.operate(operators.icontains_op, other, escape=escape, autoescape=autoescape)

    def match(self, other: Any, **kwargs: Any) -> Any:
        """The database's own MATCH."""
        return self.operate(operators.match_op, other, **kwargs)

    def regexp_match(self, pattern: Any, flags: str | None = None) -> Any:
        """Whether the database's regular expression `pattern` matches."""
        return self.operate(operators.regexp_match_op, pattern, flags=flags)

    def regexp_replace(self, pattern: Any, replacement: Any, flags: str | None = None) -> Any:
        """The string in which `replacement` stands for what the database's regular expression `pattern` finds."""
        return self.operate(operators.regexp_replace_op, pattern, replacement=replacement, flags=flags)

    def in_(self, other: Any) -> Any:
        """``a IN (...)``; `other` is a list of values or expressions, a SELECT, or a parameter that takes a list."""
        return self.operate(operators.in_op, other)

    def not_in(self, other: Any) -> Any:
        """``a NOT IN (...)``."""
        return self.operate(operators.not_in_op, other)

    notin_ = not_in

    def is_(self, other: Any) -> Any:
        """``a IS b``, for NULL, true and false."""
        return self.operate(operators.is_, other)

    def is_not(self, other: Any) -> Any:
        """``a IS NOT b``."""
        return self.operate(operators.is_not, other)

    isnot = is_not

    def is_distinct_from(self, other: Any) -> Any:
        """``a IS DISTINCT FROM b``: unequal, NULL being a value like others."""
        return self.operate(operators.is_distinct_from, other)

    def is_not_distinct_from(self, other: Any) -> Any:
        """``a IS NOT DISTINCT FROM b``."""
        return self.operate(operators.is_not_distinct_from, other)

    isnot_distinct_from = is_not_distinct_from

    def between(self, cleft: Any, cright: Any, symmetric: bool = False) -> Any:
        """``a BETWEEN cleft AND cright``, both ends included."""
        return self.operate(operators.between_op, cleft, cright, symmetric=symmetric)

    def bitwise_and(self, other: Any) -> Any:
        """``a & b`` on bits."""
        return self.operate(operators.bitwise_and_op, other)

    def bitwise_or(self, other: Any) -> Any:
        """``a | b`` on bits."""
        return self.operate(operators.bitwise_or_op, other)

    def bitwise_xor(self, other: Any) -> Any:
        """``a ^ b`` on bits."""
        return self.operate(operators.bitwise_xor_op, other)

    def bitwise_lshift(self, other: Any) -> Any:
        """``a << b``."""
        return self.operate(operators.bitwise_lshift_op, other)

    def bitwise_rshift(self, other: Any) -> Any:
        """``a >> b``."""
        return self.operate(operators.bitwise_rshift_op, other)

    def bitwise_not(self) -> Any:
        """``~a`` on bits."""
        return self.operate(operators.bitwise_not_op)

    def collate(self, collation: str) -> Any:
        """``a COLLATE name``."""
        return self.operate(operators.collate, collation)

    def desc(self) -> Any:
        """``a DESC`` in ORDER BY."""
        return self.operate(operators.desc_op)

    def asc(self) -> Any:
        """``a ASC`` in ORDER BY."""
        return self.operate(operators.asc_op)

    def nulls_first(self) -> Any:
        """``a NULLS FIRST`` in ORDER BY."""
        return self.operate(operators.nulls_first_op)

    nullsfirst = nulls_first

    def nulls_last(self) -> Any:
        """``a NULLS LAST`` in ORDER BY."""
        return self.operate(operators.nulls_last_op)

    nullslast = nulls_last

    def distinct(self) -> Any:
        """``DISTINCT a``, inside an aggregate function."""
        return self.operate(operators.distinct_op)


class SQLCoreOperations(ColumnOperators, Generic[T_co]):
    """What is common to column expressions and mapped attributes whose Python type is `T_co`, for type checkers."""

    __slots__ = ()
