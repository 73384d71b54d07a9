"""Pickles statements, expressions and queries with the names of their tables: the reader gives tables, session, engine."""

from __future__ import annotations

import io
import pickle
from typing import Any

from holdfast.engine.engine import Engine
from holdfast.exc import InvalidRequestError
from holdfast.orm import Session
from holdfast.orm.pickling import StatementPickler, StatementUnpickler
from holdfast.schema.metadata import MetaData

__all__ = ["Deserializer", "Serializer", "dumps", "loads"]


class Serializer(StatementPickler):
    """A pickler that writes tables, columns, sessions and engines as names.

    Args:
        file: a binary file to write to.
        protocol: of the pickle; None: the usual one.
    """

    def persistent_id(self, obj: Any) -> Any:
        if isinstance(obj, (Session, Engine)):
            return ("session" if isinstance(obj, Session) else "engine", None, "")
        return super().persistent_id(obj)

    def name_of(self, table: Any) -> tuple[Any, ...]:
        return super().name_of(table) or (None, table.key)

    def session_of(self, query: Any) -> Any:
        return query.session


class Deserializer(StatementUnpickler):
    """Reads what a `Serializer` has written.

    Args:
        file: a binary file to read from.
        metadata: has the tables; needed for those that no mapped class has.
        scoped_session: called for the session of queries; None: they have none until `Query.with_session`.
        engine: stands where an engine was; None: that of the session.
    """

    def __init__(
        self, file: Any, metadata: MetaData | None = None, scoped_session: Any = None, engine: Engine | None = None
    ) -> None:
        super().__init__(file)
        self._metadata = metadata
        self._scoped_session = scoped_session
        self._engine = engine

    def persistent_load(self, pid: Any) -> Any:
        if pid[0] == "session":
            return None if self._scoped_session is None else self._scoped_session()
        if pid[0] == "engine":
            return self._engine or (self._scoped_session and self._scoped_session.get_bind())
        return super().persistent_load(pid)

    def table(self, owner: Any, key: str) -> Any:
        if self._metadata is not None and key in self._metadata.tables:
            return self._metadata.tables[key]
        if owner is None:
            raise InvalidRequestError(f"No table {key!r} to read with: pass its MetaData, loads(data, metadata).")
        return super().table(owner, key)


def dumps(obj: Any, protocol: int = pickle.HIGHEST_PROTOCOL) -> bytes:
    """Return a statement, an expression or a query as bytes.

    Raises: PicklingError: a part of it can not be pickled, such as a class inside of a function.
    """
    written = io.BytesIO()
    Serializer(written, protocol).dump(obj)
    return written.getvalue()


def loads(
    data: bytes, metadata: MetaData | None = None, scoped_session: Any = None, engine: Engine | None = None
) -> Any:
    """Return what `dumps` was given; the other arguments are those of `Deserializer`.

    As with all pickles: read only what you have written yourself.

    Raises: InvalidRequestError: a table is in none of what was passed.
    """
    return Deserializer(io.BytesIO(data), metadata, scoped_session, engine).load()
