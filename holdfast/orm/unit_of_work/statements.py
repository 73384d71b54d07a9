"""Prepares the statements of a flush: compiled once per engine and set of columns, with the function for their rows.

A `Prepared` statement is kept with its mapper, so that the next batch of the same shape is one dictionary look-up.
"""

from __future__ import annotations

import enum
import weakref
from collections.abc import Callable, Sequence
from typing import Any

from holdfast.compiler.assignments import has_python_default
from holdfast.orm.unit_of_work.changes import Names
from holdfast.orm.unit_of_work.defaults import maker_of
from holdfast.orm.unit_of_work.extractors import Extractor, Source, pair_rows
from holdfast.orm.unit_of_work.facts import MapperFacts, RelationshipFacts
from holdfast.sql.binds import bindparam
from holdfast.sql.columns import literal_column
from holdfast.sql.dml_statements import delete, update
from holdfast.sql.insert import insert
from holdfast.sql.public import cast


class Way(enum.Enum):
    """How generated values come back."""

    NOTHING = enum.auto()
    ROWS = enum.auto()
    """By RETURNING."""
    LAST_ROW_ID = enum.auto()
    """The driver tells the key of the last row."""


# By themselves, for who looks at them in each flush: a look at a member of an enumeration is slow.
NOTHING, ROWS, LAST_ROW_ID = Way.NOTHING, Way.ROWS, Way.LAST_ROW_ID


class Prepared:
    """A statement for plain values.

    Attributes:
        compiled: what the engine made of it.
        sql: its text.
        extractor: makes its parameters.
        returned: pairs (attribute name, conversion or None) of the columns that it returns.
        way: of an INSERT, how generated values come back.
        unknown: attributes whose values the database made and did not bring back.
    """

    __slots__ = ("compiled", "extractor", "returned", "sql", "unknown", "way")

    def __init__(
        self,
        compiled: Any,
        extractor: Extractor,
        returned: Names = (),
        way: Way = Way.NOTHING,
        unknown: Names = (),
    ) -> None:
        self.compiled = compiled
        self.sql: str = compiled.text
        self.extractor = extractor
        self.returned = returned_columns(compiled, returned)
        self.way = way
        self.unknown = unknown


def returned_columns(compiled: Any, names: Names) -> list[tuple[str, Callable[[Any], Any] | None]]:
    """Return the attributes that a RETURNING clause fills, with the conversion of each; it takes NULL too."""
    columns = compiled.columns or ()
    return [(name, _reader(column.codec)) for name, column in zip(names, columns, strict=True)]


def _reader(codec: Any) -> Callable[[Any], Any] | None:
    convert = codec.result
    if convert is None or codec.reads_none:
        return convert  # type: ignore[no-any-return]
    return lambda value: None if value is None else convert(value)


def key_parameter(facts: MapperFacts, name: str) -> str:
    """Return the name of the parameter in WHERE for one column of the primary key; no column has it."""
    parameter = f"{facts.table.name}_{facts.by_name[name].column.name}"
    while parameter in facts.column_keys:
        parameter += "_"
    return parameter


def _kept(facts: MapperFacts, engine: Any) -> dict[Any, Any]:
    """Return the statements of a mapper for an engine, to read and to fill."""
    # Nearly always it is the engine of last time; the weak dictionary costs ten times as much.
    last_engine, kept = facts.last
    if last_engine() is engine:
        return kept
    kept = facts.statements.setdefault(engine, {})
    facts.last = weakref.ref(engine), kept
    return kept


def insert_statement(facts: MapperFacts, returning: Names, default_value: str = "") -> Any:
    """Return the INSERT of one mapper; its columns are named when it is compiled.

    Args: default_value: what the counted key is to be given where several rows give nothing at all; "" elsewhere.
    """
    statement = insert(facts.table)
    if default_value:
        statement = statement.values({facts.table.autoincrement_column: literal_column(default_value)})
    return statement.returning(*[facts.by_name[name].column for name in returning]) if returning else statement


def asks_unasked(table: Any) -> bool:
    """Return True unless the table says ``implicit_returning=False``: RETURNING makes trouble there."""
    return bool(getattr(table, "implicit_returning", True))


