"""SELECT as immutable data: each method returns a new statement."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Generic, NamedTuple, Self, TypeVar, overload

from holdfast.exc import ArgumentError, InvalidRequestError
from holdfast.sql.binds import RowCount
from holdfast.sql.boolean import and_
from holdfast.sql.coercions import (
    JOIN_TARGET_EXPECTED,
    as_columns,
    as_criterion,
    as_from,
    as_on_clause,
    as_operand,
    as_order,
    as_row_count,
    as_rows,
    not_expected,
    resolve,
)
from holdfast.sql.columns import ColumnCollection, literal_column
from holdfast.sql.descriptions import describe_column
from holdfast.sql.element import ColumnElement
from holdfast.sql.expressions import NULL, Grouping
from holdfast.sql.from_statement import FromStatement
from holdfast.sql.froms import final_froms, froms_of_column
from holdfast.sql.labels import Label
from holdfast.sql.naming import (
    LABEL_STYLE_DEFAULT,
    LABEL_STYLE_LEGACY_ORM,
    name_columns,
)
from holdfast.sql.node import Key, Values
from holdfast.sql.reduction import reduced
from holdfast.sql.selectable import Exists, ScalarSelect, Subquery, fill_select_hook, from_of, select_hook
from holdfast.sql.statement import Statement, as_words

TP = TypeVar("TP", bound=tuple[Any, ...])
T0 = TypeVar("T0")
T1 = TypeVar("T1")
T2 = TypeVar("T2")
T3 = TypeVar("T3")
T4 = TypeVar("T4")


class JoinStep(NamedTuple):
    """One ``JOIN``.

    Attributes:
        target: FROM element or entity.
        onclause: the condition; None: along the one foreign key.
        isouter: LEFT OUTER JOIN.
        full: FULL OUTER JOIN.
        left: the FROM element or entity to join from; None: the one that fits.
    """

    target: Any
    onclause: Any
    isouter: bool
    full: bool
    left: Any = None

    @property
    def _key(self) -> Key:
        onclause = None if self.onclause is None else self.onclause._key
        left = None if self.left is None else self.left._key
        return (self.target._key, onclause, self.isouter, self.full, left)

    @property
    def _values(self) -> Values:
        values: Values = self.target._values
        return values if self.onclause is None else values + self.onclause._values  # type: ignore[no-any-return]


class ForUpdate(NamedTuple):
    """``FOR UPDATE`` and its kinds."""

    read: bool
    nowait: bool
    skip_locked: bool
    key_share: bool
    of: tuple[Any, ...]

    @property
    def _key(self) -> Key:
        return (self.read, self.nowait, self.skip_locked, self.key_share, tuple(item._key for item in self.of))

    @property
    def _values(self) -> Values:
        return ()


class FetchClause(NamedTuple):
    """``FETCH FIRST n ROWS``.

    Attributes:
        count: the number.
        with_ties: also the rows that are equal to the last one.
        percent: the number is a percentage.
    """

    count: Any
    with_ties: bool
    percent: bool

    @property
    def _key(self) -> Key:
        return (self.count._key, self.with_ties, self.percent)

    @property
    def _values(self) -> Values:
        return self.count._values  # type: ignore[no-any-return]


class SelectBase(Statement):
    """What SELECT and set operations share: they may stand as subqueries, have order and limits."""

    is_selectable = True
    is_select = True

    _order_by: tuple[Any, ...] = ()
    _limit: Any = None
    _offset: Any = None
    _fetch: FetchClause | None = None
    _label_style = LABEL_STYLE_DEFAULT

    @property
    def raw_columns(self) -> tuple[Any, ...]:
        """The column expressions, entities and tables taken apart."""
        raise NotImplementedError

    @property
    def subquery_columns(self) -> tuple[Any, ...]:
        """The same where this is a subquery: an entity has all its columns there, also those that are loaded later."""
        return self.raw_columns

    def _exported(self) -> list[tuple[str, Any, Any]]:
        """Return key, name and expression of each column, as a subquery shows them."""
        names = name_columns(self.subquery_columns, self._label_style, within_from=True)
        return [(name.key, name.shown, name.column) for name in names if name.shown is not None]

    @property
    def selected_columns(self) -> ColumnCollection:
        """The columns of the SELECT, by key."""
        return ColumnCollection((key, column) for key, _, column in self._exported())

    @property
    def exported_columns(self) -> ColumnCollection:
        """The columns as an enclosing statement sees them: those of `selected_columns`."""
        return self.selected_columns

    def corresponding_column(self, column: Any, require_embedded: bool = False) -> Any:
        """Return the selected column that is `column` or is made of it, or None."""
        return self.selected_columns.corresponding_column(column)

    def is_derived_from(self, fromclause: Any) -> bool:
        """Return True if this reads from `fromclause`, directly or through subqueries."""
        return any(source.is_derived_from(fromclause) for source in self.get_final_froms())

    def get_final_froms(self) -> list[Any]:
        """Return what stands in FROM."""
        return []

    @property
    def _froms(self) -> tuple[Any, ...]:  # type: ignore[override]
        return ()

    def subquery(self, name: str | None = None) -> Subquery:
        """Return this as a FROM element."""
        return Subquery(self, name)

    def into(
        self,
        name: str,
        *,
        metadata: Any = None,
        schema: str | None = None,
        temporary: bool = False,
        if_not_exists: bool = False,
    ) -> Any:
        """Return ``CREATE TABLE name AS`` this; its ``table`` has the columns.

        Args:
            metadata: create and drop the table with those there.
            schema, temporary, if_not_exists: of the new table.
        """
        return select_hook.into(
            self, name, metadata=metadata, schema=schema, temporary=temporary, if_not_exists=if_not_exists
        )

    def alias(self, name: str | None = None, flat: bool = False) -> Subquery:
        """Return this as a FROM element."""
        return Subquery(self, name)

    def lateral(self, name: str | None = None) -> Any:
        """Return this as a FROM element that may use columns of those around it: ``LATERAL (SELECT ...)``."""
        return select_hook.lateral(self, name)

    def scalar_subquery(self) -> ScalarSelect:
        """Return this SELECT of one column and row as a value."""
        if self._label_style == LABEL_STYLE_LEGACY_ORM:
            return ScalarSelect(self._copy(_label_style=LABEL_STYLE_DEFAULT))
        return ScalarSelect(self)

    def label(self, name: str | None) -> Label[Any]:
        """Return this SELECT of one column and row as a value with a name."""
        return self.scalar_subquery().label(name)  # type: ignore[no-any-return]

    def exists(self) -> Exists:
        """Return ``EXISTS (this)``."""
        return Exists(self)

    def self_group(self, against: Any = None) -> Any:
        return Grouping(self)

    def order_by(self, *clauses: Any) -> Self:
        """Add ORDER BY; None alone takes all away.

        Args:
            clauses: expressions; a string names a label or column of the statement.
        """
        if len(clauses) == 1 and (clauses[0] is None or clauses[0] is False):
            return self._copy(_order_by=())
        return self._copy(
            _order_by=(*self._order_by, *[NULL if one is None else as_order(one, "ORDER BY") for one in clauses])
        )

    def limit(self, limit: Any) -> Self:
        """Set how many rows to return at most; None: all."""
        if self._fetch is None:
            return self._copy(_limit=as_row_count(limit))
        return self._copy(_limit=as_row_count(limit), _fetch=None)

    def fetch(self, count: Any, with_ties: bool = False, percent: bool = False) -> Self:
        """Set how many rows to return at most by FETCH FIRST, the standard's form of LIMIT.

        Args:
            count: the number, or an expression; None: all.
            with_ties: return also the rows that are equal to the last one by ORDER BY.
            percent: the number is a percentage.
        """
        counted = as_row_count(count)
        return self._copy(_fetch=None if counted is None else FetchClause(counted, with_ties, percent), _limit=None)

    def offset(self, offset: Any) -> Self:
        """Set how many rows to skip."""
        return self._copy(_offset=as_row_count(offset))

    def slice(self, start: Any, stop: Any) -> Self:
        """Set limit and offset as a Python slice says them, counted in the rows so far.

        Args:
            start: the first row; None: from the first one on.
            stop: the row after the last one; None: to the end.
        """
        if start is None:
            return self if stop is None else self.limit(stop)
        plain = self._offset is None and isinstance(start, int)
        offset = start if plain else as_operand(0 if self._offset is None else self._offset) + start
        if isinstance(self._offset, RowCount) and isinstance(start, int):
            offset = self._offset.value + start
        limited = self if stop is None else self.limit(stop - start)
        if isinstance(offset, int) and offset == 0:
            return limited.offset(None)
        return limited.offset(offset)

    def set_label_style(self, style: str) -> Self:
        """Set how columns are named."""
        return self._copy(_label_style=style)

    def get_label_style(self) -> str:
        """Return how columns are named."""
        return self._label_style

    def union(self, *others: Any) -> CompoundSelect:
        """Return ``this UNION others``."""
        return CompoundSelect("UNION", self, *others)

    def union_all(self, *others: Any) -> CompoundSelect:
        """Return ``this UNION ALL others``."""
        return CompoundSelect("UNION ALL", self, *others)

    def intersect(self, *others: Any) -> CompoundSelect:
        """Return ``this INTERSECT others``."""
        return CompoundSelect("INTERSECT", self, *others)

    def except_(self, *others: Any) -> CompoundSelect:
        """Return ``this EXCEPT others``."""
        return CompoundSelect("EXCEPT", self, *others)

    def intersect_all(self, *others: Any) -> CompoundSelect:
        """Return ``this INTERSECT ALL others``."""
        return CompoundSelect("INTERSECT ALL", self, *others)

    def except_all(self, *others: Any) -> CompoundSelect:
        """Return ``this EXCEPT ALL others``."""
        return CompoundSelect("EXCEPT ALL", self, *others)


class Select(SelectBase, Generic[TP]):
    """``SELECT``; made by `select`."""

    visit_name = "select"

    _columns: tuple[Any, ...] = ()
    _from: tuple[Any, ...] = ()
    _joins: tuple[JoinStep, ...] = ()
    _where: tuple[Any, ...] = ()
    _group_by: tuple[Any, ...] = ()
    _having: tuple[Any, ...] = ()
    _distinct: bool = False
    _distinct_on: tuple[Any, ...] = ()
    _for_update: ForUpdate | None = None
    _correlate: tuple[Any, ...] | None = None
    _correlate_except: tuple[Any, ...] | None = None
    _suffixes: tuple[tuple[str, str], ...] = ()
    _hints: tuple[tuple[Any, str, str], ...] = ()
    _statement_hints: tuple[tuple[str, str], ...] = ()

    _clauses = frozenset((
        "_columns", "_from", "_joins", "_where", "_group_by", "_having", "_order_by", "_distinct", "_distinct_on",
        "_limit", "_offset", "_fetch", "_for_update", "_correlate", "_correlate_except", "_label_style",
        "_prefixes", "_suffixes", "_hints", "_statement_hints", "_independent_ctes",
    ))  # fmt: skip

    def __init__(self, *entities: Any) -> None:
        for entity in entities:
            if not isinstance(entity, ColumnElement):
                break
        else:
            self._columns = entities
            return
        columns: list[Any] = []
        for entity in entities:
            columns.extend(as_columns(entity))
        self._columns = tuple(columns)

    def from_statement(self, statement: Any) -> FromStatement:
        """Return a statement that loads these entities out of the rows of another one.

        Args:
            statement: text, a set operation, a SELECT; its columns are found by what they are, or by name.

        Raises: ArgumentError: it returns no rows, or is a string.
        """
        found = FromStatement(self._columns, as_rows(statement))
        return found._copy(_options=self._options, _execution_options=self._execution_options)

    # -- criteria ------------------------------------------------------------------------------------------------------

    def where(self, *criteria: Any) -> Select[TP]:
        """Add criteria, joined by AND."""
        for criterion in criteria:
            if not isinstance(criterion, ColumnElement):
                criteria = tuple([as_criterion(one) for one in criteria])
                break
        return self._copy(_where=self._where + criteria)

    filter = where

    def filter_by(self, **values: Any) -> Select[TP]:
        """Add ``attribute = value`` criteria on the entity joined last that has the attribute, else another one.

        Raises: InvalidRequestError: the entity has no such attribute.
        """
        entities = self._filter_entities()
        entity = entities[0]
        criteria = []
        for name, value in values.items():
            found = (attribute_of(entity, name) for entity in entities)
            attribute = next((one for one in found if one is not None), None)
            if attribute is None:
                raise InvalidRequestError(f'Entity namespace for "{entity_label(entity)}" has no property "{name}"')
            criteria.append(attribute == value)
        return self.where(*criteria)

    def _filter_entities(self) -> list[Any]:
        """Return the entities whose attributes are meant, the one joined last first."""
        found = [step.target for step in reversed(self._joins)]
        for source in (*self._from, *self._columns):
            if not (getattr(source, "is_entity", False) or source.is_selectable):
                source = getattr(source, "entity", None) or getattr(source, "table", None)
            if source is not None and not any(source is present for present in found):
                found.append(source)
        found = found or [part for source in final_froms(self) for part in (source._hidden or (source,))]
        if not found:
            raise InvalidRequestError("filter_by() needs an entity; the statement has none yet")
        return found

    def having(self, *criteria: Any) -> Select[TP]:
        """Add HAVING criteria."""
        return self._copy(_having=(*self._having, *[as_criterion(criterion) for criterion in criteria]))

    def group_by(self, *clauses: Any) -> Select[TP]:
        """Add GROUP BY; None alone takes all away."""
        if len(clauses) == 1 and (clauses[0] is None or clauses[0] is False):
            return self._copy(_group_by=())
        return self._copy(_group_by=(*self._group_by, *[as_order(clause, "GROUP BY") for clause in clauses]))

    def distinct(self, *expressions: Any) -> Select[TP]:
        """Return each row once; with expressions ``DISTINCT ON`` them, where the database has it."""
        on = tuple(as_order(expression, "DISTINCT") for expression in expressions)
        return self._copy(_distinct=True, _distinct_on=(*self._distinct_on, *on))

    def ext(self, extension: Any) -> Select[TP]:
        """Return the statement with an extension of a dialect, such as PostgreSQL's `distinct_on`.

        Raises: ArgumentError: it is none for SELECT.
        """
        apply = getattr(extension, "apply_to_select", None)
        if apply is None:
            raise ArgumentError(f"An extension of SELECT has a method apply_to_select(); {extension!r} has none")
        return apply(self)  # type: ignore[no-any-return]

    # -- sources -------------------------------------------------------------------------------------------------------

    def select_from(self, *sources: Any) -> Select[TP]:
        """Add FROM elements."""
        return self._copy(_from=(*self._from, *[as_from(source) for source in sources]))

    def join(self, target: Any, onclause: Any = None, *, isouter: bool = False, full: bool = False) -> Select[TP]:
        """Add a JOIN.

        Args:
            target: relationship attribute, mapped class or FROM element.
            onclause: the condition, or a relationship attribute; None: along the one foreign key.
        """
        return self._join(None, target, onclause, isouter, full)

    def outerjoin(self, target: Any, onclause: Any = None, *, full: bool = False) -> Select[TP]:
        """Add a LEFT OUTER JOIN."""
        return self._join(None, target, onclause, True, full)

    def join_from(
        self, from_: Any, target: Any, onclause: Any = None, *, isouter: bool = False, full: bool = False
    ) -> Select[TP]:
        """Add a JOIN from a given source."""
        return self._join(as_from(from_), target, onclause, isouter, full)

    def outerjoin_from(self, from_: Any, target: Any, onclause: Any = None, *, full: bool = False) -> Select[TP]:
        """Add a LEFT OUTER JOIN from a given source."""
        return self._join(as_from(from_), target, onclause, True, full)

    def _join(self, left: Any, target: Any, onclause: Any, isouter: bool, full: bool) -> Select[TP]:
        relationship = target if hasattr(target, "__join_step__") else onclause
        if hasattr(relationship, "__join_step__"):
            explicit = None if relationship is target else as_from(target, JOIN_TARGET_EXPECTED)
            steps = relationship.__join_step__(isouter, full, explicit)
        else:
            condition = None if onclause is None else as_on_clause(onclause)
            steps = (JoinStep(as_from(target, JOIN_TARGET_EXPECTED), condition, isouter, full, left),)
        return self._copy(_joins=(*self._joins, *steps))

    def correlate(self, *sources: Any) -> Select[TP]:
        """Name the FROM elements that the statement around this one provides; None: none."""
        if len(sources) == 1 and sources[0] is None:
            return self._copy(_correlate=())
        return self._copy(_correlate=(*(self._correlate or ()), *[from_of(as_from(source)) for source in sources]))

    def correlate_except(self, *sources: Any) -> Select[TP]:
        """Name the FROM elements that the statement around this one does not provide; None: none, it provides all."""
        named = () if len(sources) == 1 and sources[0] is None else sources
        return self._copy(
            _correlate_except=(*(self._correlate_except or ()), *[from_of(as_from(source)) for source in named])
        )

    def get_final_froms(self) -> list[Any]:
        """Return what stands in FROM: what was named, what the columns and criteria need, joined as was said."""
        return final_froms(self)

    # -- columns -------------------------------------------------------------------------------------------------------

    def with_only_columns(self, *entities: Any, maintain_column_froms: bool = False) -> Select[Any]:
        """Return the statement with other columns."""
        columns = tuple(column for entity in entities for column in as_columns(entity))
        if not maintain_column_froms:
            return self._copy(_columns=columns)
        froms = [*self._from]
        for column in self._columns:
            for source in froms_of_column(column):
                if not any(source is present for present in froms):
                    froms.append(source)
        return self._copy(_columns=columns, _from=tuple(froms))

    def add_columns(self, *entities: Any) -> Select[Any]:
        """Return the statement with further columns."""
        return self._copy(_columns=(*self._columns, *[column for entity in entities for column in as_columns(entity)]))

    def suffix_with(self, *suffixes: Any, dialect: str = "*") -> Select[TP]:
        """Add words after the statement; SQL text, used as it stands: never text from a user."""
        return self._copy(_suffixes=(*self._suffixes, *[(as_words(suffix), dialect) for suffix in suffixes]))

    def with_hint(self, selectable: Any, text: str, dialect_name: str = "*") -> Select[TP]:
        """Add a hint on a table of FROM, as the database writes them.

        Args:
            selectable: the FROM element or mapped class.
            text: SQL text, used as it stands: never text from a user; ``%(name)s`` stands for the element's name.
            dialect_name: the database that gets it; "*": all.
        """
        source = from_of(as_from(selectable))
        shown = as_words(text).replace("%(name)s", str(source.name or ""))
        return self._copy(_hints=(*self._hints, (source, shown, dialect_name)))

    def with_statement_hint(self, text: str, dialect_name: str = "*") -> Select[TP]:
        """Add a hint after the whole statement; SQL text, used as it stands: never text from a user."""
        return self._copy(_statement_hints=(*self._statement_hints, (as_words(text), dialect_name)))

    def with_for_update(
        self,
        *,
        nowait: bool = False,
        read: bool = False,
        of: Any = None,
        skip_locked: bool = False,
        key_share: bool = False,
    ) -> Select[TP]:
        """Lock the rows that are read."""
        sources = () if of is None else tuple(of) if isinstance(of, (list, tuple)) else (of,)
        return self._copy(
            _for_update=ForUpdate(read, nowait, skip_locked, key_share, tuple(as_columns(item)[0] for item in sources))
        )

    @property
    def raw_columns(self) -> tuple[ColumnElement[Any], ...]:
        """The column expressions, entities and tables taken apart."""
        return self._taken_apart("_entity_columns")

    @property
    def subquery_columns(self) -> tuple[ColumnElement[Any], ...]:
        """The same where this is a subquery: an entity has all its columns there, also those that are loaded later."""
        return self._taken_apart("_all_columns")

    def _taken_apart(self, of_entity: str) -> tuple[ColumnElement[Any], ...]:
        found: list[Any] = []
        for column in self._columns:
            if column.is_entity:
                # A column that stands before its entity serves for both.
                own = getattr(column, of_entity)()
                found.extend([one for one in own if not _stands_in(one, found)] if found else own)
            elif column.is_row_part:
                found.extend(column._entity_columns())
            elif column.is_selectable:
                found.extend(column.c)
            else:
                found.append(column)
        return tuple(found)

    @property
    def inner_columns(self) -> Iterator[Any]:
        """The columns that are written, one after the other."""
        return iter(self.raw_columns)

    @property
    def columns_clause_froms(self) -> list[Any]:
        """The FROM elements that the columns need, without joins and criteria."""
        found: list[Any] = []
        for column in self._columns:
            for source in froms_of_column(column):
                if not any(source is present for present in found):
                    found.append(source)
        return found

    def reduce_columns(self, only_synonyms: bool = True) -> Select[Any]:
        """Return the statement without columns that a criterion or foreign key makes equal to an earlier one.

        Args:
            only_synonyms: only those of the same name.
        """
        return self.with_only_columns(*reduced(self, only_synonyms), maintain_column_froms=True)

    @property
    def whereclause(self) -> Any:
        """The criteria as one, or None."""
        if not self._where:
            return None
        return and_(*self._where)

    @property
    def column_descriptions(self) -> list[dict[str, Any]]:
        """One dict per element of a row: name, type, expr, entity."""
        return [describe_column(column) for column in self._columns]


class CompoundSelect(SelectBase):
    """SELECTs joined by UNION, UNION ALL, INTERSECT or EXCEPT.

    Attributes:
        keyword: the words between them.
        selects: the members, in order; the first one names the columns.
    """

    visit_name = "compound_select"

    _group_by: tuple[Any, ...] = ()
    _for_update: ForUpdate | None = None
    _clauses = frozenset((
        "keyword", "selects", "_group_by", "_order_by", "_limit", "_offset", "_fetch", "_for_update", "_label_style",
        "_independent_ctes",
    ))  # fmt: skip

    def __init__(self, keyword: str, *selects: Any) -> None:
        self.keyword = keyword
        self.selects = tuple(as_select(select) for select in selects)

    def group_by(self, *clauses: Any) -> Self:
        """Add GROUP BY after the last SELECT; None alone takes all away."""
        if len(clauses) == 1 and (clauses[0] is None or clauses[0] is False):
            return self._copy(_group_by=())
        return self._copy(_group_by=(*self._group_by, *[as_order(clause, "GROUP BY") for clause in clauses]))

    def with_for_update(self, **options: Any) -> Self:
        """Accept a lock for the whole; no supported database has one on set operations, so nothing is written."""
        return self._copy(_for_update=ForUpdate(False, False, False, False, ()))

    def get_final_froms(self) -> list[Any]:
        return [source for select in self.selects for source in select.get_final_froms()]

    @property
    def _columns(self) -> tuple[Any, ...]:
        return tuple(column for _, _, column in self._exported())

    @property
    def raw_columns(self) -> tuple[Any, ...]:
        """The column expressions of the first SELECT."""
        return self.selects[0].raw_columns if self.selects else ()

    @property
    def subquery_columns(self) -> tuple[Any, ...]:
        """The same where this is a subquery."""
        return self.selects[0].subquery_columns if self.selects else ()


def as_select(value: Any) -> Any:
    """Return the SELECT that an argument stands for.

    Raises: ArgumentError: it stands for none.
    """
    node = resolve(value)
    if getattr(node, "is_select", False):
        return node
    if isinstance(node, ScalarSelect):
        return node.element
    raise not_expected("SELECT construct for inclusion in a UNION or other set construct expected", value)


def attribute_of(entity: Any, name: str) -> Any:
    """Return an attribute of a mapped class, or a column of a table; None if there is none."""
    class_ = getattr(entity, "class_", None)
    if class_ is not None:
        found = getattr(getattr(entity, "attributes", class_), name, None)
        return found if hasattr(found, "operate") else None
    return entity.c.get(name) if entity.is_selectable else None


def _stands_in(column: Any, columns: list[Any]) -> bool:
    """Whether a column is among others, by itself or as an attribute."""
    wanted = getattr(column, "column", column)
    return any(getattr(one, "column", one) is wanted for one in columns)


def entity_label(entity: Any) -> str:
    """Return how messages name an entity or FROM element."""
    return getattr(entity, "entity_name", None) or str(getattr(entity, "name", entity))


@overload
def select(entity: type[T0], /) -> Select[tuple[T0]]: ...
@overload
def select(entity: ColumnElement[T0], /) -> Select[tuple[T0]]: ...
@overload
def select(one: type[T0], two: type[T1], /) -> Select[tuple[T0, T1]]: ...
@overload
def select(one: type[T0], two: ColumnElement[T1], /) -> Select[tuple[T0, T1]]: ...
@overload
def select(one: ColumnElement[T0], two: type[T1], /) -> Select[tuple[T0, T1]]: ...
@overload
def select(one: ColumnElement[T0], two: ColumnElement[T1], /) -> Select[tuple[T0, T1]]: ...
@overload
def select(
    one: ColumnElement[T0], two: ColumnElement[T1], three: ColumnElement[T2], /
) -> Select[tuple[T0, T1, T2]]: ...
@overload
def select(
    one: ColumnElement[T0], two: ColumnElement[T1], three: ColumnElement[T2], four: ColumnElement[T3], /
) -> Select[tuple[T0, T1, T2, T3]]: ...
@overload
def select(*entities: Any) -> Select[Any]: ...
def select(*entities: Any) -> Select[Any]:
    """Return ``SELECT`` of mapped classes, columns, expressions.

    Raises: ArgumentError: something that is neither; text needs ``text()``.
    """
    return Select(*entities)


def exists(*arguments: Any) -> Exists:
    """Return ``EXISTS (SELECT ...)``.

    Args:
        arguments: a SELECT, or columns to select; none: ``SELECT *``.
    """
    if len(arguments) == 1:
        [argument] = arguments
        if argument is None:
            return Exists(Select(literal_column("*")))
        if isinstance(argument, SelectBase):
            return Exists(argument)
        if isinstance(argument, ScalarSelect):
            return Exists(argument.element)
    return Exists(Select(*(arguments or (literal_column("*"),))))


def union(*selects: Any) -> CompoundSelect:
    """Return ``a UNION b``."""
    return CompoundSelect("UNION", *selects)


def union_all(*selects: Any) -> CompoundSelect:
    """Return ``a UNION ALL b``."""
    return CompoundSelect("UNION ALL", *selects)


def intersect(*selects: Any) -> CompoundSelect:
    """Return ``a INTERSECT b``."""
    return CompoundSelect("INTERSECT", *selects)


def intersect_all(*selects: Any) -> CompoundSelect:
    """Return ``a INTERSECT ALL b``."""
    return CompoundSelect("INTERSECT ALL", *selects)


def except_(*selects: Any) -> CompoundSelect:
    """Return ``a EXCEPT b``."""
    return CompoundSelect("EXCEPT", *selects)


def except_all(*selects: Any) -> CompoundSelect:
    """Return ``a EXCEPT ALL b``."""
    return CompoundSelect("EXCEPT ALL", *selects)


fill_select_hook(select)
