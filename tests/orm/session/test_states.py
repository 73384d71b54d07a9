"""Objects move between transient, pending, persistent, deleted and detached as documented."""

import pytest

from holdfast import exc, inspect, select
from holdfast.orm import DeclarativeBase, Mapped, Session, make_transient, mapped_column
from holdfast.orm.exc import DetachedInstanceError
from tests.orm.session.models import Book, Writer


def state(instance: object) -> str:
    """The one state that `inspect` gives for an object."""
    facts = inspect(instance)
    names = [name for name in ("transient", "pending", "persistent", "deleted", "detached") if getattr(facts, name)]
    assert len(names) == 1, names
    return names[0]


def test_life_of_an_object(on_face):
    """From the constructor to the deletion: one state after the other, keys filled in by the flush."""

    async def program(store):
        writer = Writer(name="Ursula")
        assert state(writer) == "transient"
        async with store.session() as session:
            session.add(writer)
            assert state(writer) == "pending" and writer.id is None
            await session.flush()
            assert state(writer) == "persistent" and writer.id == 1
            await session.commit()
            assert state(writer) == "persistent"
            await session.delete(writer)
            assert state(writer) == "persistent" and writer in session.deleted
            await session.flush()
            assert state(writer) == "deleted"
            await session.commit()
            assert state(writer) == "detached"

    on_face(program)


def test_rollback_brings_states_back(on_face):
    """Added objects leave with their values, deleted ones return."""

    async def program(store):
        async with store.session() as session:
            kept = Writer(name="kept")
            session.add(kept)
            await session.commit()
            added = Writer(name="added")
            session.add(added)
            await session.delete(kept)
            await session.flush()
            assert (state(added), state(kept)) == ("persistent", "deleted")
            await session.rollback()
            assert (state(added), state(kept)) == ("transient", "persistent")
            assert added.name == "added" and added not in session

    on_face(program)


def test_close_detaches(on_face):
    """After close, what was loaded stays readable; what was not says how to get it."""

    async def program(store):
        async with store.session() as session:
            session.add(Writer(name="a", books=[Book(title="t")]))
            await session.commit()
            writer = await session.get(Writer, 1)
        assert state(writer) == "detached" and writer.name == "a"
        with pytest.raises(DetachedInstanceError, match="not bound to a Session; lazy load operation of attribute"):
            writer.books

    on_face(program)


def test_an_object_belongs_to_one_session(on_face):
    """A second session refuses it and names both."""

    async def program(store):
        writer = Writer(name="a")
        async with store.session() as first, store.session() as second:
            first.add(writer)
            with pytest.raises(exc.InvalidRequestError, match="already attached to session"):
                second.add(writer)

    on_face(program)


def test_cascade_along_relationships(on_face):
    """Adding a parent adds its children; attaching a child to a present parent adds it too."""

    async def program(store):
        async with store.session() as session:
            writer = Writer(name="a", books=[Book(title="one")])
            session.add(writer)
            assert len(session.new) == 2
            late = Book(title="two")
            writer.books.append(late)
            assert late in session and late.writer is writer
            await session.flush()
            assert late.writer_id == writer.id == 1

    on_face(program)


def test_unmapped_objects_are_refused(on_face):
    """Anything that is not an instance of a mapped class is named."""

    async def program(store):
        async with store.session() as session:
            for wrong in (object(), Writer, "text", [Writer(name="a")]):
                with pytest.raises(exc.InvalidRequestError, match="is not mapped"):
                    session.add(wrong)

    on_face(program)


def test_a_rolled_back_key(on_face):
    """A primary key that a flush changed is the old one again after a rollback, in the object and in the identity map."""

    async def program(store):
        async with store.session() as session:
            writer = Writer(id=1, name="a")
            session.add(writer)
            await session.commit()
            writer.id = 7
            await session.flush()
            assert inspect(writer).identity == (7,)
            await session.rollback()
            assert inspect(writer).identity == (1,)
            assert await session.get(Writer, 1) is writer
            assert await session.get(Writer, 7) is None

    on_face(program)


def test_what_was_set_on_a_deleted_object(on_face):
    """It has nowhere to go: nothing is sent for it, also where it is set after the row was deleted."""

    async def program(store):
        async with store.session() as session:
            writer = Writer(id=1, name="a")
            session.add(writer)
            await session.commit()
            assert writer in session
            await session.refresh(writer)
            writer.name = "b"
            await session.delete(writer)
            await session.flush()
            assert not inspect(writer).modified
            assert inspect(writer).attrs.name.history == ((), ["b"], ())
            writer.name = "c"
            store.take()
            await session.flush()
            assert store.take() == []
            await session.commit()
            assert inspect(writer).detached

    on_face(program)


def test_made_transient(on_face):
    """It keeps its values and nothing else: no key, no changes, no deletion, and it may be added as a new object."""

    async def program(store):
        async with store.session() as session:
            writer = Writer(id=1, name="a", books=[Book(title="t")])
            session.add(writer)
            await session.commit()
            await session.refresh(writer)
            writer.name = "b"
            await session.delete(writer)
            make_transient(writer)
            state = inspect(writer)
            assert (state.transient, state.identity, state.was_deleted, state.session) == (True, None, False, None)
            assert writer.name == "b"
            writer.id = 2
            session.add(writer)
            await session.flush()
            assert inspect(writer).identity == (2,)
            await session.rollback()

    on_face(program)


def test_a_deferred_attribute_expired_by_name(plain_engine):
    """It is among `expired_attributes` until it is loaded; rows that do not bring it leave it there."""

    class Base(DeclarativeBase):
        pass

    class Note(Base):
        __tablename__ = "note"
        id: Mapped[int] = mapped_column(primary_key=True)
        subject: Mapped[str]
        text: Mapped[str] = mapped_column(deferred=True)

    Base.metadata.create_all(plain_engine)
    with Session(plain_engine) as session:
        session.add(Note(id=1, subject="s", text="t"))
        session.commit()
        session.expunge_all()
        note = session.get_one(Note, 1)
        facts = inspect(note)
        assert facts.expired_attributes == set()
        session.expire(note, ["text"])
        assert facts.expired_attributes == {"text"}
        session.scalars(select(Note)).all()
        session.refresh(note, ["subject"])
        assert facts.expired_attributes == {"text"}
        assert note.text == "t"
        assert facts.expired_attributes == set()
        session.expire(note, ["text", "subject"])
        assert facts.expired_attributes == {"text", "subject"}
        session.expire(note)
        session.refresh(note)
        assert facts.expired_attributes == set()


def test_a_name_that_is_no_attribute_expires_nothing(on_face):
    """The names are looked at first; no name at all means the whole object, as documented."""

    async def program(store):
        async with store.session() as session:
            session.add(Writer(id=1, name="a", born=1900))
            await session.commit()
            writer = await session.get_one(Writer, 1)
            await session.refresh(writer)
            writer.born = 1901
            with pytest.raises(exc.InvalidRequestError, match="no attribute 'borne' to expire"):
                session.expire(writer, ["born", "borne"])
            assert (writer.born, inspect(writer).modified) == (1901, True)
            session.expire(writer, [])
            assert inspect(writer).expired and not inspect(writer).modified
            await session.refresh(writer, [])
            assert (vars(writer)["born"], inspect(writer).expired) == (1900, False)

    on_face(program)
