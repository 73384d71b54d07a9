"""The batches that a flush plan consists of: each is one statement and the rows that it is sent for."""

from __future__ import annotations

from typing import Any, NamedTuple, TypeAlias

from holdfast.orm.state import InstanceState
from holdfast.orm.unit_of_work.changes import Names, PostRows, Transfer
from holdfast.orm.unit_of_work.facts import MapperFacts, RelationshipFacts


class InsertRows(NamedTuple):
    """One or more rows to insert into one table with the same columns.

    Attributes:
        names: attribute names of the columns that the program gives, in the table's order.
        states, objects: in the order of insertion.
        has_expressions: the only row has values that are SQL expressions.
    """

    facts: MapperFacts
    names: Names
    states: list[InstanceState]
    objects: list[Any]
    has_expressions: bool = False

    def __str__(self) -> str:
        columns = ", ".join(self.facts.by_name[name].column.name for name in self.names)
        return f"INSERT INTO {self.facts.table.name} ({columns}): {_count(self.states)}"


class UpdateRows(NamedTuple):
    """One or more rows of one table in which the same columns change, in the order of their keys.

    Attributes:
        names: attribute names of the changed columns, in the table's order.
        keys: primary keys that the rows have so far; `versions`: their versions, if the mapper counts them.
        has_expressions: the only row has values that are SQL expressions.
    """

    facts: MapperFacts
    names: Names
    states: list[InstanceState]
    objects: list[Any]
    keys: list[Any]
    has_expressions: bool = False
    versions: list[Any] | None = None

    def __str__(self) -> str:
        columns = ", ".join(self.facts.by_name[name].column.name for name in self.names)
        return f"UPDATE {self.facts.table.name} SET {columns}: {_count(self.states)}"


class HeardObjects(NamedTuple):
    """Changed objects none of whose columns is to be written, whose listeners are told of them all the same. Sends nothing."""

    facts: MapperFacts
    states: list[InstanceState]
    objects: list[Any]
    names: Names = ()

    def __str__(self) -> str:
        return f"(listeners) {self.facts.mapper.class_name}: {_count(self.states, 'object')}"


class DeleteRows(NamedTuple):
    """Rows of one table to delete, in the order of their keys; with their versions, if the mapper counts them."""

    facts: MapperFacts
    states: list[InstanceState]
    objects: list[Any]
    versions: list[Any] | None = None

    def __str__(self) -> str:
        return f"DELETE FROM {self.facts.table.name}: {_count(self.states)}"


class TransferKeys(NamedTuple):
    """Foreign keys to set in objects, from objects that have been inserted by now. Sends nothing."""

    facts: RelationshipFacts
    transfers: list[Transfer]

    def __str__(self) -> str:
        facts = self.facts
        pairs = ", ".join(
            f"{facts.key_taker.class_name}.{name} = {facts.key_holder.class_name}.{holder_name}"
            for holder_name, name in facts.transfers
        )
        return f"(keys) {pairs}: {_count(self.transfers, 'object')}"


class SecondaryRows(NamedTuple):
    """Rows of a secondary table to insert or delete.

    Attributes:
        pairs: objects (parent, target) of the relationship.
        insert: else delete.
    """

    facts: RelationshipFacts
    pairs: list[tuple[Any, Any]]
    insert: bool

    def __str__(self) -> str:
        verb = "INSERT INTO" if self.insert else "DELETE FROM"
        return f"{verb} {self.facts.relationship.secondary.name}: {_count(self.pairs)}"


class SecondaryKeys(NamedTuple):
    """Rows of a secondary table whose parent or target got another primary key.

    Attributes:
        pairs: objects (parent, target) of the relationship.
    """

    facts: RelationshipFacts
    pairs: list[tuple[Any, Any]]

    def __str__(self) -> str:
        return f"UPDATE {self.facts.relationship.secondary.name}: {_count(self.pairs)}"


class PostUpdate(NamedTuple):
    """Foreign keys of one table's rows that are written by an UPDATE of their own (``post_update``).

    Attributes:
        rows: see `Changes.after`.
    """

    facts: MapperFacts
    rows: PostRows

    def __str__(self) -> str:
        return f"UPDATE {self.facts.table.name} (foreign keys alone): {_count(list(self.rows))}"


def _count(things: list[Any], what: str = "row") -> str:
    return f"{len(things)} {what}" if len(things) == 1 else f"{len(things)} {what}s"


Work: TypeAlias = (
    InsertRows | UpdateRows | HeardObjects | DeleteRows | TransferKeys | SecondaryRows | SecondaryKeys | PostUpdate
)