def way_back(dialect: Any, facts: MapperFacts, names: Names) -> tuple[Way, Names]:
    """Decide how generated values come back.

    Args:
        names: attributes whose columns are given.

    Returns: the way, and the attributes for RETURNING.
    """
    fetched, generated = facts.missing_from(names)
    if not fetched and generated is None:
        return Way.NOTHING, ()
    capabilities = dialect.capabilities
    key = facts.generated_key
    sequence = None if generated is None else facts.by_name[generated].column.default
    tells = capabilities.lastrowid and not (sequence is not None and capabilities.draws_from(sequence))
    returns = asks_unasked(facts.table)
    if not returns:
        # Only for what nothing else tells: a key that SQL makes. The rest is read when it is asked for.
        fetched = tuple(name for name in fetched if name in facts.keys)
    if capabilities.insert_returning and (fetched or not tells):
        return Way.ROWS, fetched if key is None or key in fetched else (key, *fetched)
    return (Way.NOTHING, ()) if generated is None else (Way.LAST_ROW_ID, ())


def prepared_insert(engine: Any, facts: MapperFacts, names: Names, is_one: bool) -> Prepared:
    """Return the INSERT for one row, or for several, that give `names`."""
    kept = _kept(facts, engine)
    found = kept.get((names, is_one))
    if found is None:
        way, returning = way_back(engine.dialect, facts, names)
        is_empty = way is not Way.NOTHING and not names and not is_one and _counts_alone(facts)
        default_value = engine.dialect.capabilities.default_value if is_empty else ""
        compiled = engine.compiled(insert_statement(facts, returning, default_value), column_keys(facts, names))
        extractor = _extractor(engine, facts, compiled, names, "insert")
        unknown = tuple(fact.name for fact in facts.columns if fact.fetched and fact.name not in (*names, *returning))
        found = kept[names, is_one] = Prepared(compiled, extractor, returning, way, unknown)
    return found


def _counts_alone(facts: MapperFacts) -> bool:
    """Whether the table has a key that the database counts, and no default that the statement would hold."""
    return facts.table.autoincrement_column is not None and all(column.default is None for column in facts.table.c)


def update_statement(facts: MapperFacts, returning: Names) -> Any:
    """Return the UPDATE of one row by primary key."""
    statement = update(facts.table).where(*key_criteria(facts))
    return statement.returning(*[facts.by_name[name].column for name in returning]) if returning else statement


def prepared_update(engine: Any, facts: MapperFacts, names: Names, returning: Names) -> Prepared:
    """Return the UPDATE that sets `names` of rows found by primary key."""
    kept = _kept(facts, engine)
    found = kept.get(("update", names, returning))
    if found is None:
        compiled = engine.compiled(update_statement(facts, returning), column_keys(facts, names))
        found = Prepared(compiled, _extractor(engine, facts, compiled, names, "update"), returning)
        kept["update", names, returning] = found
    return found


def prepared_delete(engine: Any, facts: MapperFacts) -> Prepared:
    """Return the DELETE of rows found by primary key."""
    kept = _kept(facts, engine)
    found = kept.get("delete")
    if found is None:
        compiled = engine.compiled(delete(facts.table).where(*key_criteria(facts)))
        found = kept["delete"] = Prepared(compiled, _extractor(engine, facts, compiled, (), "delete"))
    return found


def row_names(facts: MapperFacts) -> tuple[str, ...]:
    """Return the attributes that find a row to be changed: the primary key and, if there is one, the version."""
    return facts.key_names if facts.version is None else (*facts.key_names, facts.version.name)


def places_in_key(facts: MapperFacts) -> list[tuple[str, tuple[str, Any]]]:
    """Return where the values come from that find a row: pairs (attribute, source) as `Source` takes them.

    A key of one column is that value, one of several, or with a version, is a tuple. An attribute of the table's key that
    is no part of the object's identity gives its own value.
    """
    identity: Names = facts.identity_names
    if facts.version is not None:
        identity = (*identity, facts.version.name)
    is_composite = len(identity) > 1
    return [
        (name, ("key", identity.index(name) if is_composite else "") if name in identity else ("value", name))
        for name in row_names(facts)
    ]


def key_criteria(facts: MapperFacts) -> list[Any]:
    """Return the conditions that find a row by its primary key, and by its version if it has one."""
    names = row_names(facts)
    columns = [facts.by_name[name].column for name in names]
    return [
        # A column of the system's own may be of a type that nothing is compared with: xmin on PostgreSQL.
        (cast(column, column.type) if column.system else column)
        == bindparam(key_parameter(facts, name), type_=column.type)
        for name, column in zip(names, columns, strict=True)
    ]


