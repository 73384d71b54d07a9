"""What an AsyncSession tells without a word to the database: each answer is that of the Session behind it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from holdfast.orm.session.async_faces import engine_face, sync_bind, transaction_face
from holdfast.orm.session.async_transaction import AsyncSessionTransaction
from holdfast.orm.session.face import Session
from holdfast.orm.session.objects import identity_key, object_session
from holdfast.orm.session.shown import SessionDebug, describe_session


class AsyncFacts:
    """The part of an AsyncSession that is not awaited."""

    sync_session: Session
    bind: Any
    binds: Mapping[Any, Any]

    @property
    def debug(self) -> SessionDebug:
        """A look into the session; see `Session.debug`."""
        return SessionDebug(self.sync_session)

    def __repr__(self) -> str:
        return describe_session(self.sync_session).replace("<", "<Async", 1)

    @property
    def new(self) -> Any:
        """The pending objects."""
        return self.sync_session.new

    @property
    def dirty(self) -> Any:
        """The persistent objects with unflushed changes."""
        return self.sync_session.dirty

    @property
    def deleted(self) -> Any:
        """The objects marked for deletion."""
        return self.sync_session.deleted

    @property
    def identity_map(self) -> Any:
        """The persistent objects by identity key."""
        return self.sync_session.identity_map

    @property
    def info(self) -> dict[Any, Any]:
        """The program's own facts about this session."""
        return self.sync_session.info

    @property
    def is_active(self) -> bool:
        """False after a failed flush, until `rollback()`."""
        return self.sync_session.is_active

    @property
    def autoflush(self) -> bool:
        """Whether queries flush first."""
        return self.sync_session.autoflush

    @autoflush.setter
    def autoflush(self, value: bool) -> None:
        self.sync_session.autoflush = value

    @property
    def no_autoflush(self) -> Any:
        """A block in which queries do not flush first."""
        return self.sync_session.no_autoflush

    def in_transaction(self) -> bool:
        """Return True if a transaction has begun."""
        return self.sync_session.in_transaction()

    def in_nested_transaction(self) -> bool:
        """Return True inside a savepoint."""
        return self.sync_session.in_nested_transaction()

    def get_transaction(self) -> AsyncSessionTransaction | None:
        """Return the root transaction, or None."""
        return transaction_face(self, self.sync_session.get_transaction())

    def get_nested_transaction(self) -> AsyncSessionTransaction | None:
        """Return the innermost savepoint, or None."""
        return transaction_face(self, self.sync_session.get_nested_transaction())

    def is_modified(self, instance: object, include_collections: bool = True) -> bool:
        """Return True if the object has changes that a flush would send."""
        return self.sync_session.is_modified(instance, include_collections)

    def get_bind(self, *arguments: Any, **keywords: Any) -> Any:
        """Return the synchronous engine of a mapper or statement; see `Session.get_bind`."""
        return self.sync_session.get_bind(*arguments, **keywords)

    def get_async_bind(self, *arguments: Any, **keywords: Any) -> Any:
        """Return the AsyncEngine or AsyncConnection of a mapper or statement."""
        return engine_face(self, self.sync_session.get_bind(*arguments, **keywords))

    def bind_mapper(self, mapper: Any, bind: Any) -> None:
        """Use an AsyncEngine or AsyncConnection for a mapped class and its tables; see `Session.bind_mapper`."""
        self.sync_session.bind_mapper(mapper, sync_bind(bind))
        self.binds = {**self.binds, mapper: bind}

    def bind_table(self, table: Any, bind: Any) -> None:
        """Use an AsyncEngine or AsyncConnection for a Table."""
        self.sync_session.bind_table(table, sync_bind(bind))
        self.binds = {**self.binds, table: bind}

    @property
    def execution_options(self) -> Mapping[str, Any]:
        """The options of every statement of the session."""
        return self.sync_session.execution_options

    @classmethod
    def object_session(cls, instance: object) -> Session | None:
        """Return the Session behind that an object is in, or None; `async_object_session` gives the AsyncSession."""
        return object_session(instance)  # type: ignore[no-any-return]

    @classmethod
    def identity_key(cls, *arguments: Any, **keywords: Any) -> tuple[Any, ...]:
        """Return the key of an object, or of a class and a primary key; see `orm.identity_key`."""
        return identity_key(*arguments, **keywords)

    def __contains__(self, instance: object) -> bool:
        return instance in self.sync_session

    def __iter__(self) -> Any:
        return iter(self.sync_session)
