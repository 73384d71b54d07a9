"""Events of sessions on both faces: listeners of every kind of target, ``async def`` ones, and `do_orm_execute`."""

from holdfast import event, func, select
from holdfast.orm import Session
from tests.orm.session.models import Writer

LIFE = (
    "transient_to_pending",
    "pending_to_persistent",
    "persistent_to_deleted",
    "deleted_to_detached",
    "loaded_as_persistent",
    "persistent_to_detached",
    "detached_to_persistent",
    "persistent_to_transient",
    "pending_to_transient",
)


def test_the_life_of_an_object(on_face):
    """Every move is told with the session and the object, when it has been made."""

    async def program(store):
        async with store.session() as session:
            told = []
            for name in LIFE:
                event.listen(session.sync_session, name, lambda session, instance, name=name: told.append(name))

            def took():
                names, told[:] = list(told), []
                return names

            writer = Writer(name="a")
            session.add(writer)
            assert took() == ["transient_to_pending"]
            await session.flush()
            assert took() == ["pending_to_persistent"]
            session.expunge(writer)
            assert took() == ["persistent_to_detached"]
            again = await session.get(Writer, 1)
            assert took() == ["loaded_as_persistent"]
            await session.delete(again)
            await session.flush()
            assert took() == ["persistent_to_deleted"]
            await session.commit()
            assert took() == ["deleted_to_detached"]
            lost = Writer(name="lost")
            session.add(lost)
            await session.flush()
            await session.rollback()
            assert took() == ["transient_to_pending", "pending_to_persistent", "persistent_to_transient"]

    on_face(program)


def test_statements_are_told_and_changed(on_face):
    """A listener may put another statement in the place of the one that runs."""

    async def program(store):
        async with store.session() as session:
            session.add_all([Writer(name=name) for name in "abc"])
            await session.commit()

            def only_b(state):
                if state.is_select and state.bind_mapper is Writer.__mapper__:
                    state.statement = state.statement.where(Writer.name == "b")

            event.listen(session.sync_session, "do_orm_execute", only_b)
            assert [writer.name for writer in await session.scalars(select(Writer))] == ["b"]
            assert await session.scalar(select(func.count(Writer.id))) == 1
            event.remove(session.sync_session, "do_orm_execute", only_b)
            assert await session.scalar(select(func.count(Writer.id))) == 3

    on_face(program)


def test_a_listener_that_waits(on_face):
    """On an asynchronous session a listener may be ``async def``."""

    async def program(store):
        async with store.session() as session:
            told = []
            if store.is_async:

                async def before(sync_session):
                    told.append(await session.scalar(select(func.count(Writer.id))))

            else:

                def before(sync_session):
                    told.append(sync_session.scalar(select(func.count(Writer.id))))

            event.listen(session.sync_session, "before_commit", before)
            session.add(Writer(name="a"))
            await session.commit()
            assert told == [1]

    on_face(program)


def test_listeners_of_all_sessions(on_face):
    """The class `Session` hears of every session, of both faces."""

    async def program(store):
        told = []

        def note(session, instance):
            told.append((session, instance))

        event.listen(Session, "transient_to_pending", note)
        try:
            async with store.session() as session:
                writer = Writer(name="a")
                session.add(writer)
                assert told == [(session.sync_session, writer)]
        finally:
            event.remove(Session, "transient_to_pending", note)
        async with store.session() as session:
            session.add(Writer(name="b"))
        assert len(told) == 1

    on_face(program)


def test_streamed_objects_are_told(on_face):
    """Objects that come chunk by chunk are loaded ones too."""

    async def program(store):
        async with store.session() as session:
            session.add_all([Writer(name=name) for name in "abc"])
            await session.commit()
            session.expunge_all()
            told = []
            event.listen(session.sync_session, "loaded_as_persistent", lambda session, each: told.append(each.name))

            def stream(sync_session):
                options = {"yield_per": 1}
                return list(sync_session.scalars(select(Writer), execution_options=options))

            await session.run_sync(stream)
            assert sorted(told) == ["a", "b", "c"]

    on_face(program)
