"""Bases of hierarchies in which each class has a table of its own, and which are read together: from a UNION of all."""

from __future__ import annotations

from typing import Any, ClassVar

from holdfast.exc import InvalidRequestError
from holdfast.orm.mapping.configuration import before_configuration
from holdfast.orm.mapping.inheritance.adoption import adopt_concrete
from holdfast.orm.mapping.inheritance.unions import polymorphic_union
from holdfast.orm.mapping.mapper import Mapper


class ConcreteBase:
    """Mixin of a mapped class with a table of its own, whose subclasses say ``"concrete": True``.

    ``select()`` of it reads the rows of all classes; of a subclass, its own ones and those of the classes below.

    Attributes:
        _concrete_discriminator_name: the name of the column that tells the class; "type".
    """

    _concrete_discriminator_name: ClassVar[str] = "type"

    @classmethod
    def __holdfast_union__(cls, mapper: Any) -> None:
        """Read the class's objects from its tables and those of the classes that it has now."""
        name = _discriminator_name(mapper.class_)
        mapper.read_together(_union_of(mapper.class_, name, mapper.self_and_descendants), name)


class AbstractConcreteBase(ConcreteBase):
    """As `ConcreteBase`, for a class without a table of its own: ``class Employee(AbstractConcreteBase, Base)``.

    What its body declares is that of each subclass. It is mapped itself, to the union of their tables, when mappers are
    configured: before the first use, or by `configure_mappers`.

    Attributes:
        strict_attrs: the class has only the attributes that its body declares; by default those of all subclasses.
    """

    __why_not_mapped__: ClassVar[str] = (
        "It is an AbstractConcreteBase, which is mapped when mappers are configured and one of its subclasses has a table: "
        "declare them first, then call configure_mappers()."
    )
    strict_attrs: ClassVar[bool] = False

    @classmethod
    def __delay_mapping__(cls) -> bool:
        """Whether the class waits until its subclasses are known: those that derive from this one directly."""
        return AbstractConcreteBase in cls.__bases__

    @classmethod
    def __holdfast_union__(cls, mapper: Any) -> None:
        """Leave subclasses alone: their rows are read from their tables."""

    def __init_subclass__(cls, **kw: Any) -> None:
        super().__init_subclass__(**kw)
        if AbstractConcreteBase in cls.__bases__:
            before_configuration(cls, _map_to_union)


def _map_to_union(class_: Any) -> bool:
    """Map an abstract class to the union of its subclasses' tables; returns whether that is done."""
    mappers = _mapped_below(class_)
    if not mappers:
        return False
    name = _discriminator_name(class_)
    union = _union_of(class_, name, mappers)
    declared = {key for base in class_.__mro__ for key in base.__dict__} if class_.strict_attrs else None
    adopt_concrete(class_, union, union.c[name], mappers, declared)
    return True


def _mapped_below(class_: type[Any]) -> list[Mapper]:
    """Return the mappers of the classes below, those that were declared last first."""
    waiting, found = list(class_.__subclasses__()), []
    while waiting:
        one = waiting.pop()
        waiting.extend(one.__subclasses__())
        if "__mapper__" in one.__dict__:
            found.append(one.__mapper__)
    return found


def _discriminator_name(class_: Any) -> str:
    return getattr(class_, "_concrete_discriminator_name", None) or "type"


def _union_of(class_: type[Any], name: str, mappers: Any) -> Any:
    tables = {one.polymorphic_identity: one.local_table for one in mappers if not one.single}
    if not tables:
        raise InvalidRequestError(
            f"{class_.__name__} has no table of its own, by which its rows could be told from those of its parent in the "
            'union of all. Give it a __tablename__ and "concrete": True.'
        )
    return polymorphic_union(tables, name, "pjoin")
