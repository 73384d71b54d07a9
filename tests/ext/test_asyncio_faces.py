"""What holdfast.ext.asyncio has beside engine and session: which face stands before which, AsyncAttrs, scopes, gather."""

import asyncio
import gc
import importlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from holdfast import Engine, String, create_engine, event, exc, func, insert, inspect, select, text
from holdfast.engine.thread_driver import ThreadDriver
from holdfast.ext.associationproxy import association_proxy
from holdfast.ext.asyncio import (
    AsyncAttrs,
    AsyncConnection,
    AsyncEngine,
    AsyncSession,
    AsyncStatelessSession,
    async_engine_from_config,
    async_object_session,
    async_scoped_session,
    async_session,
    async_sessionmaker,
    close_all_sessions,
    create_async_engine,
    create_async_pool_from_url,
)
from holdfast.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship, selectinload, synonym
from holdfast.schema import ForeignKey
from tests.dialects.drivers.available import tried
from tests.support.databases import by_driver


class Base(AsyncAttrs, DeclarativeBase):
    # MySQL and MariaDB want a length.
    type_annotation_map = {str: String(50)}


class Ship(Base):
    __tablename__ = "ship"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    log: Mapped[str | None] = mapped_column(deferred=True)
    sailors: Mapped[list["Sailor"]] = relationship(back_populates="ship", order_by="Sailor.id")
    crew = association_proxy("sailors", "name")
    title = synonym("name")

    @property
    def roll(self) -> str:
        """The names of the crew in one line, as a program would write it."""
        return ", ".join(sailor.name for sailor in self.sailors)


class Sailor(Base):
    __tablename__ = "sailor"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    ship_id: Mapped[int | None] = mapped_column(ForeignKey("ship.id"))
    ship: Mapped[Ship | None] = relationship(back_populates="sailors")


URLS = [
    pytest.param("sqlite+aiosqlite://", id="sqlite"),
    pytest.param("postgresql", id="postgresql", marks=pytest.mark.postgresql),
    pytest.param("mariadb", id="mariadb", marks=pytest.mark.mariadb),
]


@pytest.fixture
def run(tmp_path: Any) -> Callable[[Callable[[AsyncEngine], Awaitable[None]]], None]:
    """Call it with a program: it gets an engine on a SQLite file with two ships and their crews."""
    return lambda program: asyncio.run(_on(f"sqlite+aiosqlite:///{tmp_path}/ships.db", program))


async def _on(url: str, program: Callable[[AsyncEngine], Awaitable[None]]) -> None:
    async with _filled(url) as engine:
        await program(engine)
        assert engine.pool.checkedout() == 0


@asynccontextmanager
async def _filled(url: str) -> AsyncIterator[AsyncEngine]:
    engine = create_async_engine(url)
    try:
        async with engine.begin() as connection:
            await connection.run_sync(Base.metadata.drop_all)
            await connection.run_sync(Base.metadata.create_all)
        async with AsyncSession(engine) as session:
            for name, crew in (("Argo", ("Jason", "Orpheus")), ("Pequod", ("Ishmael",))):
                session.add(Ship(name=name, log="calm", sailors=[Sailor(name=each) for each in crew]))
            await session.commit()
        yield engine
    finally:
        await engine.dispose()


