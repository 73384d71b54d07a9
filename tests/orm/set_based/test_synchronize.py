"""UPDATE and DELETE by statement: what each strategy sends, and what it leaves in memory."""

from typing import Any

import pytest

from holdfast import bindparam, delete, exists, func, inspect, select, update
from holdfast.exc import ArgumentError, CompileError, InvalidRequestError
from holdfast.orm import aliased, undefer
from tests.orm.set_based.models import Good, Pair, Place, Shelf, other, some_goods
from tests.support.faces import Store

STRATEGIES = ("auto", "evaluate", "fetch")


async def filled(store: Store, **keywords: Any) -> tuple[Any, list[Any]]:
    """Return a session with the goods loaded, and them in the order of their keys."""
    session = store.session(**keywords)
    session.add_all(some_goods())
    await session.commit()
    goods = (await session.scalars(select(Good).order_by(Good.id))).all()
    store.take()
    return session, list(goods)


def shown(objects: list[Any], *names: str) -> list[Any]:
    """Return what stands in memory, without loading: one value or tuple per object, "-" for what is not there."""
    found = [tuple(one.__dict__.get(name, "-") for name in names) for one in objects]
    return [row[0] for row in found] if len(names) == 1 else found


def told(store: Store, value: str) -> str:
    """Return a string that a statement has set, as objects show it: on MariaDB, whose collations cut and fold, they read it."""
    return "-" if store.engine.dialect.capabilities.duplicate_key else value


async def refuses_returning(store: Store, session: Any, statement: Any, parameters: Any = None) -> bool:
    """Return False where the database brings back what an UPDATE changed; on MariaDB see it refused and return True."""
    if store.engine.dialect.capabilities.update_returning:
        return False
    with pytest.raises(CompileError, match="RETURNING is not supported by this dialect's UPDATE statement"):
        await session.execute(statement, parameters)
    return True


def test_update_by_evaluation_sends_one_statement(on_face: Any) -> None:
    """The criteria are asked of the objects; what the statement sets, and what onupdate made, is shown at once."""

    async def program(store: Store) -> None:
        session, goods = await filled(store)
        async with session:
            result = await session.execute(
                update(Good).where(Good.amount > 15).values(title="x", amount=Good.amount + 1)
            )
            assert [sql for sql, _ in store.take()] == [
                "UPDATE good SET good_title=?, amount=(good.amount + ?), changes=?, touched=lower(?) WHERE good.amount > ?"
            ]
            assert result.rowcount == 2
            x = told(store, "x")
            expected = [("nut", 10, None), (x, 21, 1), ("screw", None, None), (x, 41, 1)]
            assert expected == shown(goods, "title", "amount", "changes")

    on_face(program)


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_a_statement_sets_what_onupdate_would_make(on_face: Any, strategy: str) -> None:
    """Its own value or expression is what objects show, at once; onupdate is not asked."""

    async def program(store: Store) -> None:
        session, goods = await filled(store)
        async with session:
            options = {"synchronize_session": strategy}
            await session.execute(update(Good).values(changes=4), execution_options=options)
            await session.execute(
                update(Good).where(Good.id < 3).values(changes=Good.changes + 1), execution_options=options
            )
            assert shown(goods, "changes") == [5, 5, 4, 4]
            found = await session.execute(select(Good.changes).order_by(Good.id))
            assert list(found.scalars()) == [5, 5, 4, 4]

    on_face(program)


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_values_over_values_that_the_statement_sets(on_face: Any, strategy: str) -> None:
    """Databases differ in which value of a column another one's expression sees: objects show what stands in the row."""

    async def program(store: Store) -> None:
        session, goods = await filled(store)
        async with session:
            statement = update(Good).where(Good.id == 1).values(amount=Good.amount + 1, price=Good.amount)
            await session.execute(statement, execution_options={"synchronize_session": strategy})
            row = (await session.execute(select(Good.amount, Good.price).where(Good.id == 1))).one()
            await session.refresh(goods[0], [name for name in ("amount", "price") if name not in goods[0].__dict__])
            assert (goods[0].amount, goods[0].price) == tuple(row)

    on_face(program)


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_what_the_database_makes_is_read_again(on_face: Any, strategy: str) -> None:
    """SQL in SET and in onupdate, expressions over the row, composites and the related object are not stale."""

    async def program(store: Store) -> None:
        session, goods = await filled(store)
        async with session:
            nut = goods[0]
            await session.refresh(nut, ["shelf"])
            assert nut.place == Place(1, 1)
            assert nut.shelf.label == "top"
            statement = update(Good).where(Good.id == 1)
            values = {"title": func.upper(Good.title), "place": Place(7, 8), "shelf_id": 2}
            await session.execute(statement.values(values), execution_options={"synchronize_session": strategy})
            assert shown([nut], "title", "touched", "value", "shelf") == [("-", "-", "-", "-")]
            assert nut.place == Place(7, 8)
            await session.refresh(nut, ["title", "touched", "value", "shelf"])
            assert (nut.title, nut.touched, nut.value, nut.shelf.label) == ("NUT", "yes", 20, "bottom")
            assert shown(goods[1:2], "title", "touched") == [("bolt", None)]

    on_face(program)


