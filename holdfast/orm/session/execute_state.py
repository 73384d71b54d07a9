"""What listeners to `do_orm_execute` get in hand, and how a statement runs past them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from holdfast import exc
from holdfast.engine.result import Result
from holdfast.orm import loading
from holdfast.orm.expiry import replacing
from holdfast.orm.session.binds import mappers_in, subject_mapper

if TYPE_CHECKING:
    from holdfast.orm.loading.asked import Asked

NOTHING: Mapping[str, Any] = {}

_LOAD_OPTIONS = {"populate_existing": False, "autoflush": True, "yield_per": None, "identity_token": None}
_UPDATE_OPTIONS = {"synchronize_session": "auto", "autoflush": True, "identity_token": None}


class Routed:
    """The session as loaders see it while one statement runs on a bind that was chosen for it.

    Args:
        session: the session.
        bind: Engine or Connection; chosen once, since `get_bind` may answer otherwise the next time.
        options: the execution options of the statement; listeners see them with what is loaded in its train, too.
        given: the caller gave the bind; what follows the statement runs there, too.
    """

    def __init__(self, session: Any, bind: Any, options: Mapping[str, Any] = NOTHING, given: bool = False) -> None:
        self._session = session
        self._bind = bind
        self._options = options
        self.is_given = given

    def engine_for(self, mapper: Any = None, clause: Any = None) -> Any:
        """Return the engine."""
        return self._bind.engine

    async def core_connection_for(self, mapper: Any = None, clause: Any = None) -> Any:
        """Return the connection to the bind, in the session's transaction."""
        return await self._session.begin_if_needed().core_connection(self._bind)

    async def core_ask(self, asked: Any, later: list[Any] | None = None) -> list[Any]:
        """Load by a statement that is shown before it runs."""
        return await core_ask(self._session, asked, later, self._options, self._bind if self.is_given else None)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._session, name)


