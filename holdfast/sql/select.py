"""SELECT as immutable data: each method returns a new statement."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Generic, TypeVar, overload

from holdfast.exc import warn_deprecated
from holdfast.sql.boolean import and_
from holdfast.sql.coercions import (
    as_columns,
    as_criterion,
    as_from,
    as_order,
    as_rows,
)
from holdfast.sql.columns import literal_column
from holdfast.sql.descriptions import describe_columns
from holdfast.sql.element import ClauseElement, ColumnElement, hooks
from holdfast.sql.extensions import HasSyntaxExtensions
from holdfast.sql.from_clause import fill_select_hook, from_of
from holdfast.sql.from_statement import FromStatement
from holdfast.sql.froms import froms_of_column, joins_with_left_sides
from holdfast.sql.hierarchies import entities_in, watch
from holdfast.sql.kinds import HasPrefixes, HasSuffixes
from holdfast.sql.reduction import reduced
from holdfast.sql.scalar_subqueries import Exists, ScalarSelect
from holdfast.sql.select_base import SelectBase
from holdfast.sql.select_clauses import ForUpdate
from holdfast.sql.select_sources import SelectSources
from holdfast.sql.statement import as_words
from holdfast.sql.words import all_words

TP = TypeVar("TP", bound=tuple[Any, ...])
T0 = TypeVar("T0")
T1 = TypeVar("T1")
T2 = TypeVar("T2")
T3 = TypeVar("T3")
T4 = TypeVar("T4")


class Select(HasPrefixes, HasSuffixes, HasSyntaxExtensions, SelectSources, Generic[TP]):
    """``SELECT``; made by `select`."""

    visit_name = "select"
    syntax_points = ("post_select", "pre_columns", "post_criteria", "post_body")

    _where: tuple[Any, ...] = ()
    _group_by: tuple[Any, ...] = ()
    _having: tuple[Any, ...] = ()
    _distinct: bool = False
    _distinct_on: tuple[Any, ...] = ()
    _is_distinct_on = False
    _for_update: ForUpdate | None = None
    _suffixes: tuple[Any, ...] = ()
    _hints: tuple[tuple[Any, str, str], ...] = ()
    _statement_hints: tuple[tuple[str, str], ...] = ()

    _clauses = frozenset((
        "_columns", "_from", "_joins", "_where", "_group_by", "_having", "_order_by", "_distinct", "_distinct_on", "_is_distinct_on",
        "_limit", "_offset", "_fetch", "_for_update", "_correlate", "_correlate_except", "_label_style",
        "_prefixes", "_suffixes", "_hints", "_statement_hints", "_independent_ctes", "_extensions",
    ))  # fmt: skip

    def compile(self, bind: Any = None, dialect: Any = None, **keywords: Any) -> Any:
        """Return the compiled form, as `ClauseElement.compile` does; of mapped classes as it runs: with eager joins."""
        statement = hooks.as_run(self)
        return ClauseElement.compile(statement, bind, dialect, **keywords)

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
        return self._with("_where", self._where + criteria)

    filter = where

    def having(self, *criteria: Any) -> Select[TP]:
        """Add HAVING criteria."""
        return self._copy(_having=(*self._having, *[as_criterion(criterion) for criterion in criteria]))

    def group_by(self, *clauses: Any) -> Select[TP]:
        """Add GROUP BY; None alone takes all away."""
        if len(clauses) == 1 and (clauses[0] is None or clauses[0] is False):
            return self._copy(_group_by=())
        return self._copy(_group_by=(*self._group_by, *[as_order(clause, "GROUP BY") for clause in clauses]))

    def distinct(self, *expressions: Any) -> Select[TP]:
        """Return each row once; expressions, the older form of PostgreSQL's `distinct_on`, say what makes rows equal."""
        if expressions:
            warn_deprecated(
                "Passing expression to ``distinct`` to generate a DISTINCT ON clause is deprecated. Use instead the "
                "``postgresql.distinct_on`` function as an extension."
            )
        return self._distinct_by(expressions)

    def _distinct_by(self, expressions: Iterable[Any]) -> Select[TP]:
        """Return ``DISTINCT``, or ``DISTINCT ON`` expressions."""
        on = tuple(as_order(expression, "DISTINCT") for expression in expressions)
        return self._copy(_distinct=True, _distinct_on=(*self._distinct_on, *on))

    # -- columns -------------------------------------------------------------------------------------------------------

    def with_only_columns(self, *entities: Any, maintain_column_froms: bool = False) -> Select[Any]:
        """Return the statement with other columns."""
        columns = tuple(column for entity in entities for column in as_columns(entity))
        if not maintain_column_froms:
            if self._joins:
                # The columns that go have told what the joins start from.
                return self._copy(_columns=columns, _joins=joins_with_left_sides(self))
            return self._copy(_columns=columns)
        froms = [*self._from]
        for column in self._columns:
            # A class without a table of its own says more than its table does.
            kept = entities_in((column,)) if watch.kinds else ()
            for source in (*kept, *froms_of_column(column)):
                if not any(source is present or source is from_of(present) for present in froms):
                    froms.append(source)
        return self._copy(_columns=columns, _from=tuple(froms))

    def add_columns(self, *entities: Any) -> Select[Any]:
        """Return the statement with further columns."""
        return self._copy(_columns=(*self._columns, *[column for entity in entities for column in as_columns(entity)]))

    def suffix_with(self, *suffixes: Any, dialect: str = "*") -> Select[TP]:
        """Add words after the statement: elements, or strings, which are SQL as that of `text()` is."""
        return self._copy(_suffixes=self._suffixes + all_words(suffixes, dialect))

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
                found.extend([one for one in column.c if not one.is_left_out])
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

    @property
    def froms(self) -> list[Any]:
        """The name of `get_final_froms` of old."""
        warn_deprecated("The Select.froms attribute is moved to the Select.get_final_froms() method.")
        return self.get_final_froms()  # type: ignore[no-any-return]

    def column(self, column: Any) -> Select[Any]:
        """The form of `add_columns` of old."""
        warn_deprecated(
            "The Select.column() method is deprecated and will be removed in a future release.  Please use "
            "Select.add_columns()"
        )
        return self.add_columns(column)

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
        return describe_columns(self._columns, self._label_style)


def _stands_in(column: Any, columns: list[Any]) -> bool:
    """Whether a column is among others, by itself or as an attribute."""
    wanted = getattr(column, "column", column)
    return any(getattr(one, "column", one) is wanted for one in columns)


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


fill_select_hook(select)
