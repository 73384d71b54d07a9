"""Inserts rows, or updates those that are there: `Session.upsert`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from holdfast import exc
from holdfast.orm.set_based.bulk_insert import ListOptions, statement_with_expressions, with_defaults
from holdfast.orm.set_based.conflicts import core_run_conflict, may_change_objects
from holdfast.orm.set_based.hierarchies import check_one_table, with_discriminator
from holdfast.orm.set_based.returning import core_run_returning
from holdfast.orm.set_based.row_groups import Batch, Grouping, RowGroup, batches_of, name_rows
from holdfast.orm.set_based.upsert_form import UpsertForm
from holdfast.orm.set_based.upsert_runs import Run, in_order, keys_of, runs_of
from holdfast.sql.columns import literal_column
from holdfast.sql.types import Boolean

NOTHING: Mapping[str, Any] = {}


class UpsertResult:
    """What `Session.upsert` did.

    Attributes:
        rowcount: rows inserted or updated; -1 where the database does not tell (MySQL and MariaDB with ``update=[]``).
        inserted, updated: how many of each; None where the database does not tell them apart.
        objects: the objects of these rows, in the order of the rows given; empty unless they were asked for.
    """

    def __init__(self) -> None:
        self.rowcount = 0
        self.inserted: int | None = None
        self.updated: int | None = None
        self.objects: list[Any] = []

    def count(self, inserted: bool) -> None:
        """Take note of one row."""
        self.inserted = (self.inserted or 0) + inserted
        self.updated = (self.updated or 0) + (not inserted)

    def __repr__(self) -> str:
        return f"<UpsertResult: {self.rowcount} rows, {self.inserted} inserted, {self.updated} updated>"


class _Upsert:
    """One call.

    Args:
        form: what it says.
        returning: the objects are wanted.
    """

    def __init__(self, session: Any, connection: Any, form: UpsertForm, returning: bool) -> None:
        self.session = session
        self.connection = connection
        self.form = form
        self.mapper = form.mapper
        self.facts = form.facts
        self.returning = returning
        self.capabilities = connection.dialect.capabilities
        self.flag = self.capabilities.inserted_flag
        self.result = UpsertResult()

    async def core_write(self, group: RowGroup) -> None:
        """Insert or update one group of rows."""
        self.form.check_keys(group.names)
        names, rows = with_defaults(self.connection, self.facts, group)
        statement = self.form.statement(group.names)
        group = group._replace(names=names, rows=rows)
        if group.has_expressions:
            statement, group = statement_with_expressions(statement, self.facts, group)
        columns = {name: self.facts.by_name[name].column.key for name in group.names}
        sent = [{key: row[name] for name, key in columns.items()} for row in group.rows]
        asked = [self.mapper.class_] if self.returning else []
        if self.flag is not None:
            asked.append(literal_column(self.flag, Boolean()).label("inserted"))
        updates = statement._conflict != "nothing" and not self.form.leaves_rows
        if not asked and not (updates and may_change_objects(self.session, statement, self.mapper)):
            answer = await self.connection.core_execute(statement, sent)
            self._count_rows(answer.rowcount, sent)
            return
        statement = statement.returning(*asked)
        for run in runs_of(sent, self._keys_of(group)):
            await self._core_write_run(statement, run, updates)

    def _keys_of(self, group: RowGroup) -> list[tuple[Any, ...]] | None:
        """Return what tells the rows of a group apart; see `Run`."""
        # Where any unique key finds a row, the one that comes back may have other values than those given.
        if group.has_expressions or not self.capabilities.on_conflict:
            return None
        if not self.returning and set(self.form.keys).isdisjoint(group.names):
            return [(number,) for number in range(len(group.rows))]
        return keys_of(group.rows, self.form.keys, self.facts, self.connection.dialect)

    async def _core_write_run(self, statement: Any, run: Run, updates: bool) -> None:
        """Send the rows of one run: as one statement, unless they have to come back in order and Python can not tell them."""
        in_batches = run.keys is not None or not (self.returning or self.capabilities.on_conflict)
        if updates:
            returned: Any = await core_run_conflict(
                self.session, self.connection, statement, self.mapper, run.rows, in_batches
            )
        else:
            returned = await core_run_returning(
                self.connection, statement, self.mapper, run.rows, with_keys=True, in_batches=in_batches
            )
        self._count_rows(len(returned.rows), run.rows)
        if statement._returning:
            self._take(returned, run.keys)

    def _count_rows(self, told: int, sent: list[Any]) -> None:
        """Take note of how many rows were written; where a row that is updated counts twice, all that were sent."""
        if not self.capabilities.on_conflict:
            told = len(sent)
        self.result.rowcount = -1 if self.form.leaves_rows else self.result.rowcount + max(told, 0)

    def _take(self, returned: Any, keys: list[tuple[Any, ...]] | None) -> None:
        rows = returned.result(self.connection, self.session.holder, True).all()
        if self.returning:
            objects = [row[0] for row in rows]
            self.result.objects += objects if keys is None else in_order(objects, self.form.keys, keys)
        if self.flag is not None:
            for row in rows:
                self.result.count(bool(row[-1]))


async def core_upsert(
    session: Any,
    mapper: Any,
    rows: Iterable[Any],
    on: Any = None,
    update: Any = None,
    returning: bool = False,
    options: Mapping[str, Any] = NOTHING,
) -> UpsertResult:
    """Insert rows, or update those that are there already; see `Session.upsert`."""
    mapper.configure()
    check_one_table(mapper, "upsert()")
    how = ListOptions.of(options)
    connection = await session.core_connection_for(mapper)
    _check(connection.dialect, returning)
    upsert = _Upsert(session, connection, UpsertForm(connection, mapper, on, update), returning)
    grouping = Grouping(upsert.facts, how.with_nulls)
    count = 0
    for batch in batches_of(rows, how.batch_rows):
        mappings = _of_mappings(upsert, batch)
        for group in grouping.groups(mappings._replace(rows=list(with_discriminator(mapper, mappings.rows)))):
            try:
                await upsert.core_write(group)
            except exc.StatementError as error:
                name_rows(error, group)
                raise
        count += len(batch.rows)
        if how.progress is not None:
            how.progress(count)
    return upsert.result


def _check(dialect: Any, returning: bool) -> None:
    """Raise where the database can not do what is asked for, before anything is sent."""
    capabilities = dialect.capabilities
    if not capabilities.on_conflict and not capabilities.duplicate_key:
        raise exc.InvalidRequestError(
            f"upsert() is written by INSERT ... ON CONFLICT or ON DUPLICATE KEY UPDATE; {dialect.name} has neither."
        )
    if returning and not capabilities.insert_returning:
        raise exc.InvalidRequestError(
            f"upsert() brings objects back by RETURNING, which {dialect.name} does not have for INSERT; read them by a "
            "select() afterwards."
        )


def _of_mappings(upsert: _Upsert, batch: Batch) -> Batch:
    """Return the batch with objects as mappings of their values; where there are any, objects come back."""
    if all(isinstance(row, Mapping) for row in batch.rows):
        return batch
    upsert.returning = True
    _check(upsert.connection.dialect, True)
    rows = []
    for row in batch.rows:
        if isinstance(row, Mapping):
            rows.append(row)
        elif isinstance(row, upsert.mapper.class_):
            rows.append({name: value for name, value in row.__dict__.items() if name in upsert.facts.by_name})
        else:
            raise exc.ArgumentError(
                f"upsert() of {upsert.mapper.class_name} takes dictionaries and objects of that class, not "
                f"{type(row).__name__}"
            )
    return batch._replace(rows=rows)
