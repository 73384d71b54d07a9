"""What every mapped attribute of a class is: an expression on the class, a plain value on its objects."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, TypeVar, overload

from holdfast.inspection import register_inspector
from holdfast.orm.inspection_attr import InspectionAttrInfo
from holdfast.sql.element import ColumnElement

T_co = TypeVar("T_co", covariant=True)


if TYPE_CHECKING:

    class QueryableAttribute(ColumnElement[T_co]):
        """What a mapped attribute of a class is to SQL."""

        key: str
        class_: type[Any]
        parent: Any
        property: Any

        def any(self, criterion: Any = None, **kwargs: Any) -> ColumnElement[bool]: ...
        def has(self, criterion: Any = None, **kwargs: Any) -> ColumnElement[bool]: ...
        def and_(self, *criteria: Any) -> Any: ...

    class InstrumentedAttribute(QueryableAttribute[T_co]):
        """A mapped attribute: ``User.name`` is an expression, ``user.name`` a value."""

        @overload
        def __get__(self, instance: None, owner: Any) -> InstrumentedAttribute[T_co]: ...
        @overload
        def __get__(self, instance: object, owner: Any) -> T_co: ...
        def __get__(self, instance: object | None, owner: Any) -> InstrumentedAttribute[T_co] | T_co: ...

else:

    class QueryableAttribute(Generic[T_co]):
        """What a mapped attribute of a class is to SQL.

        Attributes:
            key: the attribute's name.
            class_: the mapped class.
            parent: its mapper.
            property: the mapping: a `ColumnProperty` or a `Relationship`.
        """

        key: str
        class_: type[Any]
        parent: Any
        property: Any

    class InstrumentedAttribute(QueryableAttribute[T_co], InspectionAttrInfo):
        """A mapped attribute: ``User.name`` is an expression, ``user.name`` a value."""

        is_attribute = True

        def __str__(self):
            return f"{self.parent.attribute_prefix}.{self.key}"

        @property
        def parententity(self):
            """The mapper, or the alias whose attribute this is."""
            return self.parent

        _parententity = parententity

        @property
        def prop(self):
            """The mapping: same as `property`."""
            return self.property

        def __reduce_ex__(self, protocol):
            # Pickled as what it is, the attribute of its class: options and statements may be kept in a cache.
            if getattr(self.class_, self.key, None) is self:
                return getattr, (self.class_, self.key)
            return super().__reduce_ex__(protocol)

        def __getattr__(self, name):
            own = getattr(type(self), name, None)
            if isinstance(own, property):
                # Its getter came out with an AttributeError, of a mistake in a mapping; asked again, it says which.
                return own.fget(self)
            if name.startswith("_") or name in ("property", "column"):
                raise AttributeError(name)
            return self._delegate(name)

        def _no_attribute(self, name):
            return AttributeError(
                f"Neither 'InstrumentedAttribute' object nor 'Comparator' object associated with {self} has an "
                f"attribute {name!r}"
            )


register_inspector(InstrumentedAttribute, lambda attribute: attribute)
