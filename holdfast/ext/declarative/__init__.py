"""The import path of the 1.x series for declarative bases; today `holdfast.orm`."""

from holdfast.orm.mapping import DeclarativeMeta, as_declarative, declarative_base, declared_attr

__all__ = ["DeclarativeMeta", "as_declarative", "declarative_base", "declared_attr"]
