"""Document D, claims 1 to 4: what a session is, how it is made, one instance per key, flush and commit."""

import asyncio
import sqlite3
from pathlib import Path

import pytest

from holdfast import Engine, create_engine, select
from holdfast.ext.asyncio import AsyncSession, create_async_engine
from holdfast.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker


class Base(DeclarativeBase):
    pass


class User(Base):
    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    email: Mapped[str | None] = mapped_column(unique=True)


@pytest.fixture
def tables(file_engine: Engine) -> Engine:
    """An engine on a file in which the tables exist."""
    Base.metadata.create_all(file_engine)
    return file_engine


def committed_names(file: Path) -> list[str]:
    """What another connection, which is not ours, sees in the file."""
    other = sqlite3.connect(file)
    try:
        return [name for (name,) in other.execute("SELECT name FROM users ORDER BY id")]
    finally:
        other.close()


class TestWhatASessionIs:
    """D1."""

    def test_add_queues_and_writes_nothing(self, engine: Engine, record) -> None:
        """D1: an added object is in `session.new`; no statement goes out before a flush."""
        Base.metadata.create_all(engine)
        sent = record(engine)
        with Session(engine) as session:
            user = User(name="ed")
            session.add(user)
            assert user in session
            assert list(session.new) == [user]
            assert user.id is None
            assert sent == []

    def test_unit_of_work_sends_new_changed_and_deleted_objects_together(self, engine: Engine, record) -> None:
        """D1: one flush writes what was changed, added and deleted since the last one, table by table in this order."""
        Base.metadata.create_all(engine)
        with Session(engine) as session:
            first, second = User(name="first"), User(name="second")
            session.add_all([first, second])
            session.flush()
            sent = record(engine)
            session.add(User(name="third"))
            first.name = "FIRST"
            session.delete(second)
            assert sent == []
            assert list(session.dirty) == [first]
            assert list(session.deleted) == [second]
            session.flush()
            assert [statement.sql for statement in sent] == [
                "UPDATE users SET name=? WHERE users.id = ?",
                "INSERT INTO users (name, email) VALUES (?, ?)",
                "DELETE FROM users WHERE users.id = ?",
            ]
            assert (list(session.new), list(session.dirty), list(session.deleted)) == ([], [], [])

    def test_async_add_queues_and_commit_writes(self, tables: Engine, database_file: Path) -> None:
        """D1: the same from asynchronous code; `add` is no coroutine."""

        async def program() -> None:
            engine = create_async_engine(f"sqlite+aiosqlite:///{database_file}")
            async with AsyncSession(engine) as session:
                session.add(User(name="ed"))
                assert committed_names(database_file) == []
                await session.commit()
            await engine.dispose()

        asyncio.run(program())
        assert committed_names(database_file) == ["ed"]


class TestMakers:
    """D2."""

    def test_without_expiry_objects_stay_readable_after_the_commit(self, tables: Engine, record) -> None:
        """D2: `expire_on_commit=False` on the maker: no statement after the commit, not even when detached."""
        make_session = sessionmaker(tables, expire_on_commit=False)
        with make_session() as session:
            user = User(name="ed")
            session.add(user)
            session.commit()
            sent = record(tables)
            assert user.name == "ed"
        assert (user.id, user.name) == (1, "ed")
        assert sent == []

    def test_leaving_the_block_rolls_back_what_was_not_committed(self, tables: Engine, database_file: Path) -> None:
        """D2: a session as context manager closes, and closing keeps only what was committed."""
        with sessionmaker(tables)() as session:
            session.add(User(name="kept"))
            session.commit()
            session.add(User(name="lost"))
            session.flush()
        assert committed_names(database_file) == ["kept"]

    def test_an_error_in_the_block_rolls_back_too(self, tables: Engine, database_file: Path) -> None:
        """D2: the exception passes through, and nothing is written."""
        with pytest.raises(ZeroDivisionError):
            with sessionmaker(tables)() as session:
                session.add(User(name="lost"))
                session.flush()
                1 / 0
        assert committed_names(database_file) == []

    def test_maker_begin_commits_at_the_end_of_the_block(self, tables: Engine, database_file: Path) -> None:
        """D2: `with maker.begin() as session` commits if all went well, and rolls back if not."""
        make_session = sessionmaker(tables)
        with make_session.begin() as session:
            session.add(User(name="kept"))
        with pytest.raises(ZeroDivisionError):
            with make_session.begin() as session:
                session.add(User(name="lost"))
                1 / 0
        assert committed_names(database_file) == ["kept"]

    def test_closing_gives_the_connection_back(self, tables: Engine, database_file: Path) -> None:
        """D2: with a pool of one connection, each of three sessions gets it after the one before was closed."""
        engine = create_engine(f"sqlite:///{database_file}", pool_size=1, max_overflow=0, pool_timeout=0.2)
        make_session = sessionmaker(engine)
        for name in ("a", "b", "c"):
            with make_session() as session:
                session.add(User(name=name))
                session.commit()
                assert session.scalars(select(User.name)).all()[-1] == name
        engine.dispose()
        assert committed_names(database_file) == ["a", "b", "c"]

    def test_async_session_as_context_manager(self, tables: Engine, database_file: Path) -> None:
        """D2: an async session closes likewise: what was not committed is rolled back."""

        async def program() -> None:
            engine = create_async_engine(f"sqlite+aiosqlite:///{database_file}")
            async with AsyncSession(engine, expire_on_commit=False) as session:
                user = User(name="kept")
                session.add(user)
                await session.commit()
                assert user.name == "kept"
                session.add(User(name="lost"))
                await session.flush()
            await engine.dispose()

        asyncio.run(program())
        assert committed_names(database_file) == ["kept"]


