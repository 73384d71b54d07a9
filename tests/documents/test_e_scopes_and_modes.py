"""Document E, claims 2, 3, 9, 10, 12 and 15: binds, scopes, classical mapping, DELETE by criterion, modes of old, copies."""

import warnings
from contextlib import asynccontextmanager

import pytest

from holdfast import Column, ForeignKey, Integer, MetaData, String, Table, create_engine, select
from holdfast.exc import InvalidRequestError, SADeprecationWarning
from holdfast.orm import DeclarativeBase, Session, mapper, relationship


class Base(DeclarativeBase):
    """Holds the tables; the classes are mapped to them in the way of old."""

    metadata = MetaData()


users_table = Table(
    "old_users",
    Base.metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(50)),
)
addresses_table = Table(
    "old_addresses",
    Base.metadata,
    Column("id", Integer, primary_key=True),
    Column("email", String(50)),
    Column("user_id", ForeignKey("old_users.id")),
)


class User:
    """Knows nothing of the database."""

    def __init__(self, name):
        self.name = name


class Address:
    """Neither does this one."""

    def __init__(self, email):
        self.email = email


with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    mapper(Address, addresses_table)
    mapper(User, users_table, properties={"addresses": relationship(Address, cascade="all, delete-orphan")})


def a_user(session):
    """Store a user with two addresses, and give the object."""
    user = User("ed")
    user.addresses = [Address("one"), Address("two")]
    session.add(user)
    session.commit()
    return user


EMAILS = "SELECT email FROM old_addresses ORDER BY id"


def test_engines_of_classes_and_tables(tmp_path):
    """E2: the session has an engine, or the mapped classes and tables have theirs."""
    one, other = (create_engine(f"sqlite:///{tmp_path}/{name}.db") for name in ("one", "other"))
    for engine in (one, other):
        Base.metadata.create_all(engine)
    with Session(binds={User: one, addresses_table: other}) as session:
        session.add(User("ed"))
        session.add(Address("lone"))
        session.commit()
        assert session.get_bind(User) is one and session.get_bind(Address) is other
    with Session(one) as first, Session(other) as second:
        assert first.scalars(select(users_table.c.name)).all() == ["ed"]
        assert second.scalars(select(addresses_table.c.email)).all() == ["lone"]
        assert first.scalars(select(addresses_table.c.email)).all() == []
    one.dispose()
    other.dispose()


def test_a_scope_around_the_functions_that_work(on_face):
    """E3: the lifecycle stands outside: a block that commits, rolls back after an error, and closes."""

    async def program(store):
        @asynccontextmanager
        async def session_scope():
            async with store.session() as session:
                try:
                    yield session
                    await session.commit()
                except Exception:
                    await session.rollback()
                    raise

        async with session_scope() as session:
            session.add(User("kept"))
        with pytest.raises(ZeroDivisionError):
            async with session_scope() as session:
                session.add(User("lost"))
                await session.flush()
                1 / 0
        assert store.seen_by_others("SELECT name FROM old_users") == ["kept"]
        assert store.engine.pool.checkedout() == 0

    on_face(program)


def test_a_child_that_is_taken_from_its_parent_is_deleted(on_face):
    """E9: with ``cascade="all, delete-orphan"``, given to the classical `mapper`."""

    async def program(store):
        async with store.session() as session:

            def work(sync_session):
                user = a_user(sync_session)
                del user.addresses[0]
                sync_session.flush()
                assert [address.email for address in user.addresses] == ["two"]
                sync_session.commit()

            await session.run_sync(work)
        assert store.seen_by_others(EMAILS) == ["two"]

    on_face(program)


def test_delete_goes_along_the_cascade(on_face):
    """E9: deleting the parent deletes the children first."""

    async def program(store):
        async with store.session() as session:
            user = await session.run_sync(a_user)
            await session.delete(user)
            store.take()
            await session.commit()
            deleted = [sql.split()[2] for sql, _ in store.take() if sql.startswith("DELETE")]
            assert deleted == ["old_addresses", "old_users"]

    on_face(program)


def test_the_classical_mapper_names_the_modern_form():
    """E9: the form of the document works and warns."""
    with pytest.warns(SADeprecationWarning, match="map_imperatively"):
        mapper(type("Other", (), {}), Table("other_users", MetaData(), Column("id", Integer, primary_key=True)))


def test_delete_by_criterion_runs_no_cascade(on_face):
    """E10: matching objects leave the session; what relationships would do is left to the database."""

    async def program(store):
        async with store.session() as session:

            def work(sync_session):
                user = a_user(sync_session)
                gone = user.addresses[0]
                assert sync_session.query(Address).filter(Address.email == "one").delete() == 1
                assert gone not in sync_session and user in sync_session
                assert sync_session.query(Address).filter(Address.email == "none").delete() == 0
                sync_session.commit()
                assert [address.email for address in user.addresses] == ["two"]

            store.take()
            await session.run_sync(work)
            assert not [sql for sql, _ in store.take() if sql.startswith("DELETE FROM old_users")]

    on_face(program)


def test_commit_flushes_also_with_autoflush_off(on_face):
    """E12: and it expires what is loaded, unless the session was told not to."""

    async def program(store):
        for expires in (True, False):
            async with store.session(autoflush=False, expire_on_commit=expires) as session:
                user = User(f"expires: {expires}")
                session.add(user)
                await session.commit()
                assert ("name" in vars(user)) is not expires
        names = store.seen_by_others("SELECT name FROM old_users ORDER BY id")
        assert names == ["expires: True", "expires: False"]

    on_face(program)


def test_the_autocommit_mode(file_engine):
    """E12: a flush makes its own transaction; `commit` without one raises; with `begin` it is as ever."""
    Base.metadata.create_all(file_engine)
    with pytest.warns(SADeprecationWarning, match="1.x series"):
        session = Session(file_engine, autocommit=True)
    session.add(User("alone"))
    session.flush()
    assert not session.in_transaction()
    with pytest.raises(InvalidRequestError, match="No transaction is begun"):
        session.commit()
    session.begin()
    session.add(User("lost"))
    session.flush()
    session.rollback()
    with session.begin():
        session.add(User("together"))
    assert [user.name for user in session.query(User).order_by(User.__mapper__.c.id)] == ["alone", "together"]
    session.close()


def test_copies_between_sessions(on_face):
    """E15: `merge` gives each session an object of its own of the same row."""

    async def program(store):
        async with store.session(expire_on_commit=False) as one, store.session() as other:
            user = await one.run_sync(a_user)
            user.name = "changed"
            copy = await other.merge(user)
            assert copy is not user and copy in other and user in one
            assert [address.email for address in copy.addresses] == ["one", "two"]
            assert copy.addresses[0] is not user.addresses[0]
            await one.rollback()
            await other.commit()
        assert store.seen_by_others("SELECT name FROM old_users") == ["changed"]

    on_face(program)
