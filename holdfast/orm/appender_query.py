"""Dynamic collections: a Query of the members that can be changed (``lazy="dynamic"``)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, TypeVar

from holdfast.orm.loading.strategies.write_only import CollectionHandle
from holdfast.orm.query import Query
from holdfast.orm.state import InstanceState

T = TypeVar("T")


class AppenderMixin(CollectionHandle):
    """What a Query has to be besides a query, to be a dynamic collection."""

    session: Any

    @classmethod
    def of(cls, relationship: Any, state: InstanceState, instance: Any) -> Any:
        """Return the query of one collection."""
        found: Any = cls.__new__(cls)
        Query.__init__(found, relationship.mapper.class_, state.session)
        CollectionHandle.__init__(found, relationship, state, instance)
        if state.row_key is not None:
            statement = found._statement.where(*found.criteria())
            found._statement = statement.order_by(*relationship.order_by) if relationship.order_by else statement
        return found

    append = CollectionHandle.add

    def extend(self, items: Iterable[Any]) -> None:
        """Add several members."""
        self.add_all(items)

    def _in_memory(self) -> list[Any] | None:
        """Return the members of an owner that no database knows yet."""
        if self.state.row_key is None:
            value = self.instance.__dict__.get(self.relationship.key)
            return [] if value is None else list(self.relationship.members(value))
        self.warn_if_detached()
        return [] if self.session is None else None

    def __iter__(self) -> Iterator[Any]:
        members = self._in_memory()
        return iter(members) if members is not None else super().__iter__()  # type: ignore[misc]

    def all(self) -> list[Any]:
        """Return the members as a list."""
        members = self._in_memory()
        return members if members is not None else super().all()  # type: ignore[misc]

    def count(self) -> int:
        """Return the number of members."""
        members = self._in_memory()
        return len(members) if members is not None else super().count()  # type: ignore[misc]

    def first(self) -> Any:
        """Return the first member, or None."""
        members = self._in_memory()
        return super().first() if members is None else next(iter(members), None)  # type: ignore[misc]

    def __getitem__(self, index: Any) -> Any:
        members = self._in_memory()
        return members[index] if members is not None else super().__getitem__(index)  # type: ignore[misc]


class AppenderQuery(AppenderMixin, Query[T]):
    """A dynamic collection: a Query of the members, with methods that add and remove some."""


def _query_class(relationship: Any) -> Any:
    """Return the class of a dynamic collection: over the program's own Query, where the relationship names one."""
    given = relationship.given.get("query_class")
    if given is None or issubclass(given, AppenderMixin):
        return given or AppenderQuery
    known = relationship.parent.memo.get(("appender", relationship.key))
    if known is None:
        known = type(f"Appender{given.__name__}", (AppenderMixin, given), {})
        relationship.parent.memo["appender", relationship.key] = known
    return known


def dynamic_collection(relationship: Any, state: InstanceState, instance: Any) -> Any:
    """Return the handle of a collection with ``lazy="dynamic"``.

    Args:
        state, instance: of the owner.
    """
    return _query_class(relationship).of(relationship, state, instance)