class TestFaces:
    """Each synchronous object has one asynchronous one, and the way between them is short."""

    def test_a_session_knows_what_the_program_gave_it(self, run) -> None:
        """`bind` is the AsyncEngine, `get_bind` the engine behind, `get_async_bind` the AsyncEngine again."""

        async def program(engine: AsyncEngine) -> None:
            async with AsyncSession(engine) as session:
                assert session.bind is engine
                assert session.get_bind() is engine.sync_engine
                assert session.get_async_bind(Ship) is engine
                assert session.sync_session.bind is engine.sync_engine

        run(program)

    def test_the_connection_of_a_session_is_an_async_one(self, run) -> None:
        """It is in the session's transaction; asked again it is the same object, on the same engine."""

        async def program(engine: AsyncEngine) -> None:
            async with AsyncSession(engine) as session:
                connection = await session.connection()
                assert isinstance(connection, AsyncConnection)
                assert connection is await session.connection()
                assert connection.engine is engine
                assert connection.in_transaction()
                await connection.execute(text("UPDATE ship SET name = 'Nautilus' WHERE id = 1"))
                assert await session.scalar(select(Ship.name).where(Ship.id == 1)) == "Nautilus"
                await session.rollback()
                connection = await session.connection(execution_options={"isolation_level": "AUTOCOMMIT"})
                assert connection.sync_connection is not None

        run(program)

    def test_a_session_on_a_connection_gives_that_connection(self, run) -> None:
        """A session joined to an AsyncConnection answers with that very object."""

        async def program(engine: AsyncEngine) -> None:
            async with engine.connect() as connection, AsyncSession(connection) as session:
                assert await session.connection() is connection
                assert session.get_async_bind() is connection

        run(program)

    def test_a_connection_that_was_not_started_is_refused(self, run) -> None:
        """The error names what is missing."""

        async def program(engine: AsyncEngine) -> None:
            with pytest.raises(exc.ArgumentError, match="started first"):
                AsyncSession(engine.connect())
            sync = create_engine("sqlite://")
            with pytest.raises(exc.ArgumentError, match="AsyncEngine expected, got Engine"):
                AsyncSession(sync)

        run(program)

    def test_the_mode_of_old_is_refused(self, run) -> None:
        """In it nothing would be committed."""

        async def program(engine: AsyncEngine) -> None:
            with (
                pytest.warns(exc.SADeprecationWarning, match="autocommit"),
                pytest.raises(exc.ArgumentError, match="has no autocommit mode"),
            ):
                AsyncSession(engine, autocommit=True)

        run(program)

    def test_run_sync_takes_no_coroutine_function(self, run) -> None:
        """It would give a coroutine that nobody awaits, and nothing would have happened."""

        async def program(engine: AsyncEngine) -> None:
            async def rename(session: Any) -> None:
                raise AssertionError("not called")

            for face in (AsyncSession(engine), engine.connect()):
                async with face:
                    with pytest.raises(
                        exc.ArgumentError, match=r"ordinary function .*\.rename is an 'async def': await it"
                    ):
                        await face.run_sync(rename)

        run(program)

    def test_transactions_are_found_again(self, run) -> None:
        """`get_transaction` gives the object that `begin` gave, `get_nested_transaction` that of the savepoint."""

        async def program(engine: AsyncEngine) -> None:
            async with AsyncSession(engine) as session:
                async with session.begin() as root:
                    assert session.get_transaction() is root
                    assert root.session is session
                    assert session.get_nested_transaction() is None
                    async with session.begin_nested() as savepoint:
                        assert session.get_nested_transaction() is savepoint
                        assert savepoint.nested
                        assert session.get_transaction() is root
                    assert not savepoint.is_active
                assert session.get_transaction() is None
                await session.scalar(select(func.count(Ship.id)))
                found = session.get_transaction()
                assert found is not None
                assert found is session.get_transaction()
                await found.rollback()
                assert not session.in_transaction()

        run(program)

    def test_transactions_of_a_connection_are_found_again(self, run) -> None:
        """The same of `AsyncConnection`: one object as long as somebody holds it, whoever began the transaction."""

        async def program(engine: AsyncEngine) -> None:
            async with engine.connect() as connection:
                assert (connection.get_transaction(), connection.get_nested_transaction()) == (None, None)
                async with connection.begin() as root:
                    assert connection.get_transaction() is root
                    async with connection.begin_nested() as savepoint:
                        assert connection.get_nested_transaction() is savepoint
                        assert connection.get_transaction() is root
                await connection.scalar(select(func.count(Ship.id)))
                found = connection.get_transaction()
                assert found is not None
                assert found is connection.get_transaction()
                assert found is not root
                await found.rollback()
                assert not connection.in_transaction()

        run(program)

    def test_what_is_asked_of_the_synchronous_one(self, run) -> None:
        """Listeners, `inspect` and cursors of the server for all statements: the errors say what to use instead."""

        async def program(engine: AsyncEngine) -> None:
            async with engine.connect() as connection, AsyncSession(engine) as session:
                for target in (engine, connection):
                    with pytest.raises(NotImplementedError, match="sync_engine or AsyncConnection.sync_connection"):
                        event.listen(target, "begin", print)
                for target in (session, AsyncSession):
                    with pytest.raises(exc.InvalidRequestError, match=r"No such event 'after_begin'.*sync_session"):
                        event.listen(target, "after_begin", print)
                with pytest.raises(exc.NoInspectionAvailable, match=r"AsyncEngine .*run_sync"):
                    inspect(engine)
                with pytest.raises(exc.NoInspectionAvailable, match=r"AsyncConnection .*run_sync"):
                    inspect(connection)
                assert await connection.run_sync(lambda sync: inspect(sync).has_table(Ship.__tablename__))

        run(program)
        with pytest.raises(exc.AsyncMethodRequired, match="server_side_cursors .* stream"):
            create_async_engine("sqlite+aiosqlite://", server_side_cursors=True)

    def test_the_async_session_of_an_object_or_a_session(self, run) -> None:
        """`async_object_session`, `async_session` and `inspect(obj).async_session` agree; nothing is kept alive by them."""

        async def program(engine: AsyncEngine) -> None:
            session = AsyncSession(engine)
            ship = await session.get_one(Ship, 1)
            assert async_object_session(ship) is session
            assert async_session(session.sync_session) is session
            assert inspect(ship).async_session is session
            assert session.object_session(ship) is session.sync_session
            assert AsyncSession.identity_key(Ship, 1) == (Ship, (1,), None)
            assert async_object_session(Ship(name="new")) is None
            with pytest.raises(exc.UnmappedInstanceError):
                async_object_session(object())
            await session.close()
            assert async_object_session(ship) is None
            behind = session.sync_session
            del session
            gc.collect()
            assert async_session(behind) is None

        run(program)

    def test_an_object_of_a_synchronous_session_has_no_async_one(self) -> None:
        """The answer is None on the ordinary session."""
        engine = create_engine("sqlite://")
        Base.metadata.create_all(engine)
        with Session(engine) as session:
            ship = Ship(name="Argo")
            session.add(ship)
            assert async_object_session(ship) is None
            assert async_session(session) is None
            assert inspect(ship).async_session is None
        engine.dispose()

    def test_binds_of_classes_and_tables(self, run, tmp_path) -> None:
        """Classes and tables may live in databases of their own, told at the beginning or later."""

        async def program(engine: AsyncEngine) -> None:
            async with _filled(f"sqlite+aiosqlite:///{tmp_path}/other.db") as other:
                async with AsyncSession(binds={Ship: engine}) as session:
                    session.bind_table(Sailor.__table__, other)
                    assert session.get_async_bind(Ship) is engine
                    assert session.get_async_bind(Sailor) is other
                    session.bind_mapper(Sailor, engine)
                    assert session.get_async_bind(Sailor) is engine
                    assert await session.scalar(select(func.count(Ship.id))) == 2

        run(program)

    def test_all_sessions_are_closed(self, run) -> None:
        """`close_all_sessions` gives back every connection; `AsyncSession.close_all` is the name of old."""

        async def program(engine: AsyncEngine) -> None:
            sessions = [AsyncSession(engine) for _ in range(3)]
            for session in sessions:
                await session.connection()
            assert engine.pool.checkedout() == 3
            await close_all_sessions()
            assert engine.pool.checkedout() == 0
            await sessions[0].connection()
            with pytest.warns(exc.SADeprecationWarning, match="close_all_sessions"):
                await AsyncSession.close_all()

        run(program)

    def test_an_engine_from_a_configuration_and_a_pool_from_an_address(self) -> None:
        """Both documented makers give asynchronous things."""

        async def program() -> None:
            engine = async_engine_from_config({"db.url": "sqlite+aiosqlite://", "db.echo": "false"}, prefix="db.")
            async with engine.connect() as connection:
                assert await connection.scalar(text("SELECT 1")) == 1
            await engine.dispose()
            pool = create_async_pool_from_url("sqlite+aiosqlite://")
            with_pool = create_async_engine("sqlite+aiosqlite://", pool=pool)
            async with with_pool.connect() as connection:
                assert await connection.scalar(text("SELECT 2")) == 2
            await with_pool.dispose()

        asyncio.run(program())


