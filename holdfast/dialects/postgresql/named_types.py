"""Types that the server keeps under names of their own: `ENUM` and `DOMAIN`, and their CREATE and DROP."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from holdfast.dialects.postgresql.own_type import OwnType
from holdfast.schema.ddl import CreateEnumType, DDLElement, DropEnumType
from holdfast.sql.text import TextClause, text
from holdfast.sql.types import Codec, Enum, SchemaType, to_instance

_NO_NAME: Any = object()


class NamedType(SchemaType):
    """A type that is created and dropped by statements of its own.

    Attributes:
        create_type: it is created and dropped with the tables that use it; otherwise only by `create` and `drop`.
    """

    create_type: bool = True

    def create(self, bind: Any, checkfirst: Any = True) -> None:
        """Create the type; `checkfirst=False`: without a look whether it is there."""
        super().create(bind, checkfirst)

    def drop(self, bind: Any, checkfirst: Any = True) -> None:
        """Drop the type; `checkfirst=False`: without a look whether it is there."""
        super().drop(bind, checkfirst)


class ENUM(NamedType, Enum):
    """``CREATE TYPE name AS ENUM (...)``.

    Args:
        enums: the strings, or one class derived from `enum.Enum`.
        name: of the type; that of the class by default, in lower case.
        create_type: it is created and dropped with the tables that use it; otherwise only by `create` and `drop`.
        kw: further arguments of `Enum`.
    """

    def __init__(self, *enums: Any, name: str | None = _NO_NAME, create_type: bool = True, **kw: Any) -> None:
        kw.pop("native_enum", None)
        if name is not _NO_NAME:
            kw["name"] = name
        super().__init__(*enums, **kw)
        self.create_type = create_type

    def coerce_compared_value(self, op: Any, value: Any) -> Any:
        return self if isinstance(value, str) else super().coerce_compared_value(op, value)

    def adapt(self, cls: Any, **keywords: Any) -> Any:
        own = {"create_type": self.create_type} if issubclass(cls, ENUM) else {}
        return super().adapt(cls, **{**own, **keywords})

    def with_values(self, *enums: Any) -> Enum:
        new: Any = super().with_values(*enums)
        new.create_type = self.create_type
        return new  # type: ignore[no-any-return]

    def __repr__(self) -> str:
        shown = super().__repr__()
        if self.create_type:
            return shown
        # Where the oracle of programs' tests shows it: before the schema.
        before, separator, after = shown.partition(", schema=")
        if separator:
            return f"{before}, create_type=False{separator}{after}"
        return f"{shown[:-1]}, create_type=False)"

    def as_generic(self, allow_nulltype: bool = False) -> Enum:
        return Enum(
            *(self.enums if self.enum_class is None else (self.enum_class,)), name=self.name, schema=self.schema
        )


class CreateDomainType(DDLElement):
    """``CREATE DOMAIN``."""

    visit_name = "create_domain_type"


class DropDomainType(DDLElement):
    """``DROP DOMAIN``.

    Args:
        if_exists: do nothing where it is gone already.
    """

    visit_name = "drop_domain_type"

    def __init__(self, element: Any, if_exists: bool = False) -> None:
        super().__init__(element)
        self.if_exists = if_exists


class DOMAIN(NamedType, OwnType):
    """``CREATE DOMAIN name AS type``: another type under a name, with conditions of its own.

    Args:
        name: its name.
        data_type: the type underneath.
        collation: of the values, where they are strings.
        default: what columns without a default get: a string, or SQL as `text`.
        constraint_name: of the condition.
        not_null: NULL is refused.
        check: the condition, ``VALUE`` standing for the value: SQL (never from a user) or an expression.
        create_type: it is created and dropped with the tables that use it; otherwise only by `create` and `drop`.
        schema: of the type.
        metadata: creates and drops the type with its tables.
        quote: the name is always quoted.
        inherit_schema: take the schema of the table.
    """

    visit_name = "DOMAIN"
    _arguments = ("name", "data_type", "schema")
    _family = "domain"
    native_enum = True
    creation: Callable[[Any], DDLElement] = CreateDomainType
    dropping: Callable[[Any], DDLElement] = DropDomainType

    def __init__(
        self,
        name: str,
        data_type: Any,
        *,
        collation: str | None = None,
        collation_schema: str | None = None,
        default: TextClause | str | None = None,
        constraint_name: str | None = None,
        not_null: bool | None = None,
        check: Any = None,
        create_type: bool = True,
        schema: str | None = None,
        metadata: Any = None,
        quote: bool | None = None,
        inherit_schema: bool = False,
    ) -> None:
        self.name: str = name
        self.data_type = to_instance(data_type)
        self.collation = collation
        self.collation_schema = collation_schema
        self.default = default
        self.constraint_name = constraint_name
        self.not_null = bool(not_null)
        self.check = text(check) if isinstance(check, str) else check
        self.create_type = create_type
        self.schema = schema
        self.metadata = metadata
        self.quote = quote
        self.inherit_schema = inherit_schema
        self._join_metadata()

    def __repr__(self) -> str:
        return f"DOMAIN({self.name!r}, {self.data_type!r})"

    def sql(self, dialect: Any) -> str:
        return dialect.named_text(self)  # type: ignore[no-any-return]

    def codec(self, dialect: Any) -> Codec:
        return dialect.codec(self.data_type)  # type: ignore[no-any-return]

    def literal_processor(self, dialect: Any) -> Callable[[Any], str] | None:
        return self.data_type.literal_processor(dialect)  # type: ignore[no-any-return]


__all__ = ["DOMAIN", "ENUM", "CreateDomainType", "CreateEnumType", "DropDomainType", "DropEnumType", "NamedType"]
