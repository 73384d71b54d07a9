"""`Mutable`: the base of column values that tell their objects about changes in place; which attributes get which class."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from holdfast import event
from holdfast.ext.mutable.parents import PARENTS, HasParents, link, unlink
from holdfast.orm import Mapper, instrumentation
from holdfast.orm.attributes import ColumnAttribute, flag_modified
from holdfast.orm.mapping.properties import ColumnProperty
from holdfast.sql.types.base import to_instance

_MARK = "_mutable_class"


class MutableBase:
    """What `Mutable` and `MutableComposite` have in common.

    Attributes:
        _parents: state of an object -> name of its attribute that holds this value.
    """

    _parents: ClassVar[Any] = HasParents()

    @classmethod
    def coerce(cls, key: str, value: Any) -> Any:
        """Return a value as one of this class; called with what is set or loaded and is none.

        Args:
            key: the attribute.
            value: what is to be held.

        Raises: ValueError: this class can not be made of it. Subclasses turn what they accept into themselves.
        """
        if value is None:
            return None
        raise ValueError(f"Attribute {key!r} does not accept objects of type {type(value)}")

    @classmethod
    def _get_listen_keys(cls, attribute: Any) -> set[str]:
        """Return the attributes whose new values may bring a value of this class: the one that holds it."""
        return {attribute.key}

    def __getstate__(self) -> Any:
        """Return what is pickled: the holders stay behind; they link the value again when they read it."""
        values = {name: value for name, value in self.__dict__.items() if name != PARENTS}
        return values or None


class Mutable(MutableBase):
    """Base of the values of columns: a subclass calls `changed` whenever it was changed in place.

    ``mapped_column(MutableDict.as_mutable(JSON))``
    """

    def changed(self) -> None:
        """Mark the attribute of every holder as changed: the next flush writes it.

        Raises: InvalidRequestError: a holder no longer has a value there (it was expired): the change would be lost.
        """
        for _, instance, key in self._parents.living():
            flag_modified(instance, key)

    @classmethod
    def as_mutable(cls, sqltype: Any) -> Any:
        """Return a type whose columns hold values of this class, in every class that maps such a column.

        Args:
            sqltype: a type or its class. A class, or a type that several columns share, is given out as it is marked, so
                columns made from the returned object are meant, not all of that class (`associate_with` does that).
        """
        made = to_instance(sqltype)
        made.__dict__[_MARK] = cls
        look_at_mappers(_look)
        return made

    @classmethod
    def associate_with(cls, sqltype: type[Any]) -> None:
        """Let all columns of a type's class, mapped from now on, hold values of this class."""
        _by_class[sqltype] = cls
        look_at_mappers(_look)

    @classmethod
    def associate_with_attribute(cls, attribute: Any) -> None:
        """Let one mapped attribute hold values of this class."""
        mapper, key = attribute.parent, attribute.key
        if mapper.configured:
            _install(mapper, {key: cls})
            return
        event.listen(mapper, "mapper_configured", lambda mapper, class_: _install(mapper, {key: cls}), once=True)


_by_class: dict[type[Any], type[Mutable]] = {}
_looking: list[Callable[[Any, type[Any]], None]] = []


def look_at_mappers(look: Callable[[Any, type[Any]], None]) -> None:
    """Let a function look at each mapper that is configured from now on; given twice, it looks once."""
    if look not in _looking:
        _looking.append(look)
        event.listen(Mapper, "mapper_configured", look)


def _look(mapper: Any, class_: type[Any]) -> None:
    wanted: dict[str, type[Mutable]] = {}
    for key, prop in mapper.by_name.items():
        if not isinstance(prop, ColumnProperty):
            continue
        type_ = prop.columns[0].type
        found = type_.__dict__.get(_MARK) or next(
            (_by_class[one] for one in type(type_).__mro__ if one in _by_class), None
        )
        if found is not None:
            wanted[key] = found
    if wanted:
        _install(mapper, wanted)


def _install(mapper: Any, wanted: dict[str, type[Mutable]]) -> None:
    """Give a configured class the attributes that hold mutable values."""
    for key, class_ in wanted.items():
        prop = mapper.find_property(key)
        attribute = MutableAttribute(mapper, prop, class_)
        type.__setattr__(mapper.class_, key, attribute)
        mapper.validators[key] = _Setter(attribute, mapper.validators.get(key))
    instrumentation.instrument(mapper)


class MutableAttribute(ColumnAttribute[Any]):
    """The attribute of a column whose values are of a mutable class: a data descriptor, unlike other columns'.

    Args:
        entity, prop: as of every column's attribute.
        class_of_values: the mutable class.
    """

    def __init__(self, entity: Any, prop: Any, class_of_values: type[Mutable]) -> None:
        super().__init__(entity, prop)
        self.class_of_values = class_of_values

    def __get__(self, instance: Any, owner: Any) -> Any:
        if instance is None:
            return self
        values, key = instance.__dict__, self.key
        value = values[key] if key in values else super().__get__(instance, owner)
        if value is None:
            return None
        if not isinstance(value, self.class_of_values):
            value = self.class_of_values.coerce(key, value)
            if key in values:
                values[key] = value
        if value is not None:
            link(value, instance._sa_instance_state, key)
        return value

    def __set__(self, instance: Any, value: Any) -> None:
        # Reached through object.__setattr__ alone, where a class has a __setattr__ of its own.
        instance.__dict__[self.key] = value

    def __delete__(self, instance: Any) -> None:
        instance.__dict__.pop(self.key, None)

    def coerced(self, value: Any) -> Any:
        """Return a value as one of the mutable class; None stays None."""
        if value is None or isinstance(value, self.class_of_values):
            return value
        return self.class_of_values.coerce(self.key, value)


class _Setter:
    """Looks at what is set, as a validator: after one of the program's.

    Args:
        attribute: the mutable attribute.
        validator: the program's, or None.
    """

    def __init__(self, attribute: MutableAttribute, validator: Any) -> None:
        self._attribute = attribute
        self._validator = validator._validator if isinstance(validator, _Setter) else validator

    def __call__(self, instance: Any, key: str, value: Any) -> Any:
        if self._validator is not None:
            value = self._validator(instance, key, value)
        value = self._attribute.coerced(value)
        state = instance._sa_instance_state
        before = instance.__dict__.get(key)
        if before is not value:
            unlink(before, state)
        if value is not None:
            value._parents[state] = key
        return value


__all__ = ["Mutable", "MutableAttribute", "MutableBase"]
