"""Document D, claims 1 to 4, on both faces: what a session is, how it is made, one instance per key, flush and commit."""

import pytest

from holdfast import create_engine, select
from holdfast.ext.asyncio import async_sessionmaker
from holdfast.orm import DeclarativeBase, Mapped, mapped_column, sessionmaker


class Base(DeclarativeBase):
    pass


class User(Base):
    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    email: Mapped[str | None] = mapped_column(unique=True)


COMMITTED = "SELECT name FROM users ORDER BY id"


class TestWhatASessionIs:
    """D1."""

    def test_add_queues_and_writes_nothing(self, on_face):
        """D1: an added object is in `session.new`; no statement goes out before a flush. `add` is no coroutine."""

        async def program(store):
            async with store.session() as session:
                user = User(name="ed")
                session.add(user)
                assert user in session
                assert list(session.new) == [user]
                assert user.id is None
                assert store.take() == []
                await session.commit()
            assert store.seen_by_others(COMMITTED) == ["ed"]

        on_face(program)

    def test_unit_of_work_sends_new_changed_and_deleted_objects_together(self, on_face):
        """D1: one flush writes what was changed, added and deleted since the last one, table by table in this order."""

        async def program(store):
            async with store.session() as session:
                first, second = User(name="first"), User(name="second")
                session.add_all([first, second])
                await session.flush()
                store.take()
                session.add(User(name="third"))
                first.name = "FIRST"
                await session.delete(second)
                assert store.take() == []
                assert list(session.dirty) == [first]
                assert list(session.deleted) == [second]
                await session.flush()
                assert [sql.split(" RETURNING")[0] for sql, _ in store.take()] == [
                    "UPDATE users SET name=? WHERE users.id = ?",
                    "INSERT INTO users (name, email) VALUES (?, ?)",
                    "DELETE FROM users WHERE users.id = ?",
                ]
                assert (list(session.new), list(session.dirty), list(session.deleted)) == ([], [], [])

        on_face(program)


class TestMakers:
    """D2."""

    def test_without_expiry_objects_stay_readable_after_the_commit(self, on_face):
        """D2: `expire_on_commit=False`: no statement after the commit, not even when detached."""

        async def program(store):
            async with store.session(expire_on_commit=False) as session:
                user = User(name="ed")
                session.add(user)
                await session.commit()
                store.take()
                assert user.name == "ed"
            assert (user.id, user.name) == (1, "ed")
            assert store.take() == []

        on_face(program)

    def test_leaving_the_block_rolls_back_what_was_not_committed(self, on_face):
        """D2: a session as context manager closes, and closing keeps only what was committed."""

        async def program(store):
            async with store.session() as session:
                session.add(User(name="kept"))
                await session.commit()
                session.add(User(name="lost"))
                await session.flush()
            assert store.seen_by_others(COMMITTED) == ["kept"]

        on_face(program)

    def test_an_error_in_the_block_rolls_back_too(self, on_face):
        """D2: the exception passes through, and nothing is written."""

        async def program(store):
            with pytest.raises(ZeroDivisionError):
                async with store.session() as session:
                    session.add(User(name="lost"))
                    await session.flush()
                    1 / 0
            assert store.seen_by_others(COMMITTED) == []

        on_face(program)

    def test_maker_begin_commits_at_the_end_of_the_block(self, on_face):
        """D2: `with maker.begin() as session` commits if all went well, and rolls back if not."""

        async def program(store):
            if store.is_async:
                make = async_sessionmaker(store.async_engine)
                async with make.begin() as session:
                    session.add(User(name="kept"))
                with pytest.raises(ZeroDivisionError):
                    async with make.begin() as session:
                        session.add(User(name="lost"))
                        1 / 0
            else:
                make = sessionmaker(store.engine)
                with make.begin() as session:
                    session.add(User(name="kept"))
                with pytest.raises(ZeroDivisionError):
                    with make.begin() as session:
                        session.add(User(name="lost"))
                        1 / 0
            assert store.seen_by_others(COMMITTED) == ["kept"]

        on_face(program)

    def test_closing_gives_the_connection_back(self, database_file):
        """D2: with a pool of one connection, each of three sessions gets it after the one before was closed."""
        engine = create_engine(f"sqlite:///{database_file}", pool_size=1, max_overflow=0, pool_timeout=0.2)
        Base.metadata.create_all(engine)
        make_session = sessionmaker(engine)
        for name in ("a", "b", "c"):
            with make_session() as session:
                session.add(User(name=name))
                session.commit()
                assert session.scalars(select(User.name)).all()[-1] == name
        assert engine.pool.checkedout() == 0
        engine.dispose()