class TestIdentity:
    """D3."""

    def test_one_key_is_one_instance(self, tables: Engine, record) -> None:
        """D3: by key, by query and as a column's owner: always the same object, and `get` needs no SQL for it."""
        with Session(tables) as session:
            session.add(User(name="ed"))
            session.commit()
            first = session.scalars(select(User).where(User.name == "ed")).one()
            sent = record(tables)
            assert session.get(User, 1) is first
            assert sent == []
            assert session.scalars(select(User)).all() == [first]
            assert session.query(User).first() is first

    def test_two_sessions_share_nothing(self, tables: Engine) -> None:
        """D3: the same row is another instance in another session, with values of its own."""
        with Session(tables) as session:
            session.add(User(name="ed"))
            session.commit()
        with Session(tables) as one, Session(tables) as other:
            mine, yours = one.get(User, 1), other.get(User, 1)
            assert mine is not None
            assert yours is not None
            assert mine is not yours
            mine.name = "changed"
            assert yours.name == "ed"

    def test_adding_a_present_object_again_changes_nothing(self, tables: Engine, record) -> None:
        """D3: neither a second INSERT nor a change of state."""
        with Session(tables) as session:
            user = User(name="ed")
            session.add(user)
            session.add(user)
            session.flush()
            session.add(user)
            assert list(session.new) == []
            sent = record(tables)
            session.commit()
            assert sent == []
            assert session.scalars(select(User)).all() == [user]

    def test_async_get_answers_from_the_identity_map(self, tables: Engine, database_file: Path) -> None:
        """D3: the async session keeps the same promise: one key, one instance."""

        async def program() -> None:
            engine = create_async_engine(f"sqlite+aiosqlite:///{database_file}")
            async with AsyncSession(engine) as session:
                user = User(name="ed")
                session.add(user)
                await session.flush()
                assert await session.get(User, user.id) is user
                assert (await session.execute(select(User))).scalar_one() is user
                assert (await session.scalars(select(User))).all() == [user]
                assert await session.get(User, 99) is None
            await engine.dispose()

        asyncio.run(program())


class TestFlushAndCommit:
    """D4."""

    def test_flush_inserts_and_fills_the_key_within_the_transaction(self, tables: Engine, database_file: Path) -> None:
        """D4: after the flush the object has its key, but only its own transaction sees the row."""
        with Session(tables) as session:
            user = User(name="ed")
            session.add(user)
            session.flush()
            assert user.id == 1
            assert session.scalars(select(User.name)).all() == ["ed"]
            assert committed_names(database_file) == []
            session.rollback()
        assert committed_names(database_file) == []

    def test_commit_flushes_and_ends_the_transaction(self, tables: Engine, database_file: Path) -> None:
        """D4: no flush by hand is needed; afterwards everybody sees the rows, and no transaction is open."""
        with Session(tables) as session:
            session.add(User(name="ed"))
            session.commit()
            assert committed_names(database_file) == ["ed"]
            assert not session.in_transaction()

    def test_the_next_operation_begins_a_new_transaction(self, tables: Engine, database_file: Path) -> None:
        """D4: the session goes on after a commit, and what follows is one transaction again."""
        with Session(tables) as session:
            session.add(User(name="first"))
            session.commit()
            session.add(User(name="second"))
            session.flush()
            assert session.in_transaction()
            session.rollback()
            session.add(User(name="third"))
            session.commit()
        assert committed_names(database_file) == ["first", "third"]

    def test_refresh_reads_again(self, tables: Engine, database_file: Path) -> None:
        """D4: what somebody else committed arrives with `refresh()`."""
        with Session(tables, expire_on_commit=False) as session:
            user = User(name="ed")
            session.add(user)
            session.commit()
            other = sqlite3.connect(database_file)
            other.execute("UPDATE users SET name = 'edward'")
            other.commit()
            other.close()
            assert user.name == "ed"
            session.refresh(user)
            assert user.name == "edward"

    def test_async_flush_commit_and_rollback(self, tables: Engine, database_file: Path) -> None:
        """D4: the same three from asynchronous code."""

        async def program() -> None:
            engine = create_async_engine(f"sqlite+aiosqlite:///{database_file}")
            async with AsyncSession(engine) as session:
                user = User(name="ed")
                session.add(user)
                await session.flush()
                assert user.id == 1
                assert committed_names(database_file) == []
                await session.commit()
                assert committed_names(database_file) == ["ed"]
                session.add(User(name="lost"))
                await session.flush()
                await session.rollback()
                assert (await session.execute(select(User.name))).scalars().all() == ["ed"]
            await engine.dispose()

        asyncio.run(program())
        assert committed_names(database_file) == ["ed"]
