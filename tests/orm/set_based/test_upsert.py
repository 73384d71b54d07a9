"""INSERT ... ON CONFLICT of mapped classes, and `upsert`: what is there is updated, and objects present are not stale."""

import importlib
from typing import Any

import pytest

from holdfast import select, update
from holdfast.exc import ArgumentError, IntegrityError, InvalidRequestError
from tests.orm.set_based.models import Good, Pair, Shelf
from tests.orm.set_based.test_synchronize import filled, shown
from tests.support.capability import needs
from tests.support.faces import Store


def dialect_insert(store: Store) -> Any:
    """Return the `insert` of the database's own dialect."""
    return importlib.import_module(f"holdfast.dialects.{store.engine.dialect.name}").insert


def updating(store: Store) -> Any:
    """Return the dialect's INSERT of shelves that updates the label of those that are there."""
    statement = dialect_insert(store)(Shelf)
    if store.engine.dialect.capabilities.duplicate_key:
        return statement.on_duplicate_key_update(label=statement.inserted.label)
    return statement.on_conflict_do_update(index_elements=["id"], set_={"label": statement.excluded.label})


async def stored(session: Any) -> list[tuple[Any, ...]]:
    """Return the shelves as the database has them."""
    return [tuple(row) for row in (await session.execute(select(Shelf.id, Shelf.label).order_by(Shelf.id))).all()]


def test_rows_are_inserted_or_updated(on_face: Any) -> None:
    """By primary key unless said otherwise; inserted and updated are told apart where the database can."""

    async def program(store: Store) -> None:
        session, _ = await filled(store)
        async with session:
            result = await session.upsert(Shelf, [{"id": 1, "label": "first"}, {"id": 7, "label": "seventh"}])
            counts = (1, 1) if store.engine.dialect.name == "postgresql" else (None, None)
            assert (2, *counts) == (result.rowcount, result.inserted, result.updated)
            assert result.objects == []
            assert await stored(session) == [(1, "first"), (2, "bottom"), (7, "seventh")]

    on_face(program)


def test_one_statement_serves_a_list(on_face: Any) -> None:
    """Without objects present nothing is brought back, unless the database tells inserted rows apart."""

    async def program(store: Store) -> None:
        async with store.session() as session:
            await session.upsert(Shelf, [{"id": 1, "label": "a"}, {"id": 2, "label": "b"}])
            if store.engine.dialect.name == "sqlite":
                sql = (
                    "INSERT INTO shelf (id, label) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET label = excluded.label"
                )
                assert [(sql, [(1, "a"), (2, "b")])] == store.take()

    on_face(program)


def test_objects_present_read_what_was_updated(on_face: Any) -> None:
    """Only those of the rows, and only what was set; onupdate of the columns is part of it."""

    async def program(store: Store) -> None:
        needs(store.engine, "insert_returning")
        session, goods = await filled(store)
        async with session:
            rows = [{"id": 1, "title": "NUT", "amount": 5}, {"id": 9, "title": "new", "amount": 6}]
            await session.upsert(Good, rows, update=["amount"])
            assert shown(goods[:2], "title", "amount", "price") == [("nut", "-", 2), ("bolt", 20, 3)]
            await session.refresh(goods[0])
            assert (goods[0].amount, goods[0].changes, goods[0].touched) == (5, 1, "yes")
            made = await session.get(Good, 9)
            assert (made.title, made.changes, made.price) == ("new", None, 5)

    on_face(program)


def test_upsert_by_another_unique_constraint(on_face: Any) -> None:
    """The attributes of `on` find the row; its key is the old one."""

    async def program(store: Store) -> None:
        session, _ = await filled(store)
        async with session:
            await session.upsert(Shelf, [{"label": "top"}, {"id": 5, "label": "five"}], on=Shelf.label)
            assert await stored(session) == [(1, "top"), (2, "bottom"), (5, "five")]
            with pytest.raises(ArgumentError, match="finds rows by label, and a row gives no label"):
                await session.upsert(Shelf, [{"id": 8}], on="label")
            with pytest.raises(ArgumentError, match="Shelf has no column attribute 'goods' to upsert by"):
                await session.upsert(Shelf, [{"id": 8, "label": "x"}], on="goods")

    on_face(program)


def test_what_an_existing_row_gets(on_face: Any) -> None:
    """Expressions over the old row, over the new one; or nothing."""

    async def program(store: Store) -> None:
        session, goods = await filled(store)
        async with session:
            row = {"id": 1, "title": "NUT", "amount": 5}
            await session.upsert(Good, [row], update={"amount": Good.amount + 1})
            await session.refresh(goods[0])
            assert (goods[0].title, goods[0].amount) == ("nut", 11)
            await session.upsert(Good, [row], update=lambda new: {Good.amount: Good.amount + new.amount})
            await session.refresh(goods[0])
            assert goods[0].amount == 16
            result = await session.upsert(Good, [row, {"id": 8, "title": "eight"}], update=[])
            # MariaDB counts rows that it leaves as they are like new ones: nothing is told.
            assert result.rowcount == (-1 if store.engine.dialect.capabilities.duplicate_key else 1)
            assert goods[0].__dict__["amount"] == 16
            assert (await session.get(Good, 8)).title == "eight"

    on_face(program)


