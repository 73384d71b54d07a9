"""The collections that an association proxy shows: lists, dicts and sets of values, each kept in an object in between."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, MutableMapping, MutableSequence, MutableSet
from typing import Any, TypeVar, overload

T = TypeVar("T")
K = TypeVar("K")
V = TypeVar("V")

Source = Callable[[], Any]


class _Unhashable:
    """Collections change, so they are no keys."""

    __slots__ = ()

    def __hash__(self) -> int:
        raise TypeError(f"{type(self).__name__} objects are unhashable")


class _AssociationList(_Unhashable, MutableSequence[T]):
    """A list of values.

    Args:
        source: gives the list of objects in between.
        creator: value -> object.
        getter, setter: of an object's value.
    """

    __slots__ = ("_create", "_get", "_set", "_source")
    __hash__ = _Unhashable.__hash__

    def __init__(self, source: Source, creator: Any, getter: Any, setter: Any) -> None:
        self._source, self._create, self._get, self._set = source, creator, getter, setter

    @property
    def col(self) -> Any:
        """The objects in between."""
        return self._source()

    @overload
    def __getitem__(self, index: int) -> T: ...
    @overload
    def __getitem__(self, index: slice) -> list[T]: ...
    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            return [self._get(each) for each in self.col[index]]
        return self._get(self.col[index])

    def __setitem__(self, index: Any, value: Any) -> None:
        if not isinstance(index, slice):
            self._set(self.col[index], value)
            return
        values = list(value)
        places = range(*index.indices(len(self)))
        if index.step is not None:
            if len(values) != len(places):
                raise ValueError(
                    f"attempt to assign sequence of size {len(values)} to extended slice of size {len(places)}"
                )
            for place, one in zip(places, values, strict=True):
                self._set(self.col[place], one)
            return
        del self[index]
        for offset, one in enumerate(values):
            self.insert(places.start + offset, one)

    def __delitem__(self, index: Any) -> None:
        del self.col[index]

    def __len__(self) -> int:
        return len(self.col)

    def __iter__(self) -> Iterator[T]:
        for each in self.col:
            yield self._get(each)

    def insert(self, index: int, value: T) -> None:
        """Put a value before a place."""
        self.col.insert(index, self._create(value))

    def append(self, value: T) -> None:
        """Add a value at the end."""
        self.col.append(self._create(value))

    def remove(self, value: T) -> None:
        """Take the first equal value out. Raises: ValueError: there is none."""
        for place, one in enumerate(self):
            if one == value:
                del self.col[place]
                return
        raise ValueError("value not in list")

    def clear(self) -> None:
        """Take all out."""
        del self.col[: len(self.col)]

    def replace(self, values: Iterable[T]) -> None:
        """Show these values from now on."""
        values = list(values)
        self.clear()
        self.extend(values)

    def copy(self) -> list[T]:
        """Return the values as a list."""
        return list(self)

    def __add__(self, other: Iterable[T]) -> list[T]:
        return list(self) + list(other)

    def __radd__(self, other: Iterable[T]) -> list[T]:
        return list(other) + list(self)

    def __mul__(self, number: int) -> list[T]:
        return list(self) * number

    __rmul__ = __mul__

    def __eq__(self, other: object) -> bool:
        return list(self) == (list(other) if isinstance(other, _AssociationList) else other)

    def __lt__(self, other: Iterable[T]) -> bool:
        return list(self) < list(other)

    def __le__(self, other: Iterable[T]) -> bool:
        return list(self) <= list(other)

    def __gt__(self, other: Iterable[T]) -> bool:
        return list(self) > list(other)

    def __ge__(self, other: Iterable[T]) -> bool:
        return list(self) >= list(other)

    def __repr__(self) -> str:
        return repr(list(self))


class _AssociationDict(_Unhashable, MutableMapping[K, V]):
    """A dict of values.

    Args:
        source: gives the dict of objects in between.
        creator: key, value -> object.
        getter, setter: of an object's value.
    """

    __slots__ = ("_create", "_get", "_set", "_source")
    __hash__ = _Unhashable.__hash__

    def __init__(self, source: Source, creator: Any, getter: Any, setter: Any) -> None:
        self._source, self._create, self._get, self._set = source, creator, getter, setter

    @property
    def col(self) -> Any:
        """The objects in between."""
        return self._source()

    def __getitem__(self, key: K) -> V:
        return self._get(self.col[key])  # type: ignore[no-any-return]

    def __setitem__(self, key: K, value: V) -> None:
        present = self.col.get(key)
        if present is None:
            self.col[key] = self._create(key, value)
        else:
            self._set(present, value)

    def __delitem__(self, key: K) -> None:
        del self.col[key]

    def __len__(self) -> int:
        return len(self.col)

    def __iter__(self) -> Iterator[K]:
        return iter(self.col)

    def __contains__(self, key: object) -> bool:
        return key in self.col

    def clear(self) -> None:
        """Take all out."""
        self.col.clear()

    def replace(self, values: Any) -> None:
        """Show these keys and values from now on; objects of keys that stay are kept."""
        values = dict(values)
        before = list(self.col)
        self.update(values)
        for key in before:
            if key not in values:
                del self[key]

    def popitem(self) -> tuple[K, V]:
        """Take out the last key and value, as a dict does. Raises: KeyError: there is none."""
        key, between = self.col.popitem()
        return key, self._get(between)

    def copy(self) -> dict[K, V]:
        """Return the keys and values as a dict."""
        return dict(self.items())

    def __eq__(self, other: object) -> bool:
        return dict(self.items()) == (dict(other.items()) if isinstance(other, _AssociationDict) else other)

    def __repr__(self) -> str:
        return repr(dict(self.items()))


class _AssociationSet(_Unhashable, MutableSet[T]):
    """A set of values.

    Args:
        source: gives the set of objects in between.
        creator: value -> object.
        getter, setter: of an object's value.
    """

    __slots__ = ("_create", "_get", "_set", "_source")
    __hash__ = _Unhashable.__hash__

    def __init__(self, source: Source, creator: Any, getter: Any, setter: Any) -> None:
        self._source, self._create, self._get, self._set = source, creator, getter, setter

    @classmethod
    def _from_iterable(cls, values: Iterable[Any]) -> Any:
        # What operators give is a plain set.
        return set(values)

    @property
    def col(self) -> Any:
        """The objects in between."""
        return self._source()

    def __len__(self) -> int:
        return len(self.col)

    def __contains__(self, value: object) -> bool:
        return any(one == value for one in self)

    def __iter__(self) -> Iterator[T]:
        for each in self.col:
            yield self._get(each)

    def add(self, value: T) -> None:
        """Add a value."""
        if value not in self:
            self.col.add(self._create(value))

    def discard(self, value: T) -> None:
        """Take a value out if it is there."""
        for each in self.col:
            if self._get(each) == value:
                self.col.discard(each)
                return

    def clear(self) -> None:
        """Take all out."""
        for each in list(self.col):
            self.col.discard(each)

    def update(self, *others: Iterable[T]) -> None:
        """Add all values of other collections."""
        for other in others:
            for value in other:
                self.add(value)

    def difference_update(self, *others: Iterable[T]) -> None:
        """Take all values of other collections out."""
        for other in others:
            for value in other:
                self.discard(value)

    def intersection_update(self, *others: Iterable[T]) -> None:
        """Keep only values that are in all other collections too."""
        self.replace(self.intersection(*others))

    def symmetric_difference_update(self, other: Iterable[T]) -> None:
        """Keep what is in exactly one of the two."""
        self.replace(self.symmetric_difference(other))

    def replace(self, values: Iterable[T]) -> None:
        """Show these values from now on; objects of values that stay are kept."""
        wanted, present = set(values), set(self)
        for value in present - wanted:
            self.discard(value)
        for value in wanted - present:
            self.add(value)

    def copy(self) -> set[T]:
        """Return the values as a set."""
        return set(self)

    def union(self, *others: Iterable[T]) -> set[T]:
        """Return the values of this and others."""
        return set(self).union(*others)

    def intersection(self, *others: Iterable[T]) -> set[T]:
        """Return the values that are in all."""
        return set(self).intersection(*others)

    def difference(self, *others: Iterable[T]) -> set[T]:
        """Return the values that are in no other."""
        return set(self).difference(*others)

    def symmetric_difference(self, other: Iterable[T]) -> set[T]:
        """Return the values that are in exactly one of the two."""
        return set(self).symmetric_difference(other)

    def issubset(self, other: Iterable[T]) -> bool:
        """Whether all values are in another collection."""
        return set(self).issubset(other)

    def issuperset(self, other: Iterable[T]) -> bool:
        """Whether all values of another collection are here."""
        return set(self).issuperset(other)

    def __eq__(self, other: object) -> bool:
        return set(self) == (set(other) if isinstance(other, _AssociationSet) else other)

    def __repr__(self) -> str:
        return repr(set(self))
