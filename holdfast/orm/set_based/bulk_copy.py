"""COPY: rows into a mapped class's table, and what a query gives out into a file, past all statements."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from holdfast import exc
from holdfast.orm.set_based.bulk_insert import with_defaults
from holdfast.orm.set_based.hierarchies import check_one_table, with_discriminator
from holdfast.orm.set_based.row_groups import RowGroup, batches_of
from holdfast.orm.unit_of_work.facts import facts_of
from holdfast.sql.select import select


async def core_copy_in(session: Any, mapper: Any, rows: Iterable[Any], names: Iterable[str] | None) -> int:
    """Write rows by COPY; see `Session.copy_in`."""
    mapper.configure()
    connection = await session.core_connection_for(mapper)
    dialect, facts = connection.dialect, facts_of(mapper)
    _check(dialect)
    check_one_table(mapper, "copy_in()", f"session.execute(insert({mapper.class_name}), rows) writes to all of them")
    mappings = iter(with_discriminator(mapper, (_mapping(mapper, row, place) for place, row in enumerate(rows))))
    first = next(mappings, None)
    if first is None:
        return 0
    given = tuple(first) if names is None else tuple(names)
    if mapper.discriminator is not None and mapper.discriminator[0] not in given:
        given = (*given, mapper.discriminator[0])
    unknown = [name for name in given if name not in facts.by_name]
    if unknown:
        raise exc.ArgumentError(
            f"{mapper.class_name} has no column attribute {unknown[0]!r} to copy into; it has {', '.join(facts.by_name)}."
        )
    wanted = sorted((*given, *_made(facts, given)), key=facts.order.__getitem__)
    columns = [facts.by_name[name].column for name in wanted]
    sql = dialect.copy_in_text(facts.table, [column.name for column in columns])
    binds = [dialect.codec(column.type).bind for column in columns]
    tuples = _tuples(connection, mapper, facts, given, wanted, binds, _chained(first, mappings), names is None)
    return await connection.core_copy_in(sql, tuples)  # type: ignore[no-any-return]


def _made(facts: Any, given: tuple[str, ...]) -> list[str]:
    """Return the attributes whose values Python makes."""
    return [fact.name for fact in facts.needs_defaults if fact.name not in given]


def _chained(first: Mapping[str, Any], others: Iterator[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    yield first
    yield from others


def _mapping(mapper: Any, row: Any, place: int) -> Mapping[str, Any]:
    """Return a row's values by attribute.

    Raises: ArgumentError: it is neither a mapping nor an object of the class.
    """
    if isinstance(row, Mapping):
        return row
    if isinstance(row, mapper.class_):
        return {name: value for name, value in row.__dict__.items() if name in facts_of(mapper).by_name}
    raise exc.ArgumentError(
        f"copy_in() of {mapper.class_name} takes dictionaries and objects of that class; row {place + 1} is a "
        f"{type(row).__name__}"
    )


def _tuples(
    connection: Any,
    mapper: Any,
    facts: Any,
    given: tuple[str, ...],
    wanted: list[str],
    binds: list[Callable[[Any], Any] | None],
    rows: Iterator[Mapping[str, Any]],
    are_alike: bool,
) -> Iterator[tuple[Any, ...]]:
    """Yield the rows as the driver takes them, batch by batch.

    Args:
        are_alike: nobody named the attributes: a row with more of them than the first would lose a value.

    Raises: ArgumentError: a row lacks an attribute that the first one has, or has another.
    """
    for batch in batches_of(rows):
        if are_alike:
            _check_alike(mapper, batch.rows, given, batch.start)
        _, filled = with_defaults(connection, facts, RowGroup(given, batch.rows, batch.start))
        for place, row in enumerate(filled):
            try:
                values = [row[name] for name in wanted]
            except KeyError as missing:
                raise exc.ArgumentError(
                    f"copy_in() of {mapper.class_name}: row {batch.start + place + 1} gives no {missing.args[0]}; all rows "
                    "give what the first one does, None where there is no value"
                ) from None
            yield tuple([
                value if bind is None or value is None else bind(value)
                for value, bind in zip(values, binds, strict=True)
            ])  # fmt: skip


def _check_alike(mapper: Any, rows: list[Mapping[str, Any]], given: tuple[str, ...], start: int) -> None:
    """Refuse a row that gives more than the first one.

    Raises: ArgumentError.
    """
    for place, row in enumerate(rows):
        if len(row) > len(given):
            more = next(name for name in row if name not in given)
            raise exc.ArgumentError(
                f"copy_in() of {mapper.class_name}: row {start + place + 1} gives {more}, which the first row does not; name "
                "what is to be written: copy_in(..., columns=[...])"
            )


async def core_copy_out(session: Any, source: Any, file: Any, format_: str, header: bool, mapper: Any) -> int:
    """Write what a query gives into a file by COPY; see `Session.copy_out`.

    Raises: ArgumentError: `file` does not take bytes.
    """
    write: Callable[[bytes], Any] | None = getattr(file, "write", None)
    if write is None or isinstance(file, io.TextIOBase):
        raise exc.ArgumentError(
            f"copy_out() writes bytes into an open file, not into {type(file).__name__}: with open(path, 'wb') as file, or "
            "io.BytesIO()."
        )
    statement = source
    if mapper is not None and not hasattr(source, "is_select"):
        statement = select(*mapper.local_table.c)
    connection = await session.core_connection_for(mapper, statement)
    _check(connection.dialect)
    sql = connection.dialect.copy_out_text(statement, format_, header)
    return await connection.core_copy_out(sql, write)  # type: ignore[no-any-return]


def _check(dialect: Any) -> None:
    if not dialect.capabilities.copies:
        raise exc.InvalidRequestError(
            f"COPY is a statement of PostgreSQL; {dialect.name} has none. session.execute(insert(Class), rows) writes many rows "
            "there."
        )
