"""How automapped classes and relationships are called, where a program says nothing else; the classes by name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from holdfast.orm import backref, relationship


def classname_for_table(base: type[Any], tablename: str, table: Any) -> str:
    """Return the name of the class of a table: the table's.

    Args:
        base: the automapped base.
        tablename: the table's name.
        table: the table.
    """
    return str(tablename)


def name_for_scalar_relationship(
    base: type[Any], local_cls: type[Any], referred_cls: type[Any], constraint: Any
) -> str:
    """Return the name of the attribute that holds the one object referred to: ``user`` for class ``User``.

    Args:
        base: the automapped base.
        local_cls: the class that has the foreign key; referred_cls: the one that it refers to.
        constraint: the foreign key.
    """
    return referred_cls.__name__.lower()


def name_for_collection_relationship(
    base: type[Any], local_cls: type[Any], referred_cls: type[Any], constraint: Any
) -> str:
    """Return the name of the attribute that holds many objects: ``address_collection`` for class ``Address``.

    Args:
        base: the automapped base.
        local_cls: the class that has the attribute; referred_cls: the class of the objects.
        constraint: the foreign key.
    """
    return referred_cls.__name__.lower() + "_collection"


def generate_relationship(
    base: type[Any],
    direction: Any,
    return_fn: Callable[..., Any],
    attrname: str,
    local_cls: type[Any],
    referred_cls: type[Any],
    **kw: Any,
) -> Any:
    """Return a relationship, or a backref for its other side.

    Args:
        base: the automapped base.
        direction: `MANYTOONE`, `ONETOMANY` or `MANYTOMANY`.
        return_fn: `relationship` or `backref`, which is to be called.
        attrname: the attribute's name.
        local_cls: its class; referred_cls: the related one.
        kw: the arguments of the function.

    Raises: TypeError: another function.
    """
    if return_fn is backref:
        return return_fn(attrname, **kw)
    if return_fn is relationship:
        return return_fn(referred_cls, **kw)
    raise TypeError(f"Unknown relationship function: {return_fn}")


class Properties:
    """Things by name, as attributes and as items; iterating gives the things."""

    def __init__(self) -> None:
        self.__dict__["_by_name"] = {}

    def add(self, name: str, thing: Any) -> None:
        """Put a thing under a name."""
        self._by_name[name] = thing

    def descend(self, names: list[str]) -> Properties:
        """Return the collection inside collections that the names lead to, made where it lacks."""
        found: Properties = self
        for name in names:
            found = found._by_name.setdefault(name, Properties())
        return found

    def __getattr__(self, name: str) -> Any:
        try:
            return self.__dict__["_by_name"][name]
        except KeyError:
            raise AttributeError(name) from None

    def __getitem__(self, name: str) -> Any:
        return self._by_name[name]

    def __contains__(self, name: object) -> bool:
        return name in self._by_name

    def __iter__(self) -> Iterator[Any]:
        return iter(list(self._by_name.values()))

    def __len__(self) -> int:
        return len(self._by_name)

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *map(str, self._by_name)]

    def keys(self) -> list[str]:
        """Return the names."""
        return list(self._by_name)

    def values(self) -> list[Any]:
        """Return the things."""
        return list(self._by_name.values())

    def items(self) -> list[tuple[str, Any]]:
        """Return pairs of name and thing."""
        return list(self._by_name.items())

    def get(self, name: str, default: Any = None) -> Any:
        """Return the thing of a name, or `default`."""
        return self._by_name.get(name, default)
