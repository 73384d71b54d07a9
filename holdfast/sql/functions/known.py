"""The functions that are known by name: their arguments, the types of their results, how they are written."""

from __future__ import annotations

from typing import Any, TypeVar

from holdfast.sql.binds import BindParameter
from holdfast.sql.coercions import as_argument
from holdfast.sql.columns import literal_column
from holdfast.sql.functions.generic import (
    AnsiFunction,
    GenericFunction,
    OrderedSetAgg,
    ReturnTypeFromArgs,
    ReturnTypeFromOptionalArgs,
    array_of,
    type_of_arguments,
)
from holdfast.sql.types import Date, DateTime, Integer, Numeric, String, Time

T = TypeVar("T")


class coalesce(ReturnTypeFromOptionalArgs[T]):
    """``coalesce(a, b)``: the first argument that is not NULL."""

    inherit_cache = True


class max(ReturnTypeFromArgs[T]):
    """``max(a)``."""

    inherit_cache = True


class min(ReturnTypeFromArgs[T]):
    """``min(a)``."""

    inherit_cache = True


class sum(ReturnTypeFromArgs[T]):
    """``sum(a)``."""

    inherit_cache = True


class pow(ReturnTypeFromArgs[T]):
    """``pow(a, b)``; ``power`` where the database calls it so."""

    inherit_cache = True


class count(GenericFunction[int]):
    """``count(a)``; without an argument ``count(*)``."""

    type = Integer()
    inherit_cache = True

    def __init__(self, expression: Any = None, **kwargs: Any) -> None:
        super().__init__(literal_column("*") if expression is None else expression, **kwargs)


class concat(GenericFunction[str]):
    """``concat(a, b)``."""

    type = String()
    inherit_cache = True


class char_length(GenericFunction[int]):
    """``char_length(a)``."""

    type = Integer()
    inherit_cache = True

    def __init__(self, arg: Any, **kwargs: Any) -> None:
        super().__init__(arg, **kwargs)


class random(GenericFunction[float]):
    """``random()``."""

    inherit_cache = True


class now(GenericFunction[Any]):
    """``now()``: when the transaction began, or CURRENT_TIMESTAMP."""

    type = DateTime()
    inherit_cache = True


class current_date(AnsiFunction[Any]):
    """``CURRENT_DATE``."""

    type = Date()
    inherit_cache = True
    _words, _is_word = "CURRENT_DATE", True


class current_time(AnsiFunction[Any]):
    """``CURRENT_TIME``."""

    type = Time()
    inherit_cache = True
    _words, _is_word = "CURRENT_TIME", True


class current_timestamp(AnsiFunction[Any]):
    """``CURRENT_TIMESTAMP``."""

    type = DateTime()
    inherit_cache = True
    _words, _is_word = "CURRENT_TIMESTAMP", True


class current_user(AnsiFunction[str]):
    """``CURRENT_USER``."""

    type = String()
    inherit_cache = True
    _words, _is_word = "CURRENT_USER", True


class session_user(AnsiFunction[str]):
    """``SESSION_USER``."""

    type = String()
    inherit_cache = True
    _words, _is_word = "SESSION_USER", True


class user(AnsiFunction[str]):
    """``USER``."""

    type = String()
    inherit_cache = True
    _words, _is_word = "USER", True


class localtime(AnsiFunction[Any]):
    """``LOCALTIME``."""

    type = DateTime()
    inherit_cache = True
    _words, _is_word = "LOCALTIME", True


class localtimestamp(AnsiFunction[Any]):
    """``LOCALTIMESTAMP``."""

    type = DateTime()
    inherit_cache = True
    _words, _is_word = "LOCALTIMESTAMP", True


class sysdate(AnsiFunction[Any]):
    """``sysdate``."""

    type = DateTime()
    inherit_cache = True
    _words, _is_word = "sysdate", True


class array_agg(ReturnTypeFromArgs[T]):
    """``array_agg(a)``: an array of the values."""

    inherit_cache = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        arguments = [as_argument(argument) for argument in args]
        if kwargs.get("type_") is None:
            kwargs["type_"] = array_of(type_of_arguments(arguments), dimensions=1)
        GenericFunction.__init__(self, **kwargs, _arguments=arguments)


