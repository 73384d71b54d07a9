"""What all methods of a Query share: its state, how it is copied, what it may not do yet or any more."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any, Protocol, Self

from holdfast import exc
from holdfast.orm.loading.settings import WithoutJoins
from holdfast.orm.query.wrapping import Renaming, Wrapping
from holdfast.sql.coercions import resolve
from holdfast.sql.element import hooks
from holdfast.sql.naming import LABEL_STYLE_DEFAULT, LABEL_STYLE_LEGACY_ORM
from holdfast.sql.select import Select


class QuerySession(Protocol):
    """What a query asks of its session."""

    dispatch: Any

    def execute(self, statement: Any, params: Any = None, *, execution_options: Mapping[str, Any] = ...) -> Any: ...

    def scalars(self, statement: Any, params: Any = None, *, execution_options: Mapping[str, Any] = ...) -> Any: ...

    def get(self, entity: Any, ident: Any, **options: Any) -> Any: ...


def is_set(clause: Any) -> bool:
    """Whether a clause of a statement says anything."""
    return bool(clause) if isinstance(clause, tuple) else clause is not None and clause is not False


class QueryBase:
    """The state of a Query. It is never changed: methods return a copy with some of it changed.

    Attributes:
        session: runs the query; None: nobody does.
    """

    session: Any
    # The SELECT under construction; columns carry their table's name in its SQL, as programs' logs know it.
    _statement: Select[Any]
    # What the rows consist of, as it was given.
    _entities: tuple[Any, ...]
    _params: Mapping[str, Any] | None = None
    # The style that `statement` and subqueries get; None: the usual one.
    _labels: Any = None
    # Whether mistakes in the order of the methods are refused.
    _assertions = True
    # The entity joined last: what `filter_by` is about; None: the first one.
    _joinpoint: Any = None
    # What replaces mapped columns in what is added after a union.
    _wrappings: tuple[Wrapping, ...] = ()
    # The same after a join with ``aliased=True``, until the joinpoint is another one.
    _renamings: tuple[Renaming, ...] = ()
    # Given by `from_statement`: runs as it is.
    _full_statement: Any = None
    _eagerloads = True
    _only_tuples = False

    def __init__(self, entities: Any, session: Any = None) -> None:
        if not isinstance(entities, (list, tuple)):
            entities = (entities,)
        for entity in entities:
            if isinstance(entity, type) and (mapper := getattr(entity, "__mapper__", None)) is not None:
                # What is said of the query next may name what the other side of a relationship makes.
                mapper.configure()
        self.session = session
        self._entities = tuple(entities)
        self._statement = Select(*entities).set_label_style(LABEL_STYLE_LEGACY_ORM)

    def __reduce_ex__(self, protocol: Any) -> Any:
        """Pickle all but the session; see `with_session`."""
        from holdfast.orm.pickling import reduced

        return reduced(self, protocol)

    def __copy__(self) -> Self:
        return self._with()

    def _with(self, statement: Select[Any] | None = None, **state: Any) -> Self:
        """Return a copy with another statement, and more of the state changed."""
        copy = object.__new__(type(self))
        copy.__dict__.update(self.__dict__)
        if statement is not None:
            copy._statement = statement
        copy.__dict__.update(state)
        return copy

    def _adapted(self, value: Any) -> Any:
        """Return an argument as it stands for this query: after a union, mapped columns are those of the subquery."""
        if not (self._wrappings or self._renamings) or hasattr(value, "__join_step__"):
            return value
        node = resolve(value)
        for renaming in self._renamings:
            node = renaming.of(node)
        for wrapping in self._wrappings:
            node = wrapping.of(node)
        return value if node is value else node

    def _all_adapted(self, values: Any) -> Iterator[Any]:
        return map(self._adapted, values)

    # -- what the query consists of ------------------------------------------------------------------------------------

    @property
    def _style(self) -> Any:
        """The label style of `statement` and of subqueries."""
        return LABEL_STYLE_DEFAULT if self._labels in (None, LABEL_STYLE_LEGACY_ORM) else self._labels

    @property
    def _embedded(self) -> Any:
        """The SELECT with its parameters' values, for use inside another statement."""
        if self._full_statement is not None:
            return self._full_statement
        statement: Any = self._statement if self._eagerloads else self._statement.options(WithoutJoins())
        return hooks.replace_binds(statement, self._params) if self._params else statement

    def _without_eager_loading(self) -> Self:
        return self._with(_eagerloads=False) if self._eagerloads else self

    def _runnable(self) -> Any:
        """Return the statement that is executed.

        Raises: InvalidRequestError: it selects nothing.
        """
        if self._full_statement is not None:
            return self._full_statement
        if not self._statement._columns:
            raise exc.InvalidRequestError("Query contains no columns with which to SELECT from.")
        return self._statement if self._eagerloads else self._statement.options(WithoutJoins())

    @property
    def is_single_entity(self) -> bool:
        """Whether the query is of one mapped class or one attribute of it, and rows were not asked for."""
        if self._gives_objects:
            return True
        return not self._only_tuples and len(self._entities) == 1 and hasattr(self._entities[0], "parent")

    @property
    def _gives_objects(self) -> bool:
        """Whether the results are objects and not rows."""
        if self._only_tuples or len(self._entities) != 1:
            return False
        [entity] = self._entities
        return bool(getattr(resolve(entity), "is_entity", False) or getattr(entity, "single_entity", False))

    def _mapped_entity(self, doing: str) -> Any:
        """Return the one mapped class that the query is of.

        Raises: InvalidRequestError: it is of something else.
        """
        entity = resolve(self._entities[0]) if len(self._entities) == 1 else None
        if not getattr(entity, "is_mapper", False):
            raise exc.InvalidRequestError(f"{doing} can only be used against a single mapped class.")
        return entity

    # -- what is refused -------------------------------------------------------------------------------------------------

    def _may_add(self, method: str) -> None:
        """Refuse what would change a statement given in full, or the rows that LIMIT and OFFSET already cut off.

        Raises: InvalidRequestError
        """
        if not self._assertions:
            return
        self._has_no_full_statement(method)
        if self._statement._limit is not None or self._statement._offset is not None:
            raise exc.InvalidRequestError(
                f"Query.{method}() being called on a Query which already has LIMIT or OFFSET applied.  Call {method}() "
                "before limit() or offset() are applied."
            )

    def _has_no_full_statement(self, method: str) -> None:
        if self._assertions and self._full_statement is not None:
            raise exc.InvalidRequestError(
                f"Query.{method}() being called on a Query with an existing full statement - can't apply criterion."
            )

    def _has_no_criterion(self, method: str, *allowed: str) -> None:
        """Refuse to go on from a query that has criteria.

        Args:
            allowed: clauses that it may have.

        Raises: InvalidRequestError
        """
        if not self._assertions:
            return
        clauses = ("_where", "_from", "_joins", "_group_by", "_having", "_limit", "_offset", "_order_by", "_distinct")
        statement = self._statement
        found = [name for name in clauses if name not in allowed and is_set(getattr(statement, name))]
        if found or self._full_statement is not None:
            raise exc.InvalidRequestError(f"Query.{method}() being called on a Query with existing criterion. ")

    def _usable_session(self) -> Any:
        if self.session is None:
            raise exc.UnboundExecutionError(
                "This Query has no session; make it by session.query(...), give it one by with_session(session), or run "
                "its statement by session.execute()."
            )
        return self.session

    def _dialect(self) -> Any:
        """Return the dialect of the session's engine; None where there is no session, or it has no engine."""
        if self.session is None:
            return None
        with suppress(exc.UnboundExecutionError):
            return self.session.get_bind(clause=self._statement).dialect
        return None
