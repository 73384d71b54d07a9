"""Rows: plain tuples of a class that is generated per result shape, so a row costs what its tuple costs.

The class knows its keys; an attribute is an `operator.itemgetter` in a property. No row carries a key map.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, KeysView, Mapping, Sequence
from operator import itemgetter
from typing import Any, ClassVar, Generic, TypeVar

from holdfast import exc
from holdfast._util.codegen import compile_function
from holdfast._util.collector import SMALL_BATCH, held
from holdfast.exc.shown import on_one_line

TP = TypeVar("TP", bound=tuple[Any, ...])
UNDERSCORED = (
    "all Row methods and library-level attributes are intended to be underscored to avoid name conflicts.  Please use"
)


class Row(tuple[Any, ...], Generic[TP]):
    """One row of a result: a tuple whose elements can also be read as attributes.

    ``row.name``, ``row[0]``, ``a, b = row``; ``row._mapping`` gives the row as a mapping by key or column.
    """

    __slots__ = ()

    _shape: ClassVar[Any]

    @property
    def _mapping(self) -> RowMapping:
        """The row as a mapping by key, column or attribute."""
        return RowMapping(self)

    @property
    def _fields(self) -> tuple[str, ...]:
        """The keys of the row."""
        return self._shape.named  # type: ignore[no-any-return]

    def _asdict(self) -> dict[str, Any]:
        """Return the row as a dict.

        Raises: InvalidRequestError: two columns have the same name.
        """
        if self._shape.ambiguous:
            self._shape.find(next(iter(self._shape.ambiguous)))
        return {key: value for key, value in zip(self._shape.keys, self, strict=True) if key is not None}

    def _tuple(self) -> TP:
        """Return the row: it is a tuple; to type checkers one with the types of its columns."""
        return self  # type: ignore[return-value]

    _t = property(_tuple)

    def tuple(self) -> TP:
        """Return the row; the older name of `_tuple`."""
        exc.warn_deprecated(
            f"The Row.tuple() method is deprecated in favor of Row._tuple(); {UNDERSCORED} Row._tuple()."
        )
        return self  # type: ignore[return-value]

    @property
    def t(self) -> TP:
        """The row; the older name of `_t`."""
        exc.warn_deprecated(f"The Row.t attribute is deprecated in favor of Row._t; {UNDERSCORED} Row._t.")
        return self  # type: ignore[return-value]

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError(f"can't set attribute {name!r}: a row does not change")

    def __getattr__(self, name: str) -> Any:
        # A shape's own keys are properties of its class; this is the way of names that are not there.
        if name in self._shape.ambiguous:
            raise exc.InvalidRequestError(
                f"Ambiguous column name '{name}' in result set column descriptions; label one of the columns"
            )
        index = self._shape.index_by_key.get(name)
        if index is not None:
            return self[index]
        raise AttributeError(
            f"Could not locate column in row for column '{on_one_line(name)}'; the row has {self._shape.listed}"
        )

    def __reduce__(self) -> Any:
        return _restore_row, (self._shape.keys, tuple(self))

    def __repr__(self) -> str:
        return tuple.__repr__(self)


class RowMapping(Mapping[Any, Any]):
    """A row as a mapping: by key, or by the column or attribute that was selected."""

    __slots__ = ("_row",)

    def __init__(self, row: Row[Any]) -> None:
        self._row = row

    def __getitem__(self, key: Any) -> Any:
        if isinstance(key, int):
            raise exc.NoSuchColumnError(
                f"Could not locate column in row for column '{on_one_line(key)}'; a mapping has names, row[{key}] is the way of positions"
            )
        return self._row[self._row._shape.index_of(key)]

    def __iter__(self) -> Iterator[Any]:
        return iter(self._row._shape.keys)

    def __len__(self) -> int:
        return len(self._row)

    def __contains__(self, key: object) -> bool:
        shape = self._row._shape
        return key in shape.index_by_key if isinstance(key, (str, int)) else shape.find(key) is not None

    def __repr__(self) -> str:
        return repr(dict(zip(self._row._shape.keys, self._row, strict=True)))


class RMKeyView(KeysView[Any]):
    """The keys of a result: a sequence of names that also knows whether it has a column."""

    __slots__ = ("_shape",)

    def __init__(self, shape: RowShape) -> None:
        self._shape = shape

    def __len__(self) -> int:
        return len(self._shape.named)

    def __iter__(self) -> Iterator[str]:
        return iter(self._shape.named)

    def __getitem__(self, index: Any) -> Any:
        return self._shape.named[index]

    def __contains__(self, key: object) -> bool:
        return not isinstance(key, int) and self._shape.find(key) is not None

    def __eq__(self, other: object) -> bool:
        return list(self) == list(other) if isinstance(other, (list, tuple, KeysView)) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._shape.keys)

    def __repr__(self) -> str:
        return f"RMKeyView({list(self._shape.keys)})"


class RowShape:
    """The keys of a result's rows, and the class that makes them.

    Args:
        keys: one per column, from left to right; None for an element that has no name: an alias without one.
        sources: per column, the objects by which it may be looked up besides its key: columns, attributes, entities.
        last_wins: of columns with one name the last is meant, as in a program's own text; otherwise that is an error.
    """

    __slots__ = ("ambiguous", "index_by_key", "keys", "named", "row_class", "sources")

    def __init__(self, keys: Sequence[str | None], sources: Sequence[Any] = (), last_wins: bool = False) -> None:
        self.keys: tuple[Any, ...] = tuple(keys)
        self.named = self.keys if None not in self.keys else tuple(key for key in self.keys if key is not None)
        self.sources = tuple(sources)
        self.index_by_key: dict[str, int] = {}
        ambiguous: set[str] = set()
        for index, key in enumerate(self.keys):
            if key is None:
                continue
            if key in self.index_by_key and not last_wins:
                ambiguous.add(key)
            else:
                self.index_by_key[key] = index
        self.ambiguous = frozenset(ambiguous)
        self.row_class: type[Row[Any]] = _row_class(self)

    def __reduce__(self) -> Any:
        return RowShape, (self.keys,)

    @property
    def listed(self) -> str:
        """The keys, for messages."""
        return ", ".join(repr(key) for key in self.named)

    def find(self, key: Any) -> int | None:
        """Return the position of a key, column, attribute or entity; None if it is not in the row."""
        if isinstance(key, str):
            if key in self.ambiguous:
                raise exc.InvalidRequestError(f"Ambiguous column name '{key}' in result set column descriptions")
            return self.index_by_key.get(key)
        if isinstance(key, int):
            return key if -len(self.keys) <= key < len(self.keys) else None
        column = getattr(key, "column", key)
        for index, source in enumerate(self.sources):
            for candidate in source if isinstance(source, tuple) else (source,):
                if candidate is key or candidate is column or getattr(candidate, "column", candidate) is column:
                    return index
        return None

    def index_of(self, key: Any) -> int:
        """Return the position of a key.

        Raises: NoSuchColumnError: it is not in the row.
        """
        index = self.find(key)
        if index is None:
            raise exc.NoSuchColumnError(
                f"Could not locate column in row for column '{on_one_line(key)}'; the row has {self.listed}"
            )
        return index

    def part(self, indexes: Sequence[int]) -> RowShape:
        """Return the shape of rows that consist of some of the columns."""
        sources = [self.sources[index] for index in indexes] if self.sources else ()
        return RowShape([self.keys[index] for index in indexes], sources)


_RESERVED = frozenset(dir(Row)) - {"count", "index"}


def _row_class(shape: RowShape) -> type[Row[Any]]:
    """Return a Row class with one property per key."""
    members: dict[str, Any] = {"__slots__": (), "_shape": shape}
    for key, index in shape.index_by_key.items():
        if key not in _RESERVED and key not in shape.ambiguous:
            members[key] = property(itemgetter(index))
    return type("Row", (Row,), members)


def _restore_row(keys: tuple[str, ...], values: tuple[Any, ...]) -> Row[Any]:
    """Make a pickled row again."""
    return RowShape(keys).row_class(values)


def build_row_maker(row_class: type[Row[Any]], codecs: Sequence[Any]) -> Callable[[list[Any]], list[Any]]:
    """Return the function that makes Rows of the driver's tuples, converting what needs it.

    Args:
        row_class: the shape's class.
        codecs: one per column; None for a value that stays as the driver gave it.
    """
    conversions: list[tuple[int, str, bool]] = []
    names: dict[str, Any] = {"row_class": row_class}
    for index, codec in enumerate(codecs):
        if codec is None or (codec.result is None and codec.result_code is None):
            continue
        if codec.result_code is not None:
            names.update(codec.result_names)
            conversions.append((index, str(codec.result_code).format(f"v{index}"), False))
        else:
            names[f"result_{index}"] = codec.result
            conversions.append((index, f"result_{index}(v{index})", codec.reads_none))
    if not conversions:
        return lambda rows: (
            list(map(row_class, rows)) if len(rows) <= SMALL_BATCH else held(len(rows), list, map(row_class, rows))
        )
    make = _loop(names, conversions, len(codecs))
    return lambda rows: make(rows) if len(rows) <= SMALL_BATCH else held(len(rows), make, rows)


def _loop(
    names: dict[str, Any], conversions: list[tuple[int, str, bool]], count: int
) -> Callable[[list[Any]], list[Any]]:
    """Return a loop over rows that converts some of their values.

    Args:
        names: what its expressions use, and the class of the rows.
        conversions: position, expression over ``v<position>``, and whether it is asked for None too.
        count: of the columns.
    """
    variables = ", ".join(f"v{index}" for index in range(count))
    lines = ["def make(rows):", "    found = []; append = found.append", f"    for {variables}, in rows:"]
    for index, expression, reads_none in conversions:
        guard = "" if reads_none else f"if v{index} is not None: "
        lines.append(f"        {guard}v{index} = {expression}")
    lines.append(f"        append(row_class(({variables},)))")
    lines.append("    return found")
    return compile_function("make", "\n".join(lines) + "\n", names, f"<holdfast row of {count} columns>")
