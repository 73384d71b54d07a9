"""ENUM and SET: columns that hold one, or some, of a few strings."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from holdfast.dialects.mysql.strings import CharacterString
from holdfast.exc import ArgumentError
from holdfast.sql import types
from holdfast.sql.types.base import Processor


class ENUM(types.Enum):
    """``ENUM``: one of a few strings, or a member of an enum class.

    Args:
        enums: the strings, or one class derived from `enum.Enum`.
        charset, collation, ascii, unicode, binary, national: see `CharacterString`.
        keywords: of `holdfast.Enum`.
    """

    def __init__(
        self,
        *enums: Any,
        charset: str | None = None,
        collation: str | None = None,
        ascii: bool = False,
        binary: bool = False,
        unicode: bool = False,
        national: bool = False,
        **keywords: Any,
    ) -> None:
        keywords.pop("strict", None)  # of the 1.x series: the server decides
        super().__init__(*enums, **keywords)
        self.charset = charset
        self.collation = collation
        self.ascii = ascii
        self.binary = binary
        self.unicode = unicode
        self.national = national

    _arguments = (*types.Enum._arguments, "charset", "collation", "ascii", "binary", "unicode", "national")

    def with_values(self, *enums: Any) -> ENUM:
        """Return an enumeration of other values with the same arguments."""
        new: ENUM = super().with_values(*enums)  # type: ignore[assignment]
        for name in ("charset", "collation", "ascii", "binary", "unicode", "national"):
            setattr(new, name, getattr(self, name))
        return new

    def __str__(self) -> str:
        # Standard SQL has no such type: what stands for it elsewhere would say that the column is another one.
        return "ENUM"

    def __repr__(self) -> str:
        text = super().__repr__()[:-1]
        said = "".join(f", {name}={getattr(self, name)!r}" for name in ("charset", "collation") if getattr(self, name))
        return f"{text}{said})"


class SET(CharacterString, types.String):
    """``SET``: some of a few strings; values are Python sets.

    Args:
        values: the strings; none of them has a comma.
        retrieve_as_bitwise: values travel as numbers, a bit for each string: the way for the empty string as a value.
        charset, collation, ascii, unicode, binary: see `CharacterString`.

    Raises: ArgumentError: a string has a comma; the empty string without `retrieve_as_bitwise`.
    """

    visit_name = "SET"
    _arguments = ("values", "retrieve_as_bitwise", "charset", "collation", "ascii", "binary", "unicode")
    hashable = False

    def __init__(self, *values: str, retrieve_as_bitwise: bool = False, **keywords: Any) -> None:
        self.values = tuple(values)
        self.retrieve_as_bitwise = retrieve_as_bitwise
        if not retrieve_as_bitwise and "" in values:
            raise ArgumentError("Can't use the blank value '' in a SET without setting retrieve_as_bitwise=True")
        if any("," in value for value in values):
            raise ArgumentError("A value of a SET can not hold a comma, which stands between the values")
        self._bits = {value: 1 << place for place, value in enumerate(values)}
        super().__init__(max((len(value) for value in values), default=0), **keywords)

    def __str__(self) -> str:
        return "SET"

    @property
    def python_type(self) -> type[Any]:
        return set

    def _number(self, chosen: Iterable[str]) -> int:
        try:
            return sum({self._bits[value] for value in chosen})
        except KeyError:
            raise LookupError(f"A value is not among those of the SET: {', '.join(self.values)}") from None

    def bind_processor(self, dialect: Any) -> Processor | None:
        as_number = self.retrieve_as_bitwise

        def bind(value: Any) -> Any:
            if isinstance(value, (int, str)):
                return value
            # In the type's own order, in which the server keeps them: otherwise a comparison would not find them.
            return self._number(value) if as_number else ",".join(sorted(value, key=lambda one: self._bits.get(one, 0)))

        return bind

    def result_processor(self, dialect: Any, coltype: Any = None) -> Processor | None:
        if self.retrieve_as_bitwise:
            return lambda value: {one for one, bit in self._bits.items() if int(value) & bit}
        return lambda value: set(value) if isinstance(value, set) else {one for one in value.split(",") if one}

    def column_expression(self, colexpr: Any) -> Any:
        return colexpr + 0 if self.retrieve_as_bitwise else None

    def literal_processor(self, dialect: Any) -> Callable[[Any], str] | None:
        bind = self.bind_processor(dialect)

        def write(value: Any) -> str:
            found = value if bind is None else bind(value)
            return str(found) if isinstance(found, int) else str(dialect.literal_text(found))

        return write

    def __repr__(self) -> str:
        parts = [repr(value) for value in self.values]
        parts += ["retrieve_as_bitwise=True"] if self.retrieve_as_bitwise else []
        parts += [f"{name}={getattr(self, name)!r}" for name in ("charset", "collation") if getattr(self, name)]
        return f"SET({', '.join(parts)})"
