"""COPY in and out by sessions, LISTEN and NOTIFY, several hosts, transactions that may only read."""

from __future__ import annotations

import asyncio
import io
import uuid
from typing import Any, ClassVar

import pytest

from holdfast import (
    Column,
    ForeignKey,
    Integer,
    MetaData,
    String,
    Table,
    create_engine,
    exc,
    func,
    make_url,
    select,
    text,
)
from holdfast.dialects.postgresql import AsyncListener, Listener
from holdfast.ext.asyncio import create_async_engine
from holdfast.orm import DeclarativeBase, Mapped, Session, mapped_column
from holdfast.testing.suite import VALUES, Base, Box, Thing
from tests.support.faces import Store, run
from tests.support.waiting import PATIENCE


@pytest.fixture(params=["sync", "async"])
def on_face(request: pytest.FixtureRequest, clean_postgresql_url: str) -> Any:
    """Run an awaited program on both faces."""
    return lambda program: run(Base.metadata, request.param, program, clean_postgresql_url)


def test_rows_are_copied_in(on_face: Any) -> None:
    """Of every common type, by attribute; a generator is streamed; keys of the server count on."""

    async def program(store: Store) -> None:
        async with store.session() as session:
            rows = ({name: values[n] for name, values in VALUES.items()} for n in range(3))
            assert await session.copy_in(Box, rows) == 3
            boxes = (await session.scalars(select(Box).order_by(Box.id))).all()
            for name, values in VALUES.items():
                assert values == [getattr(box, name) for box in boxes]
            session.add(Thing(size=1))
            assert await session.copy_in(Thing, [{"size": 5, "box_id": None}, {"size": 6, "box_id": boxes[0].id}]) == 2
            assert await session.copy_in(Thing, [Thing(size=7), Thing(size=8)], columns=["size"]) == 2
            assert await session.copy_in(Thing, iter(())) == 0
            assert (await session.scalars(select(Thing.size).order_by(Thing.size))).all() == [1, 5, 6, 7, 8]
            await session.rollback()
            assert await session.scalar(select(func.count(Thing.id))) == 0

    on_face(program)


def test_what_copy_refuses(on_face: Any) -> None:
    """Rows that lack something, attributes that are not there, constraints with their facts."""

    async def program(store: Store) -> None:
        async with store.session() as session:
            with pytest.raises(exc.ArgumentError, match="row 2 gives no size; all rows give what the first one does"):
                await session.copy_in(Thing, [{"size": 1}, {"box_id": 2}])
            await session.rollback()
            # A value of a later row is not dropped in silence, unless the program says which it wants.
            for rows in ([{"size": 1}, {"size": 2, "box_id": 7}], [Thing(size=1), Thing(size=2, box_id=7)]):
                with pytest.raises(
                    exc.ArgumentError, match=r"row 2 gives box_id, which the first row does not; name what"
                ):
                    await session.copy_in(Thing, rows)
                await session.rollback()
            assert await session.copy_in(Thing, [{"size": 1}, {"size": 2, "box_id": 7}], columns=["size"]) == 2
            await session.rollback()
            with pytest.raises(exc.ArgumentError, match="Thing has no column attribute 'sise' to copy into"):
                await session.copy_in(Thing, [{"sise": 1}])
            with pytest.raises(exc.ArgumentError, match="row 1 is a int"):
                await session.copy_in(Thing, [1])
            with pytest.raises(exc.UniqueViolation) as refused:
                await session.copy_in(Box, [{"name": "same"}, {"name": "same"}])
            assert refused.value.table == "suite_box"
            await session.rollback()
            assert await session.copy_in(Thing, [{"size": 1}]) == 1

    on_face(program)


