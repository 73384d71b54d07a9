"""Everything that loads, met by everybody who wants to see its statements: one program for each pair.

Listeners to `do_orm_execute` that note, add conditions, keep results or change options; sessions with a `get_bind` or an
`execute` of their own.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.differential.log import Log
from tests.differential.programs.shop import full_shop
from tests.differential.registry import Program, program

Load = Callable[[Any, Any, Any], Any]
"""Library, the shop's namespace, session -> what was loaded."""

Hearing = Callable[[Any, Any, Any, Log], Any]
"""Library, namespace, engine, log -> an open session that somebody listens to."""


# -- loads -------------------------------------------------------------------------------------------------------------


def get(lib: Any, s: Any, session: Any) -> Any:
    return session.get(s.Customer, 2)


def get_nothing(lib: Any, s: Any, session: Any) -> Any:
    return session.get(s.Customer, 99)


def get_present(lib: Any, s: Any, session: Any) -> Any:
    found = session.get(s.Customer, 1)
    return found is session.get(s.Customer, 1)


def get_with_options(lib: Any, s: Any, session: Any) -> Any:
    found = session.get(s.Customer, 1, options=[lib.orm.selectinload(s.Customer.orders)], execution_options={"own": 1})
    return [found.name, found.orders]


def get_again(lib: Any, s: Any, session: Any) -> Any:
    session.get(s.Customer, 1)
    return session.get(s.Customer, 1, populate_existing=True).name


def get_for_update(lib: Any, s: Any, session: Any) -> Any:
    return session.get(s.Customer, 1, with_for_update=True).name


def get_expired(lib: Any, s: Any, session: Any) -> Any:
    found = session.get(s.Customer, 1)
    session.expire(found)
    return session.get(s.Customer, 1).name


def get_by_query(lib: Any, s: Any, session: Any) -> Any:
    return session.query(s.Customer).filter_by(id=1).one().name


def lazy_collection(lib: Any, s: Any, session: Any) -> Any:
    return session.get(s.Customer, 1).orders


def lazy_reference(lib: Any, s: Any, session: Any) -> Any:
    return session.get(s.Order, 3).customer


def lazy_reference_to_nothing(lib: Any, s: Any, session: Any) -> Any:
    return session.get(s.Order, 4).customer


def lazy_many_to_many(lib: Any, s: Any, session: Any) -> Any:
    return session.get(s.Order, 1).tags


def lazy_to_itself(lib: Any, s: Any, session: Any) -> Any:
    eve = session.get(s.Employee, 1)
    return [eve.reports, eve.reports[0].manager is eve]


def lazy_after_options(lib: Any, s: Any, session: Any) -> Any:
    option = lib.orm.lazyload(s.Customer.orders).joinedload(s.Order.items)
    found = session.scalars(lib.select(s.Customer).where(s.Customer.id == 1).options(option)).one()
    return [order.items for order in found.orders]


def expired(lib: Any, s: Any, session: Any) -> Any:
    found = session.get(s.Customer, 2)
    session.expire(found)
    return found.name


def expired_column(lib: Any, s: Any, session: Any) -> Any:
    found = session.get(s.Customer, 2)
    session.expire(found, ["name"])
    return found.name


def expired_collection(lib: Any, s: Any, session: Any) -> Any:
    found = session.get(s.Customer, 1)
    session.expire(found)
    return found.orders


def after_commit(lib: Any, s: Any, session: Any) -> Any:
    found = session.get(s.Customer, 1)
    session.commit()
    return [found.name, found.orders]


def refreshed(lib: Any, s: Any, session: Any) -> Any:
    found = session.get(s.Customer, 2)
    session.refresh(found)
    return found.name


def refreshed_columns(lib: Any, s: Any, session: Any) -> Any:
    found = session.get(s.Customer, 2)
    session.refresh(found, ["name", "orders"])
    return [found.name, found.orders]


def refreshed_for_update(lib: Any, s: Any, session: Any) -> Any:
    found = session.get(s.Customer, 2)
    session.refresh(found, with_for_update=True)
    return found.name


def deferred_column(lib: Any, s: Any, session: Any) -> Any:
    statement = lib.select(s.Document).options(lib.orm.defer(s.Document.body)).order_by(s.Document.code)
    return [document.body for document in session.scalars(statement)]


