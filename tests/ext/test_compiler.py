"""SQL of the program's own: for its own classes and for ours, for one dialect or for all, with values as parameters."""

from typing import Any

import pytest

from holdfast import (
    Column,
    DateTime,
    Integer,
    MetaData,
    String,
    Table,
    case,
    cast,
    create_engine,
    exc,
    insert,
    literal,
    select,
    text,
)
from holdfast.dialects import postgresql, sqlite
from holdfast.ext.compiler import compiles, deregister
from holdfast.schema import CreateColumn, CreateTable, DDLElement
from holdfast.sql.expression import ClauseElement, ColumnClause, ColumnElement, Executable, Insert
from holdfast.sql.functions import FunctionElement

SQLITE, POSTGRESQL = sqlite.dialect(), postgresql.dialect()


class Bracketed(ColumnClause):
    """A column in brackets."""

    inherit_cache = True


class Utcnow(FunctionElement):
    """The time in UTC."""

    type = DateTime()
    inherit_cache = True
    name = "utcnow"


class Greatest(FunctionElement):
    """The greater of two."""

    name = "greatest"
    inherit_cache = True


class Joined(ColumnElement):
    """An element with parts that Holdfast does not know of."""

    type = Integer()
    inherit_cache = False

    def __init__(self, *parts: Any) -> None:
        self.parts = parts


class InsertFrom(Executable, ClauseElement):
    """A statement."""

    inherit_cache = False

    def __init__(self, table: Any, selected: Any) -> None:
        self.table, self.selected = table, selected


class CreateOwnView(DDLElement):
    """DDL."""

    def __init__(self, name: str, selected: Any) -> None:
        self.name, self.selected = name, selected


class Shout(String):
    """A type."""


class OnlyPostgreSQL(ColumnElement):
    """An element of one database."""

    type = Integer()
    inherit_cache = True


class Unknown(ColumnElement):
    """An element without a function."""


@pytest.fixture(autouse=True)
def functions():
    """Enter the functions, and forget them afterwards: other tests have none."""
    compiles(Bracketed)(lambda element, compiler, **kw: f"[{element.name}]")
    compiles(Utcnow)(lambda element, compiler, **kw: "CURRENT_TIMESTAMP")
    compiles(Utcnow, "postgresql")(lambda element, compiler, **kw: "TIMEZONE('utc', CURRENT_TIMESTAMP)")
    compiles(Greatest)(lambda element, compiler, **kw: compiler.visit_function(element, **kw))
    compiles(Greatest, "sqlite")(greater)
    compiles(Joined)(
        lambda element, compiler, **kw: f"JOINED({', '.join(compiler.process(p, **kw) for p in element.parts)})"
    )
    compiles(InsertFrom)(
        lambda element, compiler, **kw: (
            f"INSERT INTO {compiler.process(element.table, asfrom=True, **kw)} "
            f"{compiler.process(element.selected, **kw)}"
        )
    )
    compiles(CreateOwnView)(
        lambda element, compiler, **kw: (
            f"CREATE VIEW {compiler.preparer.quote(element.name)} AS "
            f"{compiler.sql_compiler.process(element.selected, literal_binds=True)}"
        )
    )
    compiles(Shout)(lambda type_, compiler, **kw: f"SHOUT({type_.length})")
    compiles(Shout, "postgresql")(lambda type_, compiler, **kw: compiler.visit_VARCHAR(type_) + " /* loud */")
    compiles(OnlyPostgreSQL, "postgresql")(lambda element, compiler, **kw: "only")
    yield
    for class_ in (
        Bracketed, Utcnow, Greatest, Joined, InsertFrom, CreateOwnView, Shout, OnlyPostgreSQL, CreateColumn, Insert,
    ):  # fmt: skip
        deregister(class_)


def greater(element: Any, compiler: Any, **kw: Any) -> str:
    """SQLite's way."""
    one, other = element.clauses
    return compiler.process(case((one > other, one), else_=other), **kw)


T = Table("t", MetaData(), Column("id", Integer, primary_key=True), Column("x", Integer), Column("u", Shout(5)))


def sql(statement: Any, dialect: Any) -> str:
    """Return the text without line breaks."""
    return " ".join(str(statement.compile(dialect=dialect)).split())