def test_fetch_learns_the_keys_by_returning(on_face: Any) -> None:
    """What Python can not decide is asked of the statement itself; 'auto' comes to the same."""

    async def program(store: Store) -> None:
        session, goods = await filled(store)
        async with session:
            for number, strategy in enumerate(("fetch", "auto")):
                statement = update(Good).where(func.length(Good.title) == 4).values(amount=number)
                result = await session.execute(statement, execution_options={"synchronize_session": strategy})
                sent = [sql for sql, _ in store.take(as_sent=True)]
                if store.engine.dialect.capabilities.duplicate_key:
                    # Its UPDATE brings nothing back: the keys are asked for before.
                    assert sent[0].startswith("SELECT good.id FROM good WHERE length(good.good_title)")
                else:
                    [sql] = sent
                    assert sql.endswith("RETURNING id" if "sqlite" in str(store.engine.url) else "RETURNING good.id")
                assert result.rowcount == 2
                assert not result.returns_rows
                assert [10, number, None, number] == shown(goods, "amount")

    on_face(program)


def test_evaluate_says_what_it_can_not_decide(on_face: Any) -> None:
    """The reason and the alternatives, before anything is sent; also where no object is present."""

    async def program(store: Store) -> None:
        session, goods = await filled(store)
        async with session:
            for criterion, reason in (
                (func.lower(Good.title) == "nut", "Cannot evaluate Function"),
                (Good.shelf.has(Shelf.id == 1), "Cannot evaluate"),
                (Good.title.like("n%"), "Cannot evaluate"),
                (Good.amount == bindparam("x", "five"), "Cannot evaluate a "),
                (Good.id == other.c.id, "is not a column of Good"),
            ):
                statement = update(Good).where(criterion).values(amount=1)
                with pytest.raises(InvalidRequestError) as refused:
                    await session.execute(statement, execution_options={"synchronize_session": "evaluate"})
                assert reason in str(refused.value)
                assert "Specify 'fetch' or False for the synchronize_session execution option" in str(refused.value)
            session.expunge_all()
            del goods[:]
            with pytest.raises(InvalidRequestError, match="Cannot evaluate Function"):
                await session.execute(
                    update(Good).where(func.lower(Good.title) == "nut").values(amount=1),
                    execution_options={"synchronize_session": "evaluate"},
                )
            assert store.take() == []

    on_face(program)


def test_refused_values_come_before_anything_is_sent(on_face: Any) -> None:
    """Another value is an ArgumentError; True points to commit; the pending object is not even flushed."""

    async def program(store: Store) -> None:
        session, _ = await filled(store)
        async with session:
            session.add(Shelf(id=9, label="new"))
            for value, words in (
                (True, r"a value of Session\.commit"),
                ("all", "got 'all'"),
                (1, "Valid strategies"),
                (0, "Valid"),
            ):
                for statement in (update(Good).values(amount=1), delete(Good)):
                    with pytest.raises(ArgumentError, match=words):
                        await session.execute(statement, execution_options={"synchronize_session": value})
            assert store.take() == []

    on_face(program)


