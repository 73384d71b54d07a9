"""Collections that are never loaded: the handle to change them, and the one for ``lazy="write_only"``.

What is added or removed waits with the object until the flush, as with any collection that is not in memory.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Generic, TypeVar

from holdfast import exc
from holdfast.exc.shown import shown_object
from holdfast.orm.history import NO_VALUE
from holdfast.orm.mapping.join_request import ONETOMANY
from holdfast.orm.state import InstanceState
from holdfast.sql.binds import BindParameter
from holdfast.sql.dml_statements import Delete, Update, delete, update
from holdfast.sql.insert import Insert, insert
from holdfast.sql.select import Select, select
from holdfast.sql.traversal import replace

T = TypeVar("T")


class CollectionHandle:
    """What both kinds share: the collection's owner.

    Args:
        relationship: which collection.
        state, instance: of the owner.
    """

    def __init__(self, relationship: Any, state: InstanceState, instance: Any) -> None:
        self.relationship = relationship
        self.state = state
        self.instance = instance

    def add(self, item: Any) -> None:
        """Add a member; it is written by the next flush."""
        self.relationship.link.add_unheld(self.state, self.instance, item)

    def add_all(self, items: Iterable[Any]) -> None:
        """Add several members."""
        for item in items:
            self.add(item)

    def remove(self, item: Any) -> None:
        """Take a member out."""
        self.relationship.link.remove_unheld(self.state, self.instance, item)

    def criteria(self) -> list[Any]:
        """Return the conditions that choose the members, with the owner's values in them."""
        relationship = self.relationship
        remote = {id(column) for column in relationship.remote_columns}
        local = {id(column) for column in relationship.near_columns}
        made: dict[int, Any] = {}

        def value_of(node: Any) -> Any:
            if id(node) not in local or id(node) in remote:
                return None
            if id(node) not in made:
                made[id(node)] = BindParameter("param", self._value(node), node.type, unique=True)
            return made[id(node)]

        found = [replace(relationship.primaryjoin, value_of)]
        return found if relationship.secondaryjoin is None else [*found, relationship.secondaryjoin]

    def _value(self, column: Any) -> Any:
        """Return the owner's value, as the database has it."""
        name = self.relationship.parent.name_of_column(column)
        before = NO_VALUE if self.state.old is None else self.state.old.get(name, NO_VALUE)
        return getattr(self.instance, name) if before is NO_VALUE else before

    def warn_if_detached(self) -> None:
        """Warn that a detached owner has no database to ask."""
        if self.state.detached:
            exc.warn(
                f"Instance {shown_object(self.instance)} is detached, dynamic relationship "
                "cannot return a correct result.   This warning will become a DetachedInstanceError in a future release."
            )


class WriteOnlyCollection(CollectionHandle, Generic[T]):
    """A collection of any size: changed by its methods, read by statements that it makes.

    ``session.scalars(account.entries.select().where(Entry.amount > 100))``.
    """

    def select(self) -> Select[tuple[T]]:
        """Return the SELECT of the members."""
        self.warn_if_detached()
        statement: Select[Any] = select(self.relationship.mapper.class_).where(*self.criteria())
        return statement.order_by(*self.relationship.order_by) if self.relationship.order_by else statement

    def insert(self) -> Insert:
        """Return an INSERT that makes members; the rows' own values come with the execution.

        Raises: InvalidRequestError: the foreign key is not at the members.
        """
        relationship = self.relationship
        if relationship.direction is not ONETOMANY:
            raise exc.InvalidRequestError(
                "Write only bulk INSERT only supported for one-to-many collections; for many-to-many, use a separate bulk "
                "INSERT along with add_all()."
            )
        name_of = relationship.mapper.name_of_column
        values = {name_of(key): self._value(referred) for referred, key in relationship.sync_pairs}
        return insert(relationship.mapper.class_).values(values)

    def update(self) -> Update:
        """Return an UPDATE of the members; add ``.values(...)``."""
        return update(self.relationship.mapper.class_).where(*self.criteria())

    def delete(self) -> Delete:
        """Return a DELETE of the members."""
        return delete(self.relationship.mapper.class_).where(*self.criteria())

    def __iter__(self) -> Any:
        raise TypeError(
            "WriteOnly collections don't support iteration in-place; to query for collection items, use the select() "
            "method to produce a SQL statement and execute it with session.scalars()."
        )

    def __repr__(self) -> str:
        return f"<WriteOnlyCollection {self.relationship}>"
