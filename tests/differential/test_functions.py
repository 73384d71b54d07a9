"""Functions, what gives rows in FROM, and conversions on both libraries: same text, same parameters, same rows."""

from typing import Any

import pytest

import holdfast
from tests.differential.conversion_statements import CONVERSIONS_AS_TEXT, CONVERSIONS_THAT_RUN
from tests.differential.function_statements import (
    FUNCTIONS_AS_TEXT,
    FUNCTIONS_OF_POSTGRESQL,
    FUNCTIONS_THAT_RUN,
    functions,
)
from tests.differential.source_statements import SOURCES_AS_TEXT, SOURCES_THAT_RUN
from tests.differential.statements import Build
from tests.differential.test_statements import dialect_of

sqlalchemy = pytest.importorskip("sqlalchemy")
pytestmark = pytest.mark.filterwarnings("ignore")


def named(**groups: dict[str, Build]) -> dict[str, Build]:
    """Return all statements of several groups by group and name."""
    return {f"{group}: {name}": build for group, members in groups.items() for name, build in members.items()}


THAT_RUN = named(functions=FUNCTIONS_THAT_RUN, sources=SOURCES_THAT_RUN, conversions=CONVERSIONS_THAT_RUN)
AS_TEXT = named(functions=FUNCTIONS_AS_TEXT, sources=SOURCES_AS_TEXT, conversions=CONVERSIONS_AS_TEXT)
STATEMENTS = {**THAT_RUN, **AS_TEXT}


def table(lib: Any) -> Any:
    """Return the table that the statements use."""
    return lib.Table(
        "t",
        lib.MetaData(),
        lib.Column("x", lib.Integer, primary_key=True),
        lib.Column("y", lib.String),
        lib.Column("d", lib.Date),
    )


def shown(lib: Any, build: Build, dialect: str) -> Any:
    """Return text and parameters; or the kind of error."""
    try:
        compiled = build(lib, table(lib)).compile(dialect=dialect_of(lib, dialect))
        return str(compiled), dict(compiled.params), compiled.positiontup
    except Exception as error:
        return type(error).__name__


@pytest.mark.parametrize("dialect", ["standard", "sqlite", "postgresql"])
@pytest.mark.parametrize("case", STATEMENTS)
def test_same_text_and_parameters(case: str, dialect: str) -> None:
    """Line breaks and blanks included."""
    assert shown(holdfast, STATEMENTS[case], dialect) == shown(sqlalchemy, STATEMENTS[case], dialect)


@pytest.mark.parametrize("case", FUNCTIONS_OF_POSTGRESQL)
def test_same_text_on_postgresql(case: str) -> None:
    """What only PostgreSQL's module offers."""
    build = FUNCTIONS_OF_POSTGRESQL[case]
    assert shown(holdfast, build, "postgresql") == shown(sqlalchemy, build, "postgresql")


def rows(lib: Any, build: Build) -> Any:
    """Return what a statement gives on SQLite, and the table afterwards."""
    engine = lib.create_engine("sqlite://")
    t = table(lib)
    with engine.connect() as connection:
        t.create(connection)
        days = [f"2020-0{month}-0{month} 00:00:00" for month in range(1, 9)]
        for x, y, d in zip(range(1, 9), "aabbccdd", days, strict=True):
            connection.execute(lib.text("INSERT INTO t (x, y, d) VALUES (:x, :y, date(:d))"), {"x": x, "y": y, "d": d})
        for _ in range(2):
            # The second time the text comes from the memory of texts.
            result = connection.execute(build(lib, t))
            found = [tuple(row) for row in result] if result.returns_rows else result.rowcount
            if not result.returns_rows:
                break
        return found, [tuple(row) for row in connection.execute(lib.select(t).order_by(t.c.x))]


@pytest.mark.parametrize("case", THAT_RUN)
def test_same_rows(case: str) -> None:
    """The parameters stand in the order in which the text asks for them; the results have the same Python types."""
    assert rows(holdfast, THAT_RUN[case]) == rows(sqlalchemy, THAT_RUN[case])


TYPED = {
    "array_agg": lambda f, c: f.array_agg(c.x), "array in order": lambda f, c: f.array_agg(c.y).aggregate_order_by(c.x),
    "percentiles": lambda f, c: f.percentile_cont(0.1, 0.2).within_group(c.x), "max": lambda f, c: f.max(c.y), "coalesce": lambda f, c: f.coalesce(None, c.x), "count": lambda f, c: f.count(),
    "concat": lambda f, c: f.concat(c.x), "char_length": lambda f, c: f.char_length(c.y), "now": lambda f, c: f.now(),
    "random": lambda f, c: f.random(), "current_date": lambda f, c: f.current_date(), "user": lambda f, c: f.user(),
    "current_time": lambda f, c: f.current_time(), "current_timestamp": lambda f, c: f.current_timestamp(),
    "localtime": lambda f, c: f.localtime(), "sysdate": lambda f, c: f.sysdate(), "rank": lambda f, c: f.rank(),
    "dense_rank": lambda f, c: f.dense_rank(), "percent_rank": lambda f, c: f.percent_rank(), "row": lambda f, c: f.row_number(),
    "cume_dist": lambda f, c: f.cume_dist(), "pow": lambda f, c: f.pow(c.x, 2), "lower": lambda f, c: f.lower(c.y),
    "aggregate_strings": lambda f, c: f.aggregate_strings(c.y, ","), "sum over": lambda f, c: f.sum(c.x).over(),
    "mode": lambda f, c: f.mode().within_group(c.y), "rank within": lambda f, c: f.rank().within_group(c.y),
    "percentile": lambda f, c: f.percentile_cont(0.5).within_group(c.x.desc()), "cube": lambda f, c: f.cube(c.x),
    "column valued": lambda f, c: f.max(c.x).column_valued("x"), "filter": lambda f, c: f.max(c.x).filter(c.x > 1),
    "in order": lambda f, c: f.max(c.y).aggregate_order_by(c.x), "comparison": lambda f, c: f.f(1, 2).as_comparison(1, 2),
}  # fmt: skip


@pytest.mark.parametrize("case", TYPED)
def test_same_types(case: str) -> None:
    """The type decides what operators do with a result, and how its value is converted."""
    ours, theirs = (repr(TYPED[case](lib.func, table(lib).c).type) for lib in (holdfast, sqlalchemy))
    assert ours == theirs


def test_the_same_functions_are_known() -> None:
    """Every public class that the documented module has is there under its name."""
    wanted = {name for name, value in vars(functions(sqlalchemy)).items() if isinstance(value, type) and name[0] != "_"}
    wanted = {name for name in wanted if getattr(functions(sqlalchemy), name).__module__ == "sqlalchemy.sql.functions"}
    assert wanted - set(dir(functions(holdfast))) == set()