class TestAttributes:
    """`await obj.awaitable_attrs.name` is to an async session what `obj.name` is to a synchronous one."""

    def test_everything_that_may_load_may_be_awaited(self, run) -> None:
        """Columns, deferred ones, relationships to one and many, a proxy, a synonym, a property, a plain attribute."""

        async def program(engine: AsyncEngine) -> None:
            async with AsyncSession(engine) as session:
                ship = await session.get_one(Ship, 1)
                assert await ship.awaitable_attrs.name == "Argo"
                assert await ship.awaitable_attrs.log == "calm"
                assert [one.name for one in await ship.awaitable_attrs.sailors] == ["Jason", "Orpheus"]
                assert [one.name for one in ship.sailors] == ["Jason", "Orpheus"]
                assert (await ship.sailors[0].awaitable_attrs.ship) is ship
                session.expire(ship)
                assert await ship.awaitable_attrs.roll == "Jason, Orpheus"
                session.expire(ship)
                assert list(await ship.awaitable_attrs.crew) == ["Jason", "Orpheus"]
                session.expire(ship)
                assert await ship.awaitable_attrs.title == "Argo"
                assert (await ship.awaitable_attrs.metadata) is Base.metadata
                with pytest.raises(AttributeError, match="rudder"):
                    await ship.awaitable_attrs.rudder

        run(program)

    def test_objects_without_a_row_or_a_session(self, run) -> None:
        """Transient and pending objects have their empty values; a detached one raises what reading it raises."""

        async def program(engine: AsyncEngine) -> None:
            async with AsyncSession(engine) as session:
                fresh = Ship(name="fresh")
                assert await fresh.awaitable_attrs.sailors == []
                assert await fresh.awaitable_attrs.log is None
                session.add(fresh)
                with session.no_autoflush:
                    assert await fresh.awaitable_attrs.sailors == []
                ship = await session.get_one(Ship, 1)
                session.expunge(ship)
                with pytest.raises(exc.DetachedInstanceError):
                    await ship.awaitable_attrs.sailors

        run(program)

    def test_inside_run_sync_it_is_a_plain_read(self, run) -> None:
        """The bridge loads by itself."""

        async def program(engine: AsyncEngine) -> None:
            async with AsyncSession(engine) as session:
                assert await session.run_sync(lambda sync: sync.get_one(Ship, 1).roll) == "Jason, Orpheus"

        run(program)

    def test_reading_without_waiting_says_what_to_do(self, run) -> None:
        """The error names attribute, object, the place that opened the session, and four ways out; it is a MissingGreenlet."""

        async def program(engine: AsyncEngine) -> None:
            async with AsyncSession(engine) as session:
                ship = await session.get_one(Ship, 1)
                with pytest.raises(exc.MissingGreenlet) as caught:
                    _ = ship.sailors
                message = str(caught.value)
                assert isinstance(caught.value, exc.LazyLoadInAsyncError)
                assert caught.value.attribute == "Ship.sailors"
                assert caught.value.identity == ("Ship", 1)
                assert "Ship.sailors of Ship 1 is not loaded" in message
                assert "test_asyncio_faces.py:" in message
                for way in ("selectinload(Ship.sailors)", "refresh(obj", "awaitable_attrs.sailors", "run_sync"):
                    assert way in message
                session.expire(ship)
                with pytest.raises(exc.LazyLoadInAsyncError, match="expire_on_commit=False"):
                    _ = ship.name
                with pytest.raises(exc.MissingGreenlet, match=r"Session\.execute\(\) was called synchronously"):
                    session.sync_session.execute(select(Ship))

        run(program)


