"""Lists of rows: INSERT and UPDATE of many dictionaries, and the bulk methods of the session."""

from collections.abc import Iterator
from typing import Any

import pytest

from holdfast import Integer, String, bindparam, create_engine, delete, func, insert, inspect, select, update
from holdfast.exc import (
    ArgumentError,
    CompileError,
    IntegrityError,
    InvalidRequestError,
    PendingRollbackError,
    StaleDataError,
)
from holdfast.orm import Session
from tests.orm.inheritance.models import Car, Joined
from tests.orm.set_based.models import Good, Pair, Place, Shelf
from tests.orm.set_based.test_synchronize import filled, refuses_returning, shown, told
from tests.support.capability import needs
from tests.support.faces import Store

INSERT = "INSERT INTO shelf (id, label) VALUES (?, ?)"


async def labels(session: Any) -> list[Any]:
    """Return the shelves as the database has them."""
    return [tuple(row) for row in (await session.execute(select(Shelf.id, Shelf.label).order_by(Shelf.id))).all()]


def test_a_list_is_one_statement(on_face: Any) -> None:
    """Rows that give the same columns go together; the result counts them."""

    async def program(store: Store) -> None:
        async with store.session() as session:
            result = await session.execute(insert(Shelf), [{"id": 1, "label": "a"}, {"id": 2, "label": "b"}])
            assert store.take() == [(INSERT, [(1, "a"), (2, "b")])]
            assert result.rowcount == 2
            assert not result.returns_rows
            assert await labels(session) == [(1, "a"), (2, "b")]
            assert (await session.execute(insert(Shelf), [{"id": 3, "label": "c"}])).rowcount == 1

    on_face(program)


def test_rows_of_several_forms_are_grouped_in_order(on_face: Any) -> None:
    """A run of rows with the same columns is one statement; None leaves a column to its default."""

    async def program(store: Store) -> None:
        async with store.session() as session:
            rows = [
                {"title": "a", "amount": 1},
                {"amount": 2, "title": "b"},
                {"title": "c"},
                {"title": "d", "amount": None},
                {"title": "e", "price": 9, "note": "n"},
            ]
            await session.execute(insert(Good), rows)
            assert store.take() == [
                ("INSERT INTO good (good_title, amount, price) VALUES (?, ?, ?)", [("a", 1, 5), ("b", 2, 5)]),
                ("INSERT INTO good (good_title, price) VALUES (?, ?)", [("c", 5), ("d", 5)]),
                ("INSERT INTO good (good_title, price, note) VALUES (?, ?, ?)", ("e", 9, "n")),
            ]
            assert rows[2] == {"title": "c"}, "the caller's rows stay as they are"
            await session.execute(insert(Good), rows[2:4], execution_options={"render_nulls": True})
            assert [sql for sql, _ in store.take()] == [
                "INSERT INTO good (good_title, price) VALUES (?, ?)",
                "INSERT INTO good (good_title, amount, price) VALUES (?, ?, ?)",
            ]

    on_face(program)


def test_expressions_composites_and_synonyms_in_rows(on_face: Any) -> None:
    """A row with SQL among its values is a statement of its own; names stand for the columns that they stand for."""

    async def program(store: Store) -> None:
        async with store.session() as session:
            await session.execute(
                insert(Good),
                [
                    {"title": "a", "amount": func.length("abc")},
                    {"name": "b", "place": Place(1, 2)},
                    {"good_title": "c"},
                ],
            )
            goods = (await session.scalars(select(Good).order_by(Good.id))).all()
            assert [(good.title, good.amount) for good in goods] == [("a", 3), ("b", None), ("c", None)]
            assert goods[1].place == Place(1, 2)
            with pytest.raises(
                CompileError, match="Unconsumed column names: tittle. Good has the attributes id, title"
            ):
                await session.execute(insert(Good), [{"tittle": "x"}])
            with pytest.raises(ArgumentError, match="must consist only of dictionaries"):
                await session.execute(insert(Good), ["x"])

    on_face(program)


def test_values_of_the_statement_and_of_the_rows(on_face: Any) -> None:
    """What `values()` says holds for each row."""

    async def program(store: Store) -> None:
        async with store.session() as session:
            statement = insert(Good).values(amount=func.length("four"))
            await session.execute(statement, [{"title": "a"}, {"title": "b"}])
            found = (await session.execute(select(Good.title, Good.amount).order_by(Good.id))).all()
            assert found == [("a", 4), ("b", 4)]

    on_face(program)