def column_keys(facts: MapperFacts, names: Names) -> tuple[str, ...]:
    """Return the keys of the columns of some attributes, as the compiler takes them."""
    return tuple(facts.by_name[name].column.key for name in names)


def _extractor(engine: Any, facts: MapperFacts, compiled: Any, names: Names, verb: str) -> Extractor:
    """Return the function that makes rows for a statement that takes attributes and primary keys."""
    by_parameter = {facts.by_name[name].column.key: ("value", name) for name in names}
    by_key = {key_parameter(facts, name): place for name, place in places_in_key(facts)}
    sources = []
    for slot in compiled.slots:
        if slot.constant is not None:
            value = slot.constant.effective_value
            sources.append(Source("constant", value if slot.bind is None or value is None else slot.bind(value)))
            continue
        kind, name = by_parameter[slot.name] if slot.place < 0 else by_key[slot.name]
        sources.append(Source(kind, name, slot.bind, slot.binds_none))
    label = f"{verb} {facts.mapper.class_name} ({', '.join(names)})"
    return Extractor(sources, parameter_names(engine, compiled), label)


def parameter_names(engine: Any, compiled: Any) -> list[str] | None:
    """Return the names of the placeholders where the driver takes a mapping; None where it takes a sequence."""
    if engine.dialect.capabilities.positional:
        return None
    return [engine.dialect.parameter_key(slot.name) for slot in compiled.slots]


class PreparedPairs:
    """A statement for rows of a secondary table: compiled, its text, and the function for its parameters.

    That function takes pairs of objects and, for defaults that Python makes, the connection.
    """

    __slots__ = ("compiled", "rows", "sql")

    def __init__(self, compiled: Any, rows: Callable[..., list[Any]]) -> None:
        self.compiled = compiled
        self.sql: str = compiled.text
        self.rows = rows


def prepared_pairs(engine: Any, facts: RelationshipFacts, parent_facts: MapperFacts, verb: str) -> PreparedPairs:
    """Return the INSERT or DELETE of rows of a secondary table.

    Args:
        verb: "insert", "delete" or "update".
    """
    kept = _kept(parent_facts, engine)
    found = kept.get((verb, facts))
    if found is None:
        found = kept[verb, facts] = _prepare_pairs(engine, facts, verb)
    return found


def before(name: str) -> str:
    """Return the name under which a value before a change stands beside the one of now."""
    return f"before_{name}"


def _prepare_pairs(engine: Any, facts: RelationshipFacts, verb: str) -> PreparedPairs:
    secondary = facts.relationship.secondary
    sides: dict[Any, tuple[bool, str]] = {column.key: (False, name) for name, column in facts.transfers}
    sides.update({column.key: (True, name) for name, column in facts.target_transfers})
    columns = [column for column in secondary.columns if column.key in sides]
    made: dict[Any, tuple[None, Any]] = {}
    if verb == "insert":
        made = {
            column.key: (None, maker_of(column))
            for column in secondary.columns
            if column.key not in sides and has_python_default(column)
        }
        compiled = engine.compiled(insert(secondary), (*[column.key for column in columns], *made))
    elif verb == "delete":
        criteria = [column == bindparam(column.key, type_=column.type) for column in columns]
        compiled = engine.compiled(delete(secondary).where(*criteria))
    else:
        criteria = [column == bindparam(before(column.key), type_=column.type) for column in columns]
        compiled = engine.compiled(update(secondary).where(*criteria), tuple(column.key for column in columns))
        sides.update({before(key): (is_target, before(name)) for key, (is_target, name) in list(sides.items())})
    sources = [
        (*(made.get(slot.name) or sides[slot.name]), slot.bind) if slot.constant is None else _constant(slot)
        for slot in compiled.slots
    ]
    label = f"{verb} {secondary.name}"
    return PreparedPairs(compiled, pair_rows(sources, parameter_names(engine, compiled), label))


def _constant(slot: Any) -> tuple[None, Any, Any]:
    """Return the source of a value that stands in the SQL of a default."""
    value = slot.constant.effective_value
    return None, lambda connection: value, None if value is None else slot.bind


def one_row(compiled: Any, statement: Any, given: dict[str, Any]) -> tuple[str, Any]:
    """Return text and parameters of a statement that has SQL expressions among its values.

    Args:
        given: plain values by parameter name.
    """
    sql, parameters = compiled.bind(statement._values, given)
    return sql, parameters


def first_columns(rows: Sequence[Any]) -> list[Any]:
    """Return the first column of the only row of each answer."""
    return [fetched.rows[0][0] for fetched in rows]