def test_rows_are_copied_out(on_face: Any) -> None:
    """A query with values in it, or a whole class; in the server's CSV."""

    async def program(store: Store) -> None:
        async with store.session() as session:
            await session.copy_in(Box, [{"name": "50%", "whole": 1}, {"name": "a,b", "whole": 2}])
            session.add(Thing(id=1, size=3))
            file = io.BytesIO()
            query = select(Box.name, Box.whole).where(Box.name.like("%50%") | (Box.whole == 2)).order_by(Box.whole)
            assert await session.copy_out(query, file) == 2
            assert file.getvalue().decode().splitlines()[1:] == ["50%,1", '"a,b",2']
            file = io.BytesIO()
            assert await session.copy_out(Thing, file) == 1
            assert file.getvalue() == b"id,size,box_id\n1,3,\n"
            with pytest.raises(exc.ArgumentError, match="format of COPY is one of csv, text, binary"):
                await session.copy_out(Thing, file, format="xml")
            for wrong in (io.StringIO(), "/tmp/things.csv"):
                with pytest.raises(
                    exc.ArgumentError, match=rf"bytes into an open file, not into {type(wrong).__name__}: with"
                ):
                    await session.copy_out(Thing, wrong)
            with pytest.raises(exc.StatementError, match="A value is required for bind parameter 'size'"):
                await session.copy_out(text("SELECT :size"), file)
            table = Table("copied", MetaData(), Column("a", Integer), Column("b", Integer, default=lambda: 1))
            with pytest.raises(exc.StatementError, match="A value is required for bind parameter 'b'"):
                await session.copy_out(table.insert().values(a=1).returning(table.c.a), file)
            file = io.BytesIO()
            await session.copy_out(text("SELECT :size AS size").bindparams(size=5), file)
            assert file.getvalue() == b"size\n5\n"

    on_face(program)


class Hierarchy(DeclarativeBase):
    """What the classes of the next test stand on."""


class Worker(Hierarchy):
    """A class whose objects are told from those of others by a column."""

    __tablename__ = "copied_worker"
    __mapper_args__: ClassVar[dict[str, Any]] = {"polymorphic_on": "kind", "polymorphic_identity": "worker"}
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    name: Mapped[str]


class Manager(Worker):
    """One in the same table."""

    __mapper_args__: ClassVar[dict[str, Any]] = {"polymorphic_identity": "manager"}
    grade: Mapped[int | None]


class Engineer(Worker):
    """One with a table of its own beside it."""

    __tablename__ = "copied_engineer"
    __mapper_args__: ClassVar[dict[str, Any]] = {"polymorphic_identity": "engineer"}
    id: Mapped[int] = mapped_column(ForeignKey("copied_worker.id"), primary_key=True)


@pytest.mark.parametrize("columns", [None, ["name", "grade"]])
def test_rows_of_a_hierarchy(clean_postgresql_url: str, columns: list[str] | None) -> None:
    """What tells the class is written along; a class with rows in two tables is refused before anything is sent."""

    async def program(store: Store) -> None:
        async with store.session() as session:
            assert await session.copy_in(Manager, [{"name": "Ann", "grade": 2}], columns=columns) == 1
            [manager] = (await session.scalars(select(Worker))).all()
            assert (type(manager), manager.kind, manager.grade) == (Manager, "manager", 2)
            with pytest.raises(
                exc.InvalidRequestError,
                match=r"copy_in\(\) takes rows of one table; objects of Engineer have rows in copied_worker, copied_engineer. "
                r"session.execute\(insert\(Engineer\), rows\) writes",
            ):
                await session.copy_in(Engineer, [{"name": "Bob"}])
            assert await session.scalar(select(func.count(Worker.id))) == 1

    run(Hierarchy.metadata, "sync", program, clean_postgresql_url)


def test_other_databases_have_no_copy() -> None:
    """The error says what to do there."""

    async def program(store: Store) -> None:
        async with store.session() as session:
            with pytest.raises(exc.InvalidRequestError, match=r"COPY is a statement of PostgreSQL; sqlite has none"):
                await session.copy_in(Thing, [{"size": 1}])

    run(Base.metadata, "sync", program)


