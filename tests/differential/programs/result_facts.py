"""What results tell beside their rows: keys, parameters and defaults of changes; their columns, names and ends."""

import copy
import pickle
from importlib import import_module
from typing import Any

from tests.differential.log import Log
from tests.differential.programs.shop import full_shop
from tests.differential.registry import program


def _tables(lib: Any, engine: Any, log: Log) -> dict[str, Any]:
    metadata = lib.MetaData()
    column, text = lib.Column, lib.String
    lower = lib.func.lower
    tables = {
        "counted": [
            column("id", lib.Integer, primary_key=True),
            column("n", text),
            column("by_server", text, server_default="x"),
            column("by_python", text, default="py"),
            column("in_sql", text, default=lower("ABC")),
            column("plain", text),
            column("changed", text, onupdate=lib.func.upper("q")),
        ],
        "words": [column("id", text, primary_key=True), column("n", text)],
        "server_key": [column("id", text, primary_key=True, server_default="abc"), column("n", text)],
        "sql_key": [column("id", text, primary_key=True, default=lower("ABC")), column("n", text)],
        "python_key": [column("id", text, primary_key=True, default=lambda: "made"), column("n", text)],
        "pair": [column("a", text, primary_key=True), column("b", lib.Integer, primary_key=True, server_default="7")],
        "no_key": [column("n", text)],
        "renamed": [column("id", lib.Integer, primary_key=True, key="key"), column("n", text, key="name")],
    }
    made = {name: lib.Table(name, metadata, *columns) for name, columns in tables.items()}
    with log.quiet():
        metadata.create_all(engine)
    return made


FACTS = (
    "is_insert", "inserted_primary_key", "inserted_primary_key_rows", "returned_defaults", "returned_defaults_rows",
    "last_inserted_params", "last_updated_params", "lastrow_has_defaults",
)  # fmt: skip


def _facts(log: Log, label: str, connection: Any, statement: Any, *parameters: Any) -> None:
    result = connection.execute(statement, *parameters)
    for name in FACTS:

        def ask(name: str = name) -> Any:
            value = getattr(result, name)
            value = value() if callable(value) else value
            # Rows are shown as tuples, dicts in the order of their keys.
            if isinstance(value, dict):
                return dict(sorted(value.items(), key=str))
            if isinstance(value, list):
                return [dict(sorted(one.items(), key=str)) if isinstance(one, dict) else tuple(one) for one in value]
            return value

        log.error(f"{label}: {name}", ask, message=True)
    for name in ("prefetch_cols", "postfetch_cols"):
        log.error(f"{label}: {name}", lambda name=name: [column.key for column in getattr(result, name)()])


@program
def facts_of_an_insert(lib: Any, engine: Any, log: Log) -> None:
    table = _tables(lib, engine, log)["counted"]
    insert = table.insert
    two = [{"n": "a"}, {"n": "b"}]
    with engine.connect() as connection:
        _facts(log, "plain", connection, insert().values(n="a"))
        _facts(log, "parameters", connection, insert(), {"n": "a"})
        _facts(log, "key given", connection, insert().values(id=70, n="a"))
        _facts(log, "inline", connection, insert().values(n="a").inline())
        _facts(log, "defaults", connection, insert().values(n="a").return_defaults())
        _facts(log, "a default", connection, insert().values(n="a").return_defaults(table.c.by_server))
        _facts(log, "more", connection, insert().values(n="a").return_defaults(supplemental_cols=[table.c.n]))
        _facts(log, "many", connection, insert(), two)
        _facts(log, "returning", connection, insert().values(n="a").returning(table.c.n))


@program
def facts_of_several_rows(lib: Any, engine: Any, log: Log) -> None:
    tables = _tables(lib, engine, log)
    table = tables["counted"]
    with engine.connect() as connection:
        for statement in (
            table.insert().values([{"n": "a"}, {"n": "b"}]),
            table.insert().from_select(["n"], lib.select(tables["no_key"].c.n)),
        ):
            result = connection.execute(statement)
            log("key", tuple(result.inserted_primary_key))
            log("keys", [tuple(row) for row in result.inserted_primary_key_rows])


