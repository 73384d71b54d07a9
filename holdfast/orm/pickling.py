"""Pickles statements and queries of mapped classes: what they are about is named, not copied.

A mapped class is pickled by its name, so the tables, columns and aliases of a statement about it have to be those of the
class that the reader has: they are named by the class, where a copy would be another table beside it.
"""

from __future__ import annotations

import io
import pickle
from copyreg import __newobj__  # type: ignore[attr-defined]
from typing import Any

from holdfast.exc import InvalidRequestError
from holdfast.orm.mapping.mapper_events import all_mappers
from holdfast.schema.column import Column
from holdfast.schema.table import Table
from holdfast.sql.statement import Statement


def is_query(value: Any) -> bool:
    """Return True for a `Query`, which belongs to a higher layer."""
    return hasattr(type(value), "with_session")


class StatementPickler(pickle.Pickler):
    """Writes tables and columns of mapped classes as names.

    Attributes:
        names: whether it has written one.
    """

    def __init__(self, file: Any, protocol: int | None = None) -> None:
        super().__init__(file, protocol)
        self.names = False
        self._owners = {table: mapper.class_ for mapper in all_mappers() for table in mapper.tables}

    def persistent_id(self, obj: Any) -> Any:
        if isinstance(obj, Column) and isinstance(obj.table, Table):
            name = self.name_of(obj.table)
            return name and ("column", *name, obj.key)
        return (name := self.name_of(obj)) and ("table", *name) if isinstance(obj, Table) else None

    def name_of(self, table: Table) -> tuple[Any, ...] | None:
        """Return a mapped class of a table, and the table's name; None: it is copied."""
        owner = self._owners.get(table)
        if owner is None:
            return None
        self.names = True
        return owner, table.key

    def reducer_override(self, obj: Any) -> Any:
        if isinstance(obj, Statement):
            return object.__reduce_ex__(obj, 4)
        if is_query(obj):
            return __newobj__, (type(obj),), {**vars(obj), "session": self.session_of(obj)}
        return NotImplemented

    def session_of(self, query: Any) -> Any:
        """Return what is written of a query's session: nothing."""
        return None


class StatementUnpickler(pickle.Unpickler):
    """Reads what `StatementPickler` has written."""

    def persistent_load(self, pid: Any) -> Any:
        kind, owner, key, *column = pid
        table = self.table(owner, key)
        return table.columns[column[0]] if kind == "column" else table

    def table(self, owner: Any, key: str) -> Table:
        """Return the table of a class.

        Raises: InvalidRequestError: the class is mapped to other tables by now.
        """
        for table in owner.__mapper__.tables:
            if table.key == key:
                return table  # type: ignore[no-any-return]
        raise InvalidRequestError(
            f"What was pickled needs the table {key!r} of {owner.__name__}, which is not mapped to it."
        )


def reduced(value: Any, protocol: Any) -> Any:
    """Return how a statement or a query is pickled: by names, or as it is where it is about no mapped class."""
    written = io.BytesIO()
    pickler = StatementPickler(written, protocol)
    try:
        pickler.dump(value)
    except (pickle.PicklingError, AttributeError):
        # A class that can not be found by its name, such as one inside of a function, has tables to copy all the same.
        return object.__reduce_ex__(value, protocol)
    if pickler.names or is_query(value):
        return restored, (written.getvalue(),)
    return object.__reduce_ex__(value, protocol)


def restored(written: bytes) -> Any:
    """Return a statement or a query that was pickled."""
    return StatementUnpickler(io.BytesIO(written)).load()
