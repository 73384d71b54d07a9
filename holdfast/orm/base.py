"""What is known of attributes and instances, under the path by which some programs import it."""

from holdfast.orm.attributes import PASSIVE_NO_INITIALIZE, PASSIVE_OFF, instance_dict, instance_state
from holdfast.orm.history import NO_VALUE
from holdfast.orm.mapping.base import DynamicMapped, Mapped, WriteOnlyMapped
from holdfast.orm.mapping.join_request import MANYTOMANY, MANYTOONE, ONETOMANY, RelationshipDirection
from holdfast.orm.mapping.mapper_events import EXT_SKIP
from holdfast.orm.session.objects import class_mapper, object_mapper

__all__ = [
    "DynamicMapped",
    "EXT_SKIP",
    "MANYTOMANY",
    "MANYTOONE",
    "Mapped",
    "NO_VALUE",
    "ONETOMANY",
    "PASSIVE_NO_INITIALIZE",
    "PASSIVE_OFF",
    "RelationshipDirection",
    "WriteOnlyMapped",
    "class_mapper",
    "instance_dict",
    "instance_state",
    "object_mapper",
]
