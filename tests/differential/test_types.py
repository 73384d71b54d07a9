"""Types on both libraries: same text, same parameters, same types of results; same values read back from SQLite."""

import datetime
from typing import Any

import pytest

import holdfast
import holdfast.types
from tests.differential.test_statements import dialect_of
from tests.differential.types import EXPRESSIONS, ON_POSTGRESQL, Color, table

sqlalchemy = pytest.importorskip("sqlalchemy")
CASES = {**EXPRESSIONS, **ON_POSTGRESQL}


def shown(lib: Any, case: str, dialect: str) -> Any:
    """Return text, parameters and type; or the kind of error."""
    try:
        expression = CASES[case](lib, table(lib).c)
        compiled = expression.compile(dialect=dialect_of(lib, dialect))
        parameters = {} if compiled.params is None else dict(compiled.params)
        return str(compiled), parameters, repr(getattr(expression, "type", None))
    except Exception as error:
        return type(error).__name__


@pytest.mark.parametrize("dialect", ["standard", "sqlite", "postgresql"])
@pytest.mark.parametrize("case", EXPRESSIONS)
def test_same_text_and_type(case: str, dialect: str) -> None:
    """Casts, quotes and parentheses included."""
    assert shown(holdfast, case, dialect) == shown(sqlalchemy, case, dialect)


@pytest.mark.parametrize("case", ON_POSTGRESQL)
def test_same_text_on_postgresql(case: str) -> None:
    """What only a database with arrays can say."""
    assert shown(holdfast, case, "postgresql") == shown(sqlalchemy, case, "postgresql")


ROWS: list[dict[str, Any]] = [
    {
        "doc": {"a": [1, {"b": "x"}], "n": None},
        "maybe": [1.5, True],
        "span": datetime.timedelta(days=-3, microseconds=5),
        "word": "x",
        "color": Color.crimson,
        "thing": {1, 2},
        "shouted": "Loud",
        "lowered": "ABC",
        "own": {"k": 7},
    },
    {
        "doc": None, "maybe": None, "span": None, "word": None, "color": None, "thing": None, "shouted": None,
        "lowered": None, "own": None,
    },
]  # fmt: skip


def read_back(lib: Any) -> Any:
    """Return what two rows and the members of a document give on SQLite."""
    whole = table(lib)
    chosen = [column for column in whole.columns if not isinstance(column.type, lib.ARRAY)]
    t = lib.Table("t", lib.MetaData(), *[lib.Column(c.name, c.type, primary_key=c.primary_key) for c in chosen])
    engine = lib.create_engine("sqlite://")
    with engine.connect() as connection:
        t.create(connection)
        connection.execute(t.insert(), ROWS)
        connection.execute(t.insert().values(doc=lib.null(), maybe=lib.JSON.NULL))
        rows = [tuple(row) for row in connection.execute(lib.select(t).order_by(t.c.id))]
        raw = [
            tuple(row)
            for row in connection.execute(lib.text("SELECT doc, maybe, span, color, shouted, lowered FROM t"))
        ]
        members = connection.execute(
            lib.select(t.c.doc["a"], t.c.doc[("a", 1, "b")].as_string(), t.c.doc["a"][0].as_integer(), t.c.own["k"])
        ).all()
        found = connection.scalars(lib.select(t.c.id).where(t.c.shouted.in_(["LOUD", None]))).all()
        return rows, raw, [tuple(row) for row in members], list(found)


def test_same_values_read_back() -> None:
    """NULL, JSON's null, spans before 1970, pickled sets, functions of types called for None."""
    assert read_back(holdfast) == read_back(sqlalchemy)