def test_returning_comes_in_the_order_of_the_rows(on_face: Any) -> None:
    """Objects, or columns; with or without being asked for the order."""

    async def program(store: Store) -> None:
        needs(store.engine, "insert_returning")
        async with store.session() as session:
            rows = [{"title": "z", "amount": 1}, {"title": "a"}, {"title": "m"}, {"title": "b", "amount": 2}]
            goods = (await session.scalars(insert(Good).returning(Good), rows)).all()
            assert [good.title for good in goods] == ["z", "a", "m", "b"]
            assert [good.price for good in goods] == [5, 5, 5, 5]
            assert all(good in session and inspect(good).persistent for good in goods)
            statement = insert(Good).returning(Good.id, Good.title, sort_by_parameter_order=True)
            result = await session.execute(statement, [{"title": "y"}, {"title": "x"}])
            assert [row.title for row in result] == ["y", "x"]
            assert result.rowcount == 2
            one = (await session.scalars(insert(Good).values(title="one").returning(Good))).one()
            assert one.title == "one"

    on_face(program)


def test_an_iterator_is_streamed(on_face: Any) -> None:
    """Never more than a batch is in memory; who wants hears how far it has come."""

    async def program(store: Store) -> None:
        alive: list[int] = []
        heard: list[int] = []

        def rows() -> Iterator[dict[str, Any]]:
            for number in range(25):
                alive.append(len(heard))
                yield {"id": number + 1, "label": str(number)}

        async with store.session() as session:
            options = {"batch_rows": 10, "progress": heard.append}
            result = await session.execute(insert(Shelf), rows(), execution_options=options)
            assert result.rowcount == 25
            assert heard == [10, 20, 25]
            assert alive == [0] * 10 + [1] * 10 + [2] * 5
            assert [len(parameters) for _, parameters in store.take()] == [10, 10, 5]
            assert len(await labels(session)) == 25

    on_face(program)


def test_an_error_tells_the_rows(on_face: Any) -> None:
    """Which part of the list was refused; what went before stands in the transaction."""

    async def program(store: Store) -> None:
        async with store.session() as session:
            rows = [{"id": number + 1, "label": str(number % 15)} for number in range(30)]
            nested = await session.begin_nested()
            with pytest.raises(IntegrityError) as refused:
                await session.execute(insert(Shelf), rows, execution_options={"batch_rows": 10})
            assert refused.value.rows == (10, 20)
            assert "It was rows 11 to 20 of the list" in refused.value.__notes__[0]
            await nested.rollback()
            await session.execute(insert(Shelf), rows[:5])
            assert len(await labels(session)) == 5

    on_face(program)


@pytest.mark.parametrize("strategy", ["auto", "evaluate", "fetch"])
def test_update_by_primary_key(on_face: Any, strategy: str) -> None:
    """One statement per form; objects present show what was written, what onupdate made included."""

    async def program(store: Store) -> None:
        session, goods = await filled(store)
        async with session:
            rows = [
                {"id": 1, "title": "x", "amount": 1},
                {"id": 2, "title": "y", "amount": None},
                {"id": 4, "price": Good.price + 1},
            ]
            result = await session.execute(update(Good), rows, execution_options={"synchronize_session": strategy})
            assert store.take() == [
                ("UPDATE good SET good_title=?, amount=?, changes=?, touched=lower(?) WHERE good.id = ?",
                 [("x", 1, 1, "YES", 1), ("y", None, 1, "YES", 2)]),
                ("UPDATE good SET price=(good.price + ?), changes=?, touched=lower(?) WHERE good.id = ?", (1, 1, "YES", 4)),
            ]  # fmt: skip
            assert result.rowcount == 3
            expected = [
                (told(store, "x"), 1, 2, 1, "-"),
                (told(store, "y"), None, 3, 1, "-"),
                ("screw", None, 4, None, None),
                ("gear", 40, "-", 1, "-"),
            ]
            assert expected == shown(goods, "title", "amount", "price", "changes", "touched")
            await session.refresh(goods[3])
            assert goods[3].price == 6

    on_face(program)


