"""The registry of asynchronous sessions, under the path by which some programs import it."""

from holdfast.orm.session.async_scoped import async_scoped_session

__all__ = ["async_scoped_session"]
