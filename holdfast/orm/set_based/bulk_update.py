"""Updates lists of rows by their primary keys, and brings the session's objects along."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from holdfast import exc
from holdfast.engine.cursor_result import CursorResult
from holdfast.orm.set_based.apply import drop
from holdfast.orm.set_based.bulk_insert import ListOptions, statement_with_expressions, together
from holdfast.orm.set_based.evaluation import UNKNOWN, Found, settle
from holdfast.orm.set_based.exact_types import Unsure, kind_of
from holdfast.orm.set_based.hierarchies import check_one_table
from holdfast.orm.set_based.returning import core_run_returning
from holdfast.orm.set_based.row_groups import Grouping, Row, RowGroup, batches_of, name_rows
from holdfast.orm.set_based.row_statements import prepared_rows
from holdfast.orm.set_based.row_versions import found_by, with_next_versions
from holdfast.orm.set_based.synchronize import doubtful_names, strategy_of
from holdfast.orm.unit_of_work.changes import is_expression_class
from holdfast.orm.unit_of_work.defaults import fill_values
from holdfast.orm.unit_of_work.facts import facts_of
from holdfast.orm.unit_of_work.statements import column_keys, key_criteria, one_row, update_statement
from holdfast.orm.unit_of_work.updates import stale_rows


async def core_update_rows(
    session: Any,
    connection: Any,
    statement: Any,
    mapper: Any,
    rows: Iterable[Row],
    options: Mapping[str, Any],
) -> CursorResult[Any]:
    """Update one row for each mapping of a list or iterator, found by its primary key.

    Args:
        statement: an UPDATE without values; it may have RETURNING, and criteria if no object is kept in step.
        rows: mappings by attribute name, with the primary key.

    Raises:
        InvalidRequestError: a row without its key; criteria while objects are to be kept in step.
        StaleDataError: a row is not there.
    """
    strategy = strategy_of(options)
    if statement._where and strategy is not None:
        raise exc.InvalidRequestError(
            "bulk synchronize of persistent objects not supported when using bulk update with additional WHERE criteria "
            "right now.  add synchronize_session=None execution option to bypass synchronize of persistent objects."
        )
    check_one_table(mapper, "An UPDATE with a list and criteria", "Give update() the rows with primary keys alone")
    facts, how = facts_of(mapper), ListOptions.of(options, with_nulls=True)
    writer = RowWriter(session, connection, statement, facts, strategy is not None, options)
    grouping = Grouping(facts, True)
    results: list[CursorResult[Any]] = []
    count = matched = 0
    for batch in batches_of(rows, how.batch_rows):
        groups = list(grouping.groups(writer.without_criteria(batch)))
        for group in groups:
            check_keys(facts, group)
        for group in groups:
            try:
                matched += await writer.core_write(group, results)
            except (exc.StatementError, exc.StaleDataError) as error:
                name_rows(error, group)
                raise
        count += len(batch.rows)
        if how.progress is not None:
            how.progress(count)
    return together(results, matched, connection)


def check_keys(facts: Any, group: RowGroup) -> None:
    """Raise for rows without their primary key."""
    missing = [
        name for name in facts.key_names if name not in group.names or any(row[name] is None for row in group.rows)
    ]
    if missing:
        raise keys_missing(facts, missing)


def keys_missing(facts: Any, names: Sequence[str]) -> exc.InvalidRequestError:
    """Return the error for rows that give no value for attributes of their primary key."""
    columns = ", ".join(str(facts.by_name[name].column) for name in names)
    return exc.InvalidRequestError(
        f"No primary key value supplied for column(s) {columns}; per-row ORM Bulk UPDATE by Primary Key requires that "
        f"records contain primary key values. The attributes are {', '.join(facts.key_names)}."
    )


class RowWriter:
    """Sends groups of rows, and gives objects present what was written."""

    def __init__(
        self, session: Any, connection: Any, statement: Any, facts: Any, keeps_in_step: bool, options: Mapping[str, Any]
    ) -> None:
        self.session = session
        self.connection = connection
        self.statement = statement
        self.facts = facts
        self.options = options
        states = session.holder.states.get(facts.mapper.base_mapper)
        self.states = states if keeps_in_step and states else None
        self.named = {holder.key for holder in statement._values if not getattr(holder, "unique", True)}
        self.criteria_values: dict[int, dict[str, Any]] = {}

    def without_criteria(self, batch: Any) -> Any:
        """Return a batch without the values of the statement's own parameters; these are kept by the row's place."""
        if not self.named:
            return batch
        self.criteria_values = {
            batch.start + place: {key: row[key] for key in self.named if key in row}
            for place, row in enumerate(batch.rows)
        }
        rows = [{key: value for key, value in row.items() if key not in self.named} for row in batch.rows]
        return batch._replace(rows=rows)

    async def core_write(self, group: RowGroup, results: list[CursorResult[Any]]) -> int:
        """Update one group of rows; returns how many were matched.

        Args:
            results: takes what RETURNING brings.
        """
        names, rows = self._with_onupdate(group)
        if self.facts.version is not None:
            names, rows = with_next_versions(self.facts, names, rows)
        changed = tuple(name for name in names if name not in self.facts.key_names)
        if not changed:
            return 0
        group = group._replace(names=names, rows=rows)
        if self.statement._where or self.statement._returning or self.statement._set:
            matched = await self._core_statement(group, changed, results)
        else:
            matched = await self._core_plain(group, changed)
            if 0 <= matched != len(rows):
                raise stale_rows(self.facts, len(rows), matched)
        if self.states:
            self._apply(rows, changed)
        return matched

    def _with_onupdate(self, group: RowGroup) -> tuple[tuple[str, ...], list[Any]]:
        facts = self.facts
        made = [name for name in facts.onupdate_names if name not in group.names]
        if not made or all(name in facts.key_names for name in group.names):
            return group.names, group.rows
        rows = [dict(row) for row in group.rows]
        for name in made:
            column = facts.by_name[name].column
            fill_values(self.connection, facts, column, name, column.onupdate, rows, False)
        return tuple(sorted((*group.names, *made), key=facts.order.__getitem__)), rows

    async def _core_plain(self, group: RowGroup, changed: tuple[str, ...]) -> int:
        connection, facts = self.connection, self.facts
        if group.has_expressions:
            statement, group = statement_with_expressions(
                update_statement(facts, ()), facts, group._replace(names=changed)
            )
            [row] = group.rows
            compiled = connection.engine.compiled(statement, column_keys(facts, group.names))
            given = {facts.by_name[name].column.key: row[name] for name in group.names}
            given.update(found_by(facts, row))
            answer = await connection.core_run(compiled, *one_row(compiled, statement, given))
            return int(answer.rowcount)
        prepared = prepared_rows(connection.engine, facts, "update", changed)
        parameters = prepared.parameters(group.rows)
        if len(parameters) == 1:
            answer = await connection.core_run(prepared.compiled, prepared.sql, parameters[0])
        else:
            answer = await connection.core_run(prepared.compiled, prepared.sql, parameters, True)
        return int(answer.rowcount)

    async def _core_statement(self, group: RowGroup, changed: tuple[str, ...], results: list[CursorResult[Any]]) -> int:
        """Send the program's own statement: with criteria, values or RETURNING."""
        facts = self.facts
        statement = self.statement.where(*key_criteria(facts))
        if group.has_expressions:
            statement, plain = statement_with_expressions(statement, facts, group._replace(names=changed))
            changed = plain.names
        rows = []
        for place, row in enumerate(group.rows, group.start):
            given = {facts.by_name[name].column.key: row[name] for name in changed}
            given.update(found_by(facts, row))
            given.update(self.criteria_values.get(place, {}))
            rows.append(given)
        if not statement._returning:
            result = await self.connection.core_execute(statement, rows)
            return int(result.rowcount)
        returned = await core_run_returning(self.connection, statement, facts.mapper, rows)
        overwrite = bool(self.options.get("populate_existing"))
        results.append(returned.result(self.connection, self.session.holder, overwrite))
        return returned.rowcount

    def _apply(self, rows: Iterable[Row], changed: tuple[str, ...]) -> None:
        """Give objects present what their rows have now."""
        mapper, states = self.facts.mapper, self.states
        assert states is not None
        readers = {name: _reader(mapper, name, self.connection.dialect) for name in changed}
        doubtful = doubtful_names(mapper, frozenset(changed))
        names = (*changed, *doubtful)
        written: list[Any] = []
        absent: list[Row] = []
        for row in rows:
            state = states.get(mapper.key_from_values(row))
            instance = None if state is None else state()
            if state is None or instance is None:
                absent.append(row)
                continue
            values = instance.__dict__
            for name, read in readers.items():
                if name in values:
                    value = read(row[name])
                    if value is UNKNOWN:
                        del values[name]
                    else:
                        values[name] = value
            for name in doubtful:
                values.pop(name, None)
            settle(state, names)
            written.append(state)
        if absent and not self._are_exact(absent):
            found = perhaps_written(states, mapper, written)
            drop(found, names)
            written += [state for state, _ in found]
        self.session.register_written(written)

    def _are_exact(self, rows: Sequence[Row]) -> bool:
        """Return True if Python tells as the database which object a row's key is that of; a text that is a number is not."""
        for name in self.facts.mapper.primary_key_names:
            kind = kind_of(self.facts.mapper.column_of(name).type, self.connection.dialect)
            if kind is None or {type(row[name]) for row in rows} != {kind.value_class}:
                return False
        return True


def perhaps_written(states: Mapping[Any, Any], mapper: Any, sure: Sequence[Any]) -> Found:
    """Return the objects of a class of which it is not known whether their rows were written; `sure`: those that were."""
    known = set(sure)
    pairs = [(state, state()) for state in states.values() if state not in known and state.mapper.isa(mapper)]
    return [(state, instance) for state, instance in pairs if instance is not None]


def _reader(mapper: Any, name: str, dialect: Any) -> Callable[[Any], Any]:
    """Return the function that gives what a read brings after a value was written, or UNKNOWN."""
    kind = kind_of(mapper.column_of(name).type, dialect)

    def read(value: Any) -> Any:
        if kind is None or is_expression_class(type(value)):
            return UNKNOWN
        try:
            return kind.read_back(value)
        except Unsure:
            return UNKNOWN

    return read
