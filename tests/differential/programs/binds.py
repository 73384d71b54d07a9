"""Sessions over several databases: which engine each class, table and statement goes to; routing by `get_bind`."""

import importlib
from typing import Any

from tests.differential.log import Log
from tests.differential.programs.shop import full_shop, shop
from tests.differential.registry import program


def other_shop(lib: Any) -> Any:
    """A second engine with the same tables and one customer of its own."""
    engine = lib.create_engine("sqlite://")
    s = shop(lib)
    s.metadata.create_all(engine)
    with engine.begin() as connection:
        connection.execute(lib.insert(s.metadata.tables["customers"]), {"id": 1, "name": "other ann", "active": True})
        connection.execute(lib.insert(s.metadata.tables["tags"]), {"id": 1, "label": "other urgent"})
    return engine


@program
def binds_by_class(lib: Any, engine: Any, log: Log) -> None:
    s = full_shop(lib, engine, log)
    with log.quiet():
        other = other_shop(lib)
    with lib.orm.Session(engine, binds={s.Tag: other}) as session:
        log("of the class", session.get_bind(s.Tag) is other)
        log("of its mapper", session.get_bind(lib.inspect(s.Tag)) is other)
        log("of another", session.get_bind(s.Customer) is engine)
        log("of nothing", session.get_bind() is engine)
        log("of a clause", session.get_bind(clause=lib.select(s.Tag)) is other)
        log("of a table", session.get_bind(clause=lib.select(s.metadata.tables["tags"])) is other)
        log("of another table", session.get_bind(clause=lib.select(s.metadata.tables["orders"])) is engine)
        log("get", [session.get(s.Tag, 1).label, session.get(s.Customer, 1).name])
        log("select", session.scalars(lib.select(s.Tag.label)).all())
        log("table", session.scalars(lib.select(s.metadata.tables["tags"].c.label)).all())
        session.get(s.Tag, 1).label = "changed"
        session.add(s.Customer(name="new", email=None, active=True))
        session.commit()
        log("label", session.get(s.Tag, 1).label)
        session.execute(lib.update(s.Tag).values(label="all"))
        session.execute(lib.delete(s.metadata.tables["tags"]))
        log("left", session.scalars(lib.select(s.Tag.label)).all())
        session.rollback()
        log("back", session.scalars(lib.select(s.Tag.label)).all())


@program
def bind_mapper_and_table(lib: Any, engine: Any, log: Log) -> None:
    s = full_shop(lib, engine, log)
    with log.quiet():
        other = other_shop(lib)
    with lib.orm.Session(engine) as session:
        session.bind_mapper(s.Tag, other)
        session.bind_table(s.metadata.tables["customers"], other)
        log("tag", session.get(s.Tag, 1).label)
        log("table", session.scalars(lib.select(s.metadata.tables["customers"].c.name)).all())
        log("class", session.scalars(lib.select(s.Customer.name)).all())
        log("orders", len(session.scalars(lib.select(s.Order)).all()))


@program
def bind_of_a_base(lib: Any, engine: Any, log: Log) -> None:
    s = full_shop(lib, engine, log)
    base = s.Customer.__mro__[1]
    with lib.orm.Session(binds={base: engine}) as session:
        log("get", session.get(s.Customer, 1).name)
        log.error("no table", lambda: session.get_bind(clause=lib.text("SELECT 1")))


@program
def no_bind_at_all(lib: Any, engine: Any, log: Log) -> None:
    s = full_shop(lib, engine, log)
    with lib.orm.Session() as session:
        log.error("get_bind", session.get_bind, message=True)
        log.error("of a mapper", lambda: session.get_bind(s.Tag), message=True)
        log.error("of a clause", lambda: session.get_bind(clause=lib.text("x")), message=True)
        log.error("get", lambda: session.get(s.Tag, 1))
        log.error("execute", lambda: session.execute(lib.select(s.Tag)))
        log.error("text", lambda: session.execute(lib.text("SELECT 1")))
        log.error("not mapped", lambda: session.get_bind(int))
        session.bind = engine
        log("with one", session.get(s.Tag, 1).label)


