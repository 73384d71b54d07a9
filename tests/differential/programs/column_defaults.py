"""Defaults of columns in each form of INSERT and UPDATE: what is sent, and what default functions are told."""

from collections.abc import Callable
from importlib import import_module
from typing import Any

from tests.differential.log import Log
from tests.differential.registry import program


def _tables(lib: Any, engine: Any, log: Log) -> tuple[Any, Any]:
    counter = iter(range(1, 100))
    metadata = lib.MetaData()
    target = lib.Table(
        "target",
        metadata,
        lib.Column("id", lib.Integer, primary_key=True),
        lib.Column("name", lib.String),
        lib.Column("scalar", lib.String, default="py"),
        lib.Column("counted", lib.Integer, default=lambda: next(counter)),
        lib.Column("in_sql", lib.String, default=lib.func.lower("ABC")),
        lib.Column("by_server", lib.String, server_default="q"),
        lib.Column("subquery", lib.String, default=lib.select(lib.func.max(lib.text("7"))).scalar_subquery()),
    )
    source = lib.Table(
        "source", metadata, lib.Column("id", lib.Integer, primary_key=True), lib.Column("name", lib.String)
    )
    with log.quiet():
        metadata.create_all(engine)
        with engine.begin() as connection:
            connection.execute(source.insert(), [{"name": "a"}, {"name": "b"}])
    return target, source


@program
def defaults_beside_a_select(lib: Any, engine: Any, log: Log) -> None:
    target, source = _tables(lib, engine, log)
    names = lib.select(source.c.name)
    insert = target.insert
    with engine.connect() as connection:
        connection.execute(insert().from_select(["name"], names))
        connection.execute(insert().from_select(["name"], names, include_defaults=False))
        connection.execute(insert().from_select(["name", "scalar"], lib.select(source.c.name, source.c.name)))
        connection.execute(insert().from_select([target.c.name], names.where(source.c.name == "a").limit(5)))
        connection.execute(insert().from_select(["name"], lib.select(names.cte("q"))))
        connection.execute(insert().from_select(["name"], names.distinct().group_by(source.c.name)))
        connection.execute(insert().from_select(["name"], names).returning(target.c.name)).all()
        both = names.union(lib.select(source.c.name))
        connection.execute(insert().from_select(["name"], lib.select(both.subquery())))
        connection.commit()
        log.error("a union", lambda: connection.execute(insert().from_select(["name"], both)), message=True)
    log("text", str(insert().from_select(["name"], names)))


@program
def defaults_of_several_rows(lib: Any, engine: Any, log: Log) -> None:
    target, _ = _tables(lib, engine, log)
    with engine.connect() as connection:
        connection.execute(target.insert().values([{"name": "a"}, {"name": "b"}]))
        connection.execute(target.insert().values([{"name": "a", "in_sql": "x"}, {"name": "b", "in_sql": "y"}]))
        connection.execute(target.insert().values([{"name": "a"}, {"name": "b", "in_sql": "its own"}]))
        connection.execute(target.insert().values([(101, "k"), (102, "l")]))
        connection.execute(target.insert().values([{"name": "a"}]).values([{"name": "b"}]))
        connection.commit()
        log.error("other keys", lambda: connection.execute(target.insert().values([{"by_server": "a"}, {"name": "b"}])))
    log("text", str(target.insert().values([{"name": "a"}, {"name": "b"}])))
    log.error("then single", lambda: str(target.insert().values([{"name": "a"}]).values(name="b")), message=True)
    log.error("single before", lambda: str(target.insert().values(name="b").values([{"name": "a"}])), message=True)


def _told(lib: Any, log: Log) -> tuple[Any, Callable[[str], None]]:
    """Return a table whose default writes down what it is told of `name`, `other` and `scalar`."""
    told: list[Any] = []

    def default(context: Any) -> int:
        row = context.get_current_parameters()
        told.append([row.get(key) for key in ("name", "other", "scalar")])
        return len(told)

    table = lib.Table(
        "told",
        lib.MetaData(),
        lib.Column("id", lib.Integer, primary_key=True),
        lib.Column("name", lib.String),
        lib.Column("other", lib.Integer),
        lib.Column("made", lib.Integer, default=default, onupdate=default),
    )

    def write(label: str) -> None:
        log(label, list(told))
        told.clear()

    return table, write


