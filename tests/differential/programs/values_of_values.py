"""Values that are made of the statement's other values (`from_dml_column`), and columns made for INSERT alone."""

from importlib import import_module
from typing import Any

from tests.differential.log import Log
from tests.differential.registry import program


def _tables(lib: Any) -> dict[str, Any]:
    metadata = lib.MetaData()
    column, integer = lib.Column, lib.Integer
    base = column("a", integer)
    return {
        "t": lib.Table(
            "t",
            metadata,
            column("id", integer, primary_key=True),
            column("a", integer),
            column("b", integer),
            column("in_sql", integer, default=lib.func.abs(-3), onupdate=lib.func.abs(-4)),
            column("in_python", integer, default=lambda: 4, onupdate=lambda: 5),
            column("by_server", integer, server_default="3"),
        ),
        "made": lib.Table(
            "made",
            metadata,
            column("id", integer, primary_key=True),
            base,
            column("b", integer, default=lib.from_dml_column(base) + 1, onupdate=lib.from_dml_column(base) * 2),
        ),
    }


STATEMENTS: dict[str, Any] = {
    "a value": lambda lib, t, of: t.update().values(a=5, b=of(t.c.a) + 10),
    "the order of the table": lambda lib, t, of: t.update().values(b=of(t.c.a) + 10, a=5),
    "an expression": lambda lib, t, of: t.update().values(a=t.c.a + 3, b=of(t.c.a) * 10),
    "a column that is not set": lambda lib, t, of: t.update().values(b=of(t.c.a) * 10),
    "an onupdate in SQL": lambda lib, t, of: t.update().values(b=of(t.c.in_sql)),
    "an onupdate in Python": lambda lib, t, of: t.update().values(b=of(t.c.in_python)),
    "a row": lambda lib, t, of: t.insert().values(a=5, b=of(t.c.a) + 10),
    "a row with an expression": lambda lib, t, of: t.insert().values(a=lib.func.abs(-1) + 2, b=of(t.c.a) * 10),
    "a default in Python": lambda lib, t, of: t.insert().values(b=of(t.c.in_python) + 10),
    "a default in SQL": lambda lib, t, of: t.insert().values(b=of(t.c.in_sql)),
    "several rows": lambda lib, t, of: t.insert().values([{"a": n, "b": of(t.c.a) + n} for n in (1, 2)]),
    "a row that comes back": lambda lib, t, of: t.insert().values(a=6, b=of(t.c.a) + 1).returning(t.c.a, t.c.b),
}  # fmt: skip

REFUSED: dict[str, Any] = {
    "no value": lambda lib, t, of: t.insert().values(b=of(t.c.a)),
    "a default of the server": lambda lib, t, of: t.insert().values(b=of(t.c.by_server)),
    "in RETURNING": lambda lib, t, of: t.insert().values(a=1).returning(of(t.c.a)),
    "in WHERE": lambda lib, t, of: t.update().values(a=1).where(of(t.c.a) == 1),
    "in SELECT": lambda lib, t, of: lib.select(of(t.c.a)),
    "a string": lambda lib, t, of: t.update().values(b=of("a")),
}


@program
def values_made_of_other_values(lib: Any, engine: Any, log: Log) -> None:
    t = _tables(lib)["t"]
    with log.quiet():
        t.create(engine)
    for label, make in STATEMENTS.items():
        with engine.begin() as connection:
            with log.quiet():
                connection.execute(t.delete())
                connection.execute(t.insert(), [{"a": 1, "b": 1}, {"a": 2, "b": 2}])
            statement = make(lib, t, lib.from_dml_column)
            log(label, str(statement))
            result = connection.execute(statement)
            log("answer", [tuple(row) for row in result] if result.returns_rows else result.rowcount)
            log("rows", [tuple(row) for row in connection.execute(lib.select(t.c.a, t.c.b))])
    for label, make in REFUSED.items():
        log.error(
            label,
            lambda make=make: str(make(lib, t, lib.from_dml_column).compile(dialect=engine.dialect)),
            message=True,
        )


@program
def defaults_made_of_other_values(lib: Any, engine: Any, log: Log) -> None:
    made = _tables(lib)["made"]
    with log.quiet():
        made.create(engine)
    with engine.begin() as connection:
        connection.execute(made.insert(), [{"a": 1}, {"a": 2}])
        connection.execute(made.insert(), {"a": 3})
        connection.execute(made.insert(), {"a": 3, "b": 30})
        log("back", [tuple(row) for row in connection.execute(made.insert().returning(made.c.b), [{"a": 5}, {"a": 6}])])
        connection.execute(made.update().where(made.c.a == 3), {"a": 7})
        connection.execute(made.update().where(made.c.a == 1).values(a=made.c.a + 10))
        log("rows", [tuple(row) for row in connection.execute(lib.select(made))])