def test_rows_that_are_left_alone_leave_their_objects_alone(on_face: Any) -> None:
    """With nothing to update no row is read for the objects that are there: one statement, and they show what they had."""

    async def program(store: Store) -> None:
        session, goods = await filled(store)
        async with session:
            behind = update(Good).where(Good.id == 1).values(amount=99)
            await session.execute(behind, execution_options={"synchronize_session": False})
            store.take()
            row = {"id": 1, "title": "NUT", "amount": 5}
            result = await session.upsert(Good, [row], update=[])
            [(sql, _)] = store.take()
            # Who tells inserted rows by a flag is asked for it; for values nobody is.
            flag = store.engine.dialect.capabilities.inserted_flag
            assert sql.partition(" RETURNING ")[2] == ("" if flag is None else f"good.id, {flag} AS inserted")
            assert result.rowcount == (-1 if store.engine.dialect.name == "mariadb" else 0)
            assert shown(goods, "title", "amount")[0] == ("nut", 10)
            if store.engine.dialect.capabilities.insert_returning:
                # Objects that are wanted are those of the rows that were inserted, where the database tells them apart.
                given = [row, {"id": 9, "title": "nine", "amount": 1}]
                result = await session.upsert(Good, given, update=[], returning=True)
                assert [one.id for one in result.objects][-1] == 9

    on_face(program)


def test_objects_come_back(on_face: Any) -> None:
    """The ones present, refreshed, and new ones; objects may be given in the place of dictionaries."""

    async def program(store: Store) -> None:
        needs(store.engine, "insert_returning")
        session, goods = await filled(store)
        async with session:
            result = await session.upsert(
                Good, [{"id": 2, "title": "B", "amount": 1}, {"id": 9, "title": "new"}], returning=True
            )
            bolt, new = result.objects
            assert bolt is goods[1]
            assert (bolt.title, bolt.amount, bolt.changes) == ("B", 1, 1)
            assert (new.title, new in session) == ("new", True)
            result = await session.upsert(Good, [Good(id=9, title="newer", price=1), {"id": 1, "title": "N"}])
            assert [new, goods[0]] == result.objects
            assert (new.title, new.price, goods[0].title) == ("newer", 1, "N")

    on_face(program)


def test_the_dialects_own_insert_refreshes_objects(on_face: Any) -> None:
    """`insert().on_conflict_do_update` by `execute`: with a list, with values, with RETURNING, and DO NOTHING."""

    async def program(store: Store) -> None:
        needs(store.engine, "insert_returning")
        session, _ = await filled(store)
        async with session:
            top = await session.get(Shelf, 1)
            statement = updating(store)
            await session.execute(statement, [{"id": 1, "label": "one"}, {"id": 3, "label": "three"}])
            assert "label" not in top.__dict__
            await session.refresh(top)
            assert top.label == "one"
            found = (await session.scalars(statement.values(id=1, label="uno").returning(Shelf))).one()
            assert (found is top, top.label) == (True, "uno")
            await session.execute(statement.values([{"id": 1, "label": "eins"}, {"id": 4, "label": "vier"}]))
            await session.refresh(top)
            assert top.label == "eins"
            assert [identity for identity, _ in await stored(session)] == [1, 2, 3, 4]
            if not store.engine.dialect.capabilities.duplicate_key:
                quiet = dialect_insert(store)(Shelf).on_conflict_do_nothing()
                await session.execute(quiet, [{"id": 1, "label": "x"}, {"id": 5, "label": "five"}])
                assert top.__dict__["label"] == "eins"
                assert [identity for identity, _ in await stored(session)] == [1, 2, 3, 4, 5]

    on_face(program)


