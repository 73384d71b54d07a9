"""Enumerations: a few fixed strings, or the members of a Python enum class."""

from __future__ import annotations

import enum
from collections.abc import Callable, Sequence
from typing import Any

from holdfast.exc import ArgumentError
from holdfast.sql.types.base import Processor, TypeEngine
from holdfast.sql.types.schema_type import SchemaType
from holdfast.sql.types.string import String

_TAKEN_ALONG = ("name", "schema", "create_constraint", "validate_strings", "values_callable", "omit_aliases")


class Enum(SchemaType, String):
    """Fixed strings, or the members of an enum class: a type of its own, or ``VARCHAR``.

    The members of a class are kept by their names, unless `values_callable` says otherwise.

    Args:
        enums: the strings, or one class derived from `enum.Enum`.
        create_constraint: add a CHECK where the database has no such type.
        metadata: creates and drops the type with its tables.
        name: of the type and of the CHECK; that of the class by default, in lower case.
        native_enum: use the database's own type where there is one.
        length: of ``VARCHAR``; by default that of the longest string.
        schema: of the type.
        quote: the name is always quoted.
        inherit_schema: take the schema of the table.
        validate_strings: refuse strings that are not among the values; otherwise the database tells.
        values_callable: class -> the strings that stand for its members.
        sort_key_function: member -> what it is sorted by.
        omit_aliases: further names of one member are no values.

    Raises:
        ValueError: `length` is shorter than the longest string.
        ArgumentError: more than one class, or names and members that do not fit together.
    """

    visit_name = "enum"
    _arguments = ("enums", "name", "schema", "native_enum", "create_constraint", "length", "validate_strings")

    def __init__(
        self,
        *enums: Any,
        create_constraint: bool = False,
        metadata: Any = None,
        name: str | None = None,
        native_enum: bool = True,
        length: int | None = None,
        schema: str | None = None,
        quote: bool | None = None,
        inherit_schema: bool = False,
        validate_strings: bool = False,
        values_callable: Callable[[Any], Sequence[str]] | None = None,
        sort_key_function: Callable[[Any], Any] | None = None,
        omit_aliases: bool = True,
        **keywords: Any,
    ) -> None:
        if inherit_schema and schema is not None:
            raise ArgumentError("Ambiguously setting inherit_schema=True while also passing a schema argument")
        self.enum_class, self.enums, members = _members(enums, values_callable, omit_aliases)
        longest = max((len(name) for name in self.enums), default=0)
        if length is not None and length < longest:
            raise ValueError(
                "When provided, length must be larger or equal than the length of the longest enum value. "
                f"{length} < {longest}"
            )
        String.__init__(self, longest if length is None else length)
        if name is None and self.enum_class is not None:
            name = self.enum_class.__name__.lower()
        self.name = name
        self.schema = schema
        self.quote = quote
        self.metadata = metadata
        self.inherit_schema = inherit_schema
        self.native_enum = native_enum
        self.create_constraint = create_constraint
        self.validate_strings = validate_strings
        self.values_callable = values_callable
        self.omit_aliases = omit_aliases
        self._given_length = length
        self._member_of = members
        self._name_of = {member: name for name, member in reversed(list(members.items()))}
        if sort_key_function is not None:
            self.sort_key_function = sort_key_function
        elif self.enum_class is not None:
            places = {member: place for place, member in enumerate(members.values())}
            self.sort_key_function = places.get if _have_no_order(members.values()) else None
        self._join_metadata()

    def with_values(self, *enums: Any) -> Enum:
        """Return an enumeration of other values with the same arguments."""
        name = None if self.enum_class is not None and self.name == self.enum_class.__name__.lower() else self.name
        return type(self)(
            *enums,
            create_constraint=self.create_constraint,
            metadata=self.metadata,
            name=name,
            native_enum=self.native_enum,
            length=self._given_length,
            schema=self.schema,
            quote=self.quote,
            inherit_schema=self.inherit_schema,
            validate_strings=self.validate_strings,
            values_callable=self.values_callable,
            omit_aliases=self.omit_aliases,
        )

    def adapt(self, cls: Any, **keywords: Any) -> Any:
        if not issubclass(cls, Enum):
            return super().adapt(cls, **keywords)
        own = {name: getattr(self, name) for name in _TAKEN_ALONG}
        new = super().adapt(cls, **{**own, **keywords})
        return new if self.enum_class is None else new.with_values(self.enum_class)

    @property
    def _type_key(self) -> tuple[Any, ...]:
        return (*super()._type_key, self.enum_class, tuple(self._member_of))

    @property
    def python_type(self) -> type[Any]:
        return str if self.enum_class is None else self.enum_class

    def _string_of(self, value: Any) -> Any:
        """Return the string that the database gets for a value. Raises: LookupError: it is not among the values."""
        try:
            return self._name_of[value]
        except (KeyError, TypeError):
            if isinstance(value, str) and not self.validate_strings:
                return str(value)
            raise self._unknown() from None

    def _unknown(self) -> LookupError:
        shown = [name if len(name) <= 20 else f"{name[:12]}.." for name in self.enums]
        if len(shown) > 7:
            shown = [*shown[:3], "...", shown[-1]]
        return LookupError(
            f"'...' is not among the defined enum values. Enum name: {self.name}. Possible values: "
            f"{', '.join(shown) or None}"
        )

    def bind_processor(self, dialect: Any) -> Processor | None:
        return self._string_of

    def result_processor(self, dialect: Any, coltype: Any = None) -> Processor | None:
        members = self._member_of

        def read(value: Any) -> Any:
            try:
                return members[value]
            except KeyError:
                raise self._unknown() from None

        return read

    def literal_processor(self, dialect: Any) -> Callable[[Any], str] | None:
        return lambda value: str(dialect.literal_text(self._string_of(value)))

    def coerce_compared_value(self, op: Any, value: Any) -> TypeEngine[Any]:
        if op.kind in ("like", "string", "match") or op.name == "concat_op":
            return String()
        return super().coerce_compared_value(op, value) if not isinstance(value, enum.Enum) else self

    def _result_type(self, op: Any, other: TypeEngine[Any]) -> TypeEngine[Any]:
        return String(self.length) if op.name in ("add", "concat_op") else self

    def compare_values(self, x: Any, y: Any) -> bool:
        return bool(x == y)

    def as_generic(self, allow_nulltype: bool = False) -> TypeEngine[Any]:
        if type(self) is Enum:
            return self
        values = (self.enum_class,) if self.enum_class is not None else self.enums
        return Enum(*values, name=self.name, schema=self.schema)

    def __repr__(self) -> str:
        parts = [repr(name) for name in self.enums]
        if self.name is not None:
            parts.append(f"name={self.name!r}")
        if self.schema is not None:
            parts.append(f"schema={self.schema!r}")
        if not self.native_enum:
            parts.append("native_enum=False")
        if self.create_constraint:
            parts.append("create_constraint=True")
        if not self.native_enum and self.length != max((len(name) for name in self.enums), default=0):
            parts.append(f"length={self.length}")
        return f"{type(self).__name__}({', '.join(parts)})"