class TestScopes:
    """`async_scoped_session`: one session per task."""

    def test_each_task_has_its_own(self, run) -> None:
        """The registry gives a task its session, until `remove` closes it."""

        async def program(engine: AsyncEngine) -> None:
            current = async_scoped_session(async_sessionmaker(engine), scopefunc=asyncio.current_task)

            async def work() -> AsyncSession:
                session = current()
                assert session is current()
                assert (await current.get(Ship, 1)).name == "Argo"
                assert await current.scalar(select(func.count(Ship.id))) == 2
                fresh = Ship(name="fresh")
                current.add(fresh)
                assert fresh in current
                await current.remove()
                assert current() is not session
                await current.remove()
                return session

            async with asyncio.TaskGroup() as tasks:
                one, other = tasks.create_task(work()), tasks.create_task(work())
            assert one.result() is not other.result()
            assert engine.pool.checkedout() == 0

        run(program)

    def test_close_all(self, run) -> None:
        """It closes the sessions of all scopes, and says what to write today."""

        async def program(engine: AsyncEngine) -> None:
            current = async_scoped_session(async_sessionmaker(engine), scopefunc=asyncio.current_task)
            ship = await current.get(Ship, 1)
            assert ship in current and engine.pool.checkedout() == 1
            with pytest.warns(exc.SADeprecationWarning, match="close_all_sessions"):
                await async_scoped_session.close_all()
            assert ship not in current and engine.pool.checkedout() == 0
            await current.remove()

        run(program)

    def test_what_a_scope_refuses(self, run) -> None:
        """Keywords for a session that exists, and a registry without a scope."""

        async def program(engine: AsyncEngine) -> None:
            current = async_scoped_session(async_sessionmaker(engine), scopefunc=asyncio.current_task)
            async with current(info={"who": "me"}) as session:
                assert current.info == {"who": "me"}
                with pytest.raises(exc.InvalidRequestError, match="already present"):
                    current(info={})
                with pytest.warns(exc.SAWarning, match="already present"):
                    current.configure(expire_on_commit=False)
                current.autoflush = False
                assert session.autoflush is False
            await current.remove()
            with pytest.raises(TypeError, match="scopefunc"):
                async_scoped_session(async_sessionmaker(engine))

        run(program)


