"""Document D, claims 5 to 8 and 13: autoflush, savepoints, errors, values that the database changed, parents first."""

import asyncio
from pathlib import Path

import pytest

from holdfast import Engine, ForeignKey, func, select, text
from holdfast.exc import IntegrityError, InvalidRequestError, PendingRollbackError
from holdfast.ext.asyncio import AsyncSession, create_async_engine
from holdfast.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship


class Base(DeclarativeBase):
    pass


class User(Base):
    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    email: Mapped[str | None] = mapped_column(unique=True)

    posts: Mapped[list["Post"]] = relationship(back_populates="author")


class Post(Base):
    __tablename__ = "posts"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    author_id: Mapped[int] = mapped_column(ForeignKey("users.id"))

    author: Mapped["User"] = relationship(back_populates="posts")


LOWER_CASE_TRIGGER = (
    "CREATE TRIGGER lower_email AFTER UPDATE OF name ON users "
    "BEGIN UPDATE users SET email = lower(NEW.name) || '@x.org' WHERE id = NEW.id; END"
)


@pytest.fixture
def tables(engine: Engine) -> Engine:
    """An engine on a database in which the tables exist."""
    Base.metadata.create_all(engine)
    return engine


def names(session: Session) -> list[str]:
    """The names that the session's transaction sees."""
    return list(session.scalars(select(User.name).order_by(User.name)))


class TestAutoflush:
    """D5."""

    def test_a_select_flushes_first(self, tables: Engine, record) -> None:
        """D5: a query sees what was added and changed before it; the INSERT goes out before the SELECT."""
        sent = record(tables)
        with Session(tables) as session:
            session.add(User(name="ed"))
            assert names(session) == ["ed"]
        assert [statement.sql.split()[0] for statement in sent] == ["INSERT", "SELECT"]

    def test_no_autoflush_holds_it_back(self, tables: Engine) -> None:
        """D5: within the block queries do not flush; after it they do again."""
        with Session(tables) as session:
            user = User(name="ed")
            with session.no_autoflush:
                session.add(user)
                assert names(session) == []
                assert user in session.new
            assert names(session) == ["ed"]

    def test_a_lazy_load_flushes_too(self, tables: Engine) -> None:
        """D5: loading a collection finds a child that was only just added by its key."""
        with Session(tables) as session:
            user = User(name="ed")
            session.add(user)
            session.commit()
            session.add(Post(title="hello", author_id=user.id))
            assert [post.title for post in user.posts] == ["hello"]

    def test_async_select_flushes_first(self, database_file: Path, file_engine: Engine) -> None:
        """D5: the same from asynchronous code."""
        Base.metadata.create_all(file_engine)

        async def program() -> None:
            engine = create_async_engine(f"sqlite+aiosqlite:///{database_file}")
            async with AsyncSession(engine) as session:
                session.add(User(name="ed"))
                assert (await session.scalars(select(User.name))).all() == ["ed"]
            await engine.dispose()

        asyncio.run(program())


class TestSavepoints:
    """D6."""

    def test_a_block_keeps_what_it_wrote(self, tables: Engine) -> None:
        """D6: leaving `with session.begin_nested()` releases the savepoint; the commit is still the session's."""
        with Session(tables) as session:
            session.add(User(name="outer"))
            with session.begin_nested():
                session.add(User(name="inner"))
            session.commit()
            assert names(session) == ["inner", "outer"]

    def test_rollback_inside_the_block_undoes_only_the_block(self, tables: Engine) -> None:
        """D6: `nested.rollback()` in the block, then leaving it, is no error; the outer transaction goes on."""
        with Session(tables) as session:
            outer = User(name="outer")
            session.add(outer)
            with session.begin_nested() as nested:
                inner = User(name="inner")
                session.add(inner)
                outer.name = "changed"
                session.flush()
                nested.rollback()
            assert inner not in session
            assert outer.name == "outer"
            session.add(User(name="after"))
            session.commit()
            assert names(session) == ["after", "outer"]

    def test_an_error_in_the_block_undoes_only_the_block(self, tables: Engine) -> None:
        """D6: a duplicate that is caught outside of the block leaves the rest of the transaction in place."""
        with Session(tables) as session:
            session.add(User(name="outer", email="a@x.org"))
            with pytest.raises(IntegrityError):
                with session.begin_nested():
                    session.add(User(name="duplicate", email="a@x.org"))
            session.commit()
            assert names(session) == ["outer"]

    def test_savepoints_nest(self, tables: Engine) -> None:
        """D6: the inner one is undone, the outer one kept."""
        with Session(tables) as session:
            with session.begin_nested():
                session.add(User(name="kept"))
                with session.begin_nested() as inner:
                    session.add(User(name="undone"))
                    session.flush()
                    inner.rollback()
            session.commit()
            assert names(session) == ["kept"]