@program
def keys_that_sql_makes(lib: Any, engine: Any, log: Log) -> None:
    tables = _tables(lib, engine, log)
    upper = lib.func.upper
    with engine.connect() as connection:
        for name in ("words", "server_key", "sql_key", "python_key"):
            table = tables[name]
            _facts(log, f"{name}: an expression", connection, table.insert().values(id=upper("zz")))
            _facts(log, f"{name}: given", connection, table.insert().values(id="given"))
            if name != "python_key":
                _facts(log, f"{name}: many", connection, table.insert(), [{"id": "1"}, {"id": "2"}])
            if name != "words":
                _facts(log, f"{name}: none", connection, table.insert().values(n="a"))
        for name, values in (("pair", {"a": "x"}), ("pair", {"a": "y", "b": 2}), ("no_key", {"n": "a"}), ("renamed", {"name": "a"})):  # fmt: skip
            _facts(log, f"{name} {values}", connection, tables[name].insert().values(**values))
        log("a counted key by an expression")
        result = connection.execute(tables["counted"].insert().values(id=lib.literal(500) + 1))
        log("key", tuple(result.inserted_primary_key))


@program
def facts_of_changes(lib: Any, engine: Any, log: Log) -> None:
    table = _tables(lib, engine, log)["counted"]
    by_id = table.c.id == lib.bindparam("i")
    with engine.connect() as connection:
        connection.execute(table.insert(), [{"n": "a"}, {"n": "b"}, {"n": "c"}])
        update = table.update().values(n="b").where(table.c.id == 1)
        _facts(log, "update", connection, update)
        _facts(log, "defaults", connection, update.return_defaults())
        _facts(log, "more defaults", connection, update.return_defaults(table.c.changed, table.c.by_server))
        _facts(log, "no row", connection, update.where(lib.false()))
        _facts(log, "expression", connection, table.update().values(n=table.c.n + "x").where(table.c.id == 1))
        _facts(log, "many", connection, table.update().where(by_id), [{"i": 1, "n": "a"}, {"i": 2, "n": "b"}])
        _facts(log, "delete", connection, table.delete().where(table.c.id == 2))
        _facts(log, "deletes", connection, table.delete().where(by_id), [{"i": 1}, {"i": 3}])
        _facts(log, "select", connection, lib.select(table))
        _facts(log, "text", connection, lib.text("SELECT 1"))


@program
def columns_of_a_result(lib: Any, engine: Any, log: Log) -> None:
    s = full_shop(lib, engine, log)
    with engine.connect() as connection:

        def ask() -> Any:
            return connection.execute(lib.select(s.Tag.id, s.Tag.label).order_by(s.Tag.id))

        result = ask()
        log("the same result", result.columns("label", "id") is result)
        log("keys", list(result.keys()))
        log("rows", result.all())
        result = ask()
        log("one read", result.fetchone())
        log("then columns", result.columns(1).all())
        log("columns twice", ask().columns("label", "id").columns("id").all())
        mappings = ask().mappings()
        log("the same mappings", mappings.columns("label") is mappings)
        log("mappings", mappings.all())
        log("scalars of columns", ask().columns("label", "id").scalars(1).all())
        log("unique", ask().columns("id").unique(lambda row: row[0] % 2).all())
        log("frozen", ask().columns("label").freeze()().all())
        log("no size", ask().fetchmany())
        log("size zero", ask().fetchmany(0))
        log("size below", ask().fetchmany(-1))
        log("partitions of zero", list(ask().partitions(0)))


@program
def ends_of_a_result(lib: Any, engine: Any, log: Log) -> None:
    s = full_shop(lib, engine, log)
    with engine.connect() as connection:
        for name in ("all", "fetchone", "fetchmany", "first", "one_or_none", "scalar", "close", "freeze"):
            statements = [lib.select(s.Tag.id).limit(1)]
            if name in ("first", "one_or_none", "scalar", "close"):
                statements.append(lib.select(s.Tag.id).where(lib.false()))
            for statement in statements:
                result = connection.execute(statement)
                getattr(result, name)()
                log(f"{name}: closed", result.closed)
                for again in ("all", "fetchone", "first", "scalar", "one", "one_or_none", "fetchmany"):
                    log.error(
                        f"{name}, {again}", lambda again=again, result=result: getattr(result, again)(), message=True
                    )