def test_false_leaves_the_objects(on_face: Any) -> None:
    """Stale until they expire, as documented; None says the same."""

    async def program(store: Store) -> None:
        session, goods = await filled(store)
        async with session:
            for value in (False, None):
                await session.execute(update(Good).values(amount=99), execution_options={"synchronize_session": value})
                assert shown(goods, "amount") == [10, 20, None, 40]
            session.expire_all()
            await session.refresh(goods[0])
            assert goods[0].amount == 99

    on_face(program)


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_deleted_objects_leave_the_session(on_face: Any, strategy: str) -> None:
    """They are in the state deleted, and come back with a rollback; others stay."""

    async def program(store: Store) -> None:
        session, goods = await filled(store)
        async with session:
            statement = delete(Good).where(Good.amount >= 20)
            result = await session.execute(statement, execution_options={"synchronize_session": strategy})
            assert result.rowcount == 2
            assert [inspect(good).deleted for good in goods] == [False, True, False, True]
            assert [good in session for good in goods] == [True, False, True, False]
            store.take()
            assert await session.get(Good, 2) is None
            await session.rollback()
            assert [good in session for good in goods] == [True] * 4
            assert (await session.get(Good, 2)) is goods[1]

    on_face(program)


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_expired_and_partly_loaded_objects(on_face: Any, strategy: str) -> None:
    """They can not be asked: they read their row again, be it there or gone."""

    async def program(store: Store) -> None:
        session, goods = await filled(store)
        async with session:
            nut, bolt, _, gear = goods
            session.expire(nut)
            session.expire(bolt, ["amount"])
            options = {"synchronize_session": strategy}
            await session.execute(
                update(Good).where(Good.amount < 30).values(amount=1, title="low"), execution_options=options
            )
            for good in goods:
                await session.refresh(good, ["amount", "title"])
            assert shown(goods, "amount", "title") == [(1, "low"), (1, "low"), (None, "screw"), (40, "gear")]
            session.expire(nut)
            session.expire(gear, ["price"])
            await session.execute(delete(Good).where(Good.amount < 30, Good.price != 5), execution_options=options)
            session.expire_all()
            assert [getattr(await session.get(Good, key), "title", None) for key in (1, 2, 3, 4)] == [
                None,
                None,
                "screw",
                "gear",
            ]

    on_face(program)


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_unflushed_changes_are_not_what_the_database_sees(on_face: Any, strategy: str) -> None:
    """With autoflush off the criteria are asked of the values in the row; other changes stay, to be flushed."""

    async def program(store: Store) -> None:
        session, goods = await filled(store, autoflush=False)
        async with session:
            nut, bolt, *_ = goods
            nut.amount = 1000
            nut.price = 7
            bolt.amount = 1
            options = {"synchronize_session": strategy}
            await session.execute(
                update(Good).where(Good.amount < 15).values(amount=Good.amount + 1), execution_options=options
            )
            assert shown(goods, "amount") == [11, 1, None, 40]
            assert list(session.dirty) == [nut, bolt] or list(session.dirty) == [bolt, nut]
            await session.commit()
            rows = (await session.execute(select(Good.amount, Good.price).order_by(Good.id))).all()
            assert rows == [(11, 7), (1, 3), (None, 4), (40, 5)]

    on_face(program)


def test_pending_changes_are_flushed_first(on_face: Any) -> None:
    """Autoflush sends what waits, so that the statement sees it; an execution option holds that back."""

    async def program(store: Store) -> None:
        session, goods = await filled(store)
        async with session:
            goods[0].amount = 1000
            await session.execute(update(Good).where(Good.amount == 1000).values(price=1))
            assert len(store.take()) == 2
            assert goods[0].price == 1
            goods[1].amount = 2000
            statement = update(Good).where(Good.amount == 2000).values(price=1)
            result = await session.execute(statement, execution_options={"autoflush": False})
            assert result.rowcount == 0

    on_face(program)


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_a_savepoint_brings_the_values_back(on_face: Any, strategy: str) -> None:
    """A rolled back savepoint expires what a statement inside it changed, and returns what it deleted."""

    async def program(store: Store) -> None:
        session, goods = await filled(store)
        async with session:
            nested = await session.begin_nested()
            options = {"synchronize_session": strategy}
            await session.execute(update(Good).where(Good.id < 3).values(amount=0), execution_options=options)
            await session.execute(delete(Good).where(Good.id == 4), execution_options=options)
            await nested.rollback()
            assert shown(goods, "amount") == ["-", "-", None, 40]
            await session.refresh(goods[0])
            assert goods[0].amount == 10
            assert goods[3] in session

    on_face(program)


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_changed_primary_keys_move_the_objects(on_face: Any, strategy: str) -> None:
    """Keys that each become the next one: every object is found under its new key, and under the old after rollback."""

    async def program(store: Store) -> None:
        session, _ = await filled(store)
        async with session:
            session.add_all([Pair(left=1, right=number, word=str(number)) for number in (1, 2, 3)])
            await session.commit()
            pairs = list((await session.scalars(select(Pair).order_by(Pair.right))).all())
            statement = update(Pair).where(Pair.right <= 2).values(right=Pair.right + 10)
            await session.execute(statement, execution_options={"synchronize_session": strategy})
            assert await session.get(Pair, (1, 11)) is pairs[0]
            assert inspect(pairs[1]).identity == (1, 12)
            assert await session.get(Pair, (1, 1)) is None
            await session.rollback()
            assert inspect(pairs[1]).identity == (1, 2)

    on_face(program)


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_returning_objects_and_columns(on_face: Any, strategy: str) -> None:
    """Objects present are the ones returned, with their new values; the keys that 'fetch' needs are not shown."""

    async def program(store: Store) -> None:
        session, goods = await filled(store)
        async with session:
            options = {"synchronize_session": strategy}
            statement = (
                update(Good).where(Good.amount > 15).values(title=func.upper(Good.title), amount=Good.amount + 1)
            )
            if await refuses_returning(store, session, statement.returning(Good)):
                return
            found = (await session.scalars(statement.returning(Good), execution_options=options)).all()
            assert {goods[1], goods[3]} == set(found)
            assert sorted(shown(found, "title", "amount")) == [("BOLT", 21), ("GEAR", 41)]
            result = await session.execute(statement.returning(Good.title, Good.amount), execution_options=options)
            assert list(result.keys()) == ["title", "amount"]
            assert sorted(result.all()) == [("BOLT", 22), ("GEAR", 42)]
            await session.refresh(goods[1], ["title"])
            assert (goods[1].title, goods[1].amount) == ("BOLT", 22)
            gone = await session.scalars(
                delete(Good).where(Good.amount > 15).returning(Good.title), execution_options=options
            )
            assert sorted(gone.all()) == ["BOLT", "GEAR"]
            assert [good in session for good in goods] == [True, False, True, False]

    on_face(program)


