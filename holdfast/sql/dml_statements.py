"""UPDATE and DELETE as immutable data, and what they share with INSERT."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Self

from holdfast.exc import ArgumentError, CompileError, InvalidRequestError, warn_deprecated
from holdfast.exc.shown import on_one_line
from holdfast.sql.binds import NULL_TYPE, BindParameter
from holdfast.sql.boolean import and_
from holdfast.sql.coercions import (
    as_columns,
    as_criterion,
    as_from,
    is_sql,
    is_subquery,
    not_expected,
    resolve,
    warned_scalar,
)
from holdfast.sql.columns import ColumnCollection
from holdfast.sql.descriptions import describe_columns
from holdfast.sql.dialect_options import DialectOptions
from holdfast.sql.dml_clauses import ColumnValue, MemberClause, RowLimit, SetClause, member_root
from holdfast.sql.element import ClauseElement
from holdfast.sql.expressions import BinaryExpression, Tuple
from holdfast.sql.extensions import HasSyntaxExtensions
from holdfast.sql.from_clause import FromClause, fill_dml_hooks, from_of
from holdfast.sql.hierarchies import watch
from holdfast.sql.kinds import HasCTE, HasPrefixes, ReturnsRows
from holdfast.sql.naming import LABEL_STYLE_NONE, name_columns
from holdfast.sql.select_sources import criteria_by_name
from holdfast.sql.statement import Statement, as_words


class DmlStatement(ReturnsRows[Any], HasCTE, HasPrefixes, HasSyntaxExtensions, Statement):
    """What INSERT, UPDATE and DELETE share.

    Attributes:
        table: the table.
        entity: the mapped class's entity, where one was given; else None.
    """

    is_dml = True
    table: Any
    _kind: tuple[int, ...] = ()
    _set: tuple[SetClause, ...] = ()
    _where: tuple[Any, ...] = ()
    _returning: tuple[Any, ...] = ()
    _return_defaults: tuple[Any, ...] | None = None
    _supplemental: tuple[Any, ...] = ()
    _sorts_rows = False
    _hints: tuple[tuple[Any, str, str], ...] = ()
    _limits: tuple[RowLimit, ...] = ()

    def __init__(self, table: Any) -> None:
        found = as_from(table, "subject table for an INSERT, UPDATE or DELETE expected")
        # A class with several tables is changed in its own one.
        self.table = found.local_table if getattr(found, "is_mapper", False) else from_of(found)
        if found is not self.table:
            self.entity = found
            if watch.kinds:
                # The compiler adds which rows of the table are of the class: statements of two classes are two structures.
                self._kind = (found.mapper.serial,)

    _clauses = frozenset((
        "table", "_kind", "_set", "_where", "_returning", "_return_defaults", "_supplemental", "_sorts_rows", "_hints", "_limits",
        "_prefixes", "_extensions",
        "_independent_ctes",
    ))  # fmt: skip

    def return_defaults(self, *cols: Any, supplemental_cols: Any = None, sort_by_parameter_order: bool = False) -> Any:
        """Return the statement that brings back what the database makes, in `CursorResult.returned_defaults`.

        Args:
            cols: columns to bring back; none: all that the database makes.
            supplemental_cols: further columns, whether the database makes them or not.
            sort_by_parameter_order: an INSERT of many rows brings them back in the order of the parameters.
        """
        wanted = [column for one in cols for column in as_columns(one)]
        further = [column for one in supplemental_cols or () for column in as_columns(one)]
        return self._copy(
            _return_defaults=(*(self._return_defaults or ()), *wanted),
            _supplemental=(*self._supplemental, *further),
            _sorts_rows=bool(sort_by_parameter_order),
        )

    def with_hint(self, text: str, selectable: Any = None, dialect_name: str = "*") -> Any:
        """Add a hint, for databases that have them on INSERT, UPDATE and DELETE.

        Args:
            text: SQL text, used as it stands: never text from a user.
            selectable: the table that is meant; None: the statement's own.
            dialect_name: the database that gets it; "*": all.
        """
        meant = self.table if selectable is None else from_of(as_from(selectable))
        return self._copy(_hints=(*self._hints, (meant, as_words(text), dialect_name)))

    def with_dialect_options(self, **opt: Any) -> Any:
        """Return the statement with options that only one database knows.

        Args:
            mysql_limit, mariadb_limit: rows that an UPDATE or DELETE changes at most.

        Raises: ArgumentError: an option that no database knows on such a statement.
        """
        added = []
        for name, value in opt.items():
            dialect, _, option = name.partition("_")
            if option != "limit" or not DialectOptions.accepts(name, type(self)):
                raise ArgumentError(f"Argument {name!r} is not accepted by any dialect on a {self.visit_name.upper()}")
            added.append(RowLimit(dialect, int(value)))
        return self._copy(_limits=(*self._limits, *added)) if added else self

    def row_limit_for(self, dialect_name: str) -> Any:
        """Return how many rows are changed at most, on a database: a number, an expression, or None."""
        return next((limit.count for limit in reversed(self._limits) if limit.dialect_name == dialect_name), None)

    @property
    def exported_columns(self) -> ColumnCollection:
        """The columns of RETURNING, by key."""
        return ColumnCollection((key, column) for key, _, column in self._exported())

    @property
    def entity_description(self) -> dict[str, Any]:
        """The mapped class or table that is changed: name, type, expr, entity, table."""
        if self.entity is None:
            return {"name": self.table.name, "table": self.table}
        class_ = self.entity.class_
        return {"name": class_.__name__, "type": class_, "expr": class_, "entity": class_, "table": self.table}

    @property
    def returning_column_descriptions(self) -> list[dict[str, Any]]:
        """One dict per element of RETURNING: name, type, expr, entity."""
        return describe_columns(self._returning)

    @property
    def whereclause(self) -> Any:
        """The criteria as one, or None."""
        return and_(*self._where) if self._where else None

    def params(self, mapping: Mapping[str, Any] | None = None, /, **values: Any) -> Any:
        """Refuse: what a row gets is said by `values`, what parameters are by the rows that are executed.

        Raises: NotImplementedError: always.
        """
        raise NotImplementedError(
            "params() is not supported for INSERT/UPDATE/DELETE statements. To set the values for an INSERT or UPDATE "
            "statement, use stmt.values(**parameters). Values of bindparam() go to execute(statement, {...})."
        )

    def returning(self, *columns: Any, sort_by_parameter_order: bool = False) -> Any:
        """Return the statement with ``RETURNING`` columns or mapped classes.

        Args:
            sort_by_parameter_order: an INSERT of many rows brings them back in the order of the parameters; without it
                nothing says in what order.
        """
        added = [column for one in columns for column in as_columns(one)]
        changes = {"_sorts_rows": True} if sort_by_parameter_order else {}
        return self._copy(_returning=(*self._returning, *added), **changes)

    @property
    def raw_columns(self) -> tuple[Any, ...]:
        """The column expressions of RETURNING, entities taken apart."""
        found: list[Any] = []
        for column in self._returning:
            if column.is_entity or column.is_row_part:
                found.extend(column._entity_columns())
            elif column.is_selectable:
                found.extend(one for one in column.c if not one.is_left_out)
            else:
                found.append(column)
        return tuple(found)

    def _exported(self) -> list[tuple[str, Any, Any]]:
        """Return key, name and expression of each column of RETURNING, as a common table expression shows them."""
        names = name_columns(self.raw_columns, LABEL_STYLE_NONE, within_from=False)
        return [(name.key, name.shown, name.column) for name in names if name.shown is not None]

    def set_clauses(self) -> tuple[SetClause, ...]:
        """Return what is set."""
        return self._set

    def _clauses_of(self, values: Mapping[Any, Any]) -> list[SetClause]:
        """Return set clauses for a mapping of names, columns or attributes."""
        return [self._clause(one, part) for name, value in values.items() for one, part in self._pairs(name, value)]

    def _pairs(self, name: Any, value: Any) -> Any:
        """Return the columns and values that a name or attribute and its value stand for; mostly one of each."""
        if self.entity is not None:
            found = self.entity.find_property(name) if isinstance(name, str) else getattr(name, "property", None)
            if hasattr(found, "set_pairs"):
                return found.set_pairs(value)
            if isinstance(name, str) and hasattr(found, "map_column"):
                return ((found.name, value),)
            # A hybrid says itself what an UPDATE of it sets.
            attribute = getattr(self.entity.class_, name, None) if isinstance(name, str) and found is None else name
            if hasattr(attribute, "__update_pairs__"):
                return attribute.__update_pairs__(value)
        return ((name, value),)

    def _clause(self, name: Any, value: Any) -> SetClause:
        column = self.column_named(name)
        node = resolve(value)
        is_part = isinstance(column, (BinaryExpression, Tuple))
        if isinstance(column, Tuple) and isinstance(node, (list, tuple)):
            node = _row_of(column, node)
        if isinstance(node, ClauseElement):
            if node.is_statement and getattr(node, "is_select", False):
                node = node.scalar_subquery()  # type: ignore[attr-defined]
            elif is_subquery(node):
                node = warned_scalar(node.element)  # type: ignore[attr-defined]
            if isinstance(node, BindParameter) and node.type is NULL_TYPE:
                node = node.copy(type=column.type)
            if isinstance(node, FromClause):
                raise not_expected("SQL expression element expected", value)
            make = MemberClause if is_part else SetClause
            return make(column, node.self_group())
        if getattr(node, "is_entity", False):
            raise not_expected("SQL expression element expected", value)
        if isinstance(column, Tuple):
            raise ArgumentError(
                f"{column} is set to a SELECT of as many columns, to tuple_(...), or to a tuple of values, not to a value "
                f"of type {type(value).__name__}."
            )
        if is_part:
            return MemberClause(column, BindParameter(None, value, column.type, unique=True))
        table = getattr(column, "table", self.table)
        name = column.key if self.entity is not None or table is self.table else f"{table.name}_{column.key}"
        return SetClause(column, ColumnValue(name, value, column.type))

    def column_named(self, name: Any, in_row: bool = False) -> Any:
        """Return the table's column for a name, column or attribute.

        Args:
            in_row: it stands in a row of columns, all of which are the table's.

        Raises: CompileError: there is none.
        """
        if isinstance(name, str):
            found = self._column_of_name(name)
        elif not is_sql(node := resolve(name)):
            raise not_expected("SET/VALUES column expression or string key expected", name)
        elif isinstance(node, Tuple):
            return Tuple([self.column_named(one, True) for one in node.clauses])
        else:
            found = getattr(node, "column", None)
            found = self._own_column(node if found is None else found)
            root = member_root(found)
            root = getattr(root, "column", root)
            table = getattr(found if root is None else root, "table", None)
            if not self._may_set(table) or (in_row and self.entity is None and table is not self.table):
                found = None
        if found is None:
            if self.table.visit_name == "join":
                raise self._of_one_table()
            raise CompileError(
                f"Unconsumed column names: {on_one_line(name)}. The table '{self.table.name}' has the columns "
                f"{', '.join(self.table.c.keys())}.{self._instead_of(name)}"
            )
        return found

    def _of_one_table(self) -> CompileError:
        """Return the error for the columns of a join: no statement that changes rows is about several tables."""
        what, names = self.visit_name, sorted({str(column.table.name) for column in self.table.c})
        subject = "this is a join" if self.entity is None else f"{self.entity.mapper.class_name} is mapped to a join"
        instead = f"Write a statement for each table, as {what}({names[0]})"
        if self.entity is not None:
            instead += (
                ", or give a session's execute() the values as a list of dictionaries, with the keys, without values()"
            )
        return CompileError(f"{what.upper()} concerns one table; {subject} of {', '.join(names)}. {instead}.")

    def _column_of_name(self, name: str) -> Any:
        """Return the column of an attribute or, where there is none, of the table; None: there is neither."""
        if self.entity is None:
            return self.table.c.get(name)
        mapped = self.entity.mapper.columns.get(name)
        if mapped is not None and mapped.table is self.table:
            return mapped
        mapped = self._own_column(mapped)
        source = getattr(mapped, "table", None)
        found = self.table.c.get(name)
        takes = found is None or source is self.table
        return mapped if takes and self._may_set(source) else found

    def _instead_of(self, name: Any) -> str:
        key = name if isinstance(name, str) else getattr(name, "key", None)
        return "" if self.entity is None or key is None else self.entity.mapper.instead_of(key)

    def _own_column(self, column: Any) -> Any:
        """Return a column of the class as the statement's own one: of an alias that is changed, its column."""
        if self.entity is None or self.table is getattr(self.entity.mapper, "local_table", self.table):
            return column
        is_of_class = getattr(column, "table", None) is self.entity.mapper.local_table
        return self.table.c.get(column.key) if is_of_class else column

    def _may_set(self, table: Any) -> bool:
        """Return True for the table, and for those whose columns a session sets by statements of their own."""
        return table is self.table


