"""The directions that relationships have, properties, and what listeners may return, under their documented path."""

from holdfast.orm.comparator import PropComparator
from holdfast.orm.inspection_attr import InspectionAttr, InspectionAttrInfo, NotExtension
from holdfast.orm.loading.settings import UserDefinedOption
from holdfast.orm.mapping.join_request import MANYTOMANY, MANYTOONE, ONETOMANY, RelationshipDirection
from holdfast.orm.mapping.mapper_events import EXT_SKIP
from holdfast.orm.mapping.properties import MapperProperty

__all__ = [
    "EXT_SKIP",
    "MANYTOMANY",
    "MANYTOONE",
    "ONETOMANY",
    "InspectionAttr",
    "InspectionAttrInfo",
    "MapperProperty",
    "NotExtension",
    "PropComparator",
    "RelationshipDirection",
    "UserDefinedOption",
]