@program
def names_that_stand_twice(lib: Any, engine: Any, log: Log) -> None:
    full_shop(lib, engine, log)
    with engine.connect() as connection:
        for label, row in {
            "columns": connection.execute(lib.select(lib.literal(1).label("a"), lib.literal(2).label("a"))).one(),
            "text": connection.execute(lib.text("SELECT 1 AS a, 2 AS a, 3 AS b")).one(),
            "driver": connection.exec_driver_sql("SELECT 1 AS a, 2 AS a, 3 AS b").one(),
        }.items():
            log(label, tuple(row))
            log.error("attribute", lambda row=row: row.a)
            log.error("mapping", lambda row=row: row._mapping["a"])
            log.error("as dict", lambda row=row: row._asdict())
            log("fields", row._fields)
            log.error("position in a mapping", lambda row=row: row._mapping[0])
            log("has", ("a" in row._mapping, 0 in row._mapping))


@program
def rows_and_results_pickled(lib: Any, engine: Any, log: Log) -> None:
    s = full_shop(lib, engine, log)
    with engine.connect() as connection:
        frozen = connection.execute(lib.select(s.Tag.id, s.Tag.label).order_by(s.Tag.id)).freeze()
    again = pickle.loads(pickle.dumps(frozen))
    log("rows", again().all())
    log("keys", list(again().keys()))
    row = pickle.loads(pickle.dumps(frozen().first()))
    log("row", (tuple(row), row.label, row._mapping["id"], row._fields))
    log("copied", (tuple(copy.copy(row)), tuple(copy.deepcopy(row))))


@program
def keys_of_mapped_rows(lib: Any, engine: Any, log: Log) -> None:
    """What has a name of its own is known by it in rows of mapped things, and by a number among several."""
    orm = import_module(f"{lib.__name__}.orm")

    class Base(orm.DeclarativeBase):
        pass

    class Person(Base):
        __tablename__ = "person"
        id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
        name: orm.Mapped[str]
        size: orm.Mapped[int] = orm.mapped_column("size_in_cm")

    class Pet(Base):
        __tablename__ = "pet"
        id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
        name: orm.Mapped[str]
        person_id: orm.Mapped[int] = orm.mapped_column(lib.ForeignKey("person.id"))

    with log.quiet():
        Base.metadata.create_all(engine)
        with orm.Session(engine) as session:
            session.add(Person(id=1, name="a", size=3))
            session.flush()
            session.add(Pet(id=1, name="b", person_id=1))
            session.commit()
    select, func, table = lib.select, lib.func, Person.__table__
    other, called = orm.aliased(Person), orm.aliased(Person, name="called")
    inner = select(Person.id, Person.size).subquery()
    on = Pet.person_id == Person.id
    questions = {
        "two tables": select(Person.id, Pet.id, Person.name, Pet.name).join(Pet, on),
        "twice": select(Person.id, Person.id, Person.size, Person.size),
        "entities": select(Person, Pet, Person.id).join(Pet, on),
        "aliases": select(Person, called, called.id, other.id),
        "functions": select(Person.name, func.count(Pet.id), func.max(Pet.id), func.max(Pet.name)).join(Pet, on),
        "a function alone": select(func.count()).select_from(Person),
        "functions of nothing": select(Person.name, func.count(), func.count()),
        "functions of an attribute": select(Person, func.lower(Person.name), func.lower(Person.name)),
        "functions of a column": select(func.max(table.c.id), table.c.id),
        "labels": select(Person.size.label("q"), Person.id.label("q")),
        "columns of the table": select(table.c.id, Person.id, table.c.size_in_cm),
        "conversions": select(lib.cast(Person.size, lib.String), lib.type_coerce(Person.name, lib.String), Person.id),
        "a subquery": select(inner),
        "of a subquery": select(inner.c.size, Person.size).join_from(inner, Person, Person.id == inner.c.id),
        "core": select(table.c.id, table.c.id, func.count(table.c.id), func.count(table.c.id)),
    }  # fmt: skip
    with orm.Session(engine) as session:
        for label, question in questions.items():
            result = session.execute(question)
            log(label, list(result.keys()))
            row = result.first()
            log("row", None if row is None else [key for key in row._mapping if row._mapping[key] is not None])