class TestGather:
    """Several statements of one session at once."""

    @pytest.mark.parametrize("url", URLS)
    def test_results_come_in_order(self, url: str, request) -> None:
        """Entities, columns, aggregates and a write, whatever the driver can do."""
        if not url.startswith("sqlite"):
            url = request.getfixturevalue(f"clean_{url}_url")

        async def program(engine: AsyncEngine) -> None:
            async with AsyncSession(engine) as session:
                session.add(Ship(name="Fram"))
                ships, number, names = await session.gather(
                    select(Ship).order_by(Ship.id),
                    select(func.count(Sailor.id)),
                    select(Sailor.name).order_by(Sailor.name),
                )
                assert [ship.name for ship in ships.scalars()] == ["Argo", "Pequod", "Fram"]
                assert number.scalar() == 3
                assert names.scalars().all() == ["Ishmael", "Jason", "Orpheus"]
                assert await session.gather() == []
                [only] = await session.gather(select(Ship.name).where(Ship.id == 2))
                assert only.scalar() == "Pequod"
                _, written = await session.gather(select(Ship), insert(Ship).values(name="Beagle"))
                assert written.rowcount == 1
                await session.commit()
                assert await session.scalar(select(func.count(Ship.id))) == 4

        asyncio.run(_on(url, program))

    @pytest.mark.parametrize("url", URLS[:2])
    def test_they_travel_together(self, url: str, request, monkeypatch) -> None:
        """Two SELECTs, each with a select-in load behind it, are two calls of the driver, not four."""
        if not url.startswith("sqlite"):
            url = request.getfixturevalue(f"clean_{url}_url")

        async def program(engine: AsyncEngine) -> None:
            async with AsyncSession(engine) as session:
                connection = (await session.connection()).sync_connection
                driver = type(connection.driver)
                together, alone = [], []
                group, single = driver.run_group, driver.run
                monkeypatch.setattr(
                    driver, "run_group", lambda self, sent: together.append(len(sent)) or group(self, sent)
                )
                monkeypatch.setattr(driver, "run", lambda self, *sent: alone.append(sent) or single(self, *sent))
                ships, sailors = await session.gather(
                    select(Ship).options(selectinload(Ship.sailors)).order_by(Ship.id),
                    select(Sailor).options(selectinload(Sailor.ship)).order_by(Sailor.id),
                )
                assert [[each.name for each in ship.sailors] for ship in ships.scalars()] == [
                    ["Jason", "Orpheus"],
                    ["Ishmael"],
                ]
                assert [sailor.ship.name for sailor in sailors.scalars()] == ["Argo", "Argo", "Pequod"]
                assert together[0] == 2
                assert len(together) <= 2
                assert [sent[0] for sent in alone if not sent[0].startswith("BEGIN")] == []

        asyncio.run(_on(url, program))

    @pytest.mark.parametrize("url", URLS[:2])
    def test_an_error_names_its_statement(self, url: str, request) -> None:
        """The one that failed is in the error; the session goes on after a rollback."""
        if not url.startswith("sqlite"):
            url = request.getfixturevalue(f"clean_{url}_url")

        async def program(engine: AsyncEngine) -> None:
            async with AsyncSession(engine) as session:
                with pytest.raises(exc.DBAPIError) as caught:
                    await session.gather(select(Ship), text("SELECT rudder FROM ship"), select(Sailor))
                assert caught.value.statement == "SELECT rudder FROM ship"
                await session.rollback()
                [found, _] = await session.gather(select(Ship), select(Sailor))
                assert len(found.all()) == 2

        asyncio.run(_on(url, program))

    def test_listeners_see_each_statement(self, run) -> None:
        """Where somebody listens, statements go one after the other, and each is told."""

        async def program(engine: AsyncEngine) -> None:
            seen: list[str] = []
            event.listen(engine.sync_engine, "before_cursor_execute", lambda *told: seen.append(told[2]))
            async with AsyncSession(engine) as session:
                await session.gather(select(Ship.id), select(Sailor.id))
            assert seen == ["SELECT ship.id \nFROM ship", "SELECT sailor.id \nFROM sailor"]

        run(program)


