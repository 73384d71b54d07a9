"""A call of a function, as an expression and as something that rows come from."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import count
from typing import Any, ClassVar, TypeVar

from holdfast.exc import ArgumentError
from holdfast.sql.coercions import as_argument
from holdfast.sql.columns import ColumnClause, ColumnCollection
from holdfast.sql.element import ColumnElement, hooks
from holdfast.sql.expressions import BOOLEAN, BinaryExpression, ClauseList, Grouping
from holdfast.sql.from_clause import Join, select_hook
from holdfast.sql.node import Node, combine
from holdfast.sql.operators import Operator, eq, getitem
from holdfast.sql.ordered_aggregates import AggregateOrderBy
from holdfast.sql.quoted_name import quote_of
from holdfast.sql.table_valued import TableValuedAlias, TableValuedColumn, TableValueType
from holdfast.sql.types import ARRAY, NULL_TYPE, to_instance
from holdfast.sql.windows import FunctionFilter, Over, WithinGroup

T = TypeVar("T")

_serials = count(1)


class FunctionElement(ColumnElement[T]):
    """A call of a function; the base of functions that a program writes itself.

    Attributes:
        name: the function's name.
        packagenames: names before it, with points between.
        type: the type of the result; a subclass may set it for all its calls.
        inherit_cache: True: two calls of this class with equal arguments have the same SQL text. Each class says it for
            itself; calls of one that does not are compiled anew each time.
        clauses: the arguments.
    """

    visit_name = "function_element"

    name: Any = None
    packagenames: tuple[str, ...] = ()
    inherit_cache: ClassVar[bool | None] = True

    # Whether each value is greater than the one before; see `Function`.
    monotonic: bool = False

    # Written in the place of the name, and whether a call without arguments is that word alone.
    _words: ClassVar[str | None] = None
    _is_word: ClassVar[bool] = False

    # As a FROM element it has the methods of `FromClause` that statements ask for.
    is_from_function = True
    _hidden: tuple[Any, ...] = ()

    def __init__(self, *clauses: Any) -> None:
        self._fill([as_argument(clause, self.name or "param") for clause in clauses], getattr(self, "type", None))

    def params(self, mapping: Mapping[str, Any] | None = None, /, **values: Any) -> Any:
        """Return the function with these values for its named parameters: it can be executed."""
        return hooks.replace_binds(self, {**(mapping or {}), **values})

    def _fill(self, arguments: list[Any], type_: Any) -> None:
        self.clause_expr = ClauseList(*arguments)
        self.type = NULL_TYPE if type_ is None else to_instance(type_)
        self._set_key()

    def _set_key(self) -> None:
        name = (self.packagenames, self.name, quote_of(self.name))
        itself = 0 if type(self).__dict__.get("inherit_cache") else next(_serials)
        self._key = ("f", type(self), itself, name, self.type._type_key, self.clause_expr._key)
        self._values = self.clause_expr._values

    @property
    def clauses(self) -> ClauseList:
        """The arguments."""
        return self.clause_expr

    @property
    def _made_up_base(self) -> Any:  # type: ignore[override]
        return self.name or "anon"

    @property
    def _key_without_name(self) -> str:  # type: ignore[override]
        return self.name or "_no_label"

    @property
    def _bind_base(self) -> str:
        return "param"

    @property
    def _result_name(self) -> str | None:
        return None

    @property
    def _children(self) -> tuple[Node, ...]:
        return (self.clause_expr,)

    def self_group(self, against: Operator | None = None) -> ColumnElement[Any]:
        # A member of an array that a call gives: the call stands in parentheses before the brackets.
        return Grouping(self) if against is getitem and isinstance(self.type, ARRAY) else self

    # -- in an expression ----------------------------------------------------------------------------------------------

    def over(
        self,
        *,
        partition_by: Any = None,
        order_by: Any = None,
        rows: Any = None,
        range_: Any = None,
        groups: Any = None,
        exclude: str | None = None,
    ) -> Over[T]:
        """Return the call over a window.

        Args:
            partition_by, order_by: an expression or several.
            rows, range_, groups: one of them as (lower, upper): None is without end, 0 the current row, negative numbers
                are before it, positive ones after it; or a `FrameClause`, for bounds that are no whole numbers.
            exclude: rows of the frame that do not count: "CURRENT ROW", "GROUP", "TIES" or "NO OTHERS".

        Raises:
            ArgumentError: more than one frame, bounds that are no whole numbers, `exclude` without a frame.
            CompileError: `exclude` is none of these.
        """
        return Over(self, partition_by, order_by, range_, rows, groups, exclude)

    def filter(self, *criterion: Any) -> Any:
        """Return the call over the rows that fulfil the criteria; without criteria the call itself."""
        return FunctionFilter(self, *criterion) if criterion else self

    def within_group(self, *order_by: Any) -> WithinGroup[Any]:
        """Return the call of an ordered-set aggregate: ``percentile_cont(0.5) WITHIN GROUP (ORDER BY ...)``."""
        return WithinGroup(self, *order_by)

    def within_group_type(self, within_group: WithinGroup[Any]) -> Any:
        """Return the type of the call with WITHIN GROUP where its ORDER BY decides it; None: the function's own."""
        return None

    def aggregate_order_by(self, *order_by: Any) -> AggregateOrderBy[T]:
        """Return the call with an order in which the aggregate reads its rows: ``array_agg(a ORDER BY b)``."""
        return AggregateOrderBy(self, *order_by)

    def as_comparison(self, left_index: int, right_index: int) -> FunctionAsBinary:
        """Return the call as a comparison of two of its arguments, for the join condition of a relationship.

        Args:
            left_index, right_index: the positions of the arguments, from 1.
        """
        return FunctionAsBinary(self, left_index, right_index)

    def scalar_table_valued(self, name: str, type_: Any = None) -> ScalarFunctionColumn[Any]:
        """Return one column of the call's row as a value: ``(function(...)).name``."""
        return ScalarFunctionColumn(self, name, type_)

    # -- in FROM -------------------------------------------------------------------------------------------------------

    def table_valued(self, *expr: Any, **keywords: Any) -> TableValuedAlias:
        """Return the call as a FROM element with columns.

        Args:
            expr: its columns: names, or `column` objects with types.
            name: its name; None: made up.
            with_ordinality: the name of a further column that counts the rows.
            joins_implicitly: it is meant to stand beside other FROM elements without a criterion.
        """
        ordinality = keywords.pop("with_ordinality", None)
        columns = expr if ordinality is None else (*expr, ordinality)
        return TableValuedAlias(
            self,
            keywords.pop("name", None),
            row_type=TableValueType(*columns),
            with_ordinality=ordinality,
            joins_implicitly=keywords.pop("joins_implicitly", False),
        )

    def column_valued(self, name: str | None = None, joins_implicitly: bool = False) -> TableValuedColumn[T]:
        """Return the one value that each of the call's rows has: ``SELECT x FROM unnest(...) AS x``."""
        return self.alias(name, joins_implicitly).column

    def alias(self, name: str | None = None, joins_implicitly: bool = False) -> TableValuedAlias:
        """Return the call as a FROM element under a name."""
        return TableValuedAlias(self, name, joins_implicitly=joins_implicitly)

    def lateral(self, name: str | None = None) -> TableValuedAlias:
        """Return the call as a FROM element that may use columns of those before it."""
        return self.alias(name).lateral(name)

    def join(self, right: Any, onclause: Any = None, isouter: bool = False, full: bool = False) -> Join:
        """Return ``function(...) JOIN right ON ...``.

        Args:
            right: the other FROM element.
            onclause: the condition.
            isouter, full: LEFT OUTER JOIN, or FULL OUTER JOIN.
        """
        return Join(self, right, onclause, isouter, full)

    def outerjoin(self, right: Any, onclause: Any = None, full: bool = False) -> Join:
        """Return ``function(...) LEFT OUTER JOIN right ON ...``; see `join`."""
        return Join(self, right, onclause, True, full)

    def tablesample(self, sampling: Any, name: str | None = None, seed: Any = None) -> Any:
        """Return a sample of the call's rows; see `holdfast.tablesample`."""
        return self.alias(name).tablesample(sampling, name, seed)

    @property
    def c(self) -> ColumnCollection:
        """The call itself, as the one column of its rows."""
        return ColumnCollection([(self._key_without_name, self)])

    @property
    def columns(self) -> ColumnCollection:
        """The call itself, as the one column of its rows."""
        return self.c

    exported_columns = columns

    def is_derived_from(self, other: Any) -> bool:
        """Return True if this is `other`."""
        return other is self

    def select(self) -> Any:
        """Return ``SELECT function(...)``."""
        return select_hook.select(self)


