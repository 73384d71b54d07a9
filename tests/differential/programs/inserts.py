"""INSERT: how keys come back, and what becomes of defaults in one row, in several, and beside a SELECT."""

from collections.abc import Callable
from typing import Any

from tests.differential.log import Log
from tests.differential.registry import program


def _try(log: Log, label: str, call: Callable[[], Any]) -> Any:
    """Log what a call returns, or the class of what it raises."""
    try:
        found = call()
    except Exception as error:
        found = type(error).__name__
    log(label, found)


def _keys(lib: Any) -> dict[str, Any]:
    """Return tables whose keys are made in different ways, by name."""
    column, integer, string = lib.Column, lib.Integer, lib.String
    metadata = lib.MetaData()

    def table(name: str, *columns: Any) -> Any:
        return lib.Table(name, metadata, *columns, column("x", integer))

    key = {"primary_key": True}
    return {
        table_.name: table_
        for table_ in (
            table("counted", column("id", integer, **key)),
            table("not_counted", column("id", integer, autoincrement=False, **key)),
            table("by_sequence", column("id", integer, lib.Sequence("numbers"), **key)),
            table("by_expression", column("id", string(9), default=lib.func.lower("ABC"), **key)),
            table("by_number", column("id", integer, default=lib.func.abs(-4), **key)),
            table("by_server", column("id", string(9), server_default="q", **key)),
            table("by_server_number", column("id", integer, server_default="5", **key)),
            table("by_program", column("id", string(9), **key)),
            table("of_two", column("id", integer, **key), column("b", string(5), default=lib.func.lower("B"), **key)),
        )
    }


def _show(log: Log, label: str, result: Any) -> None:
    def read(name: str) -> Callable[[], Any]:
        return lambda: getattr(result, name)

    _try(log, f"{label}: key", lambda: tuple(result.inserted_primary_key))
    _try(log, f"{label}: keys", lambda: [tuple(row) for row in result.inserted_primary_key_rows])
    _try(log, f"{label}: defaults", lambda: result.returned_defaults and tuple(result.returned_defaults))
    _try(log, f"{label}: rows", read("returns_rows"))
    result.close()


@program
def keys_that_come_back(lib: Any, engine: Any, log: Log) -> None:
    tables = _keys(lib)
    for name, t in tables.items():
        t.create(engine)
        statements = {
            "a plain value": t.insert().values(id="7", x=1),
            "nothing": t.insert(),
            "an expression": t.insert().values(id=lib.func.lower("8"), x=1),
            "a literal": t.insert().values(id=lib.literal_column("'9'"), x=1),
            "inline": t.insert().values(x=1).inline(),
            "defaults": t.insert().values(x=1).return_defaults(),
            "two rows": t.insert().values([{"id": "10", "x": 1}, {"id": "11", "x": 1}]),
            "a query": t.insert().from_select(["id", "x"], lib.select(lib.literal("12"), lib.literal(1))),
            "rows asked for": t.insert().values(id=lib.func.lower("13")).returning(t.c.x),
        }
        for label, statement in statements.items():
            with engine.connect() as connection:
                try:
                    result = connection.execute(statement)
                except lib.exc.DBAPIError:
                    log(f"{name}, {label}: refused")
                else:
                    _show(log, f"{name}, {label}", result)


@program
def keys_of_many(lib: Any, engine: Any, log: Log) -> None:
    t = _keys(lib)["counted"]
    t.create(engine)
    with engine.connect() as connection:
        _show(log, "many", connection.execute(t.insert(), [{"x": 1}, {"x": 2}]))
        result = connection.execute(t.insert(), [{"id": 5, "x": 1}, {"id": 6, "x": 2}])
        log("parameters", result.last_inserted_params())
        log("keys", [tuple(row) for row in result.inserted_primary_key_rows])
        result = connection.execute(lib.select(t))
        _try(log, "keys of a SELECT", lambda: result.inserted_primary_key_rows)
        _try(log, "of text", lambda: connection.exec_driver_sql("SELECT 1").inserted_primary_key)


def _defaults(lib: Any) -> Any:
    count = iter(range(100))
    return lib.Table(
        "d",
        lib.MetaData(),
        lib.Column("id", lib.Integer, primary_key=True),
        lib.Column("x", lib.Integer),
        lib.Column("sql", lib.Integer, default=lib.func.abs(-3)),
        lib.Column("fixed", lib.String(9), default="py"),
        lib.Column("made", lib.Integer, default=lambda: next(count)),
        lib.Column("numbered", lib.Integer, lib.Sequence("numbers", optional=True)),
    )