class aggregate_strings(GenericFunction[str]):
    """The strings of all rows in one: ``string_agg``, ``group_concat``, whatever the database calls it.

    Args:
        clause: the string of a row.
        separator: stands between them; written into the SQL text when the statement is executed.
    """

    type = String()
    inherit_cache = True

    def __init__(self, clause: Any, separator: Any, **kwargs: Any) -> None:
        between = as_argument(separator, self.name)
        if isinstance(between, BindParameter):
            between = between.render_literal_execute()
        super().__init__(as_argument(clause, self.name), between, **kwargs)


class next_value(GenericFunction[int]):
    """The next number of a sequence; each dialect has its own text for it.

    Attributes:
        sequence: whose number.

    Raises: AssertionError: the argument is no sequence.
    """

    visit_name = "next_value"
    type = Integer()
    inherit_cache = True

    def __init__(self, seq: Any, **kwargs: Any) -> None:
        if not getattr(seq, "is_sequence", False):
            raise AssertionError("next_value() accepts a Sequence object as input.")
        self.sequence = seq
        self._fill([], kwargs.get("type_") or seq.data_type or Integer())

    def _set_key(self) -> None:
        super()._set_key()
        self._key = (*self._key, self.sequence.serial)


class mode(OrderedSetAgg[T]):
    """``mode() WITHIN GROUP (ORDER BY a)``: the commonest value."""

    inherit_cache = True


class percentile_cont(OrderedSetAgg[T]):
    """``percentile_cont(f) WITHIN GROUP (ORDER BY a)``: the value at a fraction, between two where it must be."""

    inherit_cache = True
    _array_of_several = True


class percentile_disc(OrderedSetAgg[T]):
    """``percentile_disc(f) WITHIN GROUP (ORDER BY a)``: the first value at or after a fraction."""

    inherit_cache = True
    _array_of_several = True


class rank(GenericFunction[int]):
    """``rank()``: the place, equal rows sharing one, with gaps."""

    type = Integer()
    inherit_cache = True


class dense_rank(GenericFunction[int]):
    """``dense_rank()``: the place, equal rows sharing one, without gaps."""

    type = Integer()
    inherit_cache = True


class percent_rank(GenericFunction[Any]):
    """``percent_rank()``: the place as a fraction, from 0."""

    type = Numeric()
    inherit_cache = True


class cume_dist(GenericFunction[Any]):
    """``cume_dist()``: the part of the rows at or before this one."""

    type = Numeric()
    inherit_cache = True


class cube(GenericFunction[Any]):
    """``CUBE(a, b)`` in GROUP BY: sums over every subset of the expressions."""

    inherit_cache = True
    _words = "CUBE"


class rollup(GenericFunction[Any]):
    """``ROLLUP(a, b)`` in GROUP BY: sums over every beginning of the list."""

    inherit_cache = True
    _words = "ROLLUP"


class grouping_sets(GenericFunction[Any]):
    """``GROUPING SETS((a, b), a)`` in GROUP BY: sums over each of the sets."""

    inherit_cache = True
    _words = "GROUPING SETS"


class CollectionAggregateFunction(GenericFunction[Any]):
    """ANY, ALL and SOME written as functions."""

    inherit_cache = True
    _register = False


class any_(CollectionAggregateFunction):
    """``any(a)``."""

    name = "any"
    inherit_cache = True


class all_(CollectionAggregateFunction):
    """``all(a)``."""

    name = "all"
    inherit_cache = True


class some(CollectionAggregateFunction):
    """``some(a)``."""

    inherit_cache = True


__all__ = [
    "CollectionAggregateFunction", "aggregate_strings", "all_", "any_", "array_agg", "char_length", "coalesce",
    "concat", "count", "cube", "cume_dist", "current_date", "current_time", "current_timestamp", "current_user",
    "dense_rank", "grouping_sets", "localtime", "localtimestamp", "max", "min", "mode", "next_value", "now",
    "percent_rank", "percentile_cont", "percentile_disc", "pow", "random", "rank", "rollup", "session_user", "some",
    "sum", "sysdate", "user",
]  # fmt: skip
