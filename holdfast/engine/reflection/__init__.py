"""Reads a database's own schema back: `Inspector`, `Table(autoload_with=...)`, `MetaData.reflect`."""

from holdfast.engine.reflection.inspector import Inspector
from holdfast.engine.reflection.kinds import ObjectKind, ObjectScope
from holdfast.engine.reflection.reflector import Reflector
from holdfast.engine.reflection.tables import reflect_table

__all__ = ["Inspector", "ObjectKind", "ObjectScope", "Reflector", "reflect_table"]