class Function(FunctionElement[T]):
    """A call of a function by its name; made by ``func.name(...)``.

    Args:
        name: the function's name.
        clauses: the arguments.
        type_: the type of the result.
        packagenames: names before the function's.
        monotonic: each value is greater than the one before. As the default of a key it tells the rows of a batch apart, which
            are then inserted by one statement.
    """

    inherit_cache = True

    visit_name = "function"

    def __init__(
        self,
        name: str,
        *clauses: Any,
        type_: Any = None,
        packagenames: tuple[str, ...] | None = None,
        monotonic: bool = False,
    ) -> None:
        self.name = name
        self.packagenames = tuple(packagenames or ())
        if monotonic:
            self.monotonic = True
        self._fill([as_argument(clause, name) for clause in clauses], type_)

    @property
    def _bind_base(self) -> str:
        return str(self.name)


class FunctionAsBinary(BinaryExpression[bool]):
    """A call that compares two of its arguments; in SQL the call alone.

    Attributes:
        sql_function: the call.
        left_index, right_index: the positions of the compared arguments, from 1.
    """

    visit_name = "function_as_binary"
    type = BOOLEAN
    modifiers = ()
    operator: Operator = eq

    def __init__(self, fn: FunctionElement[Any], left_index: int, right_index: int) -> None:
        self.sql_function = fn
        self.left_index = left_index
        self.right_index = right_index
        self._key, self._values = combine(("function as binary", left_index, right_index), fn)

    @property
    def left(self) -> Any:  # type: ignore[override]
        """The first compared argument."""
        return self._argument(self.left_index)

    @property
    def right(self) -> Any:  # type: ignore[override]
        """The second compared argument."""
        return self._argument(self.right_index)

    def _argument(self, index: int) -> Any:
        arguments = self.sql_function.clause_expr.clauses
        if not 1 <= index <= len(arguments):
            raise ArgumentError(f"{self.sql_function.name}() has no argument {index} to compare")
        return arguments[index - 1]

    @property
    def _children(self) -> tuple[Node, ...]:
        return (self.sql_function,)

    def _with_parts(self, parts: tuple[Any, ...]) -> FunctionAsBinary:
        return FunctionAsBinary(parts[0], self.left_index, self.right_index)

    def self_group(self, against: Operator | None = None) -> ColumnElement[Any]:
        return self


class ScalarFunctionColumn(ColumnClause[T]):
    """One column of a call's row, as a value: ``(function(...)).name``.

    Attributes:
        fn: the call.
    """

    visit_name = "scalar_function_column"
    _is_text = True  # type: ignore[assignment]

    def __init__(self, fn: FunctionElement[Any], name: str, type_: Any = None) -> None:
        self.fn = fn
        self.name = self.key = name
        self.type = NULL_TYPE if type_ is None else to_instance(type_)
        self.table = None
        self._shapes = {}
        self._key, self._values = combine(("scalar function column", name, quote_of(name), self.type._type_key), fn)

    @property
    def _bind_base(self) -> str:
        return "param"

    @property
    def _children(self) -> tuple[Node, ...]:
        return (self.fn,)

    def _with_parts(self, parts: tuple[Any, ...]) -> ScalarFunctionColumn[T]:
        return ScalarFunctionColumn(parts[0], self.name, self.type)

    @property
    def _froms(self) -> tuple[Any, ...]:
        # The call's row is that of the statement around, as the documents show it: it brings no FROM element.
        return ()
