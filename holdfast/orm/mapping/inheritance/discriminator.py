"""How a row tells the class of its object: the discriminator, the identities of the classes, the condition for some.

`Mapper.polymorphic_map` is shared by a whole hierarchy: identity -> mapper.
"""

from __future__ import annotations

from typing import Any

from holdfast.exc import ArgumentError, InvalidRequestError, warn
from holdfast.orm.attributes import ColumnAttribute
from holdfast.orm.mapping.inheritance.lineage import descendants
from holdfast.orm.mapping.properties import ColumnProperty
from holdfast.sql.binds import BindParameter
from holdfast.sql.columns import DerivedColumn
from holdfast.sql.hierarchies import watch

HIDDEN = "_sa_polymorphic_on"
"""The attribute of a discriminator that the program maps to none."""


def settle_discriminator(mapper: Any) -> None:
    """Find the discriminator of a mapper, and enter its identity.

    Raises: ArgumentError: `polymorphic_on` names no attribute, or nothing that a row can have.
    """
    parent, arguments = mapper.inherits, mapper.arguments
    mapper.polymorphic_abstract = bool(arguments.get("polymorphic_abstract", False))
    mapper.polymorphic_identity = arguments.get("polymorphic_identity")
    if arguments.get("polymorphic_load") not in (None, "inline", "selectin"):
        raise ArgumentError(
            f'unknown argument for polymorphic_load: {arguments["polymorphic_load"]!r}. It is "inline" or "selectin"; '
            f"it stands in __mapper_args__ of {mapper.class_.__name__}."
        )
    mapper.polymorphic_map = {} if parent is None else parent.polymorphic_map
    given = arguments.get("polymorphic_on")
    if given is not None:
        mapper.polymorphic_name = _attribute_of(mapper, given)
    elif parent is not None and not mapper.concrete:
        mapper.polymorphic_name = parent.polymorphic_name
    if mapper.polymorphic_name is not None:
        mapper.polymorphic_on = mapper._properties[mapper.polymorphic_name].columns[-1]
    _enter_identity(mapper)
    _remember_value(mapper)
    if mapper.single:
        watch.kinds = True


def _attribute_of(mapper: Any, given: Any) -> str:
    """Return the attribute that stands for what ``polymorphic_on`` gives; a hidden one is made where there is none."""
    if isinstance(given, str):
        if given not in mapper._properties:
            raise ArgumentError(
                f"Can't determine polymorphic_on value '{given}' - no attribute is mapped to this name. It stands in "
                f"__mapper_args__ of {mapper.class_.__name__}."
            )
        if not isinstance(mapper._properties[given], ColumnProperty):
            raise ArgumentError(
                f"Only direct column-mapped property or SQL expression can be passed for polymorphic_on; "
                f"{mapper.class_.__name__}.{given} is something else."
            )
        return given
    if isinstance(given, ColumnProperty):
        for key, prop in mapper._properties.items():
            if prop is given:
                return key
        given = given.columns[0]
    expression = given.__clause_element__() if hasattr(given, "__clause_element__") else given
    expression = getattr(expression, "column", expression)
    found = mapper._name_of.get(expression)
    if found is not None:
        return str(found)
    if not hasattr(expression, "visit_name"):
        raise ArgumentError(
            "Only direct column-mapped property or SQL expression can be passed for polymorphic_on; "
            f"{mapper.class_.__name__} gives {given!r}."
        )
    if mapper.stores(expression):
        mapper._add(expression.key, ColumnProperty(expression))
        return str(expression.key)
    mapper._add(HIDDEN, (UnionDiscriminator if isinstance(expression, DerivedColumn) else ColumnProperty)(expression))
    return HIDDEN


def refuse_instance(instance: Any, args: Any, kwargs: Any) -> None:
    """Refuse to make an object of a class that is marked to have none; a listener of "init".

    Raises: InvalidRequestError
    """
    mapper = type(instance).__mapper__
    if mapper.polymorphic_abstract:
        raise InvalidRequestError(
            f"Can't instantiate class for {mapper}; mapper is marked polymorphic_abstract=True. Make an object of a class "
            f"below {mapper.class_name}."
        )


class UnionDiscriminator(ColumnProperty):
    """The column of a union that tells from which table a row is: read by its own name, written nowhere."""

    def attribute_of(self, entity: Any) -> Any:
        return ColumnAttribute(entity, self)


def tell_by(mapper: Any, column: Any) -> None:
    """Let a column of the union that objects are read from tell their class."""
    mapper.polymorphic_on, mapper.polymorphic_name = column, HIDDEN
    prop = mapper._properties.get(HIDDEN)
    if prop is None or prop.parent is not mapper:
        mapper._add(HIDDEN, UnionDiscriminator(column))
    else:
        prop.columns = [column]
        mapper._add(HIDDEN, prop)


def _enter_identity(mapper: Any) -> None:
    identity = mapper.polymorphic_identity
    if identity is None:
        if (
            mapper.inherits is not None
            and mapper.polymorphic_name is not None
            and not (mapper.polymorphic_abstract or mapper.concrete)
        ):
            warn(
                f"{mapper} does not indicate a 'polymorphic_identity', yet is part of an inheritance hierarchy that has a "
                f"'polymorphic_on' column of '{mapper.polymorphic_on}'. If this is an intermediary class that should not "
                "be instantiated, the class may either be left unmapped, or may include the 'polymorphic_abstract=True' "
                "parameter in its Mapper arguments. To leave the class unmapped when using Declarative, set the "
                "'__abstract__ = True' attribute on the class."
            )
        return
    present = mapper.polymorphic_map.get(identity)
    if present is not None and present is not mapper:
        warn(
            f"Reassigning polymorphic association for identity {identity!r} from {present!r} to {mapper!r}: Check for "
            f"duplicate use of {identity!r} as value for polymorphic_identity."
        )
    mapper.polymorphic_map[identity] = mapper


def _remember_value(mapper: Any) -> None:
    """Note what new objects have as their discriminator."""
    name, identity = mapper.polymorphic_name, mapper.polymorphic_identity
    if name is None or identity is None:
        return
    prop = mapper._properties[name]
    if prop.is_stored and name != HIDDEN:
        mapper.discriminator = (name, identity)


def kinds_of(mapper: Any) -> list[Any]:
    """Return the identities of a mapper and all below it, in the order in which they were mapped."""
    return [one.polymorphic_identity for one in descendants(mapper) if one.polymorphic_identity is not None]


def kind_criterion(mapper: Any, column: Any) -> Any:
    """Return the condition that a row is an object of a class without a table of its own.

    Args: column: the discriminator where the row is read from.
    """
    identities = BindParameter(column.key, kinds_of(mapper), column.type, unique=True, expanding=True)
    return column.in_(identities)
