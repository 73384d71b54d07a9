"""COMMIT is refused by the database: nothing that follows is stored before the program rolls back."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from holdfast import exc, text
from tests.crash.routes import Place, Route, place_of, routes

TABLE = "CREATE TABLE late (id INTEGER, mark_id INTEGER REFERENCES mark DEFERRABLE INITIALLY DEFERRED)"
REFUSED = "INSERT INTO late VALUES (1, 99)"
FINE = "INSERT INTO late VALUES (2, 1)"


@routes(server="postgresql")
def test_a_statement_after_a_refused_commit(route: Route, request: pytest.FixtureRequest) -> None:
    """PostgreSQL has ended the transaction: a statement would be stored at once, and `rollback` would not undo it."""

    async def program(place: Place) -> None:
        async with place.session() as session:

            def refuse(inner: Any, is_nested: bool) -> None:
                connection = inner.connection()
                connection.execute(text(REFUSED))
                with pytest.raises(exc.ForeignKeyViolation):
                    connection.commit()
                with pytest.raises(exc.PendingRollbackError, match="rolled back"):
                    if is_nested:
                        connection.begin_nested()
                    connection.execute(text(FINE))
                connection.rollback()
                inner.rollback()

            await session.run_sync(refuse, False)
            await session.run_sync(refuse, True)
            await session.execute(text(REFUSED))
            with pytest.raises(exc.ForeignKeyViolation):
                await session.commit()
            with pytest.raises(exc.PendingRollbackError, match="rolled back"):
                await session.execute(text(FINE))
            await session.rollback()
            await session.execute(text(FINE))
            await session.commit()

    with place_of(route, request) as place:
        with place.direct.begin() as connection:
            connection.execute(text(TABLE))
        asyncio.run(program(place))
        assert place.rows("SELECT id FROM late") == [(2,)]
