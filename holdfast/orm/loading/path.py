"""The steps of a loader option: which attribute of which entity, and where a relationship leads from there."""

from __future__ import annotations

from typing import Any, NamedTuple

from holdfast import exc
from holdfast.inspection import inspect
from holdfast.orm.polymorphic_aliases import wide_alias
from holdfast.sql.boolean import and_


class Step(NamedTuple):
    """One attribute on the way of an option.

    Attributes:
        prop: the mapped property.
        owner: the entity whose attribute was given: a mapper, or an alias.
        target: where a relationship leads: the entity given by ``of_type()``, else the related mapper; None for columns.
        criteria: further conditions given by ``and_()``, as one expression, or None.
    """

    prop: Any
    owner: Any
    target: Any
    criteria: Any

    @property
    def key(self) -> str:
        """The attribute's name."""
        return self.prop.key  # type: ignore[no-any-return]

    @property
    def structure(self) -> Any:
        """What makes two steps the same: hashable, without values."""
        target = None if self.target is None else self.target._key
        criteria = None if self.criteria is None else self.criteria._key
        return (self.owner._key, self.key, target, criteria)

    def __str__(self) -> str:
        return f"{self.owner.attribute_prefix}.{self.key}"


def step_of(attribute: Any) -> Step:
    """Return the step that an attribute given to an option means.

    Raises: ArgumentError: it is a string, or no mapped attribute.
    """
    if isinstance(attribute, str):
        raise exc.ArgumentError(
            "Strings are not accepted for attribute names in loader options; please use class-bound attributes directly."
        )
    prop, owner = getattr(attribute, "property", None), getattr(attribute, "parent", None)
    if prop is None or owner is None:
        attribute, criteria = _with_criteria(attribute)
        prop, owner = attribute.property, attribute.parent
    else:
        criteria = tuple(getattr(attribute, "_criteria", None) or ())
    owner.mapper.configure()
    if not prop.is_relationship:
        return Step(prop, owner, None, None)
    target = getattr(attribute, "_target", None)
    if target is not None and target.is_mapper and target is not prop.mapper and target.isa(prop.mapper):
        target = subclass_of_relationship(prop, target)
    return Step(prop, owner, target or prop.entity, and_(*criteria) if criteria else None)


def _with_criteria(given: Any) -> tuple[Any, tuple[Any, ...]]:
    """Return the attribute and the conditions of ``relationship.and_(...)``."""
    attribute = getattr(given, "attribute", None)
    if attribute is None or getattr(attribute, "property", None) is None:
        raise exc.ArgumentError(
            "expected ORM mapped attribute for loader strategy argument; give an attribute of a mapped class, such as "
            "User.addresses"
        )
    return attribute, (given.criteria,)


def subclass_of_relationship(prop: Any, target: Any) -> Any:
    """Return the entity for ``of_type(Subclass)``: all related objects, with the columns of those of the subclass."""
    known = prop.mapper.memo.setdefault("of_type", {})
    found = known.get((prop, target))
    if found is None:
        mappers, source = prop.mapper.wide([target])
        found = known[prop, target] = wide_alias(prop.mapper, source.alias(), mappers)
    return found


def entity_given(value: Any) -> Any:
    """Return the mapper or alias that an argument of `Load` stands for.

    Raises: NoInspectionAvailable: none.
    """
    found = getattr(value, "__mapper__", None) if isinstance(value, type) else inspect(value)
    if found is None or not getattr(found, "is_entity", False):
        raise exc.NoInspectionAvailable(f"No inspection system is available for object of type {type(value)}")
    return found


def leads_on(owner: Any, place: Any) -> bool:
    """Whether an attribute of `owner` is one of objects at `place`; both are mappers or aliases."""
    if owner is place:
        return True
    # After a union, what the options say of the class holds of the subquery that it is read from.
    stands_for = getattr(place, "stands_for", None)
    if stands_for is not None:
        return leads_on(owner, stands_for)
    if getattr(place, "with_polymorphic_mappers", ()) and not place.is_mapper and getattr(owner, "is_mapper", False):
        return bool(owner.isa(place.mapper) or place.mapper.isa(owner))
    if getattr(owner, "stands_in_join", False) and owner.selectable is place.selectable:
        return True
    if not getattr(owner, "is_mapper", False) or not getattr(place, "is_mapper", False):
        return False
    return bool(place.isa(owner) or owner.isa(place))