def test_update_by_primary_key_is_checked(on_face: Any) -> None:
    """A row without key, a row that is gone, criteria that could not be kept in step."""

    async def program(store: Store) -> None:
        session, goods = await filled(store)
        async with session:
            with pytest.raises(InvalidRequestError, match=r"No primary key value supplied for column\(s\) good.id"):
                await session.execute(update(Good), [{"id": 1, "title": "x"}, {"title": "y", "amount": 3}])
            assert store.take() == []
            with pytest.raises(StaleDataError, match=r"expected to update 2 row\(s\); 1 were matched") as stale:
                await session.execute(update(Good), [{"id": 1, "title": "x"}, {"id": 99, "title": "y"}])
            assert stale.value.rows == (0, 2)  # type: ignore[attr-defined]
            await session.rollback()
            rows = [{"id": 1, "least": 5, "title": "x"}, {"id": 2, "least": 50, "title": "y"}]
            statement = update(Good).where(Good.amount > bindparam("least"))
            with pytest.raises(InvalidRequestError, match="bulk synchronize of persistent objects not supported"):
                await session.execute(statement, rows)
            await session.execute(statement, rows, execution_options={"synchronize_session": None})
            session.expire_all()
            await session.refresh(goods[0])
            await session.refresh(goods[1])
            assert shown(goods[:2], "title") == ["x", "bolt"]
            with pytest.raises(InvalidRequestError, match="Bulk ORM DELETE not supported"):
                await session.execute(delete(Good).where(Good.id == bindparam("i")), [{"i": 1}, {"i": 2}])
            options = {"synchronize_session": False}
            await session.execute(
                delete(Good).where(Good.id == bindparam("i")), [{"i": 1}, {"i": 2}], execution_options=options
            )
            assert await session.scalar(select(func.count(Good.id))) == 2

    on_face(program)


def test_update_of_a_list_returning(on_face: Any) -> None:
    """Rows of RETURNING come in the order of the list."""

    async def program(store: Store) -> None:
        session, goods = await filled(store)
        async with session:
            rows = [{"id": 4, "amount": 1}, {"id": 1, "amount": 2}]
            if await refuses_returning(store, session, update(Good).returning(Good), rows):
                return
            found = (await session.scalars(update(Good).returning(Good), rows)).all()
            assert [goods[3], goods[0]] == found
            assert [good.amount for good in found] == [1, 2]

    on_face(program)


def test_composite_keys_in_lists(on_face: Any) -> None:
    """Both columns find the row."""

    async def program(store: Store) -> None:
        async with store.session() as session:
            await session.execute(insert(Pair), [{"left": 1, "right": number, "word": "w"} for number in range(3)])
            pair = await session.get(Pair, (1, 2))
            await session.execute(update(Pair), [{"left": 1, "right": 2, "word": "new"}])
            await session.refresh(pair)
            assert pair.word == "new"
            assert (await session.scalars(select(Pair.word).order_by(Pair.right))).all() == ["w", "w", "new"]

    on_face(program)


def test_bulk_insert_mappings(on_face: Any) -> None:
    """Mappings go in; keys and defaults come back into them where that is asked for."""

    async def program(store: Store) -> None:
        async with store.session() as session:
            rows: list[dict[str, Any]] = [{"title": "a", "amount": 1}, {"title": "b", "amount": None}]
            await session.bulk_insert_mappings(Good, rows)
            assert [sql for sql, _ in store.take()] == [
                "INSERT INTO good (good_title, amount, price) VALUES (?, ?, ?)",
                "INSERT INTO good (good_title, price) VALUES (?, ?)",
            ]
            assert rows == [{"title": "a", "amount": 1}, {"title": "b", "amount": None}]
            await session.bulk_insert_mappings(Good, rows, return_defaults=True, render_nulls=True)
            first, second = rows
            assert (first["price"], second["id"] - first["id"]) == (5, 1)
            assert await session.scalar(select(Good.title).where(Good.id == second["id"])) == "b"
            await session.bulk_insert_mappings(Shelf, ({"id": number, "label": str(number)} for number in (1, 2, 3)))
            assert len(await labels(session)) == 3

    on_face(program)


def test_bulk_update_mappings(on_face: Any) -> None:
    """By primary key; objects present are kept in step, which the oracle does not."""

    async def program(store: Store) -> None:
        session, goods = await filled(store)
        async with session:
            await session.bulk_update_mappings(Good, [{"id": 1, "amount": 7}, {"id": 3, "amount": 8}])
            assert store.take() == [
                (
                    "UPDATE good SET amount=?, changes=?, touched=lower(?) WHERE good.id = ?",
                    [(7, 1, "YES", 1), (8, 1, "YES", 3)],
                )
            ]
            assert shown(goods, "amount") == [7, 20, 8, 40]

    on_face(program)


