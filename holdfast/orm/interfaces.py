"""The import path of the directions that relationships have."""

from holdfast.orm.mapping.join_condition import MANYTOMANY, MANYTOONE, ONETOMANY
from holdfast.orm.mapping.properties import MapperProperty

__all__ = ["MANYTOMANY", "MANYTOONE", "ONETOMANY", "MapperProperty"]
