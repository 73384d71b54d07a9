"""`sessionmaker`, `scoped_session` and their kin: whose keywords count, and what their methods are called."""

import asyncio
import inspect
from typing import Any

import pytest

from holdfast import create_engine, exc, text
from holdfast.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from holdfast.orm import Session, scoped_session, sessionmaker


class OwnSession(Session):
    """A class of the program's own."""


def test_keywords_of_the_call_count_more() -> None:
    """What the maker was given holds, unless the call says otherwise; both may add to `info`."""
    engine, other = create_engine("sqlite://"), create_engine("sqlite://")
    make = sessionmaker(engine, class_=OwnSession, autoflush=False, info={"a": 1, "b": 1})
    plain = make()
    assert isinstance(plain, OwnSession)
    assert (plain.bind, plain.autoflush, plain.expire_on_commit, plain.info) == (engine, False, True, {"a": 1, "b": 1})
    changed = make(bind=other, autoflush=True, expire_on_commit=False, info={"b": 2})
    assert (changed.bind, changed.autoflush, changed.expire_on_commit) == (other, True, False)
    assert changed.info == {"a": 1, "b": 2}
    assert plain.info == {"a": 1, "b": 1}


def test_what_is_not_said_is_the_default() -> None:
    """On both faces a maker without keywords makes what the class makes."""
    for made, plain in ((sessionmaker()(), Session()), (async_sessionmaker()(), AsyncSession())):
        found: Any = getattr(made, "sync_session", made)
        expected: Any = getattr(plain, "sync_session", plain)
        assert found.autoflush is expected.autoflush is True
        assert found.expire_on_commit is expected.expire_on_commit is True


def test_methods_are_called_as_where_they_stand() -> None:
    """A traceback through a scoped session names that class."""
    assert scoped_session.commit.__qualname__ == "scoped_session.commit"
    assert scoped_session.commit.__doc__ == Session.commit.__doc__


def test_keywords_for_a_session_that_is_there() -> None:
    """They would be lost, so they are refused."""
    sessions = scoped_session(sessionmaker())
    assert sessions(autoflush=False).autoflush is False
    with pytest.raises(exc.InvalidRequestError, match="already present"):
        sessions(autoflush=True)
    sessions.remove()


def test_the_bind_of_an_awaited_session() -> None:
    """It is given as it was given: the engine, or the connection."""

    async def program() -> None:
        engine = create_async_engine("sqlite+aiosqlite://")
        async with AsyncSession(engine) as session:
            assert session.bind is engine
            assert session.get_bind() is engine.sync_engine
            assert (await session.connection()).engine is engine
        async with engine.connect() as connection, AsyncSession(connection) as session:
            assert await session.connection() is connection
            assert await session.scalar(text("SELECT 1")) == 1
        await engine.dispose()

    asyncio.run(program())


def test_what_may_be_called_without_a_word() -> None:
    """The defaults of keywords, as they are documented, where no other test says them: on both faces."""
    expected = {"return_defaults": False, "update_changed_only": True, "preserve_order": True}
    for face in (Session, AsyncSession):
        parameters = inspect.signature(face.bulk_save_objects).parameters
        assert {name: parameters[name].default for name in expected} == expected
