"""One thread or task at a time is inside of a session; a second one is told at once, with both places."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import pytest

from holdfast import create_engine, event, exc, select, text
from holdfast.ext.asyncio import AsyncSession, create_async_engine
from holdfast.orm import Session
from tests.orm.session.models import Base, Tag


def test_a_second_thread_is_told_where_both_are() -> None:
    """While one thread's statement runs, another one's call raises and sends nothing; afterwards all is well."""
    engine = create_engine("sqlite://")
    session = Session(engine)
    errors: list[BaseException] = []
    sent: list[str] = []

    def call_from_outside() -> None:
        try:
            session.execute(text("SELECT 2"))
        except BaseException as error:
            errors.append(error)

    @event.listens_for(engine, "before_cursor_execute")
    def meanwhile(connection: Any, cursor: Any, statement: str, *_: Any) -> None:
        sent.append(statement)
        other = threading.Thread(target=call_from_outside)
        other.start()
        other.join()

    session.execute(text("SELECT 1"))
    [error] = errors
    assert isinstance(error, exc.IllegalStateChangeError)
    assert "This Session is in use by another thread" in str(error)
    assert "test_guard.py" in str(error)
    assert "(meanwhile)" in str(error)
    assert "(call_from_outside)" in str(error)
    assert sent == ["SELECT 1"]
    event.remove(engine, "before_cursor_execute", meanwhile)
    assert session.scalar(text("SELECT 3")) == 3
    session.close()
    call_from_outside()
    assert len(errors) == 1
    session.close()
    engine.dispose()


def test_what_sends_nothing_is_refused_too() -> None:
    """Objects neither come nor go nor expire by a second thread; the one that is inside may do all of it."""
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    session = Session(engine)
    session.add(present := Tag(id=1, word="old"))
    session.commit()
    works = {
        "add": lambda: session.add(Tag()), "add_all": lambda: session.add_all([Tag()]), "expire_all": session.expire_all,
        "expire": lambda: session.expire(present), "expunge": lambda: session.expunge(present),
        "expunge_all": session.expunge_all,
    }  # fmt: skip
    refused: list[str] = []

    def call_from_outside() -> None:
        for name, work in works.items():
            with pytest.raises(exc.IllegalStateChangeError, match="in use by another thread"):
                work()
            refused.append(name)

    @event.listens_for(engine, "before_cursor_execute")
    def meanwhile(*_: Any) -> None:
        other = threading.Thread(target=call_from_outside)
        other.start()
        other.join()
        session.add(Tag(id=2, word="by who is inside"))

    session.execute(text("SELECT 1"))
    assert refused == list(works)
    event.remove(engine, "before_cursor_execute", meanwhile)
    assert present in session
    assert [tag.id for tag in session.new] == [2]
    session.close()
    engine.dispose()


def test_a_second_task_may_not_add() -> None:
    """While one task waits, another one may not bring objects; under `run_sync` the function may."""

    async def program() -> None:
        engine = create_async_engine("sqlite+aiosqlite://")
        session = AsyncSession(engine)
        async with engine.begin() as connection:
            await connection.run_sync(Base.metadata.create_all)
        inside, told = asyncio.Event(), asyncio.Event()

        @event.listens_for(session.sync_session, "do_orm_execute", once=True)
        async def wait(state: Any) -> None:
            session.add(Tag(id=3, word="by who is inside"))
            inside.set()
            await told.wait()

        first = asyncio.ensure_future(session.execute(text("SELECT 1")))
        await inside.wait()
        with pytest.raises(exc.IllegalStateChangeError, match="in use by another task"):
            session.add(Tag())
        told.set()
        await first
        await session.run_sync(lambda sync: sync.add(Tag(id=1, word="a")))
        event.listen(session.sync_session, "before_flush", lambda told, *_: told.add(Tag(id=2, word="b")), once=True)
        await session.commit()
        assert sorted(await session.scalars(select(Tag.id))) == [1, 2, 3]
        await session.close()
        await engine.dispose()

    asyncio.run(program())


def test_listeners_may_use_their_session() -> None:
    """Who is inside may call the session again."""
    engine = create_engine("sqlite://")
    seen: list[Any] = []
    with Session(engine) as session:
        event.listen(session, "after_begin", lambda session, transaction, connection: seen.append(session.is_active))

        @event.listens_for(session, "do_orm_execute")
        def again(state: Any) -> None:
            if "again" not in seen:
                seen.append("again")
                seen.append(session.scalar(text("SELECT 1")))

        assert session.scalar(text("SELECT 2")) == 2
    assert seen == ["again", True, 1]
    engine.dispose()


def test_a_second_task_is_told_where_both_are() -> None:
    """While one task waits for the database, another one's call of the same session raises."""

    async def program() -> None:
        engine = create_async_engine("sqlite+aiosqlite://")
        async with AsyncSession(engine) as session:
            await session.execute(text("SELECT 1"))

            inside, told = asyncio.Event(), asyncio.Event()

            @event.listens_for(session.sync_session, "do_orm_execute", once=True)
            async def wait(state: Any) -> None:
                inside.set()
                await told.wait()

            async def first() -> Any:
                return await session.scalar(text("SELECT 10"))

            async def second() -> Any:
                return await session.scalar(text("SELECT 20"))

            waiting = asyncio.create_task(first())
            await inside.wait()
            with pytest.raises(exc.IllegalStateChangeError) as caught:
                await second()
            told.set()
            assert await waiting == 10
            error = caught.value
            assert "This AsyncSession is in use by another task" in str(error)
            assert "(wait)" in str(error)
            assert "(second)" in str(error)
            assert await second() == 20
        await engine.dispose()

    asyncio.run(program())


def test_bridges_belong_to_their_task() -> None:
    """`run_sync` works in a thread of its own, on behalf of the task; another task is kept out meanwhile."""

    async def program() -> None:
        engine = create_async_engine("sqlite+aiosqlite://")
        async with engine.begin() as connection:
            await connection.run_sync(Base.metadata.create_all)
        async with AsyncSession(engine) as session:

            def work(sync_session: Session) -> list[Any]:
                sync_session.execute(text("SELECT 1"))
                return list(sync_session.scalars(select(next(iter(Base.registry.mappers)).class_)))

            both = await asyncio.gather(session.run_sync(work), session.rollback(), return_exceptions=True)
            assert both[0] == []
            assert isinstance(both[1], exc.IllegalStateChangeError)
            assert await session.run_sync(work) == []
        await engine.dispose()

    asyncio.run(program())