class ORMExecuteState:
    """One execution of a statement by a session, as `do_orm_execute` shows it.

    Args:
        session: that executes.
        statement: what will be executed; a listener may put another one in its place.
        parameters: of the call.
        execution_options: of the call.
        bind_arguments: of the call.
        listeners: those that have not been called yet.
        asked: what is known of a loader's own statement; None: the program's.
        run: a coroutine function that runs the statement of this state; None: the session does.

    Attributes:
        local_execution_options: the execution options of the call, as `update_execution_options` changed them.
        lazy_loaded_from: the state of the object whose relationship is being read, or None.
        is_column_load: columns of an object that is there are loaded: it was expired, or they were deferred.
        is_relationship_load: objects are loaded for a relationship, by a lazy load or after the program's statement.
        loader_strategy_path: mapper, relationship, mapper, relationship ... that led to what is loaded; empty for what the
            program asked for itself, None where no mapped class is concerned.
    """

    def __init__(
        self,
        session: Any,
        statement: Any,
        parameters: Any,
        execution_options: Mapping[str, Any],
        bind_arguments: Mapping[str, Any] | None,
        listeners: Sequence[Any],
        asked: Asked | None = None,
        run: Any = None,
    ) -> None:
        self.session = session
        self.statement = statement
        self.parameters = parameters
        self.local_execution_options: Mapping[str, Any] = dict(execution_options)
        self.bind_arguments: dict[str, Any] = {"clause": statement, **(bind_arguments or {})}
        mapper = subject_mapper(statement) if asked is None else asked.mapper
        if mapper is not None:
            self.bind_arguments.setdefault("mapper", mapper)
        self.lazy_loaded_from: Any = None if asked is None else asked.loaded_from
        self.is_column_load = asked is not None and asked.is_column_load
        self.is_relationship_load = asked is not None and asked.is_relationship_load
        self.loader_strategy_path: Any = (() if mapper is not None else None) if asked is None else asked.way
        self._run = run
        self._listeners = list(listeners)

    # What it is.

    @property
    def execution_options(self) -> Mapping[str, Any]:
        """The execution options of the session, the statement and the call."""
        return self.session._merged_options(self.statement, self.local_execution_options)  # type: ignore[no-any-return]

    @property
    def is_select(self) -> bool:
        """Whether it is a SELECT."""
        return bool(self.statement.is_selectable) and not self._is_dml

    @property
    def is_from_statement(self) -> bool:
        """Whether it is ``select(...).from_statement(...)``."""
        return bool(getattr(self.statement, "is_from_statement", False))

    @property
    def is_insert(self) -> bool:
        """Whether it is an INSERT."""
        return bool(getattr(self.statement, "is_insert", False))

    @property
    def is_update(self) -> bool:
        """Whether it is an UPDATE."""
        return bool(getattr(self.statement, "is_update", False))

    @property
    def is_delete(self) -> bool:
        """Whether it is a DELETE."""
        return bool(getattr(self.statement, "is_delete", False))

    @property
    def _is_dml(self) -> bool:
        return self.is_insert or self.is_update or self.is_delete

    @property
    def is_orm_statement(self) -> bool:
        """Whether the statement names mapped classes or attributes."""
        return self.bind_mapper is not None

    @property
    def is_executemany(self) -> bool:
        """Whether `parameters` is a list of several sets."""
        return isinstance(self.parameters, (list, tuple))

    @property
    def bind_mapper(self) -> Any:
        """The mapper that chooses the engine: that of the statement's first entity, or None."""
        return self.bind_arguments.get("mapper")

    @property
    def all_mappers(self) -> list[Any]:
        """The mappers of the statement's entities and attributes."""
        if self._is_dml:
            return [] if self.bind_mapper is None else [self.bind_mapper]
        return mappers_in(self.statement)

    @property
    def user_defined_options(self) -> list[Any]:
        """The statement's options that the program itself defined (`UserDefinedOption`)."""
        return [option for option in self.statement._options if getattr(option, "is_user_defined", False)]

    @property
    def identity_token(self) -> Any:
        """The token that objects are loaded under."""
        return self.execution_options.get("identity_token")

    @property
    def load_options(self) -> Mapping[str, Any]:
        """The execution options that say how the rows of a SELECT become objects.

        Raises: InvalidRequestError: it is no SELECT of mapped classes.
        """
        if not self.is_select or not self.is_orm_statement:
            raise exc.InvalidRequestError(
                "This ORM execution is not against a SELECT statement so there are no load options."
            )
        return self._options_among(_LOAD_OPTIONS)

    @property
    def update_delete_options(self) -> Mapping[str, Any]:
        """The execution options that say how the session is kept in step with an UPDATE or DELETE.

        Raises: InvalidRequestError: it is something else.
        """
        if not (self.is_update or self.is_delete) or not self.is_orm_statement:
            raise exc.InvalidRequestError(
                "This ORM execution is not against an UPDATE or DELETE statement so there are no update options."
            )
        return self._options_among(_UPDATE_OPTIONS)

    def _options_among(self, names: Mapping[str, Any]) -> Mapping[str, Any]:
        given = self.execution_options
        return {name: given.get(name, default) for name, default in names.items()}

    # What a listener does.

    def update_execution_options(self, **opts: Any) -> None:
        """Change execution options of this call."""
        self.local_execution_options = {**self.local_execution_options, **opts}

    def invoke_statement(
        self,
        statement: Any = None,
        params: Any = None,
        execution_options: Mapping[str, Any] | None = None,
        bind_arguments: Mapping[str, Any] | None = None,
    ) -> Result[Any]:
        """Run the statement past the listeners that are left, and return its result.

        Args:
            statement: in the place of the present one.
            params: over the present ones.
            execution_options: over the present ones.
            bind_arguments: over the present ones.
        """
        return self.session.run(  # type: ignore[no-any-return]
            self.core_invoke_statement, statement, params, execution_options, bind_arguments
        )

    async def core_invoke_statement(
        self,
        statement: Any = None,
        params: Any = None,
        execution_options: Mapping[str, Any] | None = None,
        bind_arguments: Mapping[str, Any] | None = None,
    ) -> Any:
        """Same as `invoke_statement`, awaited: for ``async def`` listeners."""
        if statement is not None:
            self.statement = statement
            self.bind_arguments["clause"] = statement
        if params is not None:
            self.parameters = self._merged_parameters(params)
        self.update_execution_options(**(execution_options or {}))
        self.bind_arguments.update(bind_arguments or {})
        return await self.core_go_on()

    def _merged_parameters(self, params: Any) -> Any:
        present = self.parameters
        if not self.is_executemany:
            return {**(present or {}), **params}
        if len(present) != len(params):
            raise exc.InvalidRequestError(
                "Can't apply executemany parameters to statement; number of parameter sets passed to "
                "Session.execute() is not the same as those given to ORMExecuteState.invoke_statement()"
            )
        return [{**before, **over} for before, over in zip(present, params, strict=True)]

    async def core_go_on(self) -> Any:
        """Call the listeners that are left; where none gives a result, run the statement."""
        session = self.session
        while self._listeners:
            answer = await session.core_call_listener(self._listeners.pop(0), self)
            if answer is not None:
                return answer
        if self._run is not None:
            return await self._run(self)
        arguments = {key: value for key, value in self.bind_arguments.items() if key not in ("clause", "mapper")}
        given = self.bind_arguments.get("mapper")
        if given is not subject_mapper(self.statement):
            arguments["mapper"] = given
        return await session.core_result_unheard(
            self.statement, self.parameters, self.local_execution_options, arguments or None
        )