def test_returning_brings_objects_that_were_not_present(on_face: Any) -> None:
    """They are persistent, as if a query had brought them."""

    async def program(store: Store) -> None:
        session, goods = await filled(store)
        async with session:
            session.expunge_all()
            del goods[:]
            statement = update(Good).where(Good.id == 1).values(amount=3).returning(Good)
            if await refuses_returning(store, session, statement):
                return
            found = (await session.scalars(statement)).one()
            assert (found.amount, found.title, found in session) == (3, "nut", True)

    on_face(program)


@pytest.mark.parametrize("strategy", ["auto", "fetch"])
def test_common_table_expressions_and_other_tables(on_face: Any, strategy: str) -> None:
    """WITH, UPDATE ... FROM and subqueries are the database's to decide."""

    async def program(store: Store) -> None:
        session, goods = await filled(store)
        async with session:
            options = {"synchronize_session": strategy}
            query = select(Good.id).where(Good.amount >= 20)
            # MariaDB has no WITH before UPDATE.
            many = query.subquery("many") if store.engine.dialect.capabilities.duplicate_key else query.cte("many")
            statement = update(Good).where(Good.id.in_(select(many.c.id))).values(amount=0)
            await session.execute(statement, execution_options=options)
            assert shown(goods, "amount") == [10, 0, None, 0]
            statement = (
                update(Good).where(Good.shelf_id == Shelf.id, Shelf.label == "top").values(title=Shelf.label, amount=5)
            )
            result = await session.execute(statement, execution_options=options)
            assert result.rowcount == 2
            assert shown(goods, "title", "amount") == [("-", 5), ("-", 5), ("screw", None), ("gear", 0)]
            store.take()
            await session.refresh(goods[0])
            assert goods[0].title == "top"

    on_face(program)


