"""What the types of this dialect say of themselves: their SQL, the cast of their parameters, how their values travel."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from holdfast.sql.types import Codec, TypeEngine
from holdfast.sql.types.base import PLAIN


class OwnType(TypeEngine[Any]):
    """A type that only PostgreSQL has."""

    # What follows its parameters is its own name.
    _is_cast = False

    def sql(self, dialect: Any) -> str:
        """Return the type in CREATE TABLE and CAST."""
        return self.visit_name

    def cast_sql(self, dialect: Any) -> str:
        """Return the type that is said after a parameter; "" where the server finds it by the place."""
        return self.sql(dialect) if self._is_cast else ""

    def codec(self, dialect: Any) -> Codec:
        """Return how values travel."""
        return PLAIN


class TextType(OwnType):
    """A type whose values are written as text between quotes."""

    def coerce_compared_value(self, op: Any, value: Any) -> TypeEngine[Any]:
        # As VARCHAR the server would find no operator; MATCH takes plain text.
        return self if isinstance(value, str) and op.kind != "match" else super().coerce_compared_value(op, value)

    def literal_processor(self, dialect: Any) -> Callable[[Any], str] | None:
        said = f"::{self.visit_name}" if self._is_cast else ""
        return lambda value: f"{dialect.literal_text(str(value))}{said}"
