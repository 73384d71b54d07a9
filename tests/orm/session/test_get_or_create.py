"""`get_or_create`: one object for a key, whoever asks first."""

import pytest

from holdfast import create_engine, event, exc, false, func, insert, select
from holdfast.orm import Session
from tests.orm.session.models import Base, Writer


def test_made_once_and_found_then(on_face):
    """The first call makes it, the second finds it; defaults count for the new one only."""

    async def program(store):
        async with store.session() as session:
            made, is_new = await session.get_or_create(Writer, {"born": lambda: 1900}, name="a")
            assert is_new and (made.id, made.born) == (1, 1900)
            found, is_new = await session.get_or_create(Writer, {"born": 1}, name="a")
            assert found is made and not is_new and found.born == 1900
            await session.commit()
            assert len((await session.scalars(select(Writer))).all()) == 1

    on_face(program)


def test_on_postgresql_two_transactions(clean_postgresql_url):
    """The one that comes second waits for the first, and then finds its object."""
    engine = create_engine(clean_postgresql_url)
    Base.metadata.create_all(engine)
    with Session(engine) as first, Session(engine) as second:
        second.add(Writer(name="before"))
        second.flush()

        def overtake(session, context, instances):
            first.add(Writer(name="a", born=1))
            first.commit()

        event.listen(second, "before_flush", overtake, once=True)
        found, is_new = second.get_or_create(Writer, {"born": 2}, name="a")
        assert not is_new and found.born == 1
        second.commit()
        assert sorted(second.scalars(select(Writer.name))) == ["a", "before"]
    engine.dispose()


def test_wrong_criteria(on_face):
    """Names that are not mapped are named; no criteria at all make no sense."""

    async def program(store):
        async with store.session() as session:
            with pytest.raises(exc.ArgumentError, match="Writer has no 'nmae'"):
                await session.get_or_create(Writer, nmae="a")
            with pytest.raises(exc.ArgumentError, match="none were given"):
                await session.get_or_create(Writer)

    on_face(program)


def test_other_errors_pass(on_face):
    """What is refused for another reason is no race; the transaction stays usable."""

    async def program(store):
        async with store.session() as session:
            with pytest.raises(exc.NotNullViolation):
                await session.get_or_create(Writer, name=None)
            assert (await session.get_or_create(Writer, name="a"))[1]

    on_face(program)


def test_a_row_that_comes_in_between(on_face):
    """The first look does not see it, the INSERT is refused, the second look finds it; the transaction stays usable."""

    async def program(store):
        async with store.session() as session:
            await session.execute(insert(Writer), [{"name": "a", "born": 1}])

            def see_nothing(state):
                state.statement = state.statement.where(false())

            event.listen(session.sync_session, "do_orm_execute", see_nothing, once=True)
            found, is_new = await session.get_or_create(Writer, {"born": lambda: 2}, name="a")
            assert (found.name, found.born, is_new) == ("a", 1, False)
            assert await session.scalar(select(func.count(Writer.id))) == 1

    on_face(program)


def test_a_row_that_is_in_the_way(on_face):
    """The row that refuses it is not one of these criteria: the error is the program's, the transaction stays usable."""

    async def program(store):
        async with store.session() as session:
            await session.execute(insert(Writer), [{"name": "a", "born": 1}])
            with pytest.raises(exc.UniqueViolation):
                await session.get_or_create(Writer, name="a", born=2)
            assert await session.scalar(select(func.count(Writer.id))) == 1

    on_face(program)
