"""The registry of sessions, under the path by which some programs import it."""

from holdfast.orm.session.scoped import scoped_session

__all__ = ["scoped_session"]