@program
def bind_arguments(lib: Any, engine: Any, log: Log) -> None:
    s = full_shop(lib, engine, log)
    with log.quiet():
        other = other_shop(lib)
    with lib.orm.Session(engine) as session:
        log("scalars", session.scalars(lib.select(s.Tag.label), bind_arguments={"bind": other}).all())
        log("scalar", session.scalar(lib.select(s.Tag.label), bind_arguments={"bind": other}))
        log("execute", session.execute(lib.text("SELECT label FROM tags"), bind_arguments={"bind": other}).all())
        log("get", session.get(s.Tag, 1, bind_arguments={"bind": other}).label)
        log("connection", session.connection(bind_arguments={"bind": other}).engine is other)
        log("by mapper", session.connection(bind_arguments={"mapper": s.Tag}).engine is engine)
        session.execute(lib.update(s.Tag).where(s.Tag.id == 1).values(label="x"), bind_arguments={"bind": other})
        log("changed", session.scalars(lib.select(s.Tag.label), bind_arguments={"bind": other}).all())
        log("untouched", session.scalars(lib.select(s.Tag.label).order_by(s.Tag.label)).all())


@program
def routing(lib: Any, engine: Any, log: Log) -> None:
    s = full_shop(lib, engine, log)
    with log.quiet():
        other = other_shop(lib)

    class Routing(lib.orm.Session):  # type: ignore[misc]
        def get_bind(self, mapper: Any = None, clause: Any = None, **kw: Any) -> Any:
            log("  asked for", [mapper and mapper.class_, clause is not None and type(clause).__name__])
            return other if mapper is not None and issubclass(mapper.class_, s.Tag) else engine

    with Routing() as session:
        log("tag", session.scalars(lib.select(s.Tag.label)).all())
        log("customer", session.scalars(lib.select(s.Customer.name).order_by(s.Customer.name)).all())


@program
def not_a_bind(lib: Any, engine: Any, log: Log) -> None:
    s = full_shop(lib, engine, log)
    log.error("binds", lambda: lib.orm.Session(binds={"tags": engine}))
    session = lib.orm.Session(engine)
    log.error("bind_mapper", lambda: session.bind_mapper(5, engine))
    log.error("bind_table", lambda: session.bind_table("tags", engine))
    log("works", session.get(s.Tag, 1).label)
    session.close()


@program
def connection_options(lib: Any, engine: Any, log: Log) -> None:
    s = full_shop(lib, engine, log)
    with lib.orm.Session(engine) as session:
        connection = session.connection(execution_options={"mark": 1})
        log("mark", connection.get_execution_options().get("mark"))
        log("same", session.connection() is connection)
        session.connection(execution_options={"mark": 2})
        log("mark", connection.get_execution_options().get("mark"))
        log("tag", session.get(s.Tag, 1).label)


@program
def autobegin_off(lib: Any, engine: Any, log: Log) -> None:
    s = full_shop(lib, engine, log)
    with lib.orm.Session(engine, autobegin=False) as session:
        log.error("query", lambda: session.get(s.Tag, 1), message=True)
        log.error("add", lambda: session.add(s.Tag(label="x")), message=True)
        log.error("begin_nested", lambda: session.begin_nested().origin.name, message=True)
        session.rollback()
        with session.begin():
            log("tag", session.get(s.Tag, 1).label)
        log.error("after it", lambda: session.get(s.Tag, 1), message=True)
        session.begin()
        session.add(s.Tag(label="x"))
        session.commit()
        log.error("commit of nothing", session.commit, message=True)


@program
def closed_for_good(lib: Any, engine: Any, log: Log) -> None:
    s = full_shop(lib, engine, log)
    session = lib.orm.Session(engine, close_resets_only=False)
    log("tag", session.get(s.Tag, 1).label)
    session.reset()
    log("after reset", session.get(s.Tag, 1).label)
    session.close()
    log.error("query", lambda: session.get(s.Tag, 1), message=True)
    log.error("add", lambda: session.add(s.Tag(label="x")), message=True)
    log.error("begin", session.begin, message=True)
    log.error("close again", session.close)
    session.reset()
    log.error("after reset", lambda: session.get(s.Tag, 1).label)


