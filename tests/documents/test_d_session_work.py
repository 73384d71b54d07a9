"""Document D, claims 5 to 8 and 13, on both faces: autoflush, savepoints, errors, values of the database, parents first."""

import pytest

from holdfast import ForeignKey, func, select, text
from holdfast.exc import IntegrityError, InvalidRequestError, PendingRollbackError
from holdfast.orm import DeclarativeBase, Mapped, mapped_column, relationship


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


TRIGGERS = {
    "sqlite": [
        "CREATE TRIGGER lower_email AFTER UPDATE OF name ON users "
        "BEGIN UPDATE users SET email = lower(NEW.name) || '@x.org' WHERE id = NEW.id; END"
    ],
    "postgresql": [
        "CREATE FUNCTION lower_email() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN NEW.email = lower(NEW.name) || '@x.org'; RETURN NEW; END $$",
        "CREATE TRIGGER lower_email BEFORE UPDATE OF name ON users FOR EACH ROW EXECUTE FUNCTION lower_email()",
    ],
}


async def names(session):
    """The names that the session's transaction sees."""
    return (await session.scalars(select(User.name).order_by(User.name))).all()


def verbs(store):
    """What was sent since the last look, by the first word of each statement."""
    return [sql.split()[0] for sql, _ in store.take()]


class TestAutoflush:
    """D5."""

    def test_a_select_flushes_first(self, on_face):
        """D5: a query sees what was added and changed before it; the INSERT goes out before the SELECT."""

        async def program(store):
            async with store.session() as session:
                session.add(User(name="ed"))
                assert await names(session) == ["ed"]
            assert verbs(store) == ["INSERT", "SELECT"]

        on_face(program)

    def test_no_autoflush_holds_it_back(self, on_face):
        """D5: within the block queries do not flush; after it they do again."""

        async def program(store):
            async with store.session() as session:
                user = User(name="ed")
                with session.no_autoflush:
                    session.add(user)
                    assert await names(session) == []
                    assert user in session.new
                assert await names(session) == ["ed"]

        on_face(program)

    def test_a_lazy_load_flushes_too(self, on_face):
        """D5: loading a collection finds a child that was only just added by its key."""

        async def program(store):
            async with store.session() as session:
                user = User(name="ed")
                session.add(user)
                await session.commit()
                await session.refresh(user)
                session.add(Post(title="hello", author_id=user.id))
                assert await session.run_sync(lambda _: [post.title for post in user.posts]) == ["hello"]

        on_face(program)


class TestSavepoints:
    """D6."""

    def test_a_block_keeps_what_it_wrote(self, on_face):
        """D6: leaving `with session.begin_nested()` releases the savepoint; the commit is still the session's."""

        async def program(store):
            async with store.session() as session:
                session.add(User(name="outer"))

                def inner(sync_session):
                    with sync_session.begin_nested():
                        sync_session.add(User(name="inner"))

                await session.run_sync(inner)
                await session.commit()
                assert await names(session) == ["inner", "outer"]

        on_face(program)

    def test_rollback_undoes_only_the_savepoint(self, on_face):
        """D6: `nested.rollback()` takes back what came after it; the outer transaction goes on."""

        async def program(store):
            async with store.session() as session:
                outer = User(name="outer")
                session.add(outer)
                nested = await session.begin_nested()
                inner = User(name="inner")
                session.add(inner)
                outer.name = "changed"
                await session.flush()
                await nested.rollback()
                assert inner not in session
                await session.refresh(outer)
                assert outer.name == "outer"
                session.add(User(name="after"))
                await session.commit()
                assert await names(session) == ["after", "outer"]

        on_face(program)

    def test_rollback_inside_the_block_and_leaving_it(self, on_face):
        """D6: leaving the block afterwards is no error."""

        async def program(store):
            async with store.session() as session:
                session.add(User(name="outer"))

                def inside(sync_session):
                    with sync_session.begin_nested() as nested:
                        sync_session.add(User(name="inner"))
                        sync_session.flush()
                        nested.rollback()

                await session.run_sync(inside)
                await session.commit()
                assert await names(session) == ["outer"]

        on_face(program)

    def test_an_error_in_the_block_undoes_only_the_block(self, on_face):
        """D6: a duplicate that is caught outside of the block leaves the rest of the transaction in place."""

        async def program(store):
            async with store.session() as session:
                session.add(User(name="outer", email="a@x.org"))

                def duplicate(sync_session):
                    with sync_session.begin_nested():
                        sync_session.add(User(name="duplicate", email="a@x.org"))

                with pytest.raises(IntegrityError):
                    await session.run_sync(duplicate)
                await session.commit()
                assert await names(session) == ["outer"]

        on_face(program)

    def test_savepoints_nest(self, on_face):
        """D6: the inner one is undone, the outer one kept."""

        async def program(store):
            async with store.session() as session:
                outer = await session.begin_nested()
                session.add(User(name="kept"))
                inner = await session.begin_nested()
                session.add(User(name="undone"))
                await session.flush()
                await inner.rollback()
                await outer.commit()
                await session.commit()
                assert await names(session) == ["kept"]

        on_face(program)


