"""How a session runs statements: SELECTs by the loaders, others by the connection or the set-based room."""

from __future__ import annotations

from collections.abc import Coroutine, Mapping
from typing import TYPE_CHECKING, Any

from holdfast import exc
from holdfast.engine.result import Result, ScalarResult
from holdfast.engine.stream import Feed, StreamSettings
from holdfast.orm import loading, set_based
from holdfast.orm.expiry import replacing
from holdfast.orm.peers import check_mode
from holdfast.orm.session.attribute_loading import SessionAttributeLoading
from holdfast.orm.session.execute_state import NOTHING, Routed, core_ask, core_execute_heard
from holdfast.sql.select import Select

if TYPE_CHECKING:
    from holdfast.orm.loading.load_plan import LoadPlan


class SessionStatements(SessionAttributeLoading):
    """The statements of a session."""

    async def core_result(
        self,
        statement: Any,
        parameters: Any = None,
        options: Mapping[str, Any] = NOTHING,
        arguments: Mapping[str, Any] | None = None,
    ) -> Any:
        """Run any statement and return its rows as a Result.

        Args:
            arguments: the `bind_arguments` of `Session.execute`.
        """
        if self.dispatch.do_orm_execute:
            return await core_execute_heard(self, statement, parameters, options, arguments)
        return await self.core_result_unheard(statement, parameters, options, arguments)

    async def core_result_unheard(
        self, statement: Any, parameters: Any, options: Mapping[str, Any], arguments: Mapping[str, Any] | None
    ) -> Any:
        """Run a statement, whoever listens to `do_orm_execute`."""
        if isinstance(statement, Select):
            plan, found = await self.core_load(statement, parameters, options, arguments)
            if found.__class__ is Feed:
                return streamed_result(plan, found)
            result = Result.of_scalars(plan.shape, found) if plan.single else Result(plan.shape, found)
            return result if plan.graph is None else loading.follow_ups.must_be_unique(plan.graph, result)
        if getattr(statement, "is_from_statement", False):
            return await self._core_load_from(statement, parameters, options, arguments)
        return await self._core_execute(statement, parameters, options, arguments)

    async def core_scalars(
        self,
        statement: Any,
        parameters: Any = None,
        options: Mapping[str, Any] = NOTHING,
        arguments: Mapping[str, Any] | None = None,
    ) -> Any:
        """Run any statement and return the first element of each row as a ScalarResult."""
        if isinstance(statement, Select) and not self.dispatch.do_orm_execute:
            plan, found = await self.core_load(statement, parameters, options, arguments)
            if found.__class__ is Feed:
                return streamed_result(plan, found).scalars()
            if plan.graph is not None:
                result = Result.of_scalars(plan.shape, found) if plan.single else Result(plan.shape, found)
                return loading.follow_ups.must_be_unique(plan.graph, result).scalars()
            return ScalarResult.of(plan.shape, found) if plan.single else Result(plan.shape, found).scalars()
        return (await self.core_result(statement, parameters, options, arguments)).scalars()

    async def core_load(
        self,
        statement: Any,
        parameters: Any,
        options: Mapping[str, Any],
        arguments: Mapping[str, Any] | None = None,
    ) -> tuple[LoadPlan, Any]:
        """Run a SELECT and return its plan and elements; a Feed where they are streamed."""
        if self.transaction is not None:
            self.transaction.check_usable()
        options = self._merged_options(statement, options)
        if self.has_changes() and options.get("autoflush", True):
            await self.core_autoflush()
        overwrite = replacing(options)
        if options.get("lazy_batching") is not None:
            check_mode(options["lazy_batching"])
            self.holder.lazy_batching = options["lazy_batching"]
            try:
                return await self.core_load(statement, parameters, _without_batching(options), arguments)
            finally:
                self.holder.lazy_batching = None
        stream = StreamSettings.of(options) if options else None
        where = self._routed(statement, arguments, options)
        return await loading.load.core_load_statement(
            where, statement, statement._columns, parameters, overwrite, stream
        )

    async def _core_load_from(
        self, statement: Any, parameters: Any, options: Mapping[str, Any], arguments: Mapping[str, Any] | None
    ) -> Any:
        """Run `select(...).from_statement(...)`."""
        element = statement.element
        options = self._merged_options(statement, options)
        columns = getattr(element, "_columns", ())
        if isinstance(element, Select) and [id(one) for one in columns] == [id(one) for one in statement._columns]:
            return await self.core_result_unheard(element.options(*statement._options), parameters, options, arguments)
        if element.is_statement and element.is_dml:
            # What the SELECT says of loading is said of the objects that come back.
            element = element.options(*statement._options) if statement._options else element
            return await self._core_execute(element, parameters, options, arguments)
        if self.transaction is not None:
            self.transaction.check_usable()
        if self.has_changes() and options.get("autoflush", True):
            await self.core_autoflush()
        # The mapped class stands in what is asked for; the other statement may be text.
        where = self._routed(statement, arguments)
        plan, found = await loading.from_statement.core_load_from(where, statement, parameters, replacing(options))
        result = Result.of_scalars(plan.shape, found) if plan.single else Result(plan.shape, found)
        return loading.follow_ups.must_be_unique(plan.graph, result)

    async def _core_execute(
        self, statement: Any, parameters: Any, options: Mapping[str, Any], arguments: Mapping[str, Any] | None
    ) -> Any:
        """Run any statement that is not a SELECT and return the engine's result."""
        statement = _executable(statement)
        if self.transaction is not None:
            self.transaction.check_usable()
        options = self._merged_options(statement, options)
        is_of_class = getattr(statement, "entity", None) is not None
        if is_of_class:
            set_based.execute.check_options(statement, options)
        if self.has_changes() and options.get("autoflush", True):
            await self.core_autoflush()
        if is_of_class:
            where = self._routed(statement, arguments)
            if statement._options and not statement.is_insert:
                statement = loading.criteria.constrained_dml(statement)
            return await set_based.execute.core_execute_dml(where, statement, parameters, options)
        if statement.visit_name == "compound_select" and statement._options:
            statement = loading.criteria.constrained_members(statement)
        connection = await self.core_connection_for(None, statement, arguments)
        return await connection.core_execute(statement, parameters, options)

    def _routed(self, statement: Any, arguments: Mapping[str, Any] | None, options: Mapping[str, Any] = NOTHING) -> Any:
        """Return what loaders take for the session: itself, or itself with the bind that was chosen for a statement."""
        if not arguments and not self.routes and not self.dispatch.asked:
            return self
        is_given = arguments is not None and "bind" in arguments
        return Routed(self, self.bind_for(None, statement, arguments), options, is_given)

    def core_ask(self, asked: Any, later: list[Any] | None = None) -> Coroutine[Any, Any, list[Any]]:
        """Return what loads by a statement of a loader that is shown before it runs; see `execute_state.core_ask`."""
        return core_ask(self, asked, later)

    def _merged_options(self, statement: Any, options: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return execution options: of the session, of the statement over them, of the call over all."""
        own = getattr(statement, "_execution_options", NOTHING)
        if self.execution_options:
            return {**self.execution_options, **own, **options}
        return {**own, **options} if own and options else own or options


def _without_batching(options: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return execution options without one that has been seen to; as a value that is merged over the statement's own."""
    return {**options, "lazy_batching": None}


def streamed_result(plan: LoadPlan, feed: Feed) -> Result[Any]:
    """Return the result of rows that are loaded chunk by chunk."""
    make = Result.of_scalars if plan.single else Result
    result: Result[Any] = make(plan.shape, [], feed)
    result._yield_per = feed.rows_per_chunk
    return result


def _executable(statement: Any) -> Any:
    """Return `statement` if it can be run.

    Raises: ArgumentError, ObjectNotExecutableError: it is text without `text()`, a mapped class, anything else.
    """
    if getattr(statement, "is_executable", False):
        return statement
    if getattr(statement, "is_from_function", False):
        return statement.select()
    if hasattr(statement, "standalone"):
        return statement.standalone
    if isinstance(statement, str):
        shown = statement if len(statement) <= 60 else statement[:57] + "..."
        raise exc.ArgumentError(f"Textual SQL expression {shown!r} should be explicitly declared as text({shown!r})")
    raise exc.ObjectNotExecutableError(statement)
