"""The table that a declarative class describes: its name, its arguments, what makes it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from holdfast.exc import ArgumentError, InvalidRequestError
from holdfast.orm.mapping.inheritance.declared_lineage import own_setting
from holdfast.schema import Table


def make_table(class_: type[Any], registry: Any, columns: list[Any], options: Mapping[str, Any]) -> Any:
    name = own_setting(class_, "__tablename__")
    if name is None:
        raise InvalidRequestError(
            f"Class {class_!r} does not have a __table__ or __tablename__ specified and does not inherit from an "
            f"existing table-mapped class. Give {class_.__name__} a __tablename__, or __abstract__ = True if it is "
            "only a base."
        )
    items, keywords = _table_args(class_)
    metadata = getattr(class_, "metadata", None) or registry.metadata
    make = getattr(class_, "__table_cls__", Table)
    known = {"extend_existing": True} if options and name in metadata.tables else {}
    table = make(name, metadata, *columns, *items, **{**keywords, **known})
    if options:
        # What the class declares stays as it is, and comes first.
        make(name, metadata, **{"extend_existing": True, "autoload_replace": False, **options})
    type.__setattr__(class_, "__table__", table)
    return table


def _table_args(class_: type[Any]) -> tuple[tuple[Any, ...], dict[str, Any]]:
    given = own_setting(class_, "__table_args__")
    if given is None:
        return (), {}
    if isinstance(given, dict):
        return (), given
    if not isinstance(given, tuple):
        raise ArgumentError(
            f"__table_args__ value must be a tuple, dict, or None. That of {class_.__name__} is a "
            f"{type(given).__name__}: a single constraint needs a comma after it, (Index(...),)."
        )
    if given and isinstance(given[-1], dict):
        return given[:-1], given[-1]
    return given, {}