class TestIdentity:
    """D3."""

    def test_one_key_is_one_instance(self, on_face):
        """D3: by key and by query: always the same object, and `get` needs no SQL for it."""

        async def program(store):
            async with store.session() as session:
                session.add(User(name="ed"))
                await session.commit()
                first = (await session.scalars(select(User).where(User.name == "ed"))).one()
                store.take()
                assert await session.get(User, 1) is first
                assert store.take() == []
                assert (await session.scalars(select(User))).all() == [first]
                assert await session.run_sync(lambda sync_session: sync_session.query(User).first()) is first
                assert await session.get(User, 99) is None

        on_face(program)

    def test_two_sessions_share_nothing(self, on_face):
        """D3: the same row is another instance in another session, with values of its own."""

        async def program(store):
            async with store.session() as session:
                session.add(User(name="ed"))
                await session.commit()
            async with store.session() as one, store.session() as other:
                mine, yours = await one.get(User, 1), await other.get(User, 1)
                assert mine is not yours
                mine.name = "changed"
                assert yours.name == "ed"

        on_face(program)

    def test_adding_a_present_object_again_changes_nothing(self, on_face):
        """D3: neither a second INSERT nor a change of state."""

        async def program(store):
            async with store.session() as session:
                user = User(name="ed")
                session.add(user)
                session.add(user)
                await session.flush()
                session.add(user)
                assert list(session.new) == []
                store.take()
                await session.commit()
                assert store.take() == []
                assert (await session.scalars(select(User))).all() == [user]

        on_face(program)


class TestFlushAndCommit:
    """D4."""

    def test_flush_inserts_and_fills_the_key_within_the_transaction(self, on_face):
        """D4: after the flush the object has its key, but only its own transaction sees the row."""

        async def program(store):
            async with store.session() as session:
                user = User(name="ed")
                session.add(user)
                await session.flush()
                assert user.id == 1
                assert (await session.scalars(select(User.name))).all() == ["ed"]
                assert store.seen_by_others(COMMITTED) == []
                await session.rollback()
            assert store.seen_by_others(COMMITTED) == []

        on_face(program)

    def test_commit_flushes_and_ends_the_transaction(self, on_face):
        """D4: no flush by hand is needed; afterwards everybody sees the rows, and no transaction is open."""

        async def program(store):
            async with store.session() as session:
                session.add(User(name="ed"))
                await session.commit()
                assert store.seen_by_others(COMMITTED) == ["ed"]
                assert not session.in_transaction()

        on_face(program)

    def test_the_next_operation_begins_a_new_transaction(self, on_face):
        """D4: the session goes on after a commit, and what follows is one transaction again."""

        async def program(store):
            async with store.session() as session:
                session.add(User(name="first"))
                await session.commit()
                session.add(User(name="second"))
                await session.flush()
                assert session.in_transaction()
                await session.rollback()
                session.add(User(name="third"))
                await session.commit()
            assert store.seen_by_others(COMMITTED) == ["first", "third"]

        on_face(program)

    def test_refresh_reads_again(self, on_face):
        """D4: what somebody else committed arrives with `refresh()`."""

        async def program(store):
            async with store.session(expire_on_commit=False) as session, store.session() as other:
                user = User(name="ed")
                session.add(user)
                await session.commit()
                (await other.get(User, 1)).name = "edward"
                await other.commit()
                assert user.name == "ed"
                await session.refresh(user)
                assert user.name == "edward"

        on_face(program)