def test_batches_of_one_row(on_face: Any) -> None:
    """The smallest that there are; fewer are none."""

    async def program(store: Store) -> None:
        async with store.session() as session:
            rows = [{"id": number, "label": str(number)} for number in (1, 2)]
            await session.execute(insert(Shelf), rows, execution_options={"batch_rows": 1})
            assert [parameters for _, parameters in store.take()] == [(1, "1"), (2, "2")]
            for wrong in (0, -1, "1"):
                with pytest.raises(ArgumentError, match="batch_rows is the number of rows of a batch, 1 or more"):
                    await session.execute(insert(Shelf), rows, execution_options={"batch_rows": wrong})
            assert store.take() == []

    on_face(program)


def test_rows_of_a_select(on_face: Any) -> None:
    """An INSERT that takes its rows from a SELECT is run for each set of parameters; its result is there."""

    async def program(store: Store) -> None:
        async with store.session() as session:
            given = select(bindparam("number", type_=Integer), bindparam("word", type_=String))
            statement = insert(Shelf).from_select(["id", "label"], given)
            result = await session.execute(statement, [{"number": 1, "word": "a"}, {"number": 2, "word": "b"}])
            assert result is not None
            assert await labels(session) == [(1, "a"), (2, "b")]

    on_face(program)


def test_mappings_for_several_tables() -> None:
    """Of a class whose objects have rows in two tables: keys come back where that is asked for, changes go to both."""
    engine = create_engine("sqlite://")
    Joined.metadata.create_all(engine)
    with Session(engine) as session:
        rows: list[dict[str, Any]] = [{"name": "a", "doors": 2}, {"name": "b", "doors": 4}]
        session.bulk_insert_mappings(Car, rows, return_defaults=True)
        assert [row["id"] for row in rows] == [1, 2]
        car = session.get_one(Car, 2)
        session.bulk_update_mappings(Car, [{"id": 2, "name": "c", "doors": 5}])
        assert session.execute(select(Car.name, Car.doors).order_by(Car.id)).all() == [("a", 2), ("c", 5)]
        assert (car.name, car.doors) == ("c", 5)
    engine.dispose()


def test_the_order_of_objects(on_face: Any) -> None:
    """As they are given, unless the program lets go of that: then new ones come first."""

    async def program(store: Store) -> None:
        async with store.session() as session:
            shelves = [Shelf(id=number, label=str(number)) for number in (1, 2)]
            session.add_all(shelves)
            await session.flush()
            for number, options in enumerate(({}, {"preserve_order": True}, {"preserve_order": False}), 3):
                new = Shelf(id=number, label=str(number))
                shelves[0].label = f"changed {number}"
                store.take()
                await session.bulk_save_objects([shelves[0], new], **options)
                sent = [sql.split()[0] for sql, _ in store.take()]
                assert sent == (["INSERT", "UPDATE"] if number == 5 else ["UPDATE", "INSERT"])

    on_face(program)


def test_bulk_save_objects(on_face: Any) -> None:
    """New objects are inserted and stay outside; those with a row are updated by what was set."""

    async def program(store: Store) -> None:
        async with store.session() as session:
            goods = [Good(title="nut", amount=10), Good(title="bolt")]
            session.add_all(goods)
            await session.flush()
            store.take()
            goods[0].amount = 11
            new = [Good(title="n1"), Good(title="n2", amount=1)]
            await session.bulk_save_objects([goods[0], *new, goods[1]])
            assert [sql for sql, _ in store.take()] == [
                "UPDATE good SET amount=?, changes=?, touched=lower(?) WHERE good.id = ?",
                "INSERT INTO good (good_title, price) VALUES (?, ?)",
                "INSERT INTO good (good_title, amount, price) VALUES (?, ?, ?)",
            ]
            assert all(inspect(good).transient for good in new)
            assert list(session.dirty) == []
            await session.bulk_save_objects(new, return_defaults=True)
            assert all(inspect(good).detached and good.id is not None and good.price == 5 for good in new)
            found = await session.get(Good, new[1].id)
            assert (found.title, found.amount) == ("n2", 1)

    on_face(program)


def test_a_failed_bulk_method_wants_a_rollback(on_face: Any) -> None:
    """As after a failed flush."""

    async def program(store: Store) -> None:
        session, _ = await filled(store)
        async with session:
            with pytest.raises(IntegrityError):
                await session.bulk_insert_mappings(Shelf, [{"id": 1, "label": "again"}])
            with pytest.raises(PendingRollbackError):
                await session.scalar(select(Shelf.id))
            await session.rollback()
            assert len(await labels(session)) == 2

    on_face(program)
