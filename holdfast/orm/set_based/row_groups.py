"""Cuts lists of rows into batches, and these into groups that one statement fits.

Rows are mappings by attribute name. A group is a run of rows that give the same columns; a row that has SQL
expressions among its values stands alone. A list is one batch; what comes from an iterator is taken in batches and
never collected.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, groupby, islice
from typing import Any, NamedTuple

from holdfast import exc
from holdfast.exc.shown import on_one_line
from holdfast.orm.unit_of_work.changes import is_expression_class

BATCH = 1000
"""Rows that are taken at a time from what is no list."""

Row = Mapping[str, Any]


class Batch(NamedTuple):
    """Some of the rows; `start` is the place of the first one, from 0."""

    rows: list[Row]
    start: int


class RowGroup(NamedTuple):
    """Rows that one statement fits.

    Attributes:
        names: the attributes that they give, in the table's order.
        rows: mappings that have at least these attributes.
        start: place of the first row in the whole list.
        has_expressions: the only row has SQL expressions among its values.
    """

    names: tuple[str, ...]
    rows: list[Row]
    start: int
    has_expressions: bool = False


def batches_of(rows: Iterable[Row], size: int | None = None) -> Iterator[Batch]:
    """Yield the rows in batches.

    Args:
        size: rows of a batch; None: a list is one, what is no list comes in batches of `BATCH`.
    """
    if size is None and isinstance(rows, (list, tuple)):
        if rows:
            yield Batch(list(rows), 0)
        return
    if isinstance(rows, Mapping) or not isinstance(rows, Iterable):
        raise exc.ArgumentError(f"A list or an iterator of dictionaries expected, got {type(rows).__name__}")
    iterator, start = iter(rows), 0
    while batch := list(islice(iterator, size or BATCH)):
        yield Batch(batch, start)
        start += len(batch)


class Grouping:
    """Groups rows of one mapped class.

    Args:
        facts: of the class.
        with_nulls: None is a value to be written; otherwise its column is left to its default.
        nullable: attributes of which None is written all the same.
    """

    def __init__(self, facts: Any, with_nulls: bool, nullable: Iterable[str] = ()) -> None:
        self._facts = facts
        self._mapper = facts.mapper
        self._with_nulls = with_nulls
        self._keep_none = frozenset(nullable).union(fact.name for fact in facts.columns if fact.keeps_none)
        self._names: dict[Any, tuple[str, ...]] = {}

    def groups(self, batch: Batch) -> Iterator[RowGroup]:
        """Yield the groups of one batch, in the order of the rows.

        Raises:
            ArgumentError: a row is no mapping.
            CompileError: a key that is no attribute of the class.
        """
        rows = batch.rows
        if not all(map(_is_mapping, set(map(type, rows)))):
            raise exc.ArgumentError("List argument must consist only of dictionaries")
        names = self._common_names(rows)
        if names is not None:
            yield RowGroup(names, rows, batch.start)
            return
        shaped = [self._shaped(row) for row in rows]
        numbered = zip(range(len(rows)), shaped, strict=True)
        for (given, has_expressions, _), run in groupby(
            numbered, lambda one: (one[1][0], one[1][2], one[0] if one[1][2] else -1)
        ):
            members = list(run)
            group = [row for _, (_, row, _) in members]
            yield RowGroup(self._ordered(given), group, batch.start + members[0][0], has_expressions)

    def _common_names(self, rows: list[Row]) -> tuple[str, ...] | None:
        """Return the attributes that all rows give, if they are alike and plain: looked at without a Python loop."""
        keys = rows[0].keys()
        if len(set(map(len, rows))) > 1 or not all(map(keys.__eq__, [row.keys() for row in rows[1:]])):
            return None
        classes = set(map(type, chain.from_iterable([row.values() for row in rows])))
        if (type(None) in classes and not self._with_nulls) or any(map(is_expression_class, classes)):
            return None
        if not self._facts.by_name.keys() >= set(keys):
            return None
        return self._ordered(frozenset(keys))

    def _shaped(self, row: Row) -> tuple[frozenset[str], Row, bool]:
        """Return what one row gives, the row by attribute, and whether it has SQL expressions."""
        if not self._facts.by_name.keys() >= set(row):
            row = by_attribute(self._facts, row)
        kept = self._keep_none
        given = frozenset(
            row if self._with_nulls else [name for name, value in row.items() if value is not None or name in kept]
        )
        return given, row, any(is_expression_class(type(row[name])) for name in given)

    def _ordered(self, given: frozenset[str]) -> tuple[str, ...]:
        found = self._names.get(given)
        if found is None:
            found = self._names[given] = tuple(sorted(given, key=self._facts.order.__getitem__))
        return found


def _is_mapping(class_: type[Any]) -> bool:
    return issubclass(class_, Mapping)


def by_attribute(facts: Any, row: Row) -> dict[str, Any]:
    """Return a row by names of column attributes: hybrids and composites taken apart, synonyms and keys understood.

    Raises:
        CompileError: a key that is none of these.
        InvalidRequestError: a hybrid that does not say what it is in a row.
    """
    mapper = facts.mapper
    if not all(isinstance(key, str) for key in row):
        row = {_named(mapper, key): value for key, value in row.items()}
    row = _without_hybrids(mapper, row)
    found: dict[str, Any] = {}
    for key, value in row.items():
        if key in facts.by_name:
            found[key] = value
            continue
        prop = mapper.find_property(key)
        if hasattr(prop, "set_pairs"):
            found.update((mapper.name_of_column(column), part) for column, part in prop.set_pairs(value))
        elif hasattr(prop, "map_column") and prop.name in facts.by_name:
            found[prop.name] = value
        elif prop is None and key in mapper.local_table.c and mapper.local_table.c[key] in mapper._name_of:
            found[mapper._name_of[mapper.local_table.c[key]]] = value
        else:
            raise exc.CompileError(
                f"Unconsumed column names: {on_one_line(key)}. {mapper.class_name} has the attributes "
                f"{', '.join(facts.by_name)}.{mapper.instead_of(key)}"
            )
    return found


def _named(mapper: Any, key: Any) -> str:
    """Return the name of what a key stands for that is no name: an attribute of the class, or a column of its table."""
    if isinstance(key, str):
        return key
    name = mapper._name_of.get(getattr(key, "column", key)) or getattr(key, "key", None)
    if not isinstance(name, str):
        raise exc.ArgumentError(f"A row's keys are names of attributes; got {type(key).__name__}")
    return name


def _without_hybrids(mapper: Any, row: Row) -> Row:
    """Return a row in whose place of hybrids stands what they put there; the caller's row stays as it is."""
    hybrids = [key for key in row if hasattr(getattr(mapper.class_, key, None), "__fill_row__")]
    if not hybrids:
        return row
    filled = dict(row)
    for key in hybrids:
        getattr(mapper.class_, key).__fill_row__(filled, row[key])
    for key in hybrids:
        filled.pop(key, None)
    return filled


def name_rows(error: BaseException, group: RowGroup) -> None:
    """Tell an error which rows of the list the refused statement was for."""
    first, last = group.start + 1, group.start + len(group.rows)
    where = f"row {first}" if first == last else f"rows {first} to {last}"
    error.rows = (group.start, group.start + len(group.rows))  # type: ignore[attr-defined]
    error.add_note(
        f"It was {where} of the list. What was sent until then, of these rows too, stands in the transaction until it is "
        "rolled back; those behind were not sent."
    )


def given_names(rows: Sequence[Row]) -> set[str]:
    """Return all keys of some rows."""
    return set(chain.from_iterable(rows))
