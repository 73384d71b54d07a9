"""Forms of statements that are documented and seldom written: rows in SET, FETCH of set operations, plain constants."""

import warnings
from importlib import import_module
from typing import Any

from tests.differential.log import Log
from tests.differential.registry import program


def _tables(lib: Any) -> tuple[Any, Any]:
    metadata = lib.MetaData()
    column = lib.Column
    things = lib.Table(
        "things",
        metadata,
        column("id", lib.Integer, primary_key=True),
        column("x", lib.Integer),
        column("s", lib.String),
    )
    parts = lib.Table("parts", metadata, column("id", lib.Integer, primary_key=True), column("n", lib.Integer))
    return things, parts


def _texts(lib: Any, log: Log, label: str, statement: Any) -> None:
    """Write down a statement as both databases get it."""
    for name in ("sqlite", "postgresql"):
        dialect = import_module(f"{lib.__name__}.dialects.{name}").dialect()

        def text(dialect: Any = dialect) -> Any:
            compiled = statement.compile(dialect=dialect)
            return str(compiled), dict(compiled.params)

        log.error(f"{label}, {name}", text)


@program
def rows_of_columns_in_set(lib: Any, engine: Any, log: Log) -> None:
    # The oracle warns that it can not cache such statements.
    warnings.simplefilter("ignore")
    things, parts = _tables(lib)
    row = lib.tuple_(things.c.x, things.c.s)
    largest = lib.select(lib.func.max(parts.c.n), lib.literal("m"))
    update = lib.update(things)
    _texts(lib, log, "of a SELECT", update.values({row: largest}))
    _texts(lib, log, "of a scalar subquery", update.values({row: largest.scalar_subquery(), things.c.id: 5}))
    _texts(lib, log, "of a row", update.values({row: lib.tuple_(1, "a")}))
    with engine.begin() as connection:
        things.metadata.create_all(connection)
        connection.execute(lib.insert(things), [{"id": 1, "x": 1, "s": "a"}, {"id": 2, "x": 2, "s": "b"}])
        connection.execute(lib.insert(parts), [{"id": 1, "n": 7}, {"id": 2, "n": 8}])
        connection.execute(update.values({row: largest}).where(things.c.id == 2))
        log("rows", connection.execute(lib.select(things).order_by(things.c.id)).all())


@program
def ranges_of_set_operations(lib: Any, engine: Any, log: Log) -> None:
    things, parts = _tables(lib)
    one, two = lib.select(things.c.id), lib.select(parts.c.id)
    _texts(lib, log, "fetch", lib.union(one, two).fetch(3))
    _texts(lib, log, "fetch after limit", lib.union(one, two).limit(5).offset(6).fetch(3))
    _texts(lib, log, "limit after fetch", lib.union(one, two).fetch(5).limit(6))
    _texts(lib, log, "fetch inside", lib.union_all(one.fetch(3), two).order_by("id"))
    _texts(lib, log, "with ties", lib.except_(one, two).order_by("id").fetch(3, with_ties=True))


@program
def constants_and_functions(lib: Any, engine: Any, log: Log) -> None:
    things, _ = _tables(lib)
    _texts(lib, log, "constants", lib.select(None, True, False, 5))
    _texts(lib, log, "ordered by one", lib.select(things.c.id).order_by(True, None))
    _texts(lib, log, "cast", lib.select(lib.func.cast(things.c.x, lib.String)))
    _texts(lib, log, "extract", lib.select(lib.func.extract("year", lib.func.now())))
    _texts(
        lib,
        log,
        "typed row",
        lib.select(things.c.id).where(lib.tuple_(1, 2, types=[lib.Integer, lib.String]) == things.c.s),
    )


@program
def what_a_select_tells(lib: Any, engine: Any, log: Log) -> None:
    things, _ = _tables(lib)
    alias = things.alias("z")
    statements = {
        "table": lib.select(things),
        "alias": lib.select(alias),
        "table and function": lib.select(things, lib.func.count()),
        "label": lib.select(things.c.x.label("y"), lib.cast(things.c.x, lib.String)),
    }
    for label, statement in statements.items():
        described = [(one["name"], sorted(one), repr(one["type"])) for one in statement.column_descriptions]
        log(label, described)
    returning = lib.insert(things).returning(things.c.x)
    log("returning", [sorted(one) for one in returning.returning_column_descriptions])


@program
def tables_that_visitors_meet(lib: Any, engine: Any, log: Log) -> None:
    """Also those that stand in FROM because of a column alone."""
    things, parts = _tables(lib)
    visitors = import_module(f"{lib.__name__}.sql.visitors")
    statements = {
        "columns": lib.select(things.c.x).where(parts.c.n == 1),
        "subquery": lib.select(lib.select(things.c.x).subquery().c.x),
        "exists": lib.select(things.c.x).where(lib.exists().where(parts.c.n == things.c.x)),
        "union": lib.union(lib.select(things.c.x), lib.select(parts.c.n)),
        "update": lib.update(things).values(x=1),
    }
    for label, statement in statements.items():
        met: set[str] = set()
        visitors.traverse(statement, {}, {"table": lambda table, met=met: met.add(table.name)})
        log(label, sorted(met))


@program
def parts_of_collections(lib: Any, engine: Any, log: Log) -> None:
    things, parts = _tables(lib)
    log("by position", things.c[0, 2].keys())
    log("by name", things.c["x", "s"].keys())
    log("compared", [things.c.compare(things.c), things.c.compare(parts.c)])
    inner = lib.select(things.c.x).subquery()
    log("stands for", [len(things.c.x.proxy_set), things.c.x in inner.c.x.proxy_set])


@program
def defaults_by_themselves(lib: Any, engine: Any, log: Log) -> None:
    """`scalar` of what makes the values of a column."""
    generator = lib.ColumnDefault(lib.func.upper("a"))
    with engine.begin() as connection:
        log("by a connection", connection.scalar(generator))
    with lib.orm.Session(engine) as session:
        log("by a session", session.scalar(generator))