def by_selectin(lib: Any, s: Any, session: Any) -> Any:
    option = lib.orm.selectinload(s.Customer.orders).selectinload(s.Order.items)
    found = session.scalars(lib.select(s.Customer).options(option).order_by(s.Customer.id).execution_options(own=2))
    return [[order.items for order in customer.orders] for customer in found]


def references_by_selectin(lib: Any, s: Any, session: Any) -> Any:
    statement = lib.select(s.Order).options(lib.orm.selectinload(s.Order.customer)).order_by(s.Order.id)
    return [order.customer for order in session.scalars(statement)]


def many_to_many_by_selectin(lib: Any, s: Any, session: Any) -> Any:
    statement = lib.select(s.Order).options(lib.orm.selectinload(s.Order.tags)).order_by(s.Order.id)
    return [sorted(tag.label for tag in order.tags) for order in session.scalars(statement)]


def by_subquery(lib: Any, s: Any, session: Any) -> Any:
    option = lib.orm.subqueryload(s.Customer.orders).subqueryload(s.Order.items)
    found = session.scalars(lib.select(s.Customer).options(option).order_by(s.Customer.id))
    return [[order.items for order in customer.orders] for customer in found]


def by_join(lib: Any, s: Any, session: Any) -> Any:
    statement = lib.select(s.Customer).options(lib.orm.joinedload(s.Customer.orders)).order_by(s.Customer.id)
    return [customer.orders for customer in session.scalars(statement).unique()]


def at_once(lib: Any, s: Any, session: Any) -> Any:
    statement = lib.select(s.Customer).options(lib.orm.immediateload(s.Customer.orders)).order_by(s.Customer.id)
    return [customer.orders for customer in session.scalars(statement)]


def join_and_selectin(lib: Any, s: Any, session: Any) -> Any:
    option = lib.orm.joinedload(s.Item.order).selectinload(s.Order.tags)
    found = session.scalars(lib.select(s.Item).options(option).order_by(s.Item.id))
    return [sorted(tag.label for tag in item.order.tags) for item in found]


def merged(lib: Any, s: Any, session: Any) -> Any:
    return session.merge(s.Customer(id=2, name="merged")).name


def deleted_with_members(lib: Any, s: Any, session: Any) -> Any:
    session.delete(session.get(s.Order, 1))
    session.flush()
    return session.scalars(lib.select(s.Item.id).order_by(s.Item.id)).all()


def changed_and_flushed(lib: Any, s: Any, session: Any) -> Any:
    found = session.get(s.Customer, 1)
    found.name = "changed"
    session.flush()
    return session.scalars(lib.select(s.Customer.name).order_by(s.Customer.id)).all()


LOADS: tuple[Load, ...] = (
    get, get_nothing, get_present, get_with_options, get_again, get_for_update, get_expired, get_by_query, lazy_collection,
    lazy_reference, lazy_reference_to_nothing, lazy_many_to_many, lazy_to_itself, lazy_after_options, expired,
    expired_column, expired_collection, after_commit, refreshed, refreshed_columns, refreshed_for_update, deferred_column,
    by_selectin, references_by_selectin, many_to_many_by_selectin, by_subquery, by_join, at_once, join_and_selectin, merged,
    deleted_with_members, changed_and_flushed,
)  # fmt: skip


# -- who listens -------------------------------------------------------------------------------------------------------


def _heard(lib: Any, engine: Any, listener: Callable[[Any], Any]) -> Any:
    session = lib.orm.Session(engine)
    lib.event.listen(session, "do_orm_execute", listener)
    return session


def noted(lib: Any, s: Any, engine: Any, log: Log) -> Any:
    def note(state: Any) -> None:
        path = state.loader_strategy_path
        log(
            "  told",
            [
                state.is_select,
                state.is_orm_statement,
                state.is_column_load,
                state.is_relationship_load,
                state.bind_mapper.class_.__name__,
                state.all_mappers[0].class_.__name__,
                state.execution_options.get("own"),
                state.lazy_loaded_from and state.lazy_loaded_from.obj(),
                [path[-2].class_.__name__, path[-1].key] if path else None,
            ],
        )

    return _heard(lib, engine, note)


