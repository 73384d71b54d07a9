"""What a session reads: objects by primary key, and the answers of statements."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar, Unpack, overload

from holdfast.engine.bridge import in_bridge
from holdfast.engine.cursor_result import CursorResult
from holdfast.engine.result import Result, ScalarResult
from holdfast.orm import query
from holdfast.orm.session.core import SessionCore
from holdfast.orm.session.driving import in_new_bridge
from holdfast.orm.session.execute_state import NOTHING
from holdfast.orm.session.identity import SCALARS, entity_of, key_from_identity, no_such_row, not_a_class
from holdfast.orm.session.keywords import ExecuteKeywords, GetKeywords, get_arguments
from holdfast.orm.state import EXPIRED
from holdfast.sql.select import Select

if TYPE_CHECKING:
    from holdfast.orm.query import Query

T = TypeVar("T")
TP = TypeVar("TP", bound=tuple[Any, ...])


class SessionReading(SessionCore):
    """The reading part of `face.Session`."""

    query_cls: type[Query[Any]] | None

    def get(self, entity: type[T], ident: Any, **how: Unpack[GetKeywords]) -> T | None:
        """Return the object of a primary key: from the identity map without SQL, or by its row; None if there is none.

        Args:
            entity: the mapped class.
            ident: the primary key: a scalar, a tuple if it is composite, or a dict by attribute name.
            how: `options`: loader options, which count where the row is read; `populate_existing`: read the row also of an
                object that is present, and let it replace what is loaded; `with_for_update`: lock the row: True, or a dict of
                the arguments of `Select.with_for_update`; `execution_options`, `bind_arguments`: as in `execute`;
                `identity_token`: not used.
        """
        try:
            mapper = entity.__mapper__  # type: ignore[attr-defined]
        except AttributeError:
            mapper = entity_of(entity)
        key = ident if mapper.scalar_key and ident.__class__ in SCALARS else key_from_identity(mapper, ident)
        more = get_arguments(**how) if how else None
        if more is None or not (more[0] or more[1]):
            # A hit answers before any coroutine exists.
            by_key = self.holder.states.get(mapper.present_under)
            if by_key is not None and (state := by_key.get(key)) is not None:
                present = state()
                try:
                    if present is not None and not state.flags & EXPIRED and isinstance(present, entity):
                        return present  # type: ignore[no-any-return]
                except TypeError:
                    raise not_a_class(entity) from None
        if entity.__class__ is mapper.class_:
            raise not_a_class(entity)
        if more is None and type(self).execute is SessionReading.execute:
            return self.run(self.core_get, mapper, key)  # type: ignore[return-value]
        return self.run(self.core_get, mapper, key, *(more or get_arguments()))  # type: ignore[return-value]

    def get_one(self, entity: type[T], ident: Any, **options: Any) -> T:
        """Return the object of a primary key.

        Raises: NoResultFound: there is no such row.
        """
        found = self.get(entity, ident, **options)
        if found is None:
            raise no_such_row(entity)
        return found

    def has_own_execute(self) -> bool:
        """Return True if `execute` was overridden: `get` goes through it."""
        return type(self).execute is not SessionReading.execute

    async def core_execute_through_face(
        self, statement: Any, params: Any, options: Mapping[str, Any], arguments: Mapping[str, Any]
    ) -> Any:
        """Run a statement by the session's own `execute` method, which a subclass may have overridden."""
        if not self.has_own_execute():
            return await self.core_result(statement, params, options, arguments)
        execute = partial(self.execute, statement, params=params, execution_options=options, bind_arguments=arguments)
        return await in_new_bridge(execute) if self.is_async and not in_bridge() else execute()

    @overload
    def execute(self, statement: Select[TP], params: Any = None, **how: Unpack[ExecuteKeywords]) -> Result[TP]: ...
    @overload
    def execute(self, statement: Any, params: Any = None, **how: Unpack[ExecuteKeywords]) -> CursorResult[Any]: ...
    def execute(
        self,
        statement: Any,
        params: Any = None,
        *,
        execution_options: Mapping[str, Any] = NOTHING,
        bind_arguments: Mapping[str, Any] | None = None,
    ) -> Any:
        """Run a statement in the session's transaction.

        Args:
            statement: select(), insert(), update(), delete(), text().
            params: values of named parameters; a list of dicts runs an INSERT, UPDATE or DELETE once for each.

        Returns: the rows; mapped objects stand in them where the statement names mapped classes.
        """
        return self.run(self.core_result, statement, params, execution_options, bind_arguments)  # type: ignore[no-any-return]

    @overload
    def scalars(
        self,
        statement: Select[tuple[T]],
        params: Any = None,
        **how: Unpack[ExecuteKeywords],
    ) -> ScalarResult[T]: ...
    @overload
    def scalars(self, statement: Any, params: Any = None, **how: Unpack[ExecuteKeywords]) -> ScalarResult[Any]: ...
    def scalars(
        self,
        statement: Any,
        params: Any = None,
        *,
        execution_options: Mapping[str, Any] = NOTHING,
        bind_arguments: Mapping[str, Any] | None = None,
    ) -> ScalarResult[Any]:
        """Run a statement and return the first element of each row."""
        return self.run(self.core_scalars, statement, params, execution_options, bind_arguments)  # type: ignore[no-any-return]

    @overload
    def scalar(self, statement: Select[tuple[T]], params: Any = None, **how: Unpack[ExecuteKeywords]) -> T | None: ...
    @overload
    def scalar(self, statement: Any, params: Any = None, **how: Unpack[ExecuteKeywords]) -> Any: ...
    def scalar(
        self,
        statement: Any,
        params: Any = None,
        *,
        execution_options: Mapping[str, Any] = NOTHING,
        bind_arguments: Mapping[str, Any] | None = None,
    ) -> Any:
        """Run a statement and return the first element of the first row; None if there is no row."""
        return self.scalars(
            statement, params, execution_options=execution_options, bind_arguments=bind_arguments
        ).first()

    def query(self, *entities: Any, **kw: Any) -> Query[Any]:
        """Return a Query for mapped classes or columns (the form of the 1.x series)."""
        return (self.query_cls or query.Query)(entities, self, **kw)