@pytest.mark.parametrize("strategy", ["auto", "fetch"])
def test_delete_using(on_face: Any, strategy: str) -> None:
    """DELETE ... USING, where the database has it."""

    async def program(store: Store) -> None:
        session, goods = await filled(store)
        async with session:
            statement = delete(Good).where(Good.shelf_id == Shelf.id, Shelf.label == "top")
            options = {"synchronize_session": strategy}
            if store.engine.dialect.name == "sqlite":
                with pytest.raises(CompileError, match="SQLite's DELETE reads from one table alone"):
                    await session.execute(statement, execution_options=options)
                return
            assert (await session.execute(statement, execution_options=options)).rowcount == 2
            assert [good in session for good in goods] == [False, False, True, True]

    on_face(program)


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_an_alias_is_the_class(on_face: Any, strategy: str) -> None:
    """Objects are kept in step; where the class stands beside its alias, the database decides."""

    async def program(store: Store) -> None:
        session, goods = await filled(store)
        async with session:
            good, options = aliased(Good), {"synchronize_session": strategy}
            statement = update(good).where(good.amount > 15).values({good.amount: good.amount + 1, "price": 7})
            assert (await session.execute(statement, execution_options=options)).rowcount == 2
            assert shown(goods, "amount", "price") == [(10, 2), (21, 7), (None, 4), (41, 7)]
            gone = await session.execute(delete(good).where(good.id == 4), execution_options=options)
            assert (gone.rowcount, goods[3] in session) == (1, False)
            cheaper = exists().where(Good.price < good.price)
            if strategy != "evaluate" and not store.engine.dialect.capabilities.duplicate_key:
                await session.execute(update(good).where(cheaper).values(amount=0), execution_options=options)
                assert shown(goods[:3], "amount") == [10, 0, 0]
            else:
                with pytest.raises(InvalidRequestError, match="Cannot evaluate"):
                    await session.execute(
                        update(good).where(cheaper).values(amount=0),
                        execution_options={"synchronize_session": "evaluate"},
                    )

    on_face(program)


def test_an_empty_list_is_no_row_and_never_all(on_face: Any) -> None:
    """Whatever a program computed its list from: nothing is sent."""

    async def program(store: Store) -> None:
        session, goods = await filled(store)
        async with session:
            assert (await session.execute(update(Good), [])).rowcount == 0
            for statement, reason in (
                (delete(Good), "Bulk ORM DELETE not supported"),
                (update(Good).values(amount=1), r"No primary key value supplied for column\(s\) good.id"),
                (update(Good).where(Good.id == 1).values(amount=1), "with additional WHERE criteria"),
            ):
                with pytest.raises(InvalidRequestError, match=reason):
                    await session.execute(statement, [])
            alone = {"synchronize_session": False}
            assert (await session.execute(delete(Good), [], execution_options=alone)).rowcount == 0
            assert store.take() == []
            assert all(good in session for good in goods)

    on_face(program)


def test_objects_as_criteria_and_synonyms(on_face: Any) -> None:
    """A related object stands for its key, a synonym for its attribute, in criteria and in values."""

    async def program(store: Store) -> None:
        session, goods = await filled(store)
        async with session:
            top = await session.get(Shelf, 1)
            store.take()
            await session.execute(update(Good).where(Good.shelf == top, Good.name == "bolt").values(name="BOLT"))
            assert shown(goods, "title") == ["nut", told(store, "BOLT"), "screw", "gear"]
            await session.execute(update(Good).where(Good.place == Place(2, 1)).values({Good.place: Place(3, 4)}))
            assert goods[2].place == Place(3, 4)
            assert all("RETURNING" not in sql for sql, _ in store.take())

    on_face(program)


def test_parameters_of_the_execution_are_values_too(on_face: Any) -> None:
    """Named parameters decide, and columns that the execution names are set."""

    async def program(store: Store) -> None:
        session, goods = await filled(store)
        async with session:
            statement = update(Good).where(Good.amount > bindparam("least"))
            await session.execute(statement, {"least": 15, "title": "many"})
            many = told(store, "many")
            assert shown(goods, "title") == ["nut", many, "screw", many]

    on_face(program)


def test_deferred_attributes_in_criteria(on_face: Any) -> None:
    """An attribute that was loaded decides; objects that lack it read again what was set."""

    async def program(store: Store) -> None:
        session, goods = await filled(store)
        async with session:
            await session.execute(update(Good).values(note="n"), execution_options={"synchronize_session": False})
            await session.scalars(
                select(Good).where(Good.id == 1).options(undefer(Good.note)).execution_options(populate_existing=True)
            )
            await session.execute(update(Good).where(Good.note == "n").values(amount=3))
            # MariaDB decides about strings itself, and says which rows it found.
            rest = 3 if store.engine.dialect.capabilities.duplicate_key else "-"
            assert [3, rest, rest, rest] == shown(goods, "amount")

    on_face(program)


def test_values_that_do_not_fit_are_read_again(on_face: Any) -> None:
    """A value of another class than the column's is not shown as if it stood in the row."""

    async def program(store: Store) -> None:
        session, goods = await filled(store)
        async with session:
            if "sqlite" not in str(store.engine.url):
                return
            await session.execute(update(Good).where(Good.id == 1).values(amount="12"))
            assert shown(goods[:2], "amount") == ["-", 20]
            await session.refresh(goods[0])
            assert goods[0].amount == 12

    on_face(program)
