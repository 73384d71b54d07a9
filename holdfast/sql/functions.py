"""SQL functions: ``func.anything(...)``; known ones have the type of their result."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from holdfast.sql.coercions import as_argument
from holdfast.sql.columns import literal_column
from holdfast.sql.element import ColumnElement
from holdfast.sql.expressions import ClauseList
from holdfast.sql.node import Node
from holdfast.sql.selectable import select_hook
from holdfast.sql.types import NULL_TYPE, Date, DateTime, Integer, String, Time, to_instance
from holdfast.sql.windows import FunctionFilter, Over, WithinGroup

T = TypeVar("T")


class FunctionElement(ColumnElement[T]):
    """A call of a function.

    Attributes:
        name: the function's name.
        packages: names before it, with points between.
        clauses: the arguments.
    """

    visit_name = "function"

    name: str = "function"
    packages: tuple[str, ...] = ()

    def __init__(self, *clauses: Any) -> None:
        self.clause_expr = ClauseList(*[as_argument(clause, self.name) for clause in clauses])
        self.type = getattr(self, "type", NULL_TYPE)
        self._set_key()

    def _set_key(self) -> None:
        self._key = ("f", self.packages, self.name, self.type._key, self.clause_expr._key)
        self._values = self.clause_expr._values

    @property
    def clauses(self) -> ClauseList:
        """The arguments."""
        return self.clause_expr

    @property
    def _made_up_base(self) -> Any:  # type: ignore[override]
        return self.name

    @property
    def _key_without_name(self) -> str:  # type: ignore[override]
        return self.name

    @property
    def _bind_base(self) -> str:
        return self.name

    @property
    def _result_name(self) -> str | None:
        return None

    @property
    def _children(self) -> tuple[Node, ...]:
        return (self.clause_expr,)

    def over(
        self,
        *,
        partition_by: Any = None,
        order_by: Any = None,
        range_: tuple[int | None, int | None] | None = None,
        rows: tuple[int | None, int | None] | None = None,
        groups: tuple[int | None, int | None] | None = None,
    ) -> Over[T]:
        """Return the call over a window.

        Args:
            partition_by, order_by: an expression or several.
            range_, rows, groups: one of them as (lower, upper): None is without end, 0 the current row, negative numbers
                are before it, positive ones after it.

        Raises: ArgumentError: more than one frame, or bounds that are no whole numbers.
        """
        return Over(self, partition_by, order_by, range_, rows, groups)

    def filter(self, *criterion: Any) -> FunctionFilter[T]:
        """Return the call over the rows that fulfil the criteria."""
        return FunctionFilter(self, *criterion)

    def within_group(self, *order_by: Any) -> WithinGroup[T]:
        """Return the call of an ordered-set aggregate: ``percentile_cont(0.5) WITHIN GROUP (ORDER BY ...)``."""
        return WithinGroup(self, *order_by)

    def select(self) -> Any:
        """Return ``SELECT function(...)``."""
        return select_hook.select(self)


class Function(FunctionElement[T]):
    """A call of a function by its name, with the type of its result.

    Args:
        name: the function's name.
        clauses: the arguments.
        type_: the type of the result.
        packages: names before the function's.
    """

    def __init__(self, name: str, *clauses: Any, type_: Any = None, packages: tuple[str, ...] = ()) -> None:
        self.name = name
        self.packages = packages
        self.clause_expr = ClauseList(*[as_argument(clause, name) for clause in clauses])
        self.type = _known_type(name, self.clause_expr.clauses) if type_ is None else to_instance(type_)
        self._set_key()


class CountFunction(Function[int]):
    """``count(...)``; without an argument ``count(*)``."""

    def __init__(self, name: str, *clauses: Any, type_: Any = None, packages: tuple[str, ...] = ()) -> None:
        super().__init__(name, *(clauses or (literal_column("*"),)), type_=type_ or Integer(), packages=packages)


_KNOWN: dict[str, Any] = {
    "char_length": Integer(),
    "concat": String(),
    "length": Integer(),
    "now": DateTime(),
    "current_date": Date(),
    "current_time": Time(),
    "current_timestamp": DateTime(),
    "localtime": DateTime(),
    "localtimestamp": DateTime(),
    "sysdate": DateTime(),
    "random": NULL_TYPE,
    "user": String(),
    "current_user": String(),
    "session_user": String(),
    "rank": Integer(),
    "dense_rank": Integer(),
    "row_number": Integer(),
}
_OF_FIRST = frozenset(("max", "min", "sum", "coalesce"))
_WITHOUT_PARENTHESES = frozenset(
    ("current_date", "current_time", "current_timestamp", "current_user", "localtime", "localtimestamp",
     "session_user", "sysdate", "user")
)  # fmt: skip


def _known_type(name: str, clauses: tuple[Any, ...]) -> Any:
    """Return the type of a function's result, as far as it is known."""
    lowered = name.lower()
    if lowered in _OF_FIRST and clauses:
        return next((clause.type for clause in clauses if clause.type._key != NULL_TYPE._key), NULL_TYPE)
    return _KNOWN.get(lowered, NULL_TYPE)


def needs_no_parentheses(function: FunctionElement[Any]) -> bool:
    """Return True for functions that SQL writes without ``()``."""
    return function.name.lower() in _WITHOUT_PARENTHESES and not function.packages and not function.clause_expr.clauses


class FunctionGenerator:
    """Makes function calls: ``func.count(column)``, ``func.package.name()``."""

    def __init__(self, names: tuple[str, ...] = ()) -> None:
        self._names = names

    @property
    def count(self) -> Callable[..., Function[int]]:
        """``count(...)``; without an argument ``count(*)``."""
        return FunctionGenerator((*self._names, "count"))

    def __getattr__(self, name: str) -> FunctionGenerator:
        if name.startswith("__"):
            raise AttributeError(name)
        return FunctionGenerator((*self._names, name.removesuffix("_")))

    def __call__(self, *clauses: Any, type_: Any = None) -> Function[Any]:
        """Return the call."""
        *packages, name = self._names
        class_ = CountFunction if name.lower() == "count" and not packages else Function
        return class_(name, *clauses, type_=type_, packages=tuple(packages))


func = FunctionGenerator()
