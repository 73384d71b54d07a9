"""`synonym()`: another name of a mapped attribute."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from holdfast.exc import ArgumentError
from holdfast.orm.attribute_kinds import SynonymAttribute, SynonymProxy
from holdfast.orm.mapping.base import Mapped
from holdfast.orm.mapping.properties import UNSET, ColumnProperty, MapperProperty, dataclass_options

T = TypeVar("T")


class SynonymProperty(MapperProperty):
    """The mapping of one attribute to another one; made by `synonym`.

    Attributes:
        name: the attribute that it stands for.
        map_column: that attribute is to be made, of the column that has this one's name.
        descriptor: what the program wants to happen on instances.
        comparator_factory: class of the comparisons, or None.
    """

    def __init__(
        self,
        name: str,
        map_column: bool | None = None,
        descriptor: Any = None,
        comparator_factory: Any = None,
        info: dict[str, Any] | None = None,
        doc: str | None = None,
        dataclass_options: dict[str, Any] | None = None,
    ) -> None:
        self.name = name
        self.made_of = (name,)
        self.map_column = map_column
        self.descriptor = descriptor
        self.comparator_factory = comparator_factory
        self.info = info or {}
        self.doc = doc if doc is not None else getattr(descriptor, "__doc__", None)
        self.dataclass_options = dataclass_options or {}

    @property
    def target(self) -> Any:
        """The property that this one stands for, if it is one."""
        return self.parent.find_property(self.name)

    @property
    def columns(self) -> tuple[Any, ...]:
        """The columns of the attribute that this one stands for."""
        return self.target.columns  # type: ignore[no-any-return]

    def attach(self, mapper: Any, key: str) -> None:
        """Make this the attribute `key` of the mapper's class."""
        self.key = key
        self.parent = mapper
        type.__setattr__(mapper.class_, key, SynonymProxy(self.name))

    def connect(self) -> None:
        """Give the class its attribute: now it is known what the synonym stands for.

        Raises: ArgumentError: nothing of the class.
        """
        if self.target is None and not hasattr(self.parent.class_, self.name):
            raise ArgumentError(
                f"synonym {self} stands for {self.name!r}, but {self.parent.class_.__name__} has no such attribute."
            )
        type.__setattr__(self.parent.class_, self.key, self.attribute_of(self.parent))

    def attribute_of(self, entity: Any) -> Any:
        target = self.target
        if self.descriptor is None and not (isinstance(target, ColumnProperty) and target.is_stored):
            return SynonymProxy(self.name)
        if not isinstance(target, ColumnProperty):
            return self.descriptor
        return SynonymAttribute(entity, self, target)

    def copy(self) -> SynonymProperty:
        """Return the same declaration for another class."""
        return type(self)(
            self.name, self.map_column, self.descriptor, self.comparator_factory, self.info, self.doc,
            self.dataclass_options,
        )  # fmt: skip


class Synonym(SynonymProperty, Mapped[T]):
    """What `synonym` returns."""


def synonym(
    name: str,
    *,
    map_column: bool | None = None,
    descriptor: Any = None,
    comparator_factory: Any = None,
    init: bool = UNSET,
    repr: bool = UNSET,
    default: Any = UNSET,
    default_factory: Any = UNSET,
    compare: bool = UNSET,
    kw_only: bool = UNSET,
    hash: bool | None = UNSET,
    info: dict[str, Any] | None = None,
    doc: str | None = None,
    dataclass_metadata: Any = UNSET,
) -> Synonym[Any]:
    """Map an attribute to another one: on the class and on instances it means the same.

    Args:
        name: the other attribute.
        map_column: the table's column of this attribute's name is to be mapped as `name`.
        descriptor: what happens on instances, such as a property; on the class the attribute remains SQL.
        comparator_factory: class of the comparisons; see `PropComparator`.
        init, repr, default, default_factory, compare, kw_only, hash, dataclass_metadata: for dataclasses.
        info, doc: for the program and for people.
    """
    options = dataclass_options(
        init=init, repr=repr, default=default, default_factory=default_factory, compare=compare, kw_only=kw_only,
        hash=hash, metadata=dataclass_metadata,
    )  # fmt: skip
    return Synonym(name, map_column, descriptor, comparator_factory, info, doc, options)


def synonym_for(name: str, map_column: bool = False) -> Callable[[Callable[..., Any]], Synonym[Any]]:
    """Return a decorator for a property: on instances it is that property, on the class a synonym of `name`."""

    def decorate(descriptor: Any) -> Synonym[Any]:
        return synonym(name, map_column=map_column, descriptor=descriptor)

    return decorate