def active_ones(lib: Any, s: Any, engine: Any, log: Log) -> Any:
    """The documented way to leave rows out of a whole program."""

    def add(state: Any) -> None:
        if state.is_select and not state.is_column_load and not state.is_relationship_load:
            condition = lib.orm.with_loader_criteria(s.Customer, s.Customer.active == lib.true())
            state.statement = state.statement.options(condition)

    return _heard(lib, engine, add)


def conditions_everywhere(lib: Any, s: Any, engine: Any, log: Log) -> Any:
    def add(state: Any) -> None:
        if state.is_relationship_load:
            state.statement = state.statement.options(lib.orm.with_loader_criteria(s.Order, s.Order.id != 2))

    return _heard(lib, engine, add)


def another_statement(lib: Any, s: Any, engine: Any, log: Log) -> Any:
    def change(state: Any) -> None:
        if state.is_select and state.bind_mapper.class_ is s.Order:
            state.statement = state.statement.where(s.Order.total > 8)

    return _heard(lib, engine, change)


def other_options(lib: Any, s: Any, engine: Any, log: Log) -> Any:
    def change(state: Any) -> None:
        if state.bind_mapper.class_ is s.Customer and not state.is_column_load:
            state.update_execution_options(populate_existing=True, own=3)

    return _heard(lib, engine, change)


def run_by_the_listener(lib: Any, s: Any, engine: Any, log: Log) -> Any:
    def invoke(state: Any) -> Any:
        log("  runs", state.bind_mapper.class_.__name__)
        return state.invoke_statement()

    return _heard(lib, engine, invoke)


def kept_results(lib: Any, s: Any, engine: Any, log: Log) -> Any:
    """The first result of each relationship is what all later ones get, merged into the session."""
    kept: dict[Any, Any] = {}

    def from_memory(state: Any) -> Any:
        if state.lazy_loaded_from is None or state.lazy_loaded_from.identity != (1,):
            return None
        key = str(state.statement)
        if key not in kept:
            kept[key] = state.invoke_statement().freeze()
        return lib.orm.loading.merge_frozen_result(state.session, state.statement, kept[key], load=False)()

    return _heard(lib, engine, from_memory)


def by_own_get_bind(lib: Any, s: Any, engine: Any, log: Log) -> Any:
    class Routing(lib.orm.Session):  # type: ignore[misc]
        def get_bind(self, mapper: Any = None, clause: Any = None, **kw: Any) -> Any:
            if not self._flushing:
                log("  asked for", [mapper and mapper.class_.__name__, str(clause).split()[0]])
            return engine

    return Routing()


def by_own_execute(lib: Any, s: Any, engine: Any, log: Log) -> Any:
    class Executing(lib.orm.Session):  # type: ignore[misc]
        def execute(self, statement: Any, params: Any = None, **kw: Any) -> Any:
            if "customers.id = " in str(statement) and "pk_1" in (params or {}):
                log("  execute", params)
            return super().execute(statement, params, **kw)

        def get(self, *args: Any, **kw: Any) -> Any:
            log("  get")
            return super().get(*args, **kw)

    return Executing(engine)


HEARINGS: tuple[Hearing, ...] = (
    noted, active_ones, conditions_everywhere, another_statement, other_options, run_by_the_listener, kept_results,
    by_own_get_bind,
)  # fmt: skip

THROUGH_EXECUTE = (get, get_nothing, get_present, get_with_options, get_again, get_for_update)


def _pair(load: Load, hearing: Hearing) -> Program:
    """Return the program in which one load happens while somebody listens."""

    def run(lib: Any, engine: Any, log: Log) -> None:
        s = full_shop(lib, engine, log)
        with hearing(lib, s, engine, log) as session:
            log.error(load.__name__, lambda: load(lib, s, session))
            log.session(session)

    run.__module__ = __name__
    run.__name__ = f"{load.__name__}__{hearing.__name__}"
    return run


for _load in LOADS:
    for _hearing in HEARINGS:
        program(_pair(_load, _hearing))
for _load in THROUGH_EXECUTE:
    program(_pair(_load, by_own_execute))
