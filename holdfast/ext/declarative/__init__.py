"""The import path of the 1.x series for declarative bases; today `holdfast.orm`."""

from holdfast.ext.declarative.concrete import AbstractConcreteBase, ConcreteBase
from holdfast.ext.declarative.deferred_reflection import DeferredReflection
from holdfast.orm.mapping.declarative import DeclarativeMeta, as_declarative, declarative_mixin
from holdfast.orm.mapping.declarative import declarative_base_of_old as declarative_base
from holdfast.orm.mapping.declared_attr import declared_attr
from holdfast.orm.mapping.registry import has_inherited_table
from holdfast.orm.mapping.synonyms import synonym_for

__all__ = [
    "AbstractConcreteBase",
    "ConcreteBase",
    "DeclarativeMeta",
    "DeferredReflection",
    "as_declarative",
    "declarative_base",
    "declarative_mixin",
    "declared_attr",
    "has_inherited_table",
    "synonym_for",
]