class TestErrors:
    """D7."""

    def test_after_the_rollback_the_same_session_goes_on(self, on_face):
        """D7: a violation at commit, `rollback()`, and the next commit works."""

        async def program(store):
            async with store.session() as session:
                session.add(User(name="ed", email="ed@x.org"))
                await session.commit()
                session.add(User(name="thief", email="ed@x.org"))
                with pytest.raises(IntegrityError):
                    await session.commit()
                await session.rollback()
                session.add(User(name="wendy", email="wendy@x.org"))
                await session.commit()
                assert await names(session) == ["ed", "wendy"]

        on_face(program)

    def test_without_the_rollback_the_next_use_says_why(self, on_face):
        """D7: the error of the next use tells that the transaction is gone, what to call, and the first cause."""

        async def program(store):
            async with store.session() as session:
                session.add_all([User(name="ed", email="ed@x.org"), User(name="thief", email="ed@x.org")])
                with pytest.raises(IntegrityError) as first:
                    await session.commit()
                with pytest.raises(PendingRollbackError) as caught:
                    await session.scalars(select(User))
                assert isinstance(caught.value, InvalidRequestError)
                assert "rolled back due to a previous exception during flush" in str(caught.value)
                assert "Session.rollback()" in str(caught.value)
                assert str(first.value.orig).splitlines()[0] in str(caught.value)
                await session.rollback()
                assert await names(session) == []

        on_face(program)


class TestValuesFromTheDatabase:
    """D8."""

    @pytest.mark.parametrize("how", ["expire", "expire one attribute", "refresh", "refresh one attribute"])
    def test_what_a_trigger_changed_arrives(self, on_face, how):
        """D8: after the flush the object holds the old address, until it is expired or refreshed."""

        async def program(store):
            async with store.session() as session:
                for statement in TRIGGERS[store.engine.dialect.name]:
                    await session.execute(text(statement))
                session.add(User(name="ed", email="old@x.org"))
                await session.commit()
                user = (await session.scalars(select(User))).one()
                user.name = "ED"
                await session.flush()
                assert user.email == "old@x.org"
                match how:
                    case "expire":
                        session.expire(user)
                    case "expire one attribute":
                        session.expire(user, ["email"])
                    case "refresh":
                        await session.refresh(user)
                    case "refresh one attribute":
                        await session.refresh(user, ["email"])
                assert await session.run_sync(lambda _: (user.name, user.email)) == ("ED", "ed@x.org")

        on_face(program)

    def test_only_the_named_attribute_expires(self, on_face):
        """D8: `expire(obj, ["email"])` costs a SELECT of that column, at its next use, and leaves the others."""

        async def program(store):
            async with store.session() as session:
                session.add(User(name="ed", email="old@x.org"))
                await session.commit()
                user = (await session.scalars(select(User))).one()
                store.take()
                session.expire(user, ["email"])
                assert user.name == "ed" and store.take() == []
                assert await session.run_sync(lambda _: user.email) == "old@x.org"
                assert store.take() == [("SELECT users.email FROM users WHERE users.id = ?", (1,))]

        on_face(program)


class TestParentsAndChildren:
    """D13."""

    def test_flush_for_the_key_then_the_child_with_that_key(self, on_face):
        """D13: by hand: the flush gives the parent's key, the child is made with it."""

        async def program(store):
            async with store.session() as session:
                user = User(name="ed")
                session.add(user)
                await session.flush()
                session.add(Post(title="hello", author_id=user.id))
                await session.commit()
                assert await session.run_sync(lambda _: [post.title for post in user.posts]) == ["hello"]

        on_face(program)

    @pytest.mark.parametrize("added", ["the parent", "the child", "both, child first"])
    def test_a_relationship_orders_it(self, on_face, added):
        """D13: with a relationship, whichever end is added: the parent is inserted first and its key handed over."""

        async def program(store):
            async with store.session(expire_on_commit=False) as session:
                user = User(name="ed")
                post = Post(title="hello", author=user)
                session.add_all({"the parent": [user], "the child": [post], "both, child first": [post, user]}[added])
                await session.commit()
                assert post.author_id == user.id
            inserts = [sql.split(" RETURNING")[0] for sql, _ in store.take()]
            assert inserts == [
                "INSERT INTO users (name, email) VALUES (?, ?)",
                "INSERT INTO posts (title, author_id) VALUES (?, ?)",
            ]

        on_face(program)

    def test_a_whole_graph_in_one_commit(self, on_face):
        """D13: parents with children, all keys from the database."""

        async def program(store):
            async with store.session() as session:
                session.add_all(
                    User(name=f"user {n}", posts=[Post(title=f"{n}.{m}") for m in range(3)]) for n in range(4)
                )
                await session.commit()
                counted = select(User.name, func.count(Post.id)).join(User.posts).group_by(User.id, User.name)
                rows = (await session.execute(counted.order_by(User.name))).all()
                assert [tuple(row) for row in rows] == [(f"user {n}", 3) for n in range(4)]

        on_face(program)