def _model(lib: Any, orm: Any, metadata: Any = None) -> Any:
    class Base(orm.DeclarativeBase):
        pass

    class Item(Base):
        __tablename__ = "item"
        id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
        first: orm.Mapped[int] = orm.mapped_column("one")
        second: orm.Mapped[int]

        def __repr__(self) -> str:
            return f"<Item {self.id}>"

    return Item


@program
def mapped_values_made_of_other_values(lib: Any, engine: Any, log: Log) -> None:
    orm = import_module(f"{lib.__name__}.orm")
    item = _model(lib, orm)
    with log.quiet():
        item.metadata.create_all(engine)
    of = lib.from_dml_column
    with orm.Session(engine) as session:
        session.execute(lib.insert(item).values(first=1, second=of(item.first) + 1))
        session.execute(lib.insert(item).values(second=of(item.first) + 1), [{"first": 1}, {"first": 2}])
        objects = session.scalars(lib.select(item).order_by(item.id)).all()
        for way in ("auto", "evaluate", "fetch"):
            statement = lib.update(item).values(first=item.first + 5, second=of(item.first) * 2)
            log.error(way, lambda statement=statement, way=way: session.execute(
                statement, execution_options={"synchronize_session": way}).rowcount)  # fmt: skip
            log("objects", [(each.first, each.second) for each in objects])
        objects[0].second, objects[0].first = of(item.first) + 100, 50
        session.flush()
        log("flushed", (objects[0].first, objects[0].second))
        back = session.scalars(
            lib.insert(item).values(second=of(item.first)).returning(item), [{"first": 8}, {"first": 9}]
        )
        log("back", sorted((each.first, each.second) for each in back))


@program
def a_column_made_for_insert(lib: Any, engine: Any, log: Log) -> None:
    orm = import_module(f"{lib.__name__}.orm")

    class Base(orm.DeclarativeBase):
        pass

    class Mixin:
        _mark: orm.Mapped[int] = orm.orm_insert_sentinel(name="mark", omit_from_statements=False)

    class Hidden(Base):
        __tablename__ = "hidden"
        id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
        n: orm.Mapped[int]
        _mark: orm.Mapped[int] = orm.orm_insert_sentinel()

    class Shown(Mixin, Base):
        __tablename__ = "shown"
        id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
        n: orm.Mapped[int]

    with log.quiet():
        Base.metadata.create_all(engine)
    for class_ in (Hidden, Shown):
        table = class_.__table__
        log(
            "columns",
            [(key, column.name, type(column.type).__name__, column.nullable) for key, column in table.c.items()],
        )
        log("attributes", sorted(lib.inspect(class_).attrs.keys()))
        log("statement", str(lib.select(class_)))
    with orm.Session(engine) as session:
        session.add(Hidden(n=1))
        session.commit()
        log("rows", [(each.id, each.n) for each in session.scalars(lib.select(Hidden))])


@program
def expressions_in_the_place_of_defaults(lib: Any, engine: Any, log: Log) -> None:
    """An expression that is set on an object comes back with the statement, where the database's own value would have."""
    for eager in (True, False, "auto"):
        base: Any = lib.orm.declarative_base()
        word: Any = type("Word", (base,), {
            "__tablename__": "words",
            "id": lib.Column(lib.Integer, primary_key=True),
            "text": lib.Column(lib.String),
            "size": lib.Column(lib.Integer, server_default="5", onupdate=lib.func.length("abcd")),
            "__mapper_args__": {"eager_defaults": eager},
        })  # fmt: skip
        with log.quiet():
            base.metadata.create_all(engine)
        with lib.orm.Session(engine) as session:
            one = word(text="a", size=lib.func.length("abc"))
            two = word(id=9, text=lib.func.lower("B"), size=lib.select(lib.literal(3)).scalar_subquery())
            session.add_all([one, two])
            session.flush()
            log.loaded(one)
            log.loaded(two)
            log("values", (one.size, two.text, two.size))
            one.size = lib.func.length("ab")
            session.flush()
            log.loaded(one)
            log("size", one.size)
        with log.quiet():
            base.metadata.drop_all(engine)
