"""Targets of events that few programs use: one query, a dialect, types with names; errors before the driver is asked."""

from typing import Any

from tests.differential.log import Log
from tests.differential.programs.shop import full_shop
from tests.differential.registry import program


@program
def one_query(lib: Any, engine: Any, log: Log) -> None:
    """A query and those that are made of it are heard, no other."""
    s = full_shop(lib, engine, log)
    with lib.orm.Session(engine) as session:
        query = session.query(s.Customer)

        def active(asked: Any) -> Any:
            log("heard")
            return asked.filter(s.Customer.active)

        def updating(asked: Any, context: Any) -> None:
            log("heard of an update")

        lib.event.listen(query, "before_compile", active, retval=True)
        lib.event.listen(query, "before_compile_update", updating)
        log("itself", query.order_by(s.Customer.id).all())
        log("made of it", query.filter(s.Customer.id > 1).all())
        log("another", session.query(s.Customer).count())
        log("update", query.update({"name": "x"}, synchronize_session=False))
        log("listens", lib.event.contains(query, "before_compile", active))
        lib.event.remove(query, "before_compile", active)
        log("removed", query.order_by(s.Customer.id).all())


@program
def one_dialect(lib: Any, engine: Any, log: Log) -> None:
    """A dialect stands for its engine, the class of dialects for all of its engines, made before or after."""
    event = lib.event

    def told(cursor: Any, statement: str, parameters: Any, context: Any) -> None:
        if statement.startswith("SELECT"):
            log("told", statement)

    def run(on: Any, number: int) -> None:
        with on.connect() as connection, log.quiet():
            connection.execute(lib.text("SELECT 0"))
        with on.connect() as connection:
            connection.execute(lib.text(f"SELECT {number}"))

    other = lib.create_engine("sqlite://")
    for target in (engine.dialect, type(engine.dialect)):
        event.listen(target, "do_execute", told)
        log("listens", event.contains(target, "do_execute", told))
        run(engine, 1)
        run(other, 2)
        run(lib.create_engine("sqlite://"), 3)
        event.remove(target, "do_execute", told)
        run(engine, 4)
    other.dispose()


@program
def types_with_names(lib: Any, engine: Any, log: Log) -> None:
    """A type is told of its columns, also of those of copied tables; its class of all such types."""
    event = lib.event

    def tell(when: str) -> Any:
        return lambda target, parent, **more: log(when, [type(target).__name__, type(parent).__name__, parent.name])

    colour, flag = lib.Enum("red", "blue", name="colour"), lib.Boolean(name="flag")
    for each in (colour, flag):
        for when in ("before_parent_attach", "after_parent_attach"):
            event.listen(each, when, tell(when))
    table = lib.Table("t", lib.MetaData(), lib.Column("colour", colour), lib.Column("flag", flag))
    log("another")
    lib.Column("another", lib.Enum("a", name="another"))
    log("a copy")
    table.to_metadata(lib.MetaData())

    def any_type(target: Any, parent: Any) -> None:
        log("any", [type(target).__name__, parent.name])

    for class_ in (lib.Enum, lib.types.SchemaType):
        event.listen(class_, "before_parent_attach", any_type)
    lib.Column("colour", lib.Enum("a", name="another"))
    lib.Column("flag", lib.Boolean)
    lib.Column("plain", lib.Integer)
    for class_ in (lib.Enum, lib.types.SchemaType):
        event.remove(class_, "before_parent_attach", any_type)
    log.error("no such event", lambda: event.listen(lib.String(), "before_parent_attach", any_type))


@program
def errors_before_the_driver(lib: Any, engine: Any, log: Log) -> None:
    """`handle_error` hears of statements that are refused before they are sent, and may give another error."""
    s = full_shop(lib, engine, log)

    class Refuses(lib.TypeDecorator):  # type: ignore[misc]
        impl = lib.String
        cache_ok = True

        def process_bind_param(self, value: Any, dialect: Any) -> Any:
            raise ValueError("refused")

    def told(context: Any) -> None:
        log(
            "told",
            [
                type(context.original_exception).__name__,
                type(context.sqlalchemy_exception).__name__,
                context.is_disconnect,
                context.connection is not None,
                context.engine is engine,
            ],
        )

    class Own(Exception):
        """An error of the program's."""

    def another(context: Any) -> Exception:
        return Own()

    tags = s.metadata.tables["tags"]
    lib.event.listen(engine, "handle_error", told)
    with lib.orm.Session(engine) as session:
        log.error("missing", lambda: session.execute(lib.text("SELECT :x")))
        log.error("of a query", lambda: session.scalars(lib.select(s.Tag).where(s.Tag.id == lib.bindparam("x"))).all())
        log.error("refused", lambda: session.execute(lib.select(lib.literal("x", Refuses))))
        log.error("several", lambda: session.execute(lib.insert(tags), [{"label": "a", "id": 9}, {"label": "b"}]))
        log.error("by the driver", lambda: session.execute(lib.text("SELEKT")))
        session.rollback()
        log.error("not told", lambda: session.scalars(lib.select(s.Tag).where(s.Tag.id == 99)).one())
        lib.event.listen(engine, "handle_error", another, retval=True)
        try:
            session.execute(lib.text("SELECT :x"))
        except Own:
            log("given instead")
