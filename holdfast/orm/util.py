"""What can be asked of objects and classes, under the documented import path."""

from typing import TYPE_CHECKING

from holdfast._util.rooms import entered_at_first_use
from holdfast.orm.aliased import AliasedClass, AliasedInsp, aliased, join, outerjoin, with_parent
from holdfast.orm.bundles import Bundle
from holdfast.orm.mapping.cascades import CascadeOptions
from holdfast.orm.session.objects import (
    class_mapper,
    has_identity,
    identity_key,
    object_mapper,
    object_session,
    was_deleted,
)

if TYPE_CHECKING:
    from holdfast.orm.mapping.inheritance.unions import polymorphic_union

__all__ = [
    "AliasedClass",
    "AliasedInsp",
    "Bundle",
    "CascadeOptions",
    "aliased",
    "class_mapper",
    "has_identity",
    "identity_key",
    "join",
    "object_mapper",
    "object_session",
    "outerjoin",
    "polymorphic_union",
    "was_deleted",
    "with_parent",
]

__getattr__, __dir__ = entered_at_first_use(__name__, {"polymorphic_union": "holdfast.orm.mapping.inheritance.unions"})