@program
def information(lib: Any, engine: Any, log: Log) -> None:
    make = lib.orm.sessionmaker(engine, info={"a": 1, "b": 2})
    log("the maker's", make().info)
    log("and its own", make(info={"b": 3, "c": 4}).info)
    session = lib.orm.Session(engine)
    session.info["x"] = 1
    log("later", session.info)
    given = {"g": 1}
    other = lib.orm.Session(engine, info=given)
    other.info["h"] = 2
    log("copied", [other.info, given])


@program
def identity_keys(lib: Any, engine: Any, log: Log) -> None:
    s = full_shop(lib, engine, log)
    with lib.orm.Session(engine) as session:
        tag = session.get(s.Tag, 1)
        row = session.execute(lib.select(*s.metadata.tables["tags"].c)).first()
        key = importlib.import_module(f"{lib.__name__}.orm.util").identity_key
        for label, made in (
            ("class and key", lambda: key(s.Tag, 1)),
            ("class and tuple", lambda: key(s.Tag, (1,))),
            ("instance", lambda: key(instance=tag)),
            ("row", lambda: key(s.Tag, row=row)),
            ("token", lambda: key(s.Tag, 1, identity_token="t")),
            ("of the session", lambda: lib.orm.Session.identity_key(s.Tag, 1)),
            ("of the mapper", lambda: lib.inspect(s.Tag).identity_key_from_instance(tag)),
            ("of the state", lambda: lib.inspect(tag).identity_key),
            ("nothing", key),
            ("class alone", lambda: key(s.Tag)),
        ):
            log.error(label, made)
        log("in the map", lib.inspect(tag).identity_key in session.identity_map)
        log("by key", session.identity_map.get(key(s.Tag, 1)) is tag)
        log("the keys", list(session.identity_map.keys()))


@program
def second_connection_of_one_engine(lib: Any, engine: Any, log: Log) -> None:
    s = full_shop(lib, engine, log)
    with engine.connect() as connection, lib.orm.Session(engine, binds={s.Tag: connection}) as session:
        log("customer", session.get(s.Customer, 1).name)
        log.error("tag", lambda: session.get(s.Tag, 1).label, message=True)


@program
def further_statements_go_to_their_own_engine(lib: Any, engine: Any, log: Log) -> None:
    """What is loaded in the train of a class of one database comes from its own."""
    s = full_shop(lib, engine, log)
    with log.quiet():
        other = other_shop(lib)
        with other.begin() as connection:
            row = {"id": 77, "customer_id": 1, "total": None, "placed": None}
            connection.execute(lib.insert(s.metadata.tables["orders"]), row)
    orders = s.Customer.orders
    with lib.orm.Session(engine, binds={s.Order: other}) as session:
        for way in (lib.orm.selectinload, lib.orm.immediateload, lib.orm.lazyload):
            statement = lib.select(s.Customer).where(s.Customer.id == 1).options(way(orders))
            log(way.__name__, session.scalars(statement).one().orders)
            session.expunge_all()
        log("get", session.get(s.Customer, 1, options=[lib.orm.selectinload(orders)]).orders)
        log("back", session.get(s.Order, 77).customer)


@program
def reading_and_writing_apart(lib: Any, engine: Any, log: Log) -> None:
    """The documented example: flushes and statements that write go to one engine, reading to another."""
    s = full_shop(lib, engine, log)
    with log.quiet():
        other = other_shop(lib)
    sql = importlib.import_module(f"{lib.__name__}.sql")

    class Routing(lib.orm.Session):  # type: ignore[misc]
        def get_bind(self, mapper: Any = None, clause: Any = None, **kw: Any) -> Any:
            if self._flushing or isinstance(clause, (lib.Update, lib.Delete, sql.Insert)):
                return engine
            return other

    with Routing() as session:
        found = session.get(s.Customer, 1)
        log("read", found.name)
        found.name = "written"
        session.flush()
        session.execute(lib.update(s.Customer).where(s.Customer.id == 2).values(name="too"))
        session.refresh(found)
        log("read again", found.name)
        log("orders", found.orders)
        session.commit()
        log("all", session.scalars(lib.select(s.Customer.name)).all())
