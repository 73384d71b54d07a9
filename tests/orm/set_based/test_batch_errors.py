"""An error in the middle of many rows: which rows it was about, what stands in the transaction, and how to go on."""

from collections.abc import Awaitable, Callable, Iterable
from typing import Any

import pytest

from holdfast import insert, select, update
from holdfast.exc import DBAPIError, IntegrityError, PendingRollbackError, StaleDataError
from tests.orm.set_based.models import Shelf
from tests.support.capability import needs
from tests.support.faces import Store

BATCH = 10
BAD = 25
"""The place of the row that the database refuses: in the third batch."""

Write = Callable[[Any, Iterable[Any]], Awaitable[Any]]


def shelves() -> list[dict[str, Any]]:
    """Return rows of which one has the label of another."""
    return [{"id": number + 1, "label": f"s{0 if number == BAD else number}"} for number in range(40)]


def in_batches(**more: Any) -> dict[str, Any]:
    return {"execution_options": {"batch_rows": BATCH, **more}}


BY_STATEMENT: dict[str, tuple[Write, tuple[int, int]]] = {
    "insert of a list": (lambda s, rows: s.execute(insert(Shelf), list(rows), **in_batches()), (20, 30)),
    "insert of a list, one batch": (lambda s, rows: s.execute(insert(Shelf), list(rows)), (0, 40)),
    "insert of a generator": (lambda s, rows: s.execute(insert(Shelf), iter(rows), **in_batches()), (20, 30)),
    "insert returning": (lambda s, rows: s.scalars(insert(Shelf).returning(Shelf), list(rows), **in_batches()), (20, 30)),
    "rows of several forms": (
        lambda s, rows: s.execute(
            insert(Shelf), [row if number < 23 else {"label": row["label"]} for number, row in enumerate(rows, -1)], **in_batches()
        ),
        (24, 30),
    ),
    "upsert of a list": (lambda s, rows: s.upsert(Shelf, list(rows), **in_batches()), (20, 30)),
    "upsert of a generator": (lambda s, rows: s.upsert(Shelf, iter(rows), **in_batches()), (20, 30)),
}  # fmt: skip

BY_BULK: dict[str, tuple[Write, tuple[int, int]]] = {
    "mappings": (lambda s, rows: s.bulk_insert_mappings(Shelf, list(rows)), (0, 40)),
    "generator": (lambda s, rows: s.bulk_insert_mappings(Shelf, iter(rows)), (0, 40)),
    "mappings with keys": (lambda s, rows: s.bulk_insert_mappings(Shelf, list(rows), return_defaults=True), (0, 40)),
    "objects": (lambda s, rows: s.bulk_save_objects([Shelf(**row) for row in rows]), (0, 40)),
}


async def count(session: Any) -> int:
    """Return how many shelves there are."""
    return len((await session.scalars(select(Shelf.id))).all())


@pytest.mark.parametrize("name", BY_STATEMENT)
def test_of_statements(on_face: Any, name: str) -> None:
    """The error names the rows; progress was told before; the transaction is the program's to end, a savepoint is enough."""
    write, rows = BY_STATEMENT[name]

    async def program(store: Store) -> None:
        if store.engine.dialect.capabilities.duplicate_key and "upsert" in name:
            return  # Any unique key finds the row: nothing is refused.
        if "returning" in name:
            needs(store.engine, "insert_returning")
        async with store.session() as session:
            session.add(Shelf(id=99, label="before"))
            nested = await session.begin_nested()
            with pytest.raises(IntegrityError) as refused:
                await write(session, shelves())
            assert refused.value.rows == rows
            assert f"It was rows {rows[0] + 1} to {rows[1]} of the list" in refused.value.__notes__[0]
            if store.engine.dialect.name == "postgresql":
                with pytest.raises(DBAPIError, match="current transaction is aborted"):
                    await count(session)
            else:
                # What was sent before stands, and of the rows named perhaps some.
                assert 1 + rows[0] <= await count(session) < 1 + rows[1]
            await nested.rollback()
            assert await count(session) == 1
            await session.commit()
            assert await count(session) == 1

    on_face(program)


@pytest.mark.parametrize("name", BY_BULK)
def test_of_bulk_methods(on_face: Any, name: str) -> None:
    """The error names the rows; as after a failed flush everything is rolled back, and the session wants to hear that."""
    write, rows = BY_BULK[name]

    async def program(store: Store) -> None:
        async with store.session() as session:
            with pytest.raises(IntegrityError) as refused:
                await write(session, shelves())
            assert refused.value.rows == rows
            with pytest.raises(PendingRollbackError):
                await count(session)
            await session.rollback()
            assert await count(session) == 0
            await write(session, shelves()[:BAD])
            await session.commit()
            assert await count(session) == BAD

    on_face(program)


def test_of_updates_by_key(on_face: Any) -> None:
    """A row that is not there, in a batch of a list, of a generator and of `bulk_update_mappings`."""

    async def program(store: Store) -> None:
        rows = [{"id": 1000 if number == BAD else number + 1, "label": f"new {number}"} for number in range(40)]
        async with store.session() as session:
            await session.execute(insert(Shelf), [{"id": number + 1, "label": f"s{number}"} for number in range(40)])
            await session.commit()
            for given in (rows, iter(rows)):
                with pytest.raises(StaleDataError) as stale:
                    await session.execute(update(Shelf), given, **in_batches())
                assert stale.value.rows == (20, 30)  # type: ignore[attr-defined]
                await session.rollback()
            with pytest.raises(StaleDataError) as stale:
                await session.bulk_update_mappings(Shelf, rows)
            assert stale.value.rows == (0, 40)  # type: ignore[attr-defined]
            await session.rollback()
            assert set(await session.scalars(select(Shelf.label))) == {f"s{number}" for number in range(40)}

    on_face(program)


def test_progress_is_told_of_what_was_written(on_face: Any) -> None:
    """Batch by batch, and not of the one that was refused; rows behind it are never asked for."""

    async def program(store: Store) -> None:
        heard: list[int] = []
        asked: list[int] = []

        def rows() -> Iterable[dict[str, Any]]:
            for row in shelves():
                asked.append(row["id"])
                yield row

        async with store.session() as session:
            with pytest.raises(IntegrityError):
                await session.execute(insert(Shelf), rows(), **in_batches(progress=heard.append))
            await session.rollback()
            assert (heard, asked[-1]) == ([10, 20], 30)
            kept = shelves()[:BAD]
            await session.execute(insert(Shelf), kept, **in_batches(progress=heard.append))
            await session.execute(
                update(Shelf),
                [{**row, "label": row["label"] + "!"} for row in kept],
                **in_batches(progress=heard.append),
            )
            await session.upsert(Shelf, iter(kept), **in_batches(progress=heard.append))
            assert heard[2:] == [10, 20, 25] * 3

    on_face(program)