def test_a_list_is_one_statement_also_when_rows_come_back(on_face: Any) -> None:
    """With objects present, and with objects wanted, which come in the order of the rows; a row given twice is written twice."""

    async def program(store: Store) -> None:
        needs(store.engine, "insert_returning")
        session, goods = await filled(store)
        async with session:
            capabilities = store.engine.dialect.capabilities
            rows = [{"id": key, "title": f"g{key}", "amount": key} for key in (9, 2, 8, 1, 7, 3)]
            result = await session.upsert(Good, rows)
            assert (len(store.take()), result.rowcount) == (1, 6)
            assert shown(goods, "amount") == ["-", "-", "-", 40]
            result = await session.upsert(Good, rows, returning=True)
            assert [good.id for good in result.objects] == [9, 2, 8, 1, 7, 3]
            assert result.objects[1] is goods[1] and goods[1].amount == 2
            assert len(store.take()) == (1 if capabilities.on_conflict else 6)
            twice = [
                {"id": 2, "title": "first", "amount": 5},
                {"id": 20, "title": "b"},
                {"id": 2, "title": "second", "amount": 6},
            ]
            result = await session.upsert(Good, twice[::2] + rows[3:4], update=["title", "amount"], returning=True)
            assert [good.id for good in result.objects] == [2, 2, 1]
            await session.refresh(goods[1])
            assert (goods[1].title, goods[1].amount) == ("second", 6)
            if store.engine.dialect.name == "postgresql":
                assert (result.inserted, result.updated) == (0, 3)

    on_face(program)


def test_batches_progress_and_errors(on_face: Any) -> None:
    """As for lists: an iterator is streamed, an error names its rows."""

    async def program(store: Store) -> None:
        async with store.session() as session:
            heard: list[int] = []
            rows = ({"left": 1, "right": number, "word": "w"} for number in range(5))
            result = await session.upsert(Pair, rows, execution_options={"batch_rows": 2, "progress": heard.append})
            assert (result.rowcount, heard) == (5, [2, 4, 5])
            shelves = [{"id": number, "label": "same" if number else "x"} for number in range(4)]
            if store.engine.dialect.capabilities.duplicate_key:
                # Any unique key finds the row there, also one that was not named.
                await session.upsert(Shelf, shelves[1:], execution_options={"batch_rows": 2})
                assert await stored(session) == [(1, "same")]
                return
            with pytest.raises(IntegrityError) as refused:
                await session.upsert(Shelf, shelves, execution_options={"batch_rows": 2})
            assert refused.value.rows == (2, 4)

    on_face(program)


def test_the_statement_of_mariadb(on_face: Any) -> None:
    """A list is one statement, with the row that could not be inserted; a key keeps its value where nothing changes."""

    async def program(store: Store) -> None:
        if not store.engine.dialect.capabilities.duplicate_key:
            return
        async with store.session() as session:
            rows = [{"id": 1, "label": "a"}, {"id": 2, "label": "b"}]
            await session.upsert(Shelf, rows)
            await session.upsert(Shelf, rows, update=[])
            # MySQL gives the row a name.
            alias = store.engine.dialect.capabilities.inserted_alias
            named, new = ("", "VALUES(label)") if alias is None else (f" AS {alias}", f"{alias}.label")
            into = f"INSERT INTO shelf (id, label) VALUES (?, ?){named} ON DUPLICATE KEY UPDATE"
            given = [(1, "a"), (2, "b")]
            assert store.take() == [(f"{into} label = {new}", given), (f"{into} id = shelf.id", given)]

    on_face(program)


def test_waiting_changes_are_flushed_before(on_face: Any) -> None:
    """An object that waits for its INSERT is there when the upsert looks."""

    async def program(store: Store) -> None:
        async with store.session() as session:
            shelf = Shelf(id=1, label="pending")
            session.add(shelf)
            await session.upsert(Shelf, [{"id": 1, "label": "upserted"}])
            await session.refresh(shelf)
            assert shelf.label == "upserted"

    on_face(program)


def test_without_returning_all_objects_of_the_class_read_again(on_face: Any) -> None:
    """As on MySQL: nobody tells which rows were changed; objects can not be brought back."""

    async def program(store: Store) -> None:
        if not store.engine.dialect.capabilities.duplicate_key:
            return
        dialect = store.engine.dialect
        dialect.capabilities = dialect.capabilities.replace(insert_returning=False)
        session, _ = await filled(store)
        async with session:
            top, bottom = [await session.get(Shelf, key) for key in (1, 2)]
            await session.upsert(Shelf, [{"id": 1, "label": "first"}, {"id": 5, "label": "fifth"}])
            assert shown([top, bottom], "id", "label") == [(1, "-"), (2, "-")]
            await session.refresh(top)
            assert top.label == "first"
            result = await session.execute(updating(store).values(id=1, label="one"))
            assert (result.returns_rows, shown([top], "label")) == (False, ["-"])
            store.take()
            with pytest.raises(
                InvalidRequestError, match=r"brings objects back by RETURNING, which m\w+ does not have"
            ):
                await session.upsert(Shelf, [{"id": 1, "label": "x"}], returning=True)
            with pytest.raises(InvalidRequestError, match="brings objects back by RETURNING"):
                await session.upsert(Shelf, [Shelf(id=1, label="x")])
            assert store.take() == []

    on_face(program)
