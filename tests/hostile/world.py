"""A database with a canary in it, what was sent to it, and the values that attackers send."""

from __future__ import annotations

from typing import Any

from holdfast import JSON, Column, Integer, MetaData, String, Table, create_engine, event, insert, select
from tests.compiler.quoted import QUOTED

HOSTILE = "x\"'`]); DROP TABLE hostile_canary;-- /* */\\%s%(a)s :x ? $1\n\x1b[31m"
"""Ends every kind of quote and bracket, begins and ends comments, looks like a parameter of every style."""

NUMBERS_AS_TEXT = ("1; DROP TABLE hostile_canary", "1 OFFSET 0 --", "(SELECT 1)", "1e1", "", "0x1", "--1")
NO_NUMBERS = (*NUMBERS_AS_TEXT, [1], {"a": 1}, b"1;", (1, 2), float("nan"), float("inf"))

metadata = MetaData()
CANARY = Table(
    "hostile_canary",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("word", String(200), comment=HOSTILE),
    Column("document", JSON),
    Column("number", Integer),
    comment=HOSTILE,
)
ROW = {"id": 1, "word": "alive", "document": {"k": [5, 6], HOSTILE: {"in": 7}}, "number": 0}


class World:
    """One database.

    Args:
        url: its address.

    Attributes:
        engine: on it.
        sent: (text, parameters) of what was sent.
    """

    def __init__(self, url: str) -> None:
        self.engine = create_engine(url)
        self.name = self.engine.dialect.name
        self.sent: list[tuple[str, Any]] = []
        with self.engine.begin() as connection:
            metadata.drop_all(connection)
            metadata.create_all(connection)
            connection.execute(insert(CANARY), ROW)
        event.listen(self.engine, "before_cursor_execute", self._note)

    def _note(self, connection: Any, cursor: Any, sql: str, parameters: Any, context: Any, many: bool) -> None:
        self.sent.append((sql, parameters))

    def check(self) -> None:
        """The canary is there and has its row, and nothing hostile stood outside of quotes."""
        with self.engine.connect() as connection:
            assert [dict(row._mapping) for row in connection.execute(select(CANARY))] == [ROW]
        for sql, _ in self.sent:
            assert "DROP TABLE hostile_canary" not in QUOTED[self.name].sub(" ", sql)
        self.sent.clear()

    def close(self) -> None:
        """Leave nothing behind."""
        with self.engine.begin() as connection:
            metadata.drop_all(connection)
        self.engine.dispose()
