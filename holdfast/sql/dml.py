"""INSERT, UPDATE and DELETE, under the path by which some programs import them."""

from holdfast.sql import Delete, Insert, Update, UpdateBase, ValuesBase
from holdfast.sql import Delete as ReturningDelete
from holdfast.sql import Insert as ReturningInsert
from holdfast.sql import Update as ReturningUpdate
from holdfast.sql.dml_statements import Filtered as DMLWhereBase

__all__ = [
    "DMLWhereBase",
    "Delete",
    "Insert",
    "ReturningDelete",
    "ReturningInsert",
    "ReturningUpdate",
    "Update",
    "UpdateBase",
    "ValuesBase",
]
