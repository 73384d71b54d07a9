"""Programs that take classes of dialects, and tables of types, from the paths that the databases' own modules have."""

from importlib import import_module
from typing import Any

from tests.differential.log import Log
from tests.differential.registry import program


@program
def types_of_programs_are_reflected(lib: Any, engine: Any, log: Log) -> None:
    """What is put into ischema_names stands for columns of that name."""
    names = import_module(f"{lib.__name__}.dialects.sqlite.base").ischema_names

    class Shape(lib.types.UserDefinedType):  # type: ignore[misc]
        cache_ok = True

        def get_col_spec(self, **keywords: Any) -> str:
            return "SHAPE"

    names["SHAPE"] = Shape
    try:
        lib.Table("t", lib.MetaData(), lib.Column("a", Shape), lib.Column("b", lib.Integer)).create(engine)
        with log.quiet():
            table = lib.Table("t", lib.MetaData(), autoload_with=engine)
        log("types", [type(column.type).__name__ for column in table.c])
        log("the dialect's own", (engine.dialect.ischema_names["SHAPE"] is Shape,))
    finally:
        del names["SHAPE"]


@program
def classes_of_dialects(lib: Any, engine: Any, log: Log) -> None:
    """A program asks of what class the dialect of an engine is."""

    def found(module: str, name: str) -> Any:
        return getattr(import_module(f"{lib.__name__}.dialects.{module}"), name)

    classes = {
        "PGDialect": found("postgresql.base", "PGDialect"),
        "PGDialect_psycopg2": found("postgresql.psycopg2", "PGDialect_psycopg2"),
        "PGDialect_psycopg": found("postgresql.psycopg", "PGDialect_psycopg"),
        "MySQLDialect": found("mysql.base", "MySQLDialect"),
        "SQLiteDialect": found("sqlite.base", "SQLiteDialect"),
        "SQLiteDialect_pysqlite": found("sqlite.pysqlite", "SQLiteDialect_pysqlite"),
    }
    for address in ("postgresql+psycopg2", "postgresql+psycopg", "mysql+pymysql", "mariadb+pymysql", "sqlite"):
        dialect = lib.create_engine(f"{address}://").dialect
        log(address, [name for name, class_ in classes.items() if isinstance(dialect, class_)])
    for module in (
        "postgresql.psycopg2",
        "postgresql.psycopg",
        "mysql.pymysql",
        "sqlite.pysqlite",
    ):
        dialect = found(module, "dialect")()
        log(
            module,
            (dialect.name, dialect.driver, str(lib.select(lib.literal(1).label("x")).compile(dialect=dialect))[:8]),
        )
