"""`do_orm_execute`: what listeners are told of a statement, and what they may do with it."""

from typing import Any

from tests.differential.log import Log
from tests.differential.programs.shop import full_shop
from tests.differential.registry import program


def told(log: Log, state: Any) -> None:
    """Write down what a listener is told."""
    log(
        "  told",
        [
            state.is_select,
            state.is_insert,
            state.is_update,
            state.is_delete,
            state.is_orm_statement,
            bool(state.is_executemany),
            state.is_column_load,
            state.is_relationship_load,
            state.bind_mapper and state.bind_mapper.class_,
            sorted(mapper.class_.__name__ for mapper in state.all_mappers),
        ],
    )


@program
def kinds_of_statements(lib: Any, engine: Any, log: Log) -> None:
    s = full_shop(lib, engine, log)
    customers = s.metadata.tables["customers"]
    with lib.orm.Session(engine) as session:
        lib.event.listen(session, "do_orm_execute", lambda state: told(log, state))
        for statement in (
            lib.select(s.Customer),
            lib.select(s.Customer.name, s.Order.id).join(s.Order, s.Order.customer_id == s.Customer.id),
            lib.select(customers.c.name),
            lib.text("SELECT 1"),
            lib.update(s.Customer).where(s.Customer.id == 1).values(name="x"),
            lib.delete(s.Item).where(s.Item.id == 1),
            lib.insert(s.Tag).values(label="new"),
            lib.insert(customers).values(name="y"),
            lib.select(lib.func.count(s.Customer.id)),
        ):
            session.execute(statement)
        session.execute(lib.insert(s.Tag), [{"label": "one"}, {"label": "two"}])
        session.scalars(lib.select(s.Tag)).all()
        session.scalar(lib.select(s.Tag.label))
        session.query(s.Tag).filter_by(label="one").all()
        session.query(s.Tag).count()
        session.query(s.Tag).filter_by(label="one").update({"label": "three"}, synchronize_session=False)


@program
def another_statement(lib: Any, engine: Any, log: Log) -> None:
    s = full_shop(lib, engine, log)

    def only_active(state: Any) -> None:
        if state.is_select and state.bind_mapper.class_ is s.Customer:
            state.statement = state.statement.where(s.Customer.active == lib.true())

    with lib.orm.Session(engine) as session:
        lib.event.listen(session, "do_orm_execute", only_active)
        log("names", session.scalars(lib.select(s.Customer.name).order_by(s.Customer.id)).all())
        log("tags", session.scalars(lib.select(s.Tag.label).order_by(s.Tag.id)).all())


@program
def a_result_of_its_own(lib: Any, engine: Any, log: Log) -> None:
    s = full_shop(lib, engine, log)
    kept: dict[str, Any] = {}

    def cached(state: Any) -> Any:
        key = state.execution_options.get("cache_as")
        if key is None:
            return None
        if key not in kept:
            kept[key] = state.invoke_statement().freeze()
        return kept[key]()

    with lib.orm.Session(engine) as session:
        lib.event.listen(session, "do_orm_execute", cached)
        for _ in range(2):
            statement = lib.select(s.Tag.label).order_by(s.Tag.id).execution_options(cache_as="tags")
            log("labels", session.scalars(statement).all())
            log("rows", session.execute(statement).all())
        log("not cached", session.scalars(lib.select(s.Tag.label).order_by(s.Tag.id)).all())


@program
def several_listeners(lib: Any, engine: Any, log: Log) -> None:
    s = full_shop(lib, engine, log)

    def first(state: Any) -> Any:
        log("  first", state.local_execution_options.get("own"))
        state.update_execution_options(first=1)
        result = state.invoke_statement()
        log("  first is back")
        return result

    def second(state: Any) -> None:
        log("  second", sorted(name for name in state.execution_options if name in ("first", "own")))

    with lib.orm.Session(engine) as session:
        lib.event.listen(session, "do_orm_execute", first)
        lib.event.listen(session, "do_orm_execute", second)
        log("labels", session.scalars(lib.select(s.Tag.label).order_by(s.Tag.id), execution_options={"own": 2}).all())