class TestListeners:
    """Listeners on an async session may wait for the database."""

    def test_an_async_listener_is_awaited(self, run) -> None:
        """`async def` at before_commit, after_begin and do_orm_execute."""

        async def program(engine: AsyncEngine) -> None:
            told: list[str] = []
            maker = async_sessionmaker(engine, sync_session_class=type("OwnSession", (Session,), {}))
            session = maker()

            async def before_commit(sync: Session) -> None:
                own = async_session(sync)
                told.append(await own.scalar(select(Ship.name).where(Ship.id == 2)))

            event.listen(session.sync_session, "before_commit", before_commit)
            async with session:
                session.add(Ship(name="Fram"))
                await session.commit()
            assert told == ["Pequod"]

        run(program)

    def test_a_listener_in_the_bridge(self, run) -> None:
        """`io=True`: an ordinary listener queries the session synchronously; without it, it is told why it may not."""

        async def program(engine: AsyncEngine) -> None:
            told: list[Any] = []
            async with AsyncSession(engine) as session:

                def note_number(sync: Session) -> None:
                    told.append(sync.scalar(select(func.count(Ship.id))))

                event.listen(session.sync_session, "before_commit", note_number, io=True)
                session.add(Ship(name="Fram"))
                await session.commit()
                assert told == [3]
                event.remove(session.sync_session, "before_commit", note_number)
                event.listen(session.sync_session, "before_commit", note_number)
                session.add(Ship(name="Beagle"))
                with pytest.raises(exc.SyncCallOnAsyncError):
                    await session.commit()

        run(program)


