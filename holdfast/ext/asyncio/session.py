"""Asynchronous sessions, under the path by which some programs import them."""

from holdfast.orm.session.async_faces import async_object_session, async_session
from holdfast.orm.session.async_maker import async_sessionmaker
from holdfast.orm.session.async_transaction import AsyncSessionTransaction
from holdfast.orm.session.asyncio import AsyncSession, close_all_sessions
from holdfast.orm.session.awaitable_attrs import AsyncAttrs

__all__ = [
    "AsyncAttrs",
    "AsyncSession",
    "AsyncSessionTransaction",
    "async_object_session",
    "async_session",
    "async_sessionmaker",
    "close_all_sessions",
]