@program
def defaults_of_several_rows(lib: Any, engine: Any, log: Log) -> None:
    d = _defaults(lib)
    d.create(engine)
    forms: list[Any] = [
        [{"x": 1}, {"x": 2}],
        [{"x": 1, "sql": 5}, {"x": 2}],
        [{"x": 1}, {"x": 2, "sql": 5}],
        [{"x": 1, "sql": 5}, {"x": 2, "sql": lib.func.abs(7)}],
        [{"x": 1, "fixed": "a"}, {"x": 2}],
        [{"x": 1}, {"x": 2, "fixed": "a"}],
        [(70, 2), (71, 3)],
        [{}, {}],
    ]
    with engine.begin() as connection:
        for number, rows in enumerate(forms):
            log.text(f"form {number}", d.insert().values(rows), engine)
            connection.execute(d.insert().values(rows))
    _try(log, "lacking", lambda: str(d.insert().values([{"x": 1}, {"id": 2}])))


@program
def defaults_beside_a_query(lib: Any, engine: Any, log: Log) -> None:
    d = _defaults(lib)
    d.create(engine)
    source = lib.select(d.c.x).where(d.c.x > 2)
    forms = {
        "plain": source,
        "ordered": source.order_by(d.c.x).limit(5),
        "distinct": source.distinct(),
        "grouped": source.group_by(d.c.x),
        "of a common table expression": lib.select(lib.select(d.c.x).cte("w").c.x),
    }
    with engine.begin() as connection:
        connection.execute(d.insert(), [{"x": 3}, {"x": 4}])
        for label, select in forms.items():
            statement = d.insert().from_select(["x"], select)
            log.text(label, statement, engine)
            connection.execute(statement)
        bare = d.insert().from_select(["x"], source, include_defaults=False)
        log.text("bare", bare, engine)
        connection.execute(bare)
    log.text("given", d.insert().from_select(["x", "fixed"], lib.select(d.c.x, d.c.fixed)), engine)
    log.text("with rows", d.insert().from_select(["x"], source).returning(d.c.sql), engine)
    union = lib.union_all(source, source)
    _try(log, "of a union", lambda: str(d.insert().from_select(["x"], union)))
    log.text("of a union, bare", d.insert().from_select(["x"], union, include_defaults=False), engine)


@program
def values_that_do_not_fit_together(lib: Any, engine: Any, log: Log) -> None:
    d = _defaults(lib)
    rows = [{"x": 1}]
    for label, call in {
        "of a query": lambda: d.insert().from_select(["x"], lib.select(d.c.x)).values(x=1),
        "before a query": lambda: d.insert().values(x=1).from_select(["x"], lib.select(d.c.x)),
        "one after several": lambda: d.insert().values(rows).values(x=3),
        "several after one": lambda: d.insert().values(x=3).values(rows),
        "both forms": lambda: d.insert().values({"x": 3}, sql=4),
        "two mappings": lambda: d.insert().values({"x": 3}, {"sql": 4}),
        "several and a keyword": lambda: d.insert().values(rows, sql=4),
        "from text": lambda: d.insert().from_select(["x"], lib.text("SELECT 1")),
    }.items():
        _try(log, label, lambda call=call: str(call()))


@program
def many_rows_that_bring_rows_back(lib: Any, engine: Any, log: Log) -> None:
    metadata = lib.MetaData()
    names = iter("abcdefghijklmnopqrstuvwxyz")
    numbers = {"primary_key": True}
    counted = lib.Table("counted", metadata, lib.Column("id", lib.Integer, **numbers), lib.Column("x", lib.Integer))
    named = lib.Table(
        "named",
        metadata,
        lib.Column("id", lib.String(9), default=lambda: next(names), **numbers),
        lib.Column("x", lib.Integer),
        lib.Column("made", lib.Integer, default=lib.func.abs(-7)),
    )
    sentinel = lib.Table(
        "watched",
        metadata,
        lib.Column("id", lib.String(9), server_default="q"),
        lib.Column("x", lib.Integer),
        lib.insert_sentinel("sentinel"),
    )
    rows = [{"x": 5}, {"x": 4}, {"x": 3}]
    for t in (counted, named, sentinel):
        t.create(engine)
        for label, statement in {
            "columns": t.insert().returning(t.c.id, t.c.x),
            "the table": t.insert().returning(t),
            "an expression": t.insert().returning((t.c.x + 1).label("y"), t.c.x + 2),
            "fixed": t.insert().values(x=lib.bindparam("q") + 1).returning(t.c.x),
            "in order": t.insert().returning(t.c.x, sort_by_parameter_order=True),
        }.items():
            given = [{"q": 1}, {"q": 2}] if label == "fixed" else rows
            with engine.begin() as connection:
                result = connection.execute(statement, given)
                log(f"{t.name}, {label}", [tuple(row) for row in result])
            log("keys", list(result.keys()))
        with engine.begin() as connection:
            options = {"insertmanyvalues_page_size": 2}
            connection.execute(t.insert().returning(t.c.x), rows, execution_options=options)
