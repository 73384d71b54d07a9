"""Document B: changes go out together; `commit(synchronize_session=...)` says what objects have afterwards."""

import pytest

from holdfast import select, text, update
from holdfast.exc import ArgumentError
from holdfast.orm import DeclarativeBase, Mapped, mapped_column

pytestmark = pytest.mark.holdfast_only


class Base(DeclarativeBase):
    pass


class User(Base):
    __tablename__ = "committed_users"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    age: Mapped[int | None]


async def stored(store):
    """Store three users."""
    async with store.session() as session:
        session.add_all([User(id=number, name=name, age=30) for number, name in enumerate("abc", 1)])
        await session.commit()
    store.take()


def test_changes_are_collected_and_sent_together(on_face):
    """B1: nothing is sent while objects are changed; one batch goes out when it is needed."""

    async def program(store):
        await stored(store)
        async with store.session() as session:
            users = list(await session.scalars(select(User).order_by(User.id)))
            store.take()
            for user in users:
                user.age += 1
            assert store.take() == []
            await session.commit()
            [(sql, rows)] = [(sql, rows) for sql, rows in store.take() if sql.startswith("UPDATE")]
            assert sql.startswith("UPDATE committed_users SET age=? WHERE committed_users.id = ?")
            assert [tuple(row) for row in rows] == [(31, 1), (31, 2), (31, 3)]

    on_face(program)


@pytest.mark.parametrize("choice", [False, True, "evaluate"])
def test_the_three_choices(on_face, choice):
    """B2: False: as they were; True: all have their rows' values at once; 'evaluate': those that were written."""

    async def program(store):
        await stored(store)
        async with store.session() as session:
            written, other = await session.get(User, 1), await session.get(User, 2)
            await session.execute(text("UPDATE committed_users SET age = 40"))
            written.name = "written"
            await session.commit(synchronize_session=choice)
            assert not session.in_transaction()
            store.take()
            assert [written.name, written.age] == ["written", 30 if choice is False else 40]
            assert other.age == (40 if choice is True else 30)
            assert store.take() == []

    on_face(program)


def test_without_the_parameter_objects_expire(on_face):
    """B2: the default is `expire_on_commit`: the next look at an object asks the database."""

    async def program(store):
        await stored(store)
        async with store.session() as session:
            user = await session.get(User, 1)
            await session.commit()
            store.take()
            assert await session.run_sync(lambda _: user.name) == "a"
            assert len(store.take()) == 1

    on_face(program)


def test_queries_see_changes_in_any_case(on_face):
    """B2: autoflush does not depend on it."""

    async def program(store):
        await stored(store)
        async with store.session() as session:
            (await session.get(User, 1)).name = "first"
            assert await session.scalar(select(User.name).where(User.id == 1)) == "first"
            await session.execute(update(User).where(User.id == 1).values(age=1))
            await session.commit(synchronize_session=False)
        assert store.seen_by_others("SELECT name, age FROM committed_users WHERE id = 1") == [("first", 1)]

    on_face(program)


def test_what_it_is_not(on_face):
    """B2: other values are refused before anything is sent."""

    async def program(store):
        async with store.session() as session:
            session.add(User(id=9, name="x"))
            with pytest.raises(ArgumentError, match="synchronize_session"):
                await session.commit(synchronize_session="fetch")
            assert store.take() == []

    on_face(program)
