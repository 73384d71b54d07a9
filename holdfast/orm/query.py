"""The Query of the 1.x series: a thin, chainable layer over `select`, run by its session."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Generic, Protocol, TypeVar

from holdfast import exc
from holdfast.sql.columns import literal_column
from holdfast.sql.dml import delete, update
from holdfast.sql.functions import func
from holdfast.sql.naming import LABEL_STYLE_TABLENAME_PLUS_COL
from holdfast.sql.select import Select, select

T = TypeVar("T")


class QuerySession(Protocol):
    """What a query asks of its session."""

    dispatch: Any

    def execute(self, statement: Any, params: Any = None, *, execution_options: Mapping[str, Any] = ...) -> Any: ...

    def scalars(self, statement: Any, params: Any = None, *, execution_options: Mapping[str, Any] = ...) -> Any: ...

    def get(self, entity: Any, ident: Any, *, options: Any = ..., populate_existing: bool = ...) -> Any: ...


_JOINS = "join(), outerjoin(), select_from(), or from_self()"
_NOT_FOR_WRITING = (
    ("_limit", "limit()"),
    ("_offset", "offset()"),
    ("_order_by", "order_by()"),
    ("_group_by", "group_by()"),
    ("_distinct", "distinct()"),
    ("_joins", _JOINS),
    ("_from", _JOINS),
)
"""Clauses of a Query that an UPDATE or DELETE has no place for, and the methods that set them."""


class BulkWrite:
    """What listeners to `after_bulk_update` and `after_bulk_delete` get.

    Attributes:
        session: that ran the statement.
        query: the Query whose `update` or `delete` was called.
        statement: the UPDATE or DELETE.
        result: its result, with `rowcount`.
        mapper: of the class whose rows were written.
        values: what was set, column -> value; empty for a DELETE.
        update_kwargs: the ``update_args`` of the call.
    """

    def __init__(
        self, query: Query[Any], statement: Any, result: Any, update_args: Mapping[str, Any] | None = None
    ) -> None:
        self.update_kwargs = dict(update_args or {})
        self.session = query.session
        self.query = query
        self.statement = statement
        self.result = result
        self.mapper = statement.entity.mapper
        self.values = dict(statement.set_clauses()) if statement.is_update else {}

    @property
    def rowcount(self) -> int:
        """The number of rows that matched."""
        return self.result.rowcount  # type: ignore[no-any-return]


class Query(Generic[T]):
    """A SELECT under construction; each method returns a new Query.

    Args:
        entities: mapped classes and columns; one class gives its objects, everything else gives rows.
        session: runs the query.
    """

    def __init__(self, entities: Any, session: Any = None) -> None:
        if not isinstance(entities, (list, tuple)):
            entities = (entities,)
        self.session = session
        self._entities = tuple(entities)
        # Columns carry their table's name in the SQL of a Query, as programs' logs know it.
        self._statement: Select[Any] = select(*entities).set_label_style(LABEL_STYLE_TABLENAME_PLUS_COL)
        self._params: dict[str, Any] | None = None

    # -- building ------------------------------------------------------------------------------------------------------

    def _with(self, statement: Select[Any]) -> Query[T]:
        copy = type(self).__new__(type(self))
        copy.__dict__.update(self.__dict__)
        copy._statement = statement
        return copy

    @property
    def statement(self) -> Select[Any]:
        """The SELECT that this query stands for."""
        return self._statement

    def filter(self, *criteria: Any) -> Query[T]:
        """Add criteria, joined by AND."""
        return self._with(self._statement.where(*criteria))

    where = filter

    def filter_by(self, **values: Any) -> Query[T]:
        """Add ``attribute = value`` criteria on the last entity joined, else the first one."""
        return self._with(self._statement.filter_by(**values))

    def join(self, target: Any, *props: Any, isouter: bool = False, full: bool = False) -> Query[T]:
        """Join a relationship attribute, or a mapped class with an optional on-clause.

        Args:
            target: relationship attribute, mapped class or table; a relationship's name is accepted as in the 1.x
                series, with a deprecation warning.
        """
        if isinstance(target, str):
            target = self._relationship_by_name(target)
        return self._with(self._statement.join(target, *props, isouter=isouter, full=full))

    def outerjoin(self, target: Any, *props: Any, full: bool = False) -> Query[T]:
        """Join by a LEFT OUTER JOIN; see `join`."""
        return self.join(target, *props, isouter=True, full=full)

    def _relationship_by_name(self, name: str) -> Any:
        entity = self._entities[0]
        exc.warn_deprecated(
            f'Passing the relationship name "{name}" to Query.join() as a string is the form of the 1.x series; '
            f"write Query.join({getattr(entity, '__name__', entity)}.{name})"
        )
        attribute = getattr(entity, name, None)
        if attribute is None:
            raise exc.InvalidRequestError(f'Entity {entity!r} has no relationship "{name}" to join along')
        return attribute

    def order_by(self, *clauses: Any) -> Query[T]:
        """Add ORDER BY criteria; None or False alone takes all of them away."""
        return self._with(self._statement.order_by(*clauses))

    def group_by(self, *clauses: Any) -> Query[T]:
        """Add GROUP BY criteria."""
        return self._with(self._statement.group_by(*clauses))

    def having(self, *criteria: Any) -> Query[T]:
        """Add HAVING criteria."""
        return self._with(self._statement.having(*criteria))

    def limit(self, limit: Any) -> Query[T]:
        """Return at most this many rows."""
        return self._with(self._statement.limit(limit))

    def offset(self, offset: Any) -> Query[T]:
        """Skip this many rows."""
        return self._with(self._statement.offset(offset))

    def distinct(self, *expressions: Any) -> Query[T]:
        """Return each different row once."""
        return self._with(self._statement.distinct(*expressions))

    def select_from(self, *sources: Any) -> Query[T]:
        """Set what the query reads from."""
        return self._with(self._statement.select_from(*sources))

    def with_entities(self, *entities: Any) -> Query[Any]:
        """Return the query with other entities in its rows."""
        copy = self._with(self._statement.with_only_columns(*entities, maintain_column_froms=True))
        copy._entities = entities
        return copy

    def add_columns(self, *columns: Any) -> Query[Any]:
        """Add columns to the rows."""
        copy = self._with(self._statement.add_columns(*columns))
        copy._entities = (*self._entities, *columns)
        return copy

    def options(self, *options: Any) -> Query[T]:
        """Add loader options."""
        return self._with(self._statement.options(*options))

    def execution_options(self, **options: Any) -> Query[T]:
        """Set execution options."""
        return self._with(self._statement.execution_options(**options))

    def populate_existing(self) -> Query[T]:
        """Let rows replace the values of objects that are present."""
        return self.execution_options(populate_existing=True)

    def from_statement(self, statement: Any) -> Query[T]:
        """Load the query's entities out of the rows of another statement; see `Select.from_statement`."""
        return self._with(self._statement.from_statement(statement))  # type: ignore[arg-type]

    def yield_per(self, count: int) -> Query[T]:
        """Fetch the rows from the database so many at a time, while the result is iterated."""
        return self.execution_options(yield_per=count)

    def autoflush(self, setting: bool) -> Query[T]:
        """Switch the flush before this query on or off."""
        return self.execution_options(autoflush=setting)

    def with_for_update(self, **keywords: Any) -> Query[T]:
        """Lock the rows that the query reads."""
        return self._with(self._statement.with_for_update(**keywords))

    def params(self, values: Mapping[str, Any] | None = None, /, **kw: Any) -> Query[T]:
        """Give values for named parameters of the criteria."""
        copy = self._with(self._statement)
        copy._params = {**(self._params or {}), **(values or {}), **kw}
        return copy

    def subquery(self, name: str | None = None) -> Any:
        """Return the query as a derived table."""
        return self._statement.subquery(name)

    def scalar_subquery(self) -> Any:
        """Return the query as a single value inside another statement."""
        return self._statement.scalar_subquery()

    def exists(self) -> Any:
        """Return an EXISTS over the query."""
        return self._statement.with_only_columns(literal_column("1"), maintain_column_froms=True).exists()

    # -- running -------------------------------------------------------------------------------------------------------

    @property
    def _gives_objects(self) -> bool:
        [first, *others] = self._entities
        return not others and (
            hasattr(first, "__mapper__") or getattr(first, "is_mapper", False) or getattr(first, "single_entity", False)
        )

    def _run(self) -> Any:
        session = self._usable_session()
        result = session.execute(self._statement, self._params)
        if not self._gives_objects:
            return result
        # As documented, a Query of one class gives each object once.
        return (result if result._unique is None else result.unique()).scalars()

    def _usable_session(self) -> Any:
        if self.session is None:
            raise exc.InvalidRequestError(
                "This Query has no session; make it by session.query(...) or run select(...) by session.execute()"
            )
        return self.session

    def all(self) -> list[T]:
        """Return all results as a list."""
        return self._run().all()  # type: ignore[no-any-return]

    def __iter__(self) -> Iterator[T]:
        return iter(self._run())

    def first(self) -> T | None:
        """Return the first result or None; the statement gets LIMIT 1."""
        return self.limit(1)._run().first()  # type: ignore[no-any-return]

    def one(self) -> T:
        """Return the only result.

        Raises: NoResultFound, MultipleResultsFound.
        """
        return self._run().one()  # type: ignore[no-any-return]

    def one_or_none(self) -> T | None:
        """Return the only result, or None.

        Raises: MultipleResultsFound: there is more than one.
        """
        return self._run().one_or_none()  # type: ignore[no-any-return]

    def scalar(self) -> Any:
        """Return the first element of the only result, or None.

        Raises: MultipleResultsFound: there is more than one row.
        """
        found = self.one_or_none()
        if found is None or self._gives_objects:
            return found
        return found[0]  # type: ignore[index]

    def count(self) -> int:
        """Return the number of rows the query gives, counted by the database."""
        counted = select(func.count(literal_column("*"))).select_from(self._statement.subquery())
        return self._usable_session().execute(counted, self._params).scalar()  # type: ignore[no-any-return]

    def get(self, ident: Any) -> T | None:
        """Return the object of a primary key; the form of the 1.x series of `Session.get`."""
        statement = self._statement
        overwrite = bool(statement._execution_options.get("populate_existing"))
        return self._usable_session().get(  # type: ignore[no-any-return]
            self._entities[0], ident, options=statement._options, populate_existing=overwrite
        )

    def __getitem__(self, item: int | slice) -> Any:
        if isinstance(item, slice):
            start, stop = item.start or 0, item.stop
            if start < 0 or (stop is not None and stop < 0) or item.step not in (None, 1):
                return self.all()[item]
            query = self.offset(start) if start else self
            return (query if stop is None else query.limit(max(stop - start, 0))).all()
        if item < 0:
            raise IndexError("negative indexes are not accepted by SQL index / slice operators")
        return self.offset(item).limit(1).all()[0]

    # -- writing by statement ------------------------------------------------------------------------------------------

    def update(
        self, values: Mapping[Any, Any], synchronize_session: Any = "auto", update_args: Mapping[str, Any] | None = None
    ) -> int:
        """Run one UPDATE over all rows that match; returns their number.

        Args:
            values: attribute or name -> value or SQL expression.
            synchronize_session: 'auto', 'fetch', 'evaluate' or False; how loaded objects are kept in step.
            update_args: ``{"preserve_parameter_order": True}``: `values` is a list of pairs, set in that order.
        """
        arguments = dict(update_args or {})
        if arguments.pop("preserve_parameter_order", False) and not isinstance(values, Mapping):
            ordered: Any = update(self._entities[0]).where(*self._statement._where).ordered_values(*values)
            return self._write(ordered, synchronize_session, update_args)
        if not isinstance(values, Mapping):
            hint = (
                "; for a pydantic model pass values.model_dump(exclude_unset=True)"
                if hasattr(values, "model_dump")
                else ""
            )
            raise exc.ArgumentError(f"Query.update() takes a mapping of values, not {type(values).__name__}{hint}")
        statement: Any = update(self._entities[0]).where(*self._statement._where).values(values)
        return self._write(statement, synchronize_session, update_args)

    def delete(self, synchronize_session: Any = "auto", delete_args: Mapping[str, Any] | None = None) -> int:
        """Run one DELETE over all rows that match; returns their number. No cascade of the mapping runs."""
        return self._write(delete(self._entities[0]).where(*self._statement._where), synchronize_session)

    def _write(self, statement: Any, synchronize_session: Any, update_args: Mapping[str, Any] | None = None) -> int:
        self._check_writable()
        result = self._usable_session().execute(
            statement, self._params, execution_options={"synchronize_session": synchronize_session}
        )
        listeners = getattr(self.session.dispatch, "after_bulk_update" if statement.is_update else "after_bulk_delete")
        for listener in listeners:
            listener(BulkWrite(self, statement, result, update_args))
        return result.rowcount  # type: ignore[no-any-return]

    def _check_writable(self) -> None:
        """Raise for a query of which more was said than criteria."""
        select = self._statement
        for clause, name in _NOT_FOR_WRITING:
            said = getattr(select, clause, None)
            if said is not None and said is not False and not (isinstance(said, tuple) and not said):
                raise exc.InvalidRequestError(
                    f"Can't call Query.update() or Query.delete() when {name} has been called"
                )

    def __str__(self) -> str:
        bind = getattr(self.session, "bind", None)
        return str(self._statement.compile(bind=bind))

    @property
    def column_descriptions(self) -> Sequence[Mapping[str, Any]]:
        """One dict per entity: name, type, expr, entity."""
        return self._statement.column_descriptions

    def __clause_element__(self) -> Any:
        return self._statement
