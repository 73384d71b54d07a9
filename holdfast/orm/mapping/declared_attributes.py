"""Which attributes the body of a declarative class, its mixins and abstract bases declare, in which order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Generic

from holdfast.exc import InvalidRequestError, warn
from holdfast.orm.mapping.annotations import own_annotations, read_annotation
from holdfast.orm.mapping.base import Mapped
from holdfast.orm.mapping.columns import MappedColumn
from holdfast.orm.mapping.declared_attr import is_declared
from holdfast.orm.mapping.inheritance.declared_lineage import inherited_bases
from holdfast.orm.mapping.properties import UNSET
from holdfast.schema import Column

# Names in a class body that say something about the mapping, or belong to declarative bases.
SETTINGS = frozenset({"metadata", "registry", "type_annotation_map"})


class DeclaredAttribute:
    """One attribute: where it stands, its value and its annotation."""

    __slots__ = ("name", "owner", "raw", "value")

    def __init__(self, name: str, owner: type[Any], value: Any, raw: Any) -> None:
        self.name = name
        self.owner = owner
        self.value = value
        self.raw = raw

    def place(self, class_: type[Any]) -> str:
        return f"{class_.__name__}.{self.name}"


def declared_attributes(class_: type[Any]) -> Iterator[DeclaredAttribute]:
    """Yield what the class and its unmapped bases declare, those of the class first; the nearest declaration counts."""
    seen: set[str] = set()
    inherited = inherited_bases(class_)
    metadata_key: str | None = getattr(class_, "__sa_dataclass_metadata_key__", None)
    for base in class_.__mro__:
        if base in (object, Generic) or base.__dict__.get("__holdfast_base__"):
            continue
        found = _declared_in(base, metadata_key)
        # What the functions of a mixin make stands behind its other columns.
        for attribute in found if base is class_ else sorted(found, key=lambda one: is_declared(one.value)):
            if attribute.name in seen or (base in inherited and not getattr(attribute.value, "is_cascading", False)):
                continue
            seen.add(attribute.name)
            yield attribute


def once_per_column(class_: type[Any], found: Iterable[DeclaredAttribute]) -> list[DeclaredAttribute]:
    """Return the attributes without those whose very column a later one has too, with a warning.

    A second attribute of a column would be an attribute that nobody writes. The column keeps the first name.
    """
    attributes = list(found)
    names: dict[int, list[str]] = {}
    for attribute in attributes:
        if isinstance(attribute.value, (Column, MappedColumn)):
            names.setdefault(id(attribute.value), []).append(attribute.name)
    if all(len(several) == 1 for several in names.values()):
        return attributes
    kept = []
    for attribute in attributes:
        several = names.get(id(attribute.value), [attribute.name])
        if len(several) > 1:
            column = attribute.value.column if isinstance(attribute.value, MappedColumn) else attribute.value
            if column.name is None:
                attribute.value.name = column.name = column.key = several[0]
            if attribute.name == several[0]:
                warn(
                    f"On class {class_.__name__!r}, Column object {column.name!r} named directly multiple times, only one "
                    f"will be used: {', '.join(sorted(several))}. Consider using orm.synonym instead"
                )
        if attribute.name == several[-1]:
            kept.append(attribute)
    return kept


def _declared_in(base: type[Any], metadata_key: str | None) -> Iterator[DeclaredAttribute]:
    """Yield what stands in the body of one class, in its order."""
    annotations = own_annotations(base)
    values = {name: value for name, value in base.__dict__.items() if _is_candidate(name)}
    if metadata_key is not None:
        values.update(_in_fields(base, metadata_key))
    for name in merged_order(list(values), list(annotations)):
        if _is_candidate(name):
            yield DeclaredAttribute(name, base, values.get(name, UNSET), annotations.get(name))


def _in_fields(base: type[Any], metadata_key: str) -> dict[str, Any]:
    """Return what the fields of a dataclass say in their metadata; of a mixin it is made by a function."""
    fields = base.__dict__.get("__dataclass_fields__", {})
    given = {name: one.metadata.get(metadata_key) for name, one in fields.items() if name in own_annotations(base)}
    return {
        name: value() if callable(value) and not hasattr(value, "operate") else value
        for name, value in given.items()
        if value is not None
    }


def check_reserved(class_: type[Any]) -> None:
    """Refuse columns and the like under names that declarative classes need themselves.

    Raises: InvalidRequestError: with another way to have such a column.
    """
    for name in ("metadata", "registry"):
        if any(_declares(base, name) for base in class_.__mro__ if not base.__dict__.get("__holdfast_base__")):
            raise InvalidRequestError(
                f"Attribute name {name!r} is reserved when using the Declarative API. {class_.__name__} may have the column "
                f"under another name: {name}_ = mapped_column({name!r}, ...)."
            )


def _declares(base: type[Any], name: str) -> bool:
    """Whether a class says that an attribute is mapped: by its value, or by ``Mapped[]`` alone."""
    if isinstance(base.__dict__.get(name), (Column, Mapped)):
        return True
    raw = own_annotations(base).get(name)
    return raw is not None and read_annotation(base, name, raw).is_mapped


def check_fields_of_mixins(class_: type[Any], found: Iterable[DeclaredAttribute]) -> None:
    """Refuse attributes of a mapped dataclass that come from a class which is none: its constructor would not know them.

    Raises: InvalidRequestError.
    """
    if "_sa_dataclass_defaults" not in class_.__dict__:
        return
    missing = [one for one in found if "__dataclass_fields__" not in one.owner.__dict__ and _is_annotated(one)]
    if missing:
        owner = missing[0].owner
        names = ", ".join(repr(one.name) for one in missing if one.owner is owner)
        raise InvalidRequestError(
            f"When transforming {class_} to a dataclass, attribute(s) {names} originates from superclass {owner}, which is "
            "not a dataclass.  When declaring SQLAlchemy Declarative Dataclasses, ensure that all mixin classes and other "
            "superclasses which include attributes are also a subclass of MappedAsDataclass or make use of the "
            f"@unmapped_dataclass decorator: class {owner.__name__}(MappedAsDataclass).",
            code="dcmx",
        )


def _is_annotated(attribute: DeclaredAttribute) -> bool:
    raw = attribute.value.annotation() if is_declared(attribute.value) else attribute.raw
    return raw is not None and read_annotation(attribute.owner, attribute.name, raw).is_mapped


def _is_candidate(name: str) -> bool:
    return not (name.startswith("__") and name.endswith("__")) and name not in SETTINGS and not name.startswith("_sa_")


def merged_order(values: list[str], annotated: list[str]) -> list[str]:
    """Return names in the order of a class body, of which Python keeps assignments and annotations in two lists.

    A name in both lists is where one switches from one list to the other.
    """
    merged: list[str] = []
    lists = [values, annotated]
    positions = [0, 0]
    shared = set(values) & set(annotated)
    current = 0
    while positions[0] < len(values) or positions[1] < len(annotated):
        if positions[current] >= len(lists[current]):
            current = 1 - current
            continue
        name = lists[current][positions[current]]
        positions[current] += 1
        if name in shared:
            shared.discard(name)
            current = 1 - current
        elif name not in merged:
            merged.append(name)
    return merged


def give_columns_of_mixins(class_: type[Any], found: Iterable[DeclaredAttribute]) -> None:
    """Give the class copies of the columns of mixins: ``cls.id`` in a `declared_attr` is to be the class's own."""
    for attribute in found:
        if attribute.owner is class_:
            continue
        if isinstance(attribute.value, MappedColumn):
            attribute.value = attribute.value.copy()
        elif isinstance(attribute.value, Column) and attribute.value.table is None:
            attribute.value = attribute.value._copy_column()
        else:
            continue
        type.__setattr__(class_, attribute.name, attribute.value)