def test_notifications(clean_postgresql_url: str) -> None:
    """They come with the commit of who sends them; names are taken as they are."""
    engine = create_engine(clean_postgresql_url)
    channel = f'it\'s "{uuid.uuid4().hex}"'
    with Listener(engine, channel, "other") as listener:
        with engine.begin() as connection:
            connection.execute(select(func.pg_notify(channel, "one")))
            assert list(listener.get(timeout=0)) == []
            connection.execute(text("NOTIFY other"))
        heard = []
        for told in listener.get(timeout=PATIENCE):
            heard.append((told.channel, told.payload))
            if len(heard) == 2:
                break
        assert heard == [(channel, "one"), ("other", "")]
    assert engine.pool.checkedout() == 0
    engine.dispose()


def test_notifications_on_asyncio(clean_postgresql_url: str) -> None:
    """The same, awaited."""

    async def main() -> None:
        engine = create_async_engine(clean_postgresql_url)
        async with AsyncListener(engine, "news") as listener:
            async with engine.begin() as connection:
                await connection.execute(select(func.pg_notify("news", "today")))
            async for told in listener.get(timeout=PATIENCE):
                assert told[:2] == ("news", "today")
                break
        await engine.dispose()

    asyncio.run(main())


def test_a_listener_that_is_used_wrongly(clean_postgresql_url: str) -> None:
    """The error says how it is used; no connection is left out of the pool."""
    engine, asynchronous = create_engine(clean_postgresql_url), create_async_engine(clean_postgresql_url)
    with pytest.raises(exc.ArgumentError, match="needs the names of channels"):
        Listener(engine)
    with pytest.raises(exc.ArgumentError, match="an asynchronous engine; use AsyncListener"):
        Listener(asynchronous, "news")
    with pytest.raises(exc.ArgumentError, match="a synchronous engine; use Listener"):
        AsyncListener(engine, "news")
    inside_only = "inside of the listener's block only: `with Listener"
    listener = Listener(engine, "news")
    with pytest.raises(exc.InvalidRequestError, match=inside_only):
        list(listener.get(timeout=0))
    with listener:
        pass
    with pytest.raises(exc.InvalidRequestError, match=inside_only):
        list(listener.get(timeout=0))
    other = create_engine(make_url(clean_postgresql_url).set(drivername="postgresql+psycopg2"))
    with pytest.raises(exc.InvalidRequestError, match="Only the driver psycopg hears"):
        Listener(other, "news").__enter__()
    assert (engine.pool.checkedout(), other.pool.checkedout()) == (0, 0)
    engine.dispose()
    other.dispose()


@pytest.mark.parametrize("face", ["sync", "async"])
def test_a_listener_whose_connection_is_ended(clean_postgresql_url: str, face: str) -> None:
    """It is told as any lost connection is, and the pool is whole; a new block listens again."""
    end = text("SELECT pg_terminate_backend(:number)")

    async def main() -> None:
        engine = create_async_engine(clean_postgresql_url)
        async with AsyncListener(engine, "news") as listener:
            number = listener._connection.sync_connection.driver.raw.info.backend_pid
            async with engine.connect() as connection:
                await connection.execute(end, {"number": number})
            with pytest.raises(exc.ConnectionLost) as lost:
                [told async for told in listener.get(timeout=PATIENCE)]
        assert lost.value.retryable
        async with AsyncListener(engine, "news") as listener:
            assert [told async for told in listener.get(timeout=0)] == []
        assert engine.pool.checkedout() == 0
        await engine.dispose()

    if face == "async":
        asyncio.run(main())
        return
    engine = create_engine(clean_postgresql_url)
    with Listener(engine, "news") as listener:
        with engine.connect() as connection:
            connection.execute(end, {"number": listener._connection.driver.raw.info.backend_pid})
        with pytest.raises(exc.ConnectionLost) as lost:
            list(listener.get(timeout=PATIENCE))
    assert lost.value.retryable
    with Listener(engine, "news") as listener:
        assert list(listener.get(timeout=0)) == []
    assert engine.pool.checkedout() == 0
    engine.dispose()