def test_elements_and_functions() -> None:
    """The function of the dialect, else the one for all, also for classes derived from ours."""
    assert sql(select(Bracketed("x")), SQLITE) == "SELECT [x]"
    assert sql(select(Utcnow()), SQLITE) == "SELECT CURRENT_TIMESTAMP AS utcnow_1"
    assert sql(select(Utcnow()), POSTGRESQL) == "SELECT TIMEZONE('utc', CURRENT_TIMESTAMP) AS utcnow_1"
    statement = select(Greatest(T.c.id, T.c.x))
    assert sql(statement, SQLITE) == "SELECT CASE WHEN (t.id > t.x) THEN t.id ELSE t.x END AS greatest_1 FROM t"
    assert sql(statement, POSTGRESQL) == "SELECT greatest(t.id, t.x) AS greatest_1 FROM t"


def test_values_stay_parameters() -> None:
    """What goes through `process` travels beside the text; two elements of one class keep their values apart."""
    compiled = select(T.c.id).where(Joined(T.c.x, literal(7)) == 9).compile(dialect=SQLITE)
    assert " ".join(str(compiled).split()) == "SELECT t.id FROM t WHERE JOINED(t.x, ?) = ?"
    assert compiled.params == {"param_1": 7, "param_2": 9}
    with create_engine("sqlite://").connect() as connection:
        connection.connection.dbapi_connection.create_function("JOINED", 2, lambda a, b: (a or 0) * 10 + b)
        for value in (3, 4, 3):
            assert connection.scalar(select(Joined(literal(1), literal(value)))) == 10 + value


def test_statements_and_ddl_run() -> None:
    """A statement of its own takes part in the transaction; DDL has its values in the text."""
    plain = Table("p", MetaData(), Column("id", Integer, primary_key=True), Column("x", Integer))
    engine = create_engine("sqlite://")
    plain.create(engine)
    with engine.begin() as connection:
        connection.execute(insert(plain), [{"x": 1}, {"x": 9}])
        connection.execute(InsertFrom(plain, select(plain.c.id + 10, plain.c.x).where(plain.c.x > 5)))
        assert connection.execute(select(plain.c.id, plain.c.x)).all() == [(1, 1), (2, 9), (12, 9)]
        connection.execute(CreateOwnView("my view", select(plain.c.id).where(plain.c.x == 9)))
        assert connection.execute(text('SELECT * FROM "my view"')).all() == [(2,), (12,)]


def test_types() -> None:
    """In CREATE TABLE and CAST; the text of another type can be asked for."""
    assert "u SHOUT(5)" in sql(CreateTable(T), SQLITE)
    assert sql(cast(T.c.x, Shout(3)), SQLITE) == "CAST(t.x AS SHOUT(3))"
    assert sql(cast(T.c.x, Shout(3)), POSTGRESQL) == "CAST(t.x AS VARCHAR(3) /* loud */)"


def test_classes_of_ours() -> None:
    """Their text is replaced, and comes back."""
    compiles(CreateColumn)(lambda element, compiler, **kw: compiler.visit_create_column(element, **kw) + " /* hi */")
    compiles(Insert)(lambda element, compiler, **kw: compiler.visit_insert(element.prefix_with("OR IGNORE"), **kw))
    assert "x INTEGER /* hi */," in sql(CreateTable(T), SQLITE)
    assert sql(insert(T).values(x=1), SQLITE) == "INSERT OR IGNORE INTO t (x) VALUES (?)"
    assert sql(insert(T).values(x=1), POSTGRESQL).endswith("RETURNING t.id")
    deregister(CreateColumn)
    deregister(Insert)
    assert "/* hi */" not in sql(CreateTable(T), SQLITE)
    assert sql(insert(T).values(x=1), SQLITE) == "INSERT INTO t (x) VALUES (?)"


def test_what_nobody_wrote() -> None:
    """The error names the class and what to write."""
    with pytest.raises(exc.UnsupportedCompilationError, match="can't render element of type Unknown"):
        sql(select(Unknown()), SQLITE)
    assert sql(select(OnlyPostgreSQL()), POSTGRESQL) == "SELECT only AS anon_1"
    with pytest.raises(
        exc.UnsupportedCompilationError, match="no default compilation handler; give it one by @compiles"
    ):
        sql(select(OnlyPostgreSQL()), SQLITE)