def _members(
    enums: tuple[Any, ...], values_callable: Callable[[Any], Sequence[str]] | None, omit_aliases: bool
) -> tuple[Any, list[str], dict[str, Any]]:
    """Return the enum class or None, the strings, and the value of each string."""
    if len(enums) == 1 and isinstance(enums[0], (list, tuple)):
        enums = tuple(enums[0])
    classes = [one for one in enums if hasattr(one, "__members__")]
    if not classes:
        for one in enums:
            if not isinstance(one, str):
                raise TypeError(
                    f"An Enum takes strings or one class derived from enum.Enum, not a {type(one).__name__}"
                )
        return None, list(enums), {name: name for name in enums}
    if len(enums) > 1:
        raise ArgumentError("Enum takes one enum class, or strings")
    class_ = classes[0]
    named = {
        name: member
        for name, member in class_.__members__.items()
        if not omit_aliases or getattr(member, "name", name) == name
    }
    if values_callable is None:
        return class_, list(named), named
    strings = list(values_callable(class_))
    if len(strings) != len(named):
        raise ArgumentError(
            f"values_callable gave {len(strings)} strings for the {len(named)} members of {class_.__name__}; give one for each, "
            "in their order"
        )
    return class_, strings, dict(zip(strings, named.values(), strict=False))


def _have_no_order(members: Any) -> bool:
    """Whether the members themselves can not be sorted."""
    return not any(hasattr(type(member), "__lt__") and isinstance(member, (int, str)) for member in members)