@program
def other_parameters(lib: Any, engine: Any, log: Log) -> None:
    s = full_shop(lib, engine, log)

    def changed(state: Any) -> Any:
        log("  given", state.parameters)
        return state.invoke_statement(params={"wanted": 2})

    with lib.orm.Session(engine) as session:
        lib.event.listen(session, "do_orm_execute", changed)
        statement = lib.select(s.Tag.label).where(s.Tag.id == lib.bindparam("wanted"))
        log("label", session.scalars(statement, {"wanted": 1}).all())


@program
def an_error_of_a_listener(lib: Any, engine: Any, log: Log) -> None:
    s = full_shop(lib, engine, log)

    def refuse(state: Any) -> None:
        raise ValueError("no")

    with lib.orm.Session(engine) as session:
        lib.event.listen(session, "do_orm_execute", refuse, once=True)
        log.error("select", lambda: session.scalars(lib.select(s.Tag)).all(), message=True)
        log("then", session.scalars(lib.select(s.Tag.label).order_by(s.Tag.id)).all())


@program
def options_of_session_statement_and_call(lib: Any, engine: Any, log: Log) -> None:
    s = full_shop(lib, engine, log)
    names = ("a", "b", "c")

    def note(state: Any) -> None:
        log("  options", {name: state.execution_options.get(name) for name in names})

    with lib.orm.Session(engine, execution_options={"a": 1, "b": 1, "c": 1}) as session:
        lib.event.listen(session, "do_orm_execute", note)
        statement = lib.select(s.Tag.label).execution_options(b=2, c=2)
        session.scalars(statement, execution_options={"c": 3}).all()


@program
def removed(lib: Any, engine: Any, log: Log) -> None:
    s = full_shop(lib, engine, log)

    def note(state: Any) -> None:
        log("  heard")

    make = lib.orm.sessionmaker(engine)
    lib.event.listen(make, "do_orm_execute", note)
    with make() as session:
        session.scalars(lib.select(s.Tag)).all()
        log("listens", lib.event.contains(make, "do_orm_execute", note))
        lib.event.remove(make, "do_orm_execute", note)
        session.scalars(lib.select(s.Tag)).all()


@program
def options_of_the_program(lib: Any, engine: Any, log: Log) -> None:
    """Options of its own say something to listeners; some go with what the objects load later."""
    s = full_shop(lib, engine, log)

    class Here(lib.orm.UserDefinedOption):  # type: ignore[misc]
        pass

    class Everywhere(lib.orm.UserDefinedOption):  # type: ignore[misc]
        propagate_to_loaders = True

    def note(state: Any) -> None:
        log("  options", [[type(one).__name__, one.payload] for one in state.user_defined_options])

    with lib.orm.Session(engine) as session:
        lib.event.listen(session, "do_orm_execute", note)
        statement = lib.select(s.Customer).order_by(s.Customer.id)
        found = session.scalars(statement.options(Here(1), Everywhere("a"))).all()
        log("orders", found[0].orders)
        log("customer", found[0].orders[0].customer is found[0])
        log("items", found[0].orders[0].items)
        session.expunge_all()
        found = session.scalars(statement.options(Everywhere("b"), lib.orm.selectinload(s.Customer.orders))).all()
        log("items", found[0].orders[0].items)
        session.expunge_all()
        found = session.scalars(statement.options(Here())).all()
        log("orders", found[0].orders)


@program
def results_by_the_listener_for_relationships(lib: Any, engine: Any, log: Log) -> None:
    """What a listener gives back is what a relationship has."""
    s = full_shop(lib, engine, log)

    def nothing(state: Any) -> Any:
        if not state.is_relationship_load:
            return None
        log("  asked for", state.loader_strategy_path[-1].key)
        return state.invoke_statement(lib.select(s.Order).where(s.Order.id == 3), params={})

    with lib.orm.Session(engine) as session:
        lib.event.listen(session, "do_orm_execute", nothing)
        log("orders", session.get(s.Customer, 1).orders)


@program
def no_options_of_other_statements(lib: Any, engine: Any, log: Log) -> None:
    s = full_shop(lib, engine, log)
    statements = [lib.text("SELECT 1"), lib.update(s.Tag).values(label="x").where(s.Tag.id == 1), lib.select(s.Tag)]
    with lib.orm.Session(engine) as session:

        def look(state: Any) -> None:
            log("path", bool(state.loader_strategy_path))
            log.error("load options", lambda: state.load_options is not None)
            log.error("of writing", lambda: state.update_delete_options is not None)

        lib.event.listen(session, "do_orm_execute", look)
        for statement in statements:
            session.execute(statement)
