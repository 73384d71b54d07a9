"""One source for both faces: a test is written once, awaited, and runs over `Session` and over `AsyncSession`.

``await session.commit()`` is the same line on both: over the synchronous session each method is wrapped in an
``async def`` that calls it. What sends nothing (``add``, ``new``, ``in_transaction`` ...) is called plainly on both.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable
from typing import Any

from holdfast import create_engine, event, text
from holdfast.compiler.identifiers import quote
from holdfast.dialects import sqlite
from holdfast.ext.asyncio import AsyncSession, create_async_engine
from holdfast.orm import Session

AWAITED = frozenset(
    (
        "get get_one execute scalars scalar flush commit rollback close reset invalidate refresh delete delete_all "
        "bulk_insert_mappings bulk_update_mappings bulk_save_objects upsert copy_in copy_out merge merge_all prepare get_or_create plan begin_nested"
    ).split()
)


class AwaitableSession:
    """A synchronous Session whose methods are awaited."""

    def __init__(self, session: Session) -> None:
        self.sync_session = session

    def __getattr__(self, name: str) -> Any:
        found = getattr(self.sync_session, name)
        if name not in AWAITED:
            return found

        async def call(*arguments: Any, **keywords: Any) -> Any:
            result = found(*arguments, **keywords)
            return AwaitableTransaction(result) if name == "begin_nested" else result

        return call

    async def run_sync(self, function: Callable[..., Any], *arguments: Any, **keywords: Any) -> Any:
        """Call ``function(session, ...)``."""
        return function(self.sync_session, *arguments, **keywords)

    def __contains__(self, instance: object) -> bool:
        return instance in self.sync_session

    async def __aenter__(self) -> "AwaitableSession":
        return self

    async def __aexit__(self, *error: Any) -> None:
        self.sync_session.close()


class AwaitableTransaction:
    """A savepoint whose methods are awaited."""

    def __init__(self, transaction: Any) -> None:
        self.sync_transaction = transaction

    async def commit(self) -> None:
        """Release."""
        self.sync_transaction.commit()

    async def rollback(self) -> None:
        """Roll back."""
        self.sync_transaction.rollback()


class Store:
    """An engine with its tables, the sessions on it, and the SQL that was sent.

    Attributes:
        sent: statements with their parameters, in the order sent; savepoints and transaction ends included.
    """

    def __init__(self, metadata: Any, url: str, is_async: bool) -> None:
        self.is_async = is_async
        self.url = url
        if is_async:
            self.async_engine = create_async_engine(url.replace("sqlite:", "sqlite+aiosqlite:"))
            self.engine = self.async_engine.sync_engine
        else:
            self.engine = create_engine(url)
        self.metadata = metadata
        self.sent: list[Any] = []

    async def open(self) -> None:
        """Create the tables and begin to note the SQL."""
        if self.is_async:
            async with self.async_engine.begin() as connection:
                await connection.run_sync(self.metadata.create_all)
        else:
            self.metadata.create_all(self.engine)
        event.listen(self.engine, "before_cursor_execute", self._note)

    def _note(self, connection: Any, cursor: Any, statement: str, parameters: Any, context: Any, many: bool) -> None:
        self.sent.append((" ".join(statement.split()), parameters))

    def session(self, **keywords: Any) -> Any:
        """Return a new session of the face under test, its methods awaited."""
        if self.is_async:
            return AsyncSession(self.async_engine, **keywords)
        return AwaitableSession(Session(self.engine, **keywords))

    def seen_by_others(self, sql: str) -> list[Any]:
        """Return what another connection, which is not the program's, reads."""
        engine = create_engine(self.url)
        try:
            with engine.connect() as connection:
                rows = connection.execute(text(sql)).all()
        finally:
            engine.dispose()
        return [row[0] if len(row) == 1 else tuple(row) for row in rows]

    def take(self, as_sent: bool = False) -> list[Any]:
        """Return what was sent since the last call.

        Args:
            as_sent: as the driver got it; else in the form that SQLite gets: marks ``?``, parameters as tuples, plain JOIN.
        """
        sent, self.sent[:] = list(self.sent), []
        if as_sent or self.engine.dialect.paramstyle == "qmark":
            return sent
        return [_with_marks(*each) for each in sent]

    async def close(self) -> None:
        """Close the engine; no connection may be out."""
        assert self.engine.pool.checkedout() == 0
        if self.is_async:
            await self.async_engine.dispose()
        else:
            self.engine.dispose()


PARAMETER = re.compile(r"(?<!%)%\((\w+)\)s(::[A-Z]+( WITH(OUT)? TIME ZONE)?)?")


LIMIT = re.compile(r"LIMIT \?(?! OFFSET|,)")
BACKTICKS = re.compile("(?<!`)`([a-z_]+)`(?!`)")
SQLITE = sqlite.dialect()


def _with_marks(sql: str, parameters: Any) -> tuple[str, Any]:
    if not parameters:
        parameters = ()
    names = [match[1] for match in PARAMETER.finditer(sql)]
    if names:
        if isinstance(parameters, dict):
            parameters = tuple(parameters[name] for name in names)
        elif isinstance(parameters, list):
            parameters = [tuple(row[name] for name in names) for row in parameters]
        sql = PARAMETER.sub("?", sql)
    else:
        sql = BACKTICKS.sub(_quoted, sql.replace("%s", "?")).replace("`", '"').replace(" INNER JOIN ", " JOIN ")
    sql = sql.replace(" IN ((?", " IN (VALUES (?")
    for found in reversed(list(LIMIT.finditer(sql))):
        # SQLite has no LIMIT without OFFSET here.
        place = sql.count("?", 0, found.end())
        sql = f"{sql[: found.end()]} OFFSET ?{sql[found.end() :]}"
        parameters = (*parameters[:place], 0, *parameters[place:])
    return sql, parameters


def _quoted(name: re.Match[str]) -> str:
    """Return a name as SQLite gets it, which reserves fewer words."""
    return quote(name[1], SQLITE)


def run(metadata: Any, face: str, program: Callable[[Store], Awaitable[None]], url: str = "sqlite://") -> None:
    """Run an awaited test on one face.

    Args:
        face: "sync" or "async".
        program: the test.
    """

    async def body() -> None:
        store = Store(metadata, url, face == "async")
        await store.open()
        try:
            await program(store)
        finally:
            await store.close()

    asyncio.run(body())
