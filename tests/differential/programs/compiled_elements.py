"""Elements, functions, statements, types and DDL of a program's own, as the documentation of `@compiles` shows them."""

import importlib
from collections.abc import Callable
from typing import Any

from tests.differential.log import Log
from tests.differential.registry import program


def _part(lib: Any, name: str) -> Any:
    return importlib.import_module(f"{lib.__name__}.{name}")


def _column(lib: Any, ext: Any, t: Any) -> Any:
    made: Any = type("Bracketed", (_part(lib, "sql.expression").ColumnClause,), {"inherit_cache": True})
    ext.compiles(made)(lambda element, compiler, **kw: f"[{element.name}]")
    return lib.select(made("x"), made("y"))


def _element(lib: Any, ext: Any, t: Any) -> Any:
    made: Any = type(
        "now", (_part(lib, "sql.expression").ColumnElement,), {"inherit_cache": True, "type": lib.TIMESTAMP()}
    )
    ext.compiles(made)(lambda element, compiler, **kw: "NOW")
    return lib.select(made(), made().label("q"), t.c.x == made())


def _function(lib: Any, ext: Any, t: Any) -> Any:
    made: Any = type("coalesce", (lib.sql.functions.FunctionElement,), {"inherit_cache": True, "name": "coalesce"})
    ext.compiles(made)(lambda element, compiler, **kw: f"coalesce({compiler.process(element.clauses, **kw)})")
    ext.compiles(made, "oracle", "mssql")(lambda element, compiler, **kw: "nvl()")
    return lib.select(made(t.c.x, 5, t.c.x)).where(made(t.c.x) > 3)


def _greatest(lib: Any, ext: Any, t: Any) -> Any:
    made: Any = type(
        "greatest",
        (lib.sql.functions.FunctionElement,),
        {"inherit_cache": True, "name": "greatest", "type": lib.Numeric()},
    )

    def by_case(element: Any, compiler: Any, **kw: Any) -> str:
        one, two = list(element.clauses)
        return str(compiler.process(lib.case((one > two, one), else_=two), **kw))

    ext.compiles(made)(lambda element, compiler, **kw: compiler.visit_function(element))
    ext.compiles(made, "sqlite")(by_case)
    return lib.select(t.c.x).where(made(t.c.x, 10) > 5)


def _statement(lib: Any, ext: Any, t: Any) -> Any:
    expression = _part(lib, "sql.expression")

    def make(self: Any, table: Any, select: Any) -> None:
        self.table, self.select = table, select

    made: Any = type(
        "InsertFrom", (expression.Executable, expression.ClauseElement), {"inherit_cache": False, "__init__": make}
    )

    def write(element: Any, compiler: Any, **kw: Any) -> str:
        return f"INSERT INTO {compiler.process(element.table, asfrom=True, **kw)} ({compiler.process(element.select, **kw)})"

    ext.compiles(made)(write)
    return made(t, lib.select(t).where(t.c.x > 5))


def _ddl(lib: Any, ext: Any, t: Any) -> Any:
    made: Any = type(
        "AlterColumn", (lib.schema.DDLElement,), {"__init__": lambda self, column: setattr(self, "column", column)}
    )
    ext.compiles(made)(lambda element, compiler, **kw: f"ALTER COLUMN {element.column.name} ...")
    ext.compiles(made, "sqlite")(lambda element, compiler, **kw: f"ALTER TABLE {element.column.table.name} ...")
    return made(t.c.x)


def _default(lib: Any, ext: Any, t: Any) -> Any:
    made: Any = type("utcnow", (lib.sql.functions.FunctionElement,), {"inherit_cache": True, "type": lib.DateTime()})
    ext.compiles(made)(lambda element, compiler, **kw: "CURRENT_TIMESTAMP")
    ext.compiles(made, "sqlite")(lambda element, compiler, **kw: "datetime('now')")
    table = lib.Table("event", lib.MetaData(), lib.Column("at", lib.DateTime, server_default=made()))
    return lib.schema.CreateTable(table)


def _insert(lib: Any, ext: Any, t: Any) -> Any:
    class Own(_part(lib, "sql.expression").Insert):  # type: ignore[misc]
        inherit_cache = True

    ext.compiles(Own)(lambda element, compiler, **kw: compiler.visit_insert(element.prefix_with("OR IGNORE"), **kw))
    return Own(t).values(x=1)


def _type(lib: Any, ext: Any, t: Any) -> Any:
    made: Any = type("Wide", (lib.VARCHAR,), {})
    ext.compiles(made)(lambda type_, compiler, **kw: f"WIDE({type_.length})")
    return lib.schema.CreateTable(
        lib.Table("w", lib.MetaData(), lib.Column("v", made(9)), lib.Column("s", lib.String(5)))
    )


def _constraint(lib: Any, ext: Any, t: Any) -> Any:
    made: Any = type("Noted", (lib.CheckConstraint,), {})
    ext.compiles(made)(lambda one, compiler, **kw: compiler.visit_check_constraint(one, **kw) + " /* noted */")
    return lib.schema.CreateTable(lib.Table("c", lib.MetaData(), lib.Column("v", lib.Integer), made("v > 1")))


WAYS: tuple[Callable[[Any, Any, Any], Any], ...] = (
    _column, _element, _function, _greatest, _statement, _ddl, _default, _insert, _type, _constraint,
)  # fmt: skip


def _written(make: Callable[[Any, Any, Any], Any]) -> None:
    def run(lib: Any, engine: Any, log: Log) -> None:
        table = lib.Table("t", lib.MetaData(), lib.Column("x", lib.Integer))
        made = make(lib, _part(lib, "ext.compiler"), table)
        log("text", str(made))
        log("on SQLite", str(made.compile(dialect=engine.dialect)))

    run.__name__, run.__module__ = f"compiled{make.__name__}", __name__
    program(run)


for _make in WAYS:
    _written(_make)


@program
def nobody_wrote_it(lib: Any, engine: Any, log: Log) -> None:
    """An element that has no text, none for this database, and one whose text was taken away again."""
    ext, expression = _part(lib, "ext.compiler"), _part(lib, "sql.expression")
    silent: Any = type("silent", (expression.ColumnElement,), {"inherit_cache": True})
    log.error("none", lambda: str(lib.select(silent()).compile(dialect=engine.dialect)))
    ext.compiles(silent, "mysql")(lambda element, compiler, **kw: "z")
    log.error("of another database", lambda: str(lib.select(silent()).compile(dialect=engine.dialect)))
    ext.compiles(silent)(lambda element, compiler, **kw: "said")
    log("now", str(lib.select(silent()).compile(dialect=engine.dialect)))
    ext.deregister(silent)
    log.error("taken away", lambda: str(lib.select(silent()).compile(dialect=engine.dialect)))
