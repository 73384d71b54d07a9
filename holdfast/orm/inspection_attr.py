"""What everything that `inspect` gives can be asked: which kind it is."""

from __future__ import annotations

from enum import Enum
from typing import Any, ClassVar


class NotExtension(Enum):
    """What `extension_type` says of everything that is no extension."""

    NOT_EXTENSION = "not_extension"


class InspectionAttr:
    """The base of mappers, states, attributes, properties and aliases: each says by a flag which of them it is."""

    __slots__ = ()

    is_selectable: ClassVar[bool] = False
    """It is a FROM element."""
    is_aliased_class: ClassVar[bool] = False
    """It is an alias of a mapped class."""
    is_instance: ClassVar[bool] = False
    """It is the state of an object."""
    is_mapper: ClassVar[bool] = False
    """It is a mapper."""
    is_bundle: ClassVar[bool] = False
    """It is a bundle."""
    is_property: ClassVar[bool] = False
    """It is the property of a mapped attribute."""
    is_attribute: ClassVar[bool] = False
    """It is an attribute of a mapped class."""
    is_clause_element: ClassVar[bool] = False
    """It is a SQL element."""
    extension_type: ClassVar[Any] = NotExtension.NOT_EXTENSION
    """Which extension's descriptor it is."""


class InspectionAttrInfo(InspectionAttr):
    """The base of those that programs may hang facts of their own on."""

    __slots__ = ()

    info: dict[Any, Any]
    """The program's own facts."""