def _row_of(columns: Tuple, values: Sequence[Any]) -> Tuple:
    """Return the values of a row of columns, each of its column's type.

    Raises: ArgumentError: more or fewer values than columns.
    """
    if len(values) != len(columns.clauses):
        raise ArgumentError(f"{columns} is set to as many values as it has columns, not to {len(values)}.")
    pairs = zip(columns.clauses, values, strict=True)
    return Tuple([_value_of(column, value) for column, value in pairs])


def _value_of(column: Any, value: Any) -> Any:
    node = resolve(value)
    return node if isinstance(node, ClauseElement) else BindParameter(None, node, column.type, unique=True)


def check_no_union(statement: Any) -> None:
    """Refuse a statement of a class whose objects are read from a union of tables.

    Raises: ArgumentError
    """
    entity = statement.entity
    union = getattr(entity, "union", None)
    if union is not None:
        name = entity.class_.__name__
        raise ArgumentError(
            f"subject table for an INSERT, UPDATE or DELETE expected, got {union!r} object resolved from {entity.class_!r} "
            f"object. {name} is read from a UNION of tables: write the table, {name}.__table__, or change the objects."
        )


class Filtered(DmlStatement):
    """What UPDATE and DELETE share: criteria."""

    syntax_points = ("post_criteria",)

    def where(self, *criteria: Any) -> Any:
        """Add criteria, joined by AND."""
        return self._copy(_where=(*self._where, *[as_criterion(criterion) for criterion in criteria]))

    filter = where

    def filter_by(self, /, **values: Any) -> Any:
        """Add ``column = value`` criteria on the table, or on the one of those that the criteria name which has the column.

        Raises:
            InvalidRequestError: none has it.
            AmbiguousColumnError: several have it.
        """
        subject = self.table if self.entity is None else self.entity
        known = {id(self.table), *map(id, getattr(self.entity, "own_tables", ()))}
        others = {id(source): source for part in self._where for source in part._froms if id(source) not in known}
        return self.where(*criteria_by_name([subject, *others.values()], values))