@pytest.mark.parametrize("driver", ["psycopg", "psycopg2", "asyncpg"])
def test_several_hosts(clean_postgresql_url: str, driver: str) -> None:
    """The first that answers, and may write, is taken."""
    url = make_url(clean_postgresql_url)
    hosts = [f"127.0.0.1:{port}" for port in (1, url.port)]
    url = url.set(drivername=f"postgresql+{driver}", host=None, port=None)
    url = url.update_query_dict({"host": hosts, "target_session_attrs": "read-write"})
    if driver == "asyncpg":

        async def main() -> None:
            engine = create_async_engine(url)
            async with engine.connect() as connection:
                assert await connection.scalar(text("SELECT 1")) == 1
            await engine.dispose()

        asyncio.run(main())
        return
    engine = create_engine(url)
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT 1")) == 1
    engine.dispose()


@pytest.mark.parametrize("driver", ["psycopg", "psycopg2", "asyncpg"])
@pytest.mark.parametrize("wanted", ["standby", "read-only"])
def test_no_host_is_what_is_asked_for(clean_postgresql_url: str, driver: str, wanted: str) -> None:
    """Another one may be soon, when it takes over: one class of error with every driver, which may be tried again."""
    url = make_url(clean_postgresql_url).set(drivername=f"postgresql+{driver}")
    url = url.update_query_dict({"target_session_attrs": wanted})
    with pytest.raises(exc.ConnectionLost) as refused:
        if driver == "asyncpg":

            async def main() -> None:
                async with create_async_engine(url).connect():
                    pass

            asyncio.run(main())
        else:
            create_engine(url).connect().exec_driver_sql("SELECT 1")
    assert refused.value.retryable


def test_transactions_that_may_only_read(clean_postgresql_url: str) -> None:
    """By execution options of connection or engine; the next transaction of the pool's connection may write."""
    engine = create_engine(clean_postgresql_url)
    modes = "SELECT current_setting('transaction_read_only'), current_setting('transaction_deferrable')"
    options = {"isolation_level": "SERIALIZABLE", "postgresql_readonly": True, "postgresql_deferrable": True}
    with engine.connect().execution_options(**options) as connection:
        assert connection.exec_driver_sql(modes).one() == ("on", "on")
        with pytest.raises(exc.ReadOnlyViolation):
            connection.exec_driver_sql("CREATE TABLE nothing ()")
    with Session(engine.execution_options(postgresql_readonly=True)) as session:
        assert session.execute(text(modes)).one() == ("on", "off")
    with engine.connect() as connection:
        assert connection.exec_driver_sql(modes).one() == ("off", "off")
    engine.dispose()


def test_modes_where_there_is_nothing_to_begin(clean_postgresql_url: str) -> None:
    """A transaction that has begun keeps its mode, and in autocommit nothing would keep a program from writing: refused."""
    engine = create_engine(clean_postgresql_url)
    with engine.connect() as connection:
        connection.exec_driver_sql("SELECT 1")
        with pytest.raises(
            exc.InvalidRequestError, match=r"autobegin; its mode may not be altered unless rollback\(\)"
        ):
            connection.execution_options(postgresql_readonly=True)
        connection.rollback()
        connection.execution_options(postgresql_readonly=True)
        assert connection.exec_driver_sql("SHOW transaction_read_only").scalar() == "on"
    only_reads = engine.execution_options(isolation_level="AUTOCOMMIT", postgresql_readonly=True)
    with (
        only_reads.connect() as connection,
        pytest.raises(
            exc.InvalidRequestError, match="postgresql_readonly goes with BEGIN, which AUTOCOMMIT has none of"
        ),
    ):
        connection.exec_driver_sql("CREATE TABLE nothing ()")
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT", postgresql_readonly=False) as connection:
        assert connection.exec_driver_sql("SHOW transaction_read_only").scalar() == "off"
    engine.dispose()


def test_a_name_to_be_quoted(clean_postgresql_url: str) -> None:
    """Tables with a schema and names with marks are written as they are."""
    engine = create_engine(clean_postgresql_url)
    table = Table('o"dd', MetaData(), Column("a b", Integer, primary_key=True), Column("%s", String), schema="public")
    assert engine.dialect.copy_in_text(table, ["a b", "%s"]) == 'COPY public."o""dd" ("a b", "%s") FROM STDIN'
    engine.dispose()
