"""Creates and drops tables, indexes, sequences and views on a connection, in the order of their foreign keys."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from holdfast import exc
from holdfast.engine.reflection.reflector import reflector_of
from holdfast.schema import ddl
from holdfast.schema.ddl import CheckFirst, condition_holds
from holdfast.schema.indexes import Index
from holdfast.schema.items import tell
from holdfast.schema.named_types import (
    creation_of,
    dropping_of,
    in_order_of_dropping,
    named_type,
    named_types,
    with_own_types,
)
from holdfast.schema.sequences import Sequence
from holdfast.schema.sorting import order_tables
from holdfast.schema.table import Table
from holdfast.schema.type_events import tell_type
from holdfast.schema.views import DropView
from holdfast.sql.types import SchemaType


def run_schema(connection: Any, what: str, subject: Any, tables: list[Any] | None, checkfirst: Any) -> None:
    """Create or drop on a connection; what is there, or gone, already is left alone.

    Args:
        what: "create" or "drop".
        subject: a MetaData, table, index or sequence.
        tables: of a MetaData only these; None: all, with its sequences.
        checkfirst: True, False or `CheckFirst` flags: what to look for before.
    """
    run = (_Creation if what == "create" else _Dropping)(connection, CheckFirst.of(checkfirst))
    if isinstance(subject, Table):
        run.single_table(subject)
    elif isinstance(subject, Index):
        run.index(subject)
    elif isinstance(subject, Sequence):
        run.sequence(subject)
    elif isinstance(subject, SchemaType):
        if named_type(subject, connection.dialect) is not None:
            run.named_type(subject)
    else:
        run.metadata(subject, tables)


class _Run:
    """One creation or dropping.

    Args:
        connection: carries it out.
        checkfirst: what to look for before.
    """

    what = ""

    def __init__(self, connection: Any, checkfirst: CheckFirst) -> None:
        self.connection = connection
        self.dialect = connection.dialect
        self.capabilities = connection.dialect.capabilities
        self.checkfirst = checkfirst

    def send(self, statement: Any) -> None:
        self.connection.execute(statement)

    def tell(self, target: Any, when: str, **facts: Any) -> None:
        tell(target, f"{when}_{self.what}", target, self.connection, checkfirst=self.checkfirst, **facts)

    def tell_type(self, type_: Any, when: str) -> None:
        tell_type(type_, f"{when}_{self.what}", type_, self.connection, checkfirst=self.checkfirst)

    def wanted(self, flag: CheckFirst, is_there: Any, *arguments: Any) -> bool:
        """Return True if something is to be made, or dropped, after a look whether it is there."""
        if not self.checkfirst & flag:
            return True
        return bool(is_there(self.connection, *arguments)) is (self.what == "drop")

    def table_wanted(self, table: Any) -> bool:
        return self.wanted(CheckFirst.VIEWS if table.is_view else CheckFirst.TABLES, has_table, table)

    def sequence_wanted(self, sequence: Any) -> bool:
        if not self.capabilities.draws_from(sequence):
            return False
        return self.wanted(CheckFirst.SEQUENCES, has_sequence, sequence)

    def rule_holds(self, item: Any) -> bool:
        rule = item.ddl_if_rule
        return rule is None or condition_holds(
            rule, None, item, self.connection, checkfirst=self.checkfirst, dialect=self.dialect
        )

    def single_table(self, table: Any) -> None:
        """Do it for one table by itself."""
        if self.table_wanted(table):
            self.table(table, None, False)

    def table(self, table: Any, foreign_keys: list[Any] | None, in_metadata: bool) -> None:
        """Do it for a table and what goes with it."""
        raise NotImplementedError

    def index(self, index: Any) -> None:
        """Do it for an index."""
        raise NotImplementedError

    def sequence(self, sequence: Any) -> None:
        """Do it for a sequence."""
        raise NotImplementedError

    def named_type(self, type_: Any) -> None:
        """Do it for a type that the database keeps under its name."""
        raise NotImplementedError

    def metadata(self, metadata: Any, tables: list[Any] | None) -> None:
        """Do it for a collection of tables."""
        raise NotImplementedError


class _Creation(_Run):
    what = "create"

    def metadata(self, metadata: Any, tables: list[Any] | None) -> None:
        chosen = [table for table in _tables_of(metadata, tables) if self.table_wanted(table)]
        order = order_tables(chosen, self._when)
        chosen = [table for table, _ in order.tables]
        with_tables = {id(sequence) for table in chosen for sequence in _sequences_of(table)}
        loose = [
            sequence
            for sequence in (metadata.sequences.values() if tables is None else ())
            if id(sequence) not in with_tables and not _of_some_table(metadata, sequence)
        ]
        self.tell(metadata, "before", tables=chosen, _is_metadata_operation=True)
        for sequence in loose:
            self.sequence(sequence)
        for type_ in with_own_types(metadata, tables, named_types(chosen, self.dialect), self.dialect):
            self.named_type(type_)
        for table, foreign_keys in order.tables:
            self.table(table, foreign_keys, True)
        # Where there is no ALTER, they stand in CREATE TABLE.
        for constraint in order.later if self.capabilities.alter_constraints else ():
            self.send(ddl.AddConstraint(constraint, isolate_from_table=False))
        self.tell(metadata, "after", tables=chosen, _is_metadata_operation=True)

    def _when(self, constraint: Any) -> bool | None:
        if not self.capabilities.alter_constraints:
            # All of them stand in CREATE TABLE, which here takes tables that are not there yet.
            return None
        return True if constraint.use_alter else None

    def table(self, table: Any, foreign_keys: list[Any] | None, in_metadata: bool) -> None:
        self.tell(table, "before", _is_metadata_operation=in_metadata)
        for sequence in _sequences_of(table):
            self.sequence(sequence)
        for type_ in () if in_metadata else named_types([table], self.dialect):
            self.named_type(type_)
        inline = foreign_keys if self.capabilities.alter_constraints else None
        self.send(table._creator_ddl or ddl.CreateTable(table, include_foreign_key_constraints=inline))
        for index in sorted(table.indexes, key=lambda index: str(index.name)):
            if self.rule_holds(index):
                self.send(ddl.CreateIndex(index))
        if self.capabilities.comments and not self.capabilities.inline_comments:
            self._comments(table)
        self.tell(table, "after", _is_metadata_operation=in_metadata)

    def _comments(self, table: Any) -> None:
        if table.comment is not None:
            self.send(ddl.SetTableComment(table))
        for column in table.columns:
            if column.comment is not None:
                self.send(ddl.SetColumnComment(column))
        for constraint in table.constraints:
            if constraint.comment is not None and constraint.name is not None:
                self.send(ddl.SetConstraintComment(constraint))

    def index(self, index: Any) -> None:
        if self.rule_holds(index) and self.wanted(CheckFirst.INDEXES, has_index, index):
            self.send(ddl.CreateIndex(index))

    def sequence(self, sequence: Any) -> None:
        if self.sequence_wanted(sequence):
            self.send(ddl.CreateSequence(sequence))

    def named_type(self, type_: Any) -> None:
        if self.wanted(CheckFirst.TYPES, has_type, type_):
            self.tell_type(type_, "before")
            self.send(creation_of(type_))
            self.tell_type(type_, "after")


class _Dropping(_Run):
    what = "drop"

    def metadata(self, metadata: Any, tables: list[Any] | None) -> None:
        chosen = [table for table in _tables_of(metadata, tables) if self.table_wanted(table)]
        ordered, altered = self._order(chosen)
        self.tell(metadata, "before", tables=ordered, _is_metadata_operation=True)
        for constraint in altered:
            self.send(ddl.DropConstraint(constraint))
        for table in ordered:
            self.table(table, None, True)
        for sequence in list(metadata.sequences.values()) if tables is None else ():
            self.sequence(sequence)
        for type_ in self._unused_types(metadata, tables):
            self.named_type(type_)
        self.tell(metadata, "after", tables=ordered, _is_metadata_operation=True)

    def _unused_types(self, metadata: Any, tables: list[Any] | None) -> list[Any]:
        """Return the types that no table needs any more once these, or all, are gone."""
        dropped = _tables_of(metadata, tables)
        rest = [table for table in metadata.tables.values() if table not in dropped]
        kept = {(type_.schema, type_.name) for type_ in named_types(rest, self.dialect)}
        types = with_own_types(metadata, tables, named_types(dropped, self.dialect), self.dialect)
        return in_order_of_dropping([type_ for type_ in types if (type_.schema, type_.name) not in kept])

    def named_type(self, type_: Any) -> None:
        if self.wanted(CheckFirst.TYPES, has_type, type_):
            self.tell_type(type_, "before")
            self.send(dropping_of(type_))
            self.tell_type(type_, "after")

    def _order(self, tables: list[Any]) -> tuple[list[Any], list[Any]]:
        """Return the tables, each before those that it refers to, and the foreign keys that must go before them.

        Raises: CircularDependencyError: a circle of foreign keys without names, which can not be dropped.
        """
        alter = self.capabilities.alter_constraints
        try:
            order = order_tables(tables, _droppable if alter else _never_later)
        except exc.CircularDependencyError as error:
            names = ", ".join(sorted(table.fullname for table in error.cycles))
            if alter:
                message = (
                    f"Can't sort tables for DROP; an unresolvable foreign key dependency exists between tables: {names}.  "
                    "Please ensure that the ForeignKey and ForeignKeyConstraint objects involved in the cycle have names "
                    "so that they can be dropped using DROP CONSTRAINT."
                )
                raise exc.CircularDependencyError("", error.cycles, error.edges, msg=message) from error
            exc.warn(
                f"Can't sort tables for DROP; an unresolvable foreign key dependency exists between tables: {names}; and "
                "backend does not support ALTER.  To restore at least a partial sort, apply use_alter=True to ForeignKey "
                "and ForeignKeyConstraint objects involved in the cycle to mark these as known cycles that will be ignored.",
                stacklevel=5,
            )
            return list(tables), []
        later = [key for key in order.later if key.name is not None] if alter else []
        return [table for table, _ in reversed(order.tables)], later

    def table(self, table: Any, foreign_keys: list[Any] | None, in_metadata: bool) -> None:
        self.tell(table, "before", _is_metadata_operation=in_metadata)
        self.send(table._dropper_ddl or (DropView(table) if table.is_view else ddl.DropTable(table)))
        if not in_metadata:
            # A type with a name stays: another table may use it.
            for sequence in _sequences_of(table):
                self.sequence(sequence)
        self.tell(table, "after", _is_metadata_operation=in_metadata)

    def index(self, index: Any) -> None:
        if self.wanted(CheckFirst.INDEXES, has_index, index):
            self.send(ddl.DropIndex(index))

    def sequence(self, sequence: Any) -> None:
        if self.sequence_wanted(sequence):
            self.send(ddl.DropSequence(sequence))


def _droppable(constraint: Any) -> bool | None:
    if constraint.name is None:
        return False
    return True if constraint.use_alter else None


def _never_later(constraint: Any) -> bool:
    return bool(constraint.use_alter)


def _tables_of(metadata: Any, tables: list[Any] | None) -> list[Any]:
    return list(metadata.tables.values()) if tables is None else tables


def _sequences_of(table: Any) -> Iterable[Any]:
    """Return the sequences that make values of a table's columns, each once."""
    found = [column.default for column in table.columns if getattr(column.default, "is_sequence", False)]
    return list({id(sequence): sequence for sequence in found}.values())


