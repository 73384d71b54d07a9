"""`MutableComposite`: values of `composite` that write their parts into the columns when they are changed in place."""

from __future__ import annotations

from typing import Any

from holdfast.ext.mutable.base import MutableBase, look_at_mappers
from holdfast.ext.mutable.parents import link, unlink
from holdfast.orm.attribute_kinds import CompositeAttribute


class MutableComposite(MutableBase):
    """Base of the values of a `composite` that calls `changed` whenever a part of it was changed.

    ``def __setattr__(self, key, value): object.__setattr__(self, key, value); self.changed()``
    """

    def __init_subclass__(cls, **keywords: Any) -> None:
        super().__init_subclass__(**keywords)
        look_at_mappers(_look)

    def changed(self) -> None:
        """Set the columns of every holder to the parts of this value."""
        for _, instance, key in self._parents.living():
            attribute = getattr(type(instance), key)
            attribute.take_parts(instance, attribute.property.values_of(self))


def _look(mapper: Any, class_: type[Any]) -> None:
    for key, prop in mapper.by_name.items():
        values = getattr(prop, "composite_class", None)
        if isinstance(values, type) and issubclass(values, MutableComposite):
            type.__setattr__(mapper.class_, key, MutableCompositeAttribute(mapper, prop))


class MutableCompositeAttribute(CompositeAttribute[Any]):
    """The attribute of a composite whose values are mutable."""

    def __get__(self, instance: Any, owner: Any) -> Any:
        value = super().__get__(instance, owner)
        if instance is not None and value is not None:
            link(value, instance._sa_instance_state, self.key)
        return value

    def __set__(self, instance: Any, value: Any) -> None:
        class_ = self.property.composite_class
        if value is not None and not isinstance(value, class_):
            value = class_.coerce(self.key, value)
        state = instance._sa_instance_state
        before = instance.__dict__.get(self.key)
        if before is not value:
            unlink(before, state)
        super().__set__(instance, value)
        if value is not None:
            link(value, state, self.key)

    def take_parts(self, instance: Any, parts: Any) -> None:
        """Set the columns of an object to the parts of its value, which stays the value."""
        parts = list(parts)
        for name, part in zip(self.property.names, parts, strict=True):
            setattr(instance, name, part)
        self._remember(instance._sa_instance_state, parts)