class TestStateless:
    """`AsyncStatelessSession`: the same coroutines as the synchronous one's, awaited."""

    def test_rows_go_and_come(self, run) -> None:
        """Each call sends what it says; objects are detached, and each read gives one of its own."""

        async def program(engine: AsyncEngine) -> None:
            async with AsyncStatelessSession(engine) as session, session.begin():
                await session.insert(Ship(id=7, name="Fram"))
                await session.insert_all([Ship(name="Beagle", sailors=[Sailor(name="Charles")])])
                ship = await session.get(Ship, 7)
                assert ship is not None and ship is not await session.get(Ship, 7)
                assert inspect(ship).detached
                ship.name = "Gjoa"
                await session.update(ship)
                await session.update_all([Ship(id=1, name="Argo II")])
                await session.delete_all([Sailor(id=1), Sailor(id=2)])
                async with session.begin_nested() as savepoint:
                    await session.delete(Ship(id=2))
                    await savepoint.rollback()
                assert await session.scalar(select(func.count(Sailor.id))) == 2
                connection = await session.connection()
                assert connection.in_transaction() and session.in_transaction()
            async with AsyncStatelessSession(engine) as session:
                names = (await session.scalars(select(Ship.name).order_by(Ship.id))).all()
                assert names == ["Argo II", "Pequod", "Gjoa", "Beagle"]
                await session.insert(Ship(name="never"))
                await session.rollback()
                await session.insert(Ship(name="kept"))
                await session.commit()
                assert (await session.execute(select(Ship).where(Ship.name == "kept"))).one()[0].id
                with pytest.raises(exc.InvalidRequestError, match="use update"):
                    await session.insert(await session.get(Ship, 1))

        run(program)

    def test_objects_come_and_go_in_a_stream(self, run) -> None:
        """Of a streamed result, a chunk at a time is in memory, with the relationships that were asked for."""

        async def program(engine: AsyncEngine) -> None:
            async with AsyncStatelessSession(engine) as session:
                await session.insert_all([Ship(name=str(number)) for number in range(50)])
                await session.commit()
                most, seen = 0, []
                # Only what comes from here on is looked through: a whole run of the suite has millions of objects.
                gc.collect()
                gc.freeze()
                statement = select(Ship).options(selectinload(Ship.sailors)).order_by(Ship.id)
                async for ship in await session.stream_scalars(statement, execution_options={"yield_per": 5}):
                    seen.append((ship.name, len(ship.sailors)))
                    del ship
                    most = max(most, sum(type(each) is Ship for each in gc.get_objects()))
                gc.unfreeze()
                assert seen[:3] == [("Argo", 2), ("Pequod", 1), ("0", 0)]
                assert len(seen) == 52
                assert most <= 15

        run(program)