@program
def what_default_functions_are_told(lib: Any, engine: Any, log: Log) -> None:
    table, write = _told(lib, log)
    insert, update = table.insert, table.update
    with engine.begin() as connection:
        table.create(connection)
        for label, statement, parameters in [
            ("values", insert().values(name="a"), ()),
            ("by column", insert().values({table.c.name: "w", "other": 5}), ()),
            ("parameters", insert(), ({"name": "a"},)),
            ("both", insert().values(other=7), ({"name": "a"},)),
            ("many", insert(), ([{"name": "a"}, {"name": "b"}],)),
            ("rows", insert().values([{"name": "a", "other": 1}, {"name": "b", "other": 2}]), ()),
            ("update", update().values(name="b").where(table.c.id == 1), ()),
            ("update by parameters", update().where(table.c.id == lib.bindparam("i")), ({"name": "c", "i": 1},)),
        ]:
            connection.execute(statement, *parameters)
            write(label)


@program
def flushes_without_returning(lib: Any, engine: Any, log: Log) -> None:
    """A table that says implicit_returning=False is not asked for RETURNING; its values are read when they are wanted."""
    orm = import_module(f"{lib.__name__}.orm")

    class Base(orm.DeclarativeBase):
        __table_args__ = {"implicit_returning": False}

    class Plain(Base):
        __tablename__ = "plain"
        id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
        x: orm.Mapped[int]

    class Made(Base):
        __tablename__ = "made"
        id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
        by_server: orm.Mapped[str] = orm.mapped_column(server_default="srv", onupdate=lib.func.upper("u"))
        x: orm.Mapped[int]

    with log.quiet():
        Base.metadata.create_all(engine)
    for class_ in (Plain, Made):
        for number in (1, 2):
            with orm.Session(engine) as session:
                objects = [class_(x=n) for n in range(number)]
                session.add_all(objects)
                session.flush()
                log("keys", [one.id for one in objects])
                if class_ is Made:
                    log("made", [one.by_server for one in objects])
                objects[0].x = 99
                session.flush()
                if class_ is Made:
                    log("changed", objects[0].by_server)
                session.rollback()


@program
def functions_that_raise(lib: Any, engine: Any, log: Log) -> None:
    """What a default's function raises is an error of the statement; the next flush asks the functions anew."""
    orm = import_module(f"{lib.__name__}.orm")
    counters = {"first": iter(range(1, 1000)), "second": iter(range(1, 1000))}
    bad: set[int] = set()

    def count(context: Any) -> int:
        number = next(counters[context.current_column.name])
        if number in bad:
            raise ValueError(f"{number} is bad")
        return number

    class Base(orm.DeclarativeBase):
        pass

    class Numbered(Base):
        __tablename__ = "numbered"
        id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
        first: orm.Mapped[int] = orm.mapped_column(default=count)
        second: orm.Mapped[int] = orm.mapped_column(default=0, onupdate=count)
        code: orm.Mapped[int | None] = orm.mapped_column(unique=True)

    def refused(label: str, act: Callable[[], Any]) -> None:
        log.error(label, act, message=True)
        try:
            act()
        except lib.exc.StatementError as error:
            log(f"{label}, again", type(error.orig).__name__)

    with log.quiet():
        Base.metadata.create_all(engine)
    table = Numbered.__table__
    with engine.begin() as connection:
        bad |= set(range(1, 10))
        refused("one row", lambda: connection.execute(table.insert(), {"code": 1}))
        refused("several rows", lambda: connection.execute(table.insert(), [{"code": 1}, {"code": 2}]))
        refused("rows in VALUES", lambda: connection.execute(table.insert().values([{"code": 1}, {"code": 2}])))
        refused("an update", lambda: connection.execute(table.update().values(code=4)))
    with orm.Session(engine) as session:
        objects = [Numbered(code=code) for code in range(4)]
        session.add_all(objects)
        bad.clear()
        bad.add(next(counters["first"]) + 3)
        log.error("flush", session.flush, message=True)
        for one in objects:
            log.loaded(one)
        session.rollback()
        session.add_all(objects)
        session.commit()
        log("numbers", [(one.first, one.second) for one in objects])
        twins = [Numbered(code=8), Numbered(code=8)]
        session.add_all(twins)
        log.error("twins", session.flush)
        session.rollback()
        for one in twins:
            log.loaded(one)
        twins[1].code = 9
        session.add_all(twins)
        session.commit()
        log("numbers", [(one.first, one.second) for one in twins])
        for one in objects:
            one.code += 100
        bad.update(range(1000))
        log.error("update", session.flush, message=True)
        session.rollback()
        log("numbers", [(one.first, one.second, one.code) for one in objects])
