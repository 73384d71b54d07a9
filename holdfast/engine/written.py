"""What an INSERT, UPDATE or DELETE wrote: the keys, the parameters, and what the database made and told.

Made for each such statement that a connection runs, so it keeps what is there and works nothing out before it is asked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from holdfast import exc
from holdfast.engine.python_defaults import plain_values
from holdfast.engine.row import RowShape


class Written:
    """The facts of one change.

    Args:
        compiled: what was sent.
        statement: whose values they were; None: all of them are in `rows`.
        rows: the parameters of each execution.
        made: rows of the columns of `compiled.key_made`, which the database made.
        lastrowid: the key that was counted last, where the driver tells it.
    """

    __slots__ = ("compiled", "lastrowid", "made", "rows", "statement")

    def __init__(
        self,
        compiled: Any,
        statement: Any,
        rows: Sequence[Mapping[str, Any]],
        made: Sequence[Any] | None = None,
        lastrowid: Any = None,
    ) -> None:
        self.compiled = compiled
        self.statement = statement
        self.rows = rows
        self.made = made
        self.lastrowid = lastrowid

    @property
    def is_many(self) -> bool:
        """It was executed for several rows."""
        return len(self.rows) > 1

    @property
    def keys(self) -> list[Any]:
        """The primary keys of the rows inserted; None where nobody tells them.

        Raises: InvalidRequestError: RETURNING was asked for, so the keys are among its rows.
        """
        insert = self.compiled.statement
        if insert._returning:
            raise exc.InvalidRequestError(
                "Can't call inserted_primary_key when returning() is used. Add the key's columns to returning()."
            )
        table = insert.table
        columns = list(getattr(table, "primary_key", ()))
        shape = RowShape([column.key for column in columns], columns)
        if insert._select is not None or insert._rows:
            return [shape.row_class((None,) * len(columns))]
        counted = self.compiled.key_counted if len(self.rows) == 1 else None
        own = {} if self.statement is None else plain_values(self.statement._set)
        found = []
        for number, row in enumerate(self.rows):
            values = {**own, **row}
            if self.made is not None and number < len(self.made):
                values.update(zip(self.compiled.key_made, self.made[number], strict=True))
            key = [values.get(column.key) for column in columns]
            if counted is not None and values.get(counted) is None:
                key[shape.keys.index(counted)] = self.lastrowid
            found.append(shape.row_class(tuple(key)))
        return found

    @property
    def parameters(self) -> Any:
        """What was sent, by the names of the parameters; a list where there were several rows."""
        if self.statement is None:
            return list(self.rows) if self.is_many else dict(*self.rows)
        values = self.statement._values
        sent = [self.compiled.params_of(values, row) for row in self.rows]
        return sent if self.is_many else sent[0]

    @property
    def returned_defaults(self) -> list[Any] | None:
        """The rows of what the database made and told unasked; None: nothing."""
        if not self.made:
            return None
        make = RowShape(self.compiled.key_made).row_class
        return [make(tuple(row)) for row in self.made]

    def made_by_python(self) -> list[Any]:
        """Return the columns whose values Python made before the statement was sent."""
        which = "default" if self.compiled.kind == "insert" else "onupdate"
        own = set() if self.statement is None else {clause.column.key for clause in self.statement.set_clauses()}
        return [
            column
            for column in self.compiled.statement.table.c
            if column.key not in own and _is_made_by_python(getattr(column, which, None))
        ]

    def made_by_database(self) -> list[Any]:
        """Return the columns whose values the database made and did not tell."""
        statement = self.compiled.statement
        if statement.is_insert and (statement._select is not None):
            return []
        python, server = ("default", "server_default") if statement.is_insert else ("onupdate", "server_onupdate")
        in_sql = {
            clause.column.key for clause in statement.set_clauses() if not hasattr(clause.value, "effective_value")
        }
        known = set(self.rows[0] if self.rows else ()) | set(self.compiled.key_made if self.made is not None else ())
        given = {clause.column.key for clause in statement.set_clauses()} - in_sql
        return [
            column
            for column in statement.table.c
            if column.key not in known
            and column.key not in given
            and not column.primary_key
            and (
                column.key in in_sql
                or getattr(column, server, None) is not None
                or getattr(getattr(column, python, None), "is_clause_element", False)
            )
        ]


def _is_made_by_python(default: Any) -> bool:
    return default is not None and not getattr(default, "is_clause_element", True)