async def core_execute_heard(
    session: Any, statement: Any, parameters: Any, options: Mapping[str, Any], arguments: Mapping[str, Any] | None
) -> Any:
    """Run a statement past the listeners to `do_orm_execute`."""
    if not getattr(statement, "is_executable", False):
        return await session.core_result_unheard(statement, parameters, options, arguments)
    listeners = session.dispatch.do_orm_execute
    return await ORMExecuteState(session, statement, parameters, options, arguments, listeners).core_go_on()


async def core_ask(
    session: Any, asked: Asked, later: list[Any] | None, options: Mapping[str, Any] = NOTHING, bind: Any = None
) -> list[Any]:
    """Show a loader's statement to listeners, choose the engine by it, run it; returns objects, or Rows.

    Args:
        later: takes what further statements have to load, instead of their being sent now.
        options: execution options of the program's statement that this one follows.
        bind: the one that the caller gave; None: `get_bind` is asked.
    """
    statement = asked.statement
    if asked.options:
        statement = statement.options(*asked.options)

    async def run(state: ORMExecuteState) -> Any:
        if session.flush_waits:
            session.flush_waits = False
            if state.execution_options.get("autoflush", True):
                await session.core_autoflush()
        arguments = {key: value for key, value in state.bind_arguments.items() if key not in ("clause", "mapper")}
        chosen = bind or session.bind_for(state.bind_mapper, state.statement, arguments)
        where = Routed(session, chosen, state.execution_options, bind is not None)
        overwrite = asked.overwrite or replacing(state.local_execution_options)
        plan, found = await loading.run_asked.core_run_asked(
            where, asked, state.statement, state.parameters, overwrite, later
        )
        return Result.of_scalars(plan.shape, found) if plan.single else Result(plan.shape, found)

    listeners = session.dispatch.do_orm_execute
    state = ORMExecuteState(session, statement, asked.parameters, options, None, listeners, asked, run)
    answer = await state.core_go_on()
    is_single = len(statement._columns) == 1 and getattr(statement._columns[0], "is_entity", False)
    return list(answer.scalars().all() if is_single else answer.all())