class Update(Filtered):
    """``UPDATE``; made by `update`."""

    visit_name = "update"
    is_update = True

    _ordered = False
    _clauses = DmlStatement._clauses | {"_ordered"}

    def _may_set(self, table: Any) -> bool:
        # Without a class the database decides: some change several tables by one statement.
        is_of_some_table = self.entity is None and table is not None
        return (
            table is self.table
            or is_of_some_table
            or any(table is one for one in getattr(self.entity, "own_tables", ()))
        )

    def inline(self) -> Update:
        """Return the statement as it is: values that the database makes are not asked for anyway."""
        return self

    def values(self, /, *arguments: Any, **keywords: Any) -> Self:
        """Return the statement with values.

        Args:
            arguments: a mapping of names, columns or attributes to values or expressions.
            keywords: column name -> value.
        """
        given: dict[Any, Any] = {}
        for argument in arguments:
            if isinstance(argument, list):
                raise InvalidRequestError("UPDATE construct does not support multiple parameter sets.")
            if not isinstance(argument, Mapping):
                hint = "; pass model.model_dump(exclude_unset=True)" if hasattr(argument, "model_dump") else ""
                raise ArgumentError(f"values() takes a mapping, not {type(argument).__name__}{hint}")
            given.update(argument)
        clauses = self._clauses_of({**given, **keywords})
        replaced = {id(clause.column) for clause in clauses}
        return self._copy(_set=(*[clause for clause in self._set if id(clause.column) not in replaced], *clauses))

    def ordered_values(self, *pairs: tuple[Any, Any]) -> Self:
        """Return the statement with values that are set in the given order, not in that of the table's columns.

        Args:
            pairs: name, column or attribute, and value.

        Raises: ArgumentError: values were given before.
        """
        if self._set:
            raise ArgumentError(
                "This statement already has values present; ordered_values() takes all of them at once."
            )
        return self._copy(_set=tuple(self._clause(name, value) for name, value in pairs), _ordered=True)


class Delete(Filtered):
    """``DELETE``; made by `delete`."""

    visit_name = "delete"
    is_delete = True
    _using: tuple[Any, ...] = ()
    _clauses = Filtered._clauses | {"_using"}

    def using(self, *froms: Any) -> Delete:
        """Add FROM elements that the criteria read, beside those that they name themselves.

        Args: froms: tables, aliases, joins, mapped classes.
        """
        return self._copy(_using=(*self._using, *(from_of(as_from(one)) for one in froms)))


def update(table: Any, values: Mapping[Any, Any] | None = None) -> Update:
    """Return ``UPDATE`` of a table or mapped class.

    Args:
        values: the form of the 1.x series; ``update(table).values(...)`` is the modern one.
    """
    statement = Update(table)
    if watch.unions:
        check_no_union(statement)
    if values is None:
        return statement
    warn_deprecated("update(table, values=...) is the form of the 1.x series; write update(table).values(...)")
    return statement.values(values)


def delete(table: Any) -> Delete:
    """Return ``DELETE FROM`` a table or mapped class."""
    statement = Delete(table)
    if watch.unions:
        check_no_union(statement)
    return statement


fill_dml_hooks(update=update, delete=delete)
