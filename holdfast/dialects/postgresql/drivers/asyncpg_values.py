"""What asyncpg takes and gives in other forms than drivers of the DBAPI: parameters, values, classes of errors."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Mapping
from typing import Any

import asyncpg

from holdfast._util.collections import BoundedMemory
from holdfast.dialects.postgresql.drivers.numbered import numbered
from holdfast.dialects.postgresql.hstores import pack_pairs, unpack_pairs


class Text:
    """A statement's text with numbered parameters.

    Attributes:
        sql: with ``$1`` in the place of ``%(name)s`` or ``%s``.
        names: of the parameters, by number; None: they have none.
    """

    __slots__ = ("names", "sql")
    _known: BoundedMemory[tuple[str, bool], Text] = BoundedMemory(2000)

    def __init__(self, sql: str) -> None:
        self.sql, self.names, _, _ = numbered(sql)

    @classmethod
    def of(cls, sql: str, parameters: Any) -> Text:
        """Return a text, from the memory if it was seen; without any parameters it stays as it is."""
        is_plain = parameters == ()
        found = cls._known.get((sql, is_plain))
        if found is None:
            found = cls(sql)
            if is_plain:
                found.sql, found.names = sql, None
            cls._known[sql, is_plain] = found
        return found

    def values(self, parameters: Any) -> tuple[Any, ...]:
        """Return the parameters in the order of their numbers."""
        if isinstance(parameters, Mapping):
            return tuple([parameters[name] for name in self.names or ()])
        return tuple(parameters)


async def set_codecs(raw: Any, json_loads: Callable[[str], Any] | None, native_inet: bool) -> None:
    """Let a connection give documents and UUIDs as other drivers do; documents are sent as text.

    Args:
        native_inet: addresses of networks are read as objects of `ipaddress`, otherwise as strings.
    """
    for name in ("json", "jsonb"):
        await raw.set_type_codec(name, schema="pg_catalog", encoder=str, decoder=json_loads or json.loads)
    await raw.set_type_codec("uuid", schema="pg_catalog", encoder=str, decoder=uuid.UUID)
    for name in () if native_inet else ("inet", "cidr"):
        await raw.set_type_codec(name, schema="pg_catalog", encoder=str, decoder=str)


async def learn_types(raw: Any, attributes: Any, learned: set[tuple[str, str]]) -> bool:
    """Let a connection read arrays of CITEXT and of HSTORE in the binary form, if an answer has such.

    Left to itself, asyncpg 0.32 reads an empty string in an array that comes as text as no object at all, and the process dies.

    Args:
        attributes: of a prepared statement.
        learned: schema and name of the types that the connection knows; is filled.
    Returns: True if the statement must be prepared again.
    """
    found = {(one.type.schema, one.type.name) for one in attributes or () if one.type.name in ("citext[]", "hstore[]")}
    found -= learned
    for schema, name in found:
        if name == "citext[]":
            await raw.set_builtin_type_codec("citext", schema=schema, codec_name="text")
        else:
            await raw.set_type_codec("hstore", schema=schema, encoder=pack_pairs, decoder=unpack_pairs, format="binary")
    learned |= found
    return bool(found)


class ErrorFamily:
    """The DBAPI's names for the driver's exceptions."""

    Error = (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, OSError)
    IntegrityError = asyncpg.IntegrityConstraintViolationError
    OperationalError = (
        asyncpg.PostgresConnectionError,
        asyncpg.OperatorInterventionError,
        asyncpg.InsufficientResourcesError,
        asyncpg.TransactionRollbackError,
        asyncpg.ObjectNotInPrerequisiteStateError,
        asyncpg.InvalidAuthorizationSpecificationError,
        asyncpg.InvalidCatalogNameError,
        OSError,
    )
    ProgrammingError = asyncpg.SyntaxOrAccessError
    DataError = asyncpg.DataError
    InternalError = (asyncpg.InternalServerError, asyncpg.InvalidTransactionStateError)
    NotSupportedError = asyncpg.FeatureNotSupportedError
    DatabaseError = asyncpg.PostgresError
    InterfaceError = (asyncpg.InterfaceError, asyncpg.InternalClientError)