def _of_some_table(metadata: Any, sequence: Any) -> bool:
    return any(sequence is own for table in metadata.tables.values() for own in _sequences_of(table))


def has_table(connection: Any, table: Any) -> bool:
    """Return True if the database has the table or view."""
    dialect = connection.dialect
    if "has_table" in dialect.own_methods:
        return bool(dialect.has_table(connection, table.name, schema=dialect.schema_of(table)))
    sql, parameters = connection.dialect.has_table_query(table)
    return connection.exec_driver_sql(sql, parameters).first() is not None


def has_type(connection: Any, type_: Any) -> bool:
    """Return True if the database has the enumeration."""
    sql, parameters = connection.dialect.has_type_query(type_.name, connection.dialect.schema_of(type_))
    return connection.exec_driver_sql(sql, parameters).first() is not None


def has_index(connection: Any, index: Any) -> bool:
    """Return True if the database has the index."""
    try:
        found = reflector_of(connection).indexes(index.table.name, connection.dialect.schema_of(index.table))
    except exc.NoSuchTableError:
        return False
    return any(one["name"] == index.name for one in found)


def has_sequence(connection: Any, sequence: Any) -> bool:
    """Return True if the database has the sequence."""
    return sequence.name in reflector_of(connection).sequence_names(connection.dialect.schema_of(sequence))
