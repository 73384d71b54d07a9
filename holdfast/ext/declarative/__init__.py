"""The import path of the 1.x series for declarative bases; today `holdfast.orm`."""

from holdfast.orm.mapping.declarative import DeclarativeMeta, as_declarative
from holdfast.orm.mapping.declarative import declarative_base_of_old as declarative_base
from holdfast.orm.mapping.declared_attr import declared_attr

__all__ = ["DeclarativeMeta", "as_declarative", "declarative_base", "declared_attr"]
