"""The bases of SQL types, under the path by which programs import them."""

from holdfast.sql.types import ExternalType, TypeDecorator, TypeEngine, UserDefinedType, Variant, to_instance

__all__ = ["ExternalType", "TypeDecorator", "TypeEngine", "UserDefinedType", "Variant", "to_instance"]
