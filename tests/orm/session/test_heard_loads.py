"""Listeners to `do_orm_execute` see what loaders send: the way they are asked on both faces, with peers, and for free."""

from holdfast import event, select
from holdfast.orm import Session, UserDefinedOption, with_loader_criteria
from tests.orm.session.models import Book, Writer


async def _two_writers(store):
    """Store two writers with two books each."""
    async with store.session() as session:
        for name in "ab":
            session.add(Writer(name=name, books=[Book(title=f"{name}{number}") for number in (1, 2)]))
        await session.commit()
    store.take()


def _notes(session):
    """Return the list that the listener fills: what each statement is for, and of which class it is."""
    told = []

    def note(state):
        purpose = "column" * state.is_column_load + "relationship" * state.is_relationship_load
        told.append((state.bind_mapper.class_.__name__, purpose))

    event.listen(session.sync_session, "do_orm_execute", note)
    return told


def test_peers_are_told_of_once(on_face):
    """With a listener, too, the second object of a group loads for all; the listener hears of one statement for it."""

    async def program(store):
        await _two_writers(store)
        async with store.session() as session:
            told = _notes(session)
            writers = list(await session.scalars(select(Writer).order_by(Writer.id)))
            titles = await session.run_sync(lambda _: [[book.title for book in each.books] for each in writers])
            assert titles == [["a1", "a2"], ["b1", "b2"]]
            assert told == [("Writer", ""), ("Book", "relationship"), ("Book", "relationship")]
            told.clear()
            await session.commit()
            names = await session.run_sync(lambda _: [each.name for each in writers])
            assert names == ["a", "b"]
            assert told == [("Writer", "column"), ("Writer", "column")]
            assert len([sql for sql, _ in store.take() if sql.startswith("SELECT")]) == 5

    on_face(program)


def test_expired_peers_come_by_one_statement(on_face):
    """After a commit many expired objects take two statements, heard or not."""

    async def program(store):
        async with store.session() as session:
            session.add_all([Writer(name=name) for name in "abcde"])
            await session.commit()
        async with store.session() as session:
            told = _notes(session)
            writers = list(await session.scalars(select(Writer).order_by(Writer.id)))
            await session.commit()
            told.clear()
            assert await session.run_sync(lambda _: "".join(each.name for each in writers)) == "abcde"
            assert told == [("Writer", "column"), ("Writer", "column")]
            assert not any(each._sa_instance_state.expired for each in writers)

    on_face(program)


def test_rows_left_out_of_a_whole_program(on_face):
    """A condition that a listener adds holds for `get` and goes with what is loaded for relationships later."""

    async def program(store):
        await _two_writers(store)
        async with store.session() as session:

            def leave_out(state):
                if state.is_select and not state.is_column_load and not state.is_relationship_load:
                    hidden = with_loader_criteria(Book, Book.title != "a2")
                    state.statement = state.statement.options(hidden)

            event.listen(session.sync_session, "do_orm_execute", leave_out)
            hidden = await session.scalar(select(Book.id).where(Book.title == "a1"))
            assert await session.get(Book, hidden + 1) is None
            writer = await session.get(Writer, 1)
            assert await session.run_sync(lambda _: [book.title for book in writer.books]) == ["a1"]

    on_face(program)


def test_a_listener_that_waits_for_a_lazy_load(on_face):
    """On an asynchronous session the listener of a lazy load may be ``async def``."""

    async def program(store):
        await _two_writers(store)
        async with store.session() as session:
            told = []

            async def waiting(state):
                told.append(state.lazy_loaded_from.obj().name if state.lazy_loaded_from else None)
                return await state.core_invoke_statement()

            def plain(state):
                told.append(state.lazy_loaded_from.obj().name if state.lazy_loaded_from else None)
                return state.invoke_statement()

            listener = waiting if store.is_async else plain
            event.listen(session.sync_session, "do_orm_execute", listener)
            writer = await session.get(Writer, 1)
            await session.refresh(writer, ["books"])
            assert len(writer.books) == 2
            assert told == [None, None, "a"]

    on_face(program)


def test_options_that_objects_remember(on_face):
    """An option of the program's own that propagates is there when an object loads something later."""

    class Quietly(UserDefinedOption):
        propagate_to_loaders = True

    async def program(store):
        await _two_writers(store)
        async with store.session() as session:
            told = []
            event.listen(
                session.sync_session,
                "do_orm_execute",
                lambda state: told.append([one.payload for one in state.user_defined_options]),
            )
            for payload in ("x", "y"):
                session.expunge_all()
                statement = select(Writer).where(Writer.id == 1).options(Quietly(payload))
                writer = (await session.scalars(statement)).one()
                await session.run_sync(lambda _, writer=writer: writer.books)
            assert told == [["x"], ["x"], ["y"], ["y"]]

    on_face(program)


def test_nobody_asked(file_engine):
    """Only sessions that somebody listens to, or with a `get_bind` of their own, show the statements of loaders."""

    class Own(Session):
        pass

    class Routing(Session):
        def get_bind(self, mapper=None, **kw):
            return file_engine

    assert [kind(file_engine).dispatch.asked for kind in (Session, Own, Routing)] == [False, False, True]
    session = Own(file_engine)

    def listener(state):
        return None

    event.listen(Own, "do_orm_execute", listener)
    assert session.dispatch.asked
    assert not Session(file_engine).dispatch.asked
    event.remove(Own, "do_orm_execute", listener)
    assert not session.dispatch.asked
