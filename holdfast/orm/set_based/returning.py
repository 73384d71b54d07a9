"""Runs an INSERT, UPDATE or DELETE of a mapped class that returns rows, and loads objects and values from them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from holdfast.compiler.insert_batch import Fetches
from holdfast.engine.cursor_result import CursorResult
from holdfast.engine.insert_many import core_insert_many
from holdfast.engine.python_defaults import with_python_defaults
from holdfast.engine.row import RowShape
from holdfast.engine.statements import column_keys_given, fetches_of_many
from holdfast.engine.written import Written
from holdfast.orm.loading.load import load_rows
from holdfast.orm.loading.load_plan import LoadPlan, flat_entries, plan_load, remember
from holdfast.orm.loading.rows import EntitySlot
from holdfast.orm.set_based.hierarchies import key_columns

NO_COLUMNS = RowShape(())


class ReturnedColumns(NamedTuple):
    """The columns of a compiled statement that one reader takes, as `plan_load` looks at them."""

    columns: tuple[Any, ...]


class ReturningPlan(NamedTuple):
    """How the rows of one statement are read.

    Attributes:
        compiled: the SQL.
        added: how many columns stand before those that the program asked for.
        load: of what the program asked for; None: it asked for nothing.
        keys: place and conversion of each column of the primary key; empty: the keys are not wanted.
    """

    compiled: Any
    added: int
    load: LoadPlan | None
    keys: tuple[tuple[int, Any], ...]


class Returned(NamedTuple):
    """What came back.

    Attributes:
        plan: how the rows are read.
        rows: as the driver gave them.
        rowcount: rows matched.
        sent: the parameters of each execution, with what Python's defaults made.
    """

    plan: ReturningPlan
    rows: list[Any]
    rowcount: int
    sent: Sequence[Mapping[str, Any]]

    @property
    def has_objects(self) -> bool:
        """Whether mapped objects come back."""
        return self.plan.load is not None and any(isinstance(slot, EntitySlot) for slot in self.plan.load.slots)

    def keys(self) -> list[Any]:
        """Return the primary keys of the rows: scalars, or tuples if they are composite."""
        places = self.plan.keys
        if len(places) == 1:
            [(place, convert)] = places
            return [row[place] if convert is None else convert(row[place]) for row in self.rows]
        return [
            tuple([row[place] if convert is None else convert(row[place]) for place, convert in places])
            for row in self.rows
        ]

    def result(self, connection: Any, holder: Any, overwrite: bool) -> CursorResult[Any]:
        """Load what the program asked for; returns its result.

        Args:
            holder: the identity map.
            overwrite: rows also replace values that are loaded or changed.
        """
        plan = self.plan
        if plan.load is None:
            return _result(connection, plan.compiled, self.rowcount, self.sent)
        rows = [row[plan.added :] for row in self.rows] if plan.added else self.rows
        found = load_rows(plan.load, rows, holder, overwrite)
        result: CursorResult[Any] = CursorResult(
            plan.load.shape,
            found,
            rowcount=self.rowcount,
            compiled=plan.compiled,
            written=Written(plan.compiled, None, self.sent),
            connection=connection,
        )
        result._single = plan.load.single
        return result


def _result(connection: Any, compiled: Any, rowcount: int, sent: Sequence[Mapping[str, Any]]) -> CursorResult[Any]:
    """Return the result of a statement without rows."""
    from_nothing: CursorResult[Any] = CursorResult(
        NO_COLUMNS,
        [],
        rowcount=rowcount,
        returns_rows=False,
        compiled=compiled,
        written=Written(compiled, None, sent),
        connection=connection,
    )
    return from_nothing


async def core_run_returning(
    connection: Any,
    statement: Any,
    mapper: Any,
    rows: Sequence[Mapping[str, Any]],
    with_keys: bool = False,
    in_batches: bool = False,
) -> Returned:
    """Run a statement for each row of parameters, and bring what it returns.

    Args:
        rows: parameters by column key; one empty mapping where there are none.
        with_keys: also return the primary keys of the rows.
        in_batches: an INSERT may take many rows at once; nothing then says in what order they come back, unless the
            statement does.
    """
    sent = with_python_defaults(connection, statement, list(rows))
    many = in_batches and len(sent) > 1
    fetches = fetches_of_many(connection, statement, with_keys) if many else Fetches.NOTHING
    plan = _plan_for(connection.engine, statement, mapper, column_keys_given(statement, sent[0]), with_keys, fetches)
    compiled = plan.compiled
    if compiled.batch is not None:
        fetched = await core_insert_many(connection, compiled, statement._values, sent)
        return Returned(plan, fetched.rows, len(fetched.rows), sent)
    if len(sent) == 1:
        sql, bound = compiled.bind(statement._values, sent[0])
        fetched = await connection.core_run(compiled, sql, bound)
        return Returned(plan, fetched.rows, max(fetched.rowcount, len(fetched.rows)), sent)
    sql, bound = compiled.bind_many(statement._values, sent)
    answers = await connection.core_run_each(compiled, sql, bound)
    found = [row for answer in answers for row in answer.rows]
    return Returned(plan, found, len(found), sent)


def _plan_for(
    engine: Any, statement: Any, mapper: Any, keys: tuple[str, ...] | None, with_keys: bool, fetches: Fetches
) -> ReturningPlan:
    plans = engine.memo.get("returning_plans")
    if plans is None:
        plans = engine.memo.setdefault("returning_plans", {})
    key = (statement._key, keys, with_keys, fetches)
    plan = plans.get(key)
    if plan is None:
        plan = _plan(engine, statement, mapper, keys, with_keys, fetches)
        remember(plans, key, plan)
    return plan  # type: ignore[no-any-return]


def _plan(
    engine: Any, statement: Any, mapper: Any, keys: tuple[str, ...] | None, with_keys: bool, fetches: Fetches
) -> ReturningPlan:
    asked = flat_entries(statement._returning)
    missing: tuple[Any, ...] = ()
    if with_keys:
        present = {id(getattr(column, "column", column)) for column in statement.raw_columns}
        missing = tuple(column for column in key_columns(mapper, statement.table) if id(column) not in present)
        if missing:
            statement = statement._copy(_returning=(*missing, *statement._returning))
    compiled = engine.compiled(statement, keys, fetches)
    load = plan_load(ReturnedColumns(compiled.columns[len(missing) :]), asked) if asked else None
    return ReturningPlan(compiled, len(missing), load, _key_places(statement, mapper, compiled) if with_keys else ())


def _key_places(statement: Any, mapper: Any, compiled: Any) -> tuple[tuple[int, Any], ...]:
    """Return where the columns of the primary key stand in a row, and how they are converted."""
    sources = [getattr(column, "column", column) for column in statement.raw_columns]
    found = []
    for column in key_columns(mapper, statement.table):
        place = next(place for place, source in enumerate(sources) if source is column)
        found.append((place, compiled.columns[place].codec.result))
    return tuple(found)