class TestErrors:
    """D7."""

    def test_after_the_rollback_the_same_session_goes_on(self, tables: Engine) -> None:
        """D7: a violation at commit, `rollback()`, and the next commit works."""
        with Session(tables) as session:
            session.add(User(name="ed", email="ed@x.org"))
            session.commit()
            session.add(User(name="thief", email="ed@x.org"))
            with pytest.raises(IntegrityError):
                session.commit()
            session.rollback()
            session.add(User(name="wendy", email="wendy@x.org"))
            session.commit()
            assert names(session) == ["ed", "wendy"]

    def test_without_the_rollback_the_next_use_says_why(self, tables: Engine) -> None:
        """D7: the error of the next use tells that the transaction is gone, what to call, and the first cause."""
        with Session(tables) as session:
            session.add_all([User(name="ed", email="ed@x.org"), User(name="thief", email="ed@x.org")])
            with pytest.raises(IntegrityError):
                session.commit()
            with pytest.raises(PendingRollbackError) as caught:
                session.scalars(select(User)).all()
            assert isinstance(caught.value, InvalidRequestError)
            assert "rolled back due to a previous exception during flush" in str(caught.value)
            assert "Session.rollback()" in str(caught.value)
            assert "UNIQUE constraint failed: users.email" in str(caught.value)
            session.rollback()
            assert names(session) == []

    def test_async_rollback_and_go_on(self, database_file: Path, file_engine: Engine) -> None:
        """D7: the same from asynchronous code."""
        Base.metadata.create_all(file_engine)

        async def program() -> list[str]:
            engine = create_async_engine(f"sqlite+aiosqlite:///{database_file}")
            async with AsyncSession(engine) as session:
                session.add_all([User(name="ed", email="ed@x.org"), User(name="thief", email="ed@x.org")])
                with pytest.raises(IntegrityError):
                    await session.commit()
                with pytest.raises(PendingRollbackError):
                    await session.execute(select(User))
                await session.rollback()
                session.add(User(name="wendy"))
                await session.commit()
                found = list((await session.scalars(select(User.name))).all())
            await engine.dispose()
            return found

        assert asyncio.run(program()) == ["wendy"]


class TestValuesFromTheDatabase:
    """D8."""

    @pytest.fixture
    def session(self, tables: Engine):
        """A session with one loaded user, over a table whose trigger writes the address anew with each name."""
        with Session(tables) as session:
            session.execute(text(LOWER_CASE_TRIGGER))
            session.add(User(name="ed", email="old@x.org"))
            session.commit()
            yield session

    @pytest.mark.parametrize("how", ["expire", "expire one attribute", "refresh", "refresh one attribute"])
    def test_what_a_trigger_changed_arrives(self, session: Session, how: str) -> None:
        """D8: after the flush the object holds the old address, until it is expired or refreshed."""
        user = session.scalars(select(User)).one()
        assert user.email == "old@x.org"
        user.name = "ED"
        session.flush()
        assert user.email == "old@x.org"
        match how:
            case "expire":
                session.expire(user)
            case "expire one attribute":
                session.expire(user, ["email"])
            case "refresh":
                session.refresh(user)
            case "refresh one attribute":
                session.refresh(user, ["email"])
        assert (user.name, user.email) == ("ED", "ed@x.org")

    def test_only_the_named_attribute_expires(self, session: Session, tables: Engine, record) -> None:
        """D8: `expire(obj, ["email"])` costs a SELECT of that column, at its next use, and leaves the others."""
        user = session.scalars(select(User)).one()
        sent = record(tables)
        session.expire(user, ["email"])
        assert user.name == "ed"
        assert sent == []
        assert user.email == "old@x.org"
        assert [statement.sql for statement in sent] == ["SELECT users.email \nFROM users \nWHERE users.id = ?"]


class TestParentsAndChildren:
    """D13."""

    def test_flush_for_the_key_then_the_child_with_that_key(self, tables: Engine) -> None:
        """D13: by hand: the flush gives the parent's key, the child is made with it."""
        with Session(tables) as session:
            user = User(name="ed")
            session.add(user)
            session.flush()
            session.add(Post(title="hello", author_id=user.id))
            session.commit()
            assert [post.title for post in user.posts] == ["hello"]

    @pytest.mark.parametrize("added", ["the parent", "the child", "both, child first"])
    def test_a_relationship_orders_it(self, tables: Engine, record, added: str) -> None:
        """D13: with a relationship, whichever end is added: the parent is inserted first and its key handed over."""
        sent = record(tables)
        with Session(tables) as session:
            user = User(name="ed")
            post = Post(title="hello", author=user)
            session.add_all({"the parent": [user], "the child": [post], "both, child first": [post, user]}[added])
            session.commit()
            assert post.author_id == user.id
        assert [statement.sql for statement in sent][:2] == [
            "INSERT INTO users (name, email) VALUES (?, ?)",
            "INSERT INTO posts (title, author_id) VALUES (?, ?)",
        ]

    def test_a_whole_graph_in_one_commit(self, tables: Engine) -> None:
        """D13: parents with children, all keys from the database."""
        with Session(tables) as session:
            session.add_all(User(name=f"user {n}", posts=[Post(title=f"{n}.{m}") for m in range(3)]) for n in range(4))
            session.commit()
            statement = select(User.name, func.count(Post.id)).join(User.posts).group_by(User.id).order_by(User.name)
            assert session.execute(statement).all() == [(f"user {n}", 3) for n in range(4)]
