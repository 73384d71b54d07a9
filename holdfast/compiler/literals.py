"""Values written into SQL text: each as one literal of its type, or refused."""

from __future__ import annotations

from typing import Any

from holdfast import exc
from holdfast.compiler.capabilities import Capabilities
from holdfast.sql.types import TypeEngine


class Literals:
    """What a dialect is asked about values in the text; subclasses say what differs."""

    capabilities: Capabilities

    def literal(self, value: Any, type_: TypeEngine[Any]) -> str:
        """Return a value as SQL text.

        Raises: CompileError: the type can not write values, or not this one.
        """
        if value is None:
            return "NULL"
        processor = type_.literal_processor(self)
        if processor is None:
            raise exc.CompileError(
                f"No literal value renderer is available for literal value of type {type(value).__name__} with datatype "
                f"{type_!r}. Leave literal_binds away."
            )
        try:
            text = processor(value)
        except (TypeError, ValueError, LookupError, AttributeError, ArithmeticError) as error:
            raise exc.CompileError(
                f"Could not render literal value of type {type(value).__name__} with datatype {type_!r}; see the error "
                "above. Pass a value of that type, or leave literal_binds away."
            ) from error
        if "\0" in text:
            raise exc.CompileError("A NUL character can not stand in SQL text. Leave literal_binds away.")
        return text.replace("%", "%%") if self.capabilities.doubles_percent else text

    def boolean_literal(self, value: Any) -> str:
        """Return a truth value as SQL text.

        Raises: ValueError: it is none.
        """
        if value not in (0, 1):
            raise ValueError("Value is not None, True, or False")
        return ("true" if value else "false") if self.capabilities.boolean_literals else str(int(value))

    def non_finite_literal(self, value: Any, type_: TypeEngine[Any]) -> str:
        """Return infinity or not-a-number as SQL text.

        Raises: CompileError: the database can not write it.
        """
        raise exc.CompileError(f"{value} has no literal form. Leave literal_binds away.")

    def binary_literal(self, digits: str) -> str:
        """Return bytes, given in hexadecimal digits, as SQL text."""
        return f"X'{digits}'"

    def literal_text(self, value: str) -> str:
        """Return a string as a SQL literal."""
        return "'" + value.replace("'", "''") + "'"

    def span_literal(self, value: Any) -> str:
        """Return a span of time as SQL, on databases that have such a type."""
        raise NotImplementedError

    def path_literal(self, keys: list[str]) -> str:
        """Return the keys that lead to a member of a document, on databases that take them as an array."""
        raise NotImplementedError

    def array_literal(self, value: Any, type_: Any) -> str:
        """Return an array as SQL: arrays inside it by the same words.

        Args:
            value: the members; None among them is NULL.
            type_: the array's type.
        """
        depth = type_._depth

        def write(members: Any, depth: int | None) -> str:
            return f"ARRAY[{', '.join(member(one, depth) for one in members)}]"

        def member(one: Any, depth: int | None) -> str:
            if isinstance(one, (list, tuple)) and depth != 1:
                return write(one, None if depth is None else depth - 1)
            # The percent sign of a member is doubled with that of the whole.
            return self.literal(one, type_.item_type).replace("%%", "%" if self.capabilities.doubles_percent else "%%")

        return write(value, depth)
