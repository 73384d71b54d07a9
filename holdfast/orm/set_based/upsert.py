"""Inserts rows, or updates those that are there: `Session.upsert`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from holdfast import exc
from holdfast.orm.set_based.bulk_insert import ListOptions, statement_with_expressions, with_defaults
from holdfast.orm.set_based.conflicts import core_run_conflict, may_change_objects
from holdfast.orm.set_based.hierarchies import check_one_table
from holdfast.orm.set_based.returned_objects import core_load_for
from holdfast.orm.set_based.returning import core_run_returning
from holdfast.orm.set_based.row_groups import Batch, Grouping, RowGroup, batches_of, name_rows
from holdfast.orm.set_based.upsert_runs import Run, in_order, keys_of, runs_of
from holdfast.orm.set_based.upsert_values import UpdateOfExisting, listed, names_of
from holdfast.orm.unit_of_work.facts import facts_of
from holdfast.sql.columns import literal_column
from holdfast.sql.duplicate_key import DuplicateKeyInsert
from holdfast.sql.on_conflict import ConflictInsert
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
        on: what finds a row that is there; None: the primary key.
        update: what is written to it; see `Session.upsert`.
        returning: the objects are wanted.
    """

    def __init__(self, session: Any, connection: Any, mapper: Any, on: Any, update: Any, returning: bool) -> None:
        self.session = session
        self.connection = connection
        self.mapper = mapper
        self.facts = facts_of(mapper)
        named = [name for one in listed(on) for name in names_of(self.facts, one)] if on is not None else ()
        self.keys = list(named or mapper.primary_key_names)
        self.existing = UpdateOfExisting(connection, self.facts, self.keys, update)
        self.returning = returning
        self.capabilities = connection.dialect.capabilities
        self.flag = self.capabilities.inserted_flag
        self.result = UpsertResult()
        # Rows that are there stay as they are, and nobody counts them.
        self.leaves_rows = False

    async def core_write(self, group: RowGroup) -> None:
        """Insert or update one group of rows."""
        missing = [name for name in self.keys if name not in group.names]
        if missing and self.keys != list(self.mapper.primary_key_names):
            raise exc.ArgumentError(
                f"upsert() of {self.mapper.class_name} finds rows by {', '.join(self.keys)}, and a row gives no "
                f"{', '.join(missing)}"
            )
        statement = self._statement(group.names)
        group = self._complete(group)
        if group.has_expressions:
            statement, group = statement_with_expressions(statement, self.facts, group)
        columns = {name: self.facts.by_name[name].column.key for name in group.names}
        sent = [{key: row[name] for name, key in columns.items()} for row in group.rows]
        asked = [self.mapper.class_] if self.returning else []
        if self.flag is not None:
            asked.append(literal_column(self.flag, Boolean()).label("inserted"))
        updates = statement._conflict != "nothing" and not self.leaves_rows
        if not asked and not (updates and may_change_objects(self.session, statement, self.mapper)):
            answer = await self.connection.core_execute(statement, sent)
            self._count_rows(answer.rowcount, sent)
            return
        statement = statement.returning(*asked)
        # Where any unique key finds a row, the one that comes back may have other values than those given.
        tells = self.capabilities.on_conflict and not group.has_expressions
        keys = keys_of(group.rows, self.keys, self.facts, self.connection.dialect) if tells else None
        for run in runs_of(sent, keys):
            await self._core_write_run(statement, run, updates)

    def nullable(self) -> Iterable[str]:
        """Return the attributes of which None is written: a row that is there has to lose its value."""
        fixed = {*self.keys, *self.mapper.primary_key_names}
        for fact in self.facts.columns:
            if fact.default is None and not fact.given_only and fact.name not in fixed:
                yield fact.name

    def _complete(self, group: RowGroup) -> RowGroup:
        """Return the group with what its rows do not say, and new ones need: defaults, and what tells their class."""
        names, rows = with_defaults(self.connection, self.facts, group)
        discriminator = self.mapper.discriminator
        if discriminator is not None and discriminator[0] not in names:
            name, identity = discriminator
            names = tuple(sorted((*names, name), key=self.facts.order.__getitem__))
            rows = [{**row, name: identity} for row in rows]
        return group._replace(names=names, rows=rows)

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
        self.result.rowcount = -1 if self.leaves_rows else self.result.rowcount + max(told, 0)

    def _take(self, returned: Any, keys: list[tuple[Any, ...]] | None) -> None:
        rows = returned.result(self.connection, self.session.holder, True).all()
        if self.returning:
            objects = [row[0] for row in rows]
            self.result.objects += objects if keys is None else in_order(objects, self.keys, keys)
        if self.flag is not None:
            for row in rows:
                self.result.count(bool(row[-1]))

    def _statement(self, given: tuple[str, ...]) -> Any:
        """Return the INSERT with what is done about rows that are there."""
        if not self.capabilities.on_conflict:
            return self._duplicate_key_statement(given)
        statement = ConflictInsert(self.mapper.class_)
        by_name = self.facts.by_name
        target = [by_name[name].column for name in self.keys]
        updates = self.existing.columns(statement.excluded, given)
        if not updates:
            return statement._on_conflict(None, target, None)
        return statement._on_conflict(None, target, None, set_=updates, updates=True)

    def _duplicate_key_statement(self, given: tuple[str, ...]) -> Any:
        statement = DuplicateKeyInsert(self.mapper.class_)
        updates = self.existing.columns(statement.inserted, given)
        if not updates:
            # There is no word for it: a key that gets its own value changes nothing.
            self.leaves_rows = True
            updates = {(key := self.facts.by_name[self.keys[0]].column): key}
        return statement.on_duplicate_key_update(updates)


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
    check_one_table(
        mapper,
        "upsert()",
        "Use session.merge_all() with objects, which reads what is there by one SELECT for many, and flush(), which writes "
        "table by table in batches",
    )
    how = ListOptions.of(options)
    connection = await session.core_connection_for(mapper)
    _check(connection.dialect, returning)
    upsert = _Upsert(session, connection, mapper, on, update, returning)
    grouping = Grouping(upsert.facts, how.with_nulls, upsert.nullable())
    count = 0
    for batch in batches_of(rows, how.batch_rows):
        for group in grouping.groups(_of_mappings(upsert, batch)):
            try:
                await upsert.core_write(group)
            except exc.StatementError as error:
                name_rows(error, group)
                raise
        count += len(batch.rows)
        if how.progress is not None:
            how.progress(count)
    if upsert.result.objects:
        await core_load_for(session, mapper, upsert.result.objects)
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
        elif getattr(getattr(row, "_sa_instance_state", None), "mapper", None) is upsert.mapper:
            rows.append(_values_of(row, upsert))
        else:
            raise exc.ArgumentError(
                f"upsert() of {upsert.mapper.class_name} takes dictionaries and objects of that class, not "
                f"{type(row).__name__}"
            )
    return batch._replace(rows=rows)


def _values_of(row: Any, upsert: _Upsert) -> dict[str, Any]:
    """Return what an object says; its class was not set by anybody."""
    found = {name: value for name, value in row.__dict__.items() if name in upsert.facts.by_name}
    discriminator = upsert.mapper.discriminator
    if discriminator is not None and found.get(discriminator[0]) == discriminator[1]:
        del found[discriminator[0]]
    return found
