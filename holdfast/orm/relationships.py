"""Relationships, under the path by which some programs import them."""

from typing import TYPE_CHECKING

from holdfast._util.rooms import entered_at_first_use
from holdfast.orm.mapping.marks import foreign, remote

if TYPE_CHECKING:
    from holdfast.orm.mapping.relationships import Relationship, RelationshipProperty

__all__ = ["Relationship", "RelationshipProperty", "foreign", "remote"]

__getattr__, __dir__ = entered_at_first_use(
    __name__,
    {
        "Relationship": "holdfast.orm.mapping.relationships",
        "RelationshipProperty": "holdfast.orm.mapping.relationships",
    },
)
