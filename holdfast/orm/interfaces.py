"""The directions that relationships have, properties, and what listeners may return, under their documented path."""

from holdfast.orm.mapping.join_condition import MANYTOMANY, MANYTOONE, ONETOMANY
from holdfast.orm.mapping.mapper_events import EXT_SKIP
from holdfast.orm.mapping.properties import MapperProperty

__all__ = ["EXT_SKIP", "MANYTOMANY", "MANYTOONE", "ONETOMANY", "MapperProperty"]