class TestOneAtATime:
    """A session is for one task at a time, and belongs to no loop."""

    @pytest.fixture(autouse=True)
    def opening_suspends(self, monkeypatch) -> None:
        """Another task gets its turn while a connection is opened, however quick that is."""
        original = ThreadDriver.connect

        async def connect(driver: Any, arguments: Any) -> Any:
            await asyncio.sleep(0)
            return await original(driver, arguments)

        monkeypatch.setattr(ThreadDriver, "connect", connect)

    def test_two_tasks_that_take_its_connection(self, run) -> None:
        """The second one is refused and told what there is instead; the session is whole afterwards."""

        async def program(engine: AsyncEngine) -> None:
            await engine.dispose()  # so that a connection has to be opened, and the tasks meet
            async with AsyncSession(engine) as session:
                answers = await asyncio.gather(
                    *(session.scalar(select(func.count(Ship.id))) for _ in range(2)), return_exceptions=True
                )
                assert answers[0] == 2
                assert isinstance(answers[1], exc.IllegalStateChangeError)
                assert "gather" in str(answers[1])
                assert engine.pool.checkedout() == 1
                assert await session.scalar(select(func.count(Ship.id))) == 2

        run(program)

    def test_closed_while_it_takes_a_connection(self, run) -> None:
        """Closing meanwhile is refused too; the answer comes, and the connection goes back."""

        async def program(engine: AsyncEngine) -> None:
            await engine.dispose()
            session = AsyncSession(engine)
            answers = await asyncio.gather(session.scalar(select(Ship.id)), session.close(), return_exceptions=True)
            assert answers[0] == 1
            assert isinstance(answers[1], exc.IllegalStateChangeError)
            await session.close()
            assert engine.pool.checkedout() == 0

        run(program)

    @pytest.mark.parametrize("url", URLS[:2])
    @pytest.mark.parametrize("loops", ["asyncio", "uvloop"])
    def test_from_one_loop_to_the_next(self, loops: str, url: str, request, tmp_path) -> None:
        """Engine, connection and session belong to no loop: what one loop began, the next one goes on with."""
        runner = asyncio.run if loops == "asyncio" else importlib.import_module("uvloop").run
        address = "sqlite+aiosqlite:///" + str(tmp_path / "loops.db")
        engine = create_async_engine(
            address if url.startswith("sqlite") else request.getfixturevalue(f"clean_{url}_url")
        )
        session = AsyncSession(engine)

        async def begin() -> None:
            async with engine.begin() as connection:
                await connection.run_sync(Base.metadata.create_all)
            session.add(Ship(name="Argo"))
            await session.flush()

        async def go_on() -> None:
            assert await session.scalar(select(Ship.name)) == "Argo"
            await session.commit()

        async def end() -> None:
            async with AsyncSession(engine) as other:
                assert (await other.scalars(select(Ship.name))).all() == ["Argo"]
            await session.close()
            await engine.dispose()

        for step in (begin, go_on, end):
            runner(step())

    @pytest.mark.filterwarnings("ignore::ResourceWarning")
    @pytest.mark.parametrize("loops", ["asyncio", "uvloop"])
    @pytest.mark.parametrize(
        "driver",
        [
            pytest.param(driver, id=driver.name, marks=getattr(pytest.mark, driver.server))
            for driver in tried()
            if driver.name in ("asyncpg", "asyncmy")
        ],
    )
    def test_drivers_that_belong_to_a_loop(self, driver: Any, loops: str, request) -> None:
        """The engine may be used in any loop; a transaction that crosses is refused, and its session can be closed."""
        runner = asyncio.run if loops == "asyncio" else importlib.import_module("uvloop").run
        engine = create_async_engine(by_driver(request.getfixturevalue(f"clean_{driver.server}_url"), driver.name))
        session = AsyncSession(engine)

        async def begin() -> None:
            async with engine.begin() as connection:
                await connection.run_sync(Base.metadata.create_all)
            session.add(Ship(name="Argo"))
            await session.flush()

        async def crosses() -> None:
            with pytest.raises(exc.InvalidRequestError, match="begun in another event loop"):
                await session.scalar(select(Ship.name))
            with pytest.raises(exc.InvalidRequestError, match="begun in another event loop"):
                await session.commit()

        async def ends() -> None:
            await session.close()
            assert engine.pool.checkedout() == 0
            async with engine.connect() as one, engine.connect() as two:
                assert [await each.scalar(select(func.count(Ship.id))) for each in (one, two)] == [0, 0]

        for step in (begin, crosses, ends, ends, engine.dispose):
            runner(step())
        # What a closed loop left open is told of now, where nobody listens.
        gc.collect()


def test_the_names_are_there() -> None:
    """All that is documented of the package can be imported, and stands in its list."""
    import holdfast.ext.asyncio as package

    documented = {
        "AsyncAttrs", "AsyncConnection", "AsyncEngine", "AsyncMappingResult", "AsyncResult", "AsyncScalarResult",
        "AsyncSession", "AsyncSessionTransaction", "AsyncTransaction", "AsyncTupleResult", "async_engine_from_config",
        "async_object_session", "async_scoped_session", "async_session", "async_sessionmaker", "close_all_sessions",
        "create_async_engine", "create_async_pool_from_url",
    }  # fmt: skip
    assert documented <= set(package.__all__)
    assert isinstance(create_engine("sqlite://"), Engine)
