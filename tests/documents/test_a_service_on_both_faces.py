"""Document A on both faces and on PostgreSQL: the service function, the driver's error, and the three ways to synchronise."""

import sqlite3
from uuid import UUID

import pytest

from holdfast import delete, select, update
from holdfast.exc import ArgumentError, IntegrityError, InvalidRequestError, UniqueViolation
from holdfast.orm import DeclarativeBase, Mapped, mapped_column

ADA = UUID("6f1c2f0e-6d2b-4b0e-9d5c-0a6f3d8f0001")
BOB = UUID("6f1c2f0e-6d2b-4b0e-9d5c-0a6f3d8f0002")
NOBODY = UUID("6f1c2f0e-6d2b-4b0e-9d5c-0a6f3d8f0009")


class Base(DeclarativeBase):
    pass


class User(Base):
    __tablename__ = "service_users"

    user_id: Mapped[UUID] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]


class EmailTaken(Exception):
    """The error of the service's own language."""


class Changes:
    """A request's model, such as pydantic makes: not a mapping, but one can be had of it."""

    def model_dump(self, exclude_unset=False):
        return {"name": "Countess"}


def driver_error(store):
    """The driver's own class for a taken value."""
    if store.engine.dialect.name == "sqlite":
        return sqlite3.IntegrityError
    return pytest.importorskip("psycopg").errors.UniqueViolation


async def stored(store):
    """Store two users."""
    async with store.session() as session:
        session.add_all(
            [User(user_id=ADA, email="ada@x.org", name="Ada"), User(user_id=BOB, email="b@x.org", name="Bob")]
        )
        await session.commit()
    store.take()


async def update_user(session, store, user_id, values):
    """The service function of the document."""

    def change(db):
        return db.query(User).filter(User.user_id == user_id).update(values, synchronize_session=False)

    try:
        count = await session.run_sync(change)
        await session.commit()
    except IntegrityError as error:
        await session.rollback()
        if isinstance(error.orig, driver_error(store)):
            raise EmailTaken(values["email"]) from error
        raise
    return bool(count)


def test_the_service_function(on_face):
    """A1: one UPDATE by a UUID key; the answer says whether a row matched."""

    async def program(store):
        await stored(store)
        async with store.session() as session:
            assert await update_user(session, store, ADA, {"name": "Countess"}) is True
            assert await update_user(session, store, NOBODY, {"name": "Nemo"}) is False
            assert (await session.get(User, ADA)).name == "Countess"
        assert sorted(store.seen_by_others("SELECT name FROM service_users")) == ["Bob", "Countess"]

    on_face(program)


def test_the_drivers_error_of_the_statement_and_of_commit(on_face):
    """A2: `orig` is the driver's own class, whether the statement or the commit meets the constraint."""

    async def program(store):
        await stored(store)
        async with store.session() as session:
            with pytest.raises(EmailTaken) as caught:
                await update_user(session, store, ADA, {"email": "b@x.org"})
            assert isinstance(caught.value.__cause__, UniqueViolation)
            (await session.get(User, ADA)).email = "b@x.org"
            with pytest.raises(IntegrityError) as error:
                await session.commit()
            assert isinstance(error.value.orig, driver_error(store))
            assert error.value.table == "service_users" and tuple(error.value.columns) == ("email",)
            await session.rollback()
            assert await update_user(session, store, ADA, {"email": "countess@x.org"})

    on_face(program)


def test_values_from_a_request(on_face):
    """A3: a mapping works; for a model the error names what makes one of it."""

    async def program(store):
        await stored(store)
        async with store.session() as session:
            changes = Changes()
            assert await update_user(session, store, ADA, changes.model_dump(exclude_unset=True))
            with pytest.raises(ArgumentError, match=r"model_dump\(exclude_unset=True\)"):
                await update_user(session, store, ADA, changes)
            with pytest.raises(ArgumentError, match=r"model_dump\(exclude_unset=True\)"):
                await session.execute(update(User).values(changes))

    on_face(program)


def test_nothing_is_synchronised(on_face):
    """A4: with False objects are stale, or still there though deleted, until they expire."""

    async def program(store):
        await stored(store)
        for expire in ("commit", "expire_all"):
            async with store.session() as session:
                ada, bob = await session.get(User, ADA), await session.get(User, BOB)
                where = {"execution_options": {"synchronize_session": False}}
                await session.execute(update(User).where(User.user_id == ADA).values(name=f"by {expire}"), **where)
                await session.execute(delete(User).where(User.user_id == BOB), **where)
                assert ada.name != f"by {expire}" and bob in session
                if expire == "commit":
                    await session.commit()
                else:
                    session.expire_all()
                assert (await session.get(User, ADA)).name == f"by {expire}"
                assert await session.get(User, BOB) is None
                await session.rollback()
            async with store.session() as session:
                await session.merge(User(user_id=BOB, email="b@x.org", name="Bob"))
                await session.commit()

    on_face(program)


def test_fetch(on_face):
    """A5: 'fetch' learns the keys from the database: objects are refreshed, deleted ones leave the session."""

    async def program(store):
        await stored(store)
        async with store.session() as session:
            ada, bob = await session.get(User, ADA), await session.get(User, BOB)
            fetch = {"execution_options": {"synchronize_session": "fetch"}}
            await session.execute(update(User).where(User.email.startswith("ada")).values(name="Countess"), **fetch)
            assert (await session.get(User, ADA)).name == "Countess"
            await session.execute(delete(User).where(User.email.startswith("b")), **fetch)
            assert bob not in session and ada in session
            statement = update(User).values(name=User.name + "!").returning(User.name)
            assert (await session.execute(statement, **fetch)).scalars().all() == ["Countess!"]
            await session.refresh(ada)
            assert ada.name == "Countess!"

    on_face(program)


def test_evaluate(on_face):
    """A6: 'evaluate' looks at the objects present, and asks the database nothing; what it cannot tell, it refuses."""

    async def program(store):
        await stored(store)
        async with store.session() as session:
            ada, bob = await session.get(User, ADA), await session.get(User, BOB)
            evaluate = {"execution_options": {"synchronize_session": "evaluate"}}
            store.take()
            await session.execute(update(User).where(User.name == "Ada").values(email="new@x.org"), **evaluate)
            await session.execute(delete(User).where(User.name == "Bob"), **evaluate)
            assert [sql.split()[0] for sql, _ in store.take()] == ["UPDATE", "DELETE"]
            assert ada.email == "new@x.org" and bob not in session
            subquery = select(User.user_id).where(User.name == "Ada").scalar_subquery()
            with pytest.raises(InvalidRequestError, match="fetch"):
                await session.execute(update(User).where(User.user_id == subquery).values(name="x"), **evaluate)

    on_face(program)
