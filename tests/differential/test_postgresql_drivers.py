"""What the dialects of PostgreSQL's drivers show without an engine: the style of parameters, and the casts behind them."""

from __future__ import annotations

import enum
import importlib
import warnings
from collections.abc import Callable
from typing import Any

import pytest

from tests.differential.postgresql_types import EXPRESSIONS, table
from tests.differential.test_postgresql_types import INTENDED, both
from tests.differential.test_statements import dialect_of

sqlalchemy = pytest.importorskip("sqlalchemy")


class Colour(enum.Enum):
    """An enumeration."""

    RED = 1
    BLUE = 2


TYPES: dict[str, Callable[[Any, Any], Any]] = {
    "float": lambda lib, pg: lib.Float(53),
    "double": lambda lib, pg: lib.Double(),
    "real": lambda lib, pg: lib.REAL(),
    "numeric": lambda lib, pg: lib.Numeric(10, 2),
    "numeric alone": lambda lib, pg: lib.Numeric(),
    "decimal": lambda lib, pg: lib.DECIMAL(5, 2),
    "integer": lambda lib, pg: lib.Integer(),
    "small": lambda lib, pg: lib.SmallInteger(),
    "big": lambda lib, pg: lib.BigInteger(),
    "boolean": lambda lib, pg: lib.Boolean(),
    "string": lambda lib, pg: lib.String(5),
    "text": lambda lib, pg: lib.Text(),
    "collated": lambda lib, pg: lib.String(collation="C"),
    "interval": lambda lib, pg: lib.Interval(second_precision=3),
    "interval as a date": lambda lib, pg: lib.Interval(native=False),
    "interval's fields": lambda lib, pg: pg.INTERVAL(fields="DAY TO SECOND", precision=3),
    "bytes": lambda lib, pg: lib.LargeBinary(),
    "binary": lambda lib, pg: lib.BINARY(5),
    "pickle": lambda lib, pg: lib.PickleType(),
    "enum": lambda lib, pg: lib.Enum(Colour),
    "enum of a schema": lambda lib, pg: lib.Enum("a", "b", name="My Letters", schema="s1"),
    "enum as text": lambda lib, pg: lib.Enum("a", "b", name="letters", native_enum=False),
    "own enum": lambda lib, pg: pg.ENUM("a", "b", name="letters"),
    "date": lambda lib, pg: lib.Date(),
    "datetime": lambda lib, pg: lib.DateTime(timezone=True),
    "precise": lambda lib, pg: pg.TIMESTAMP(precision=3),
    "time": lambda lib, pg: lib.Time(),
    "uuid": lambda lib, pg: lib.Uuid(as_uuid=False),
    "uuid as text": lambda lib, pg: lib.Uuid(native_uuid=False),
    "json": lambda lib, pg: lib.JSON(),
    "jsonb": lambda lib, pg: pg.JSONB(),
    "jsonpath": lambda lib, pg: pg.JSONPATH(),
    "array": lambda lib, pg: lib.ARRAY(lib.Numeric(10, 2)),
    "array of arrays": lambda lib, pg: pg.ARRAY(lib.Text, dimensions=2),
    "range": lambda lib, pg: pg.DATERANGE(),
    "multirange": lambda lib, pg: pg.INT4MULTIRANGE(),
    "bits": lambda lib, pg: pg.BIT(5, varying=True),
    "oid": lambda lib, pg: pg.OID(),
    "regclass": lambda lib, pg: pg.REGCLASS(),
    "regconfig": lambda lib, pg: pg.REGCONFIG(),
    "inet": lambda lib, pg: pg.INET(),
    "hstore": lambda lib, pg: pg.HSTORE(),
    "variant": lambda lib, pg: lib.Integer().with_variant(lib.BigInteger(), "postgresql"),
    "nothing known": lambda lib, pg: lib.types.NullType(),
}
DRIVERS = ("psycopg", "psycopg2", "asyncpg")
NOT_SAID = {
    ("interval as a date", "psycopg"): "psycopg needs no type for a date that it writes itself",
    ("uuid as text", "psycopg"): "a parameter of CHAR is sent as VARCHAR: unknown, it would be taken for a UUID",
}
"""Type and driver -> why the cast differs: the dialect shows what is sent."""


def dialect(lib: Any, driver: str) -> Any:
    """Return a driver's dialect."""
    return dialect_of(lib, "postgresql" if driver == "psycopg" else driver)


@pytest.mark.parametrize("driver", DRIVERS)
@pytest.mark.parametrize("case", TYPES)
def test_casts_of_parameters(case: str, driver: str) -> None:
    """One parameter of each type."""
    shown = [
        str(lib.select(lib.bindparam("x", type_=TYPES[case](lib, pg))).compile(dialect=dialect(lib, driver)))
        for lib, pg in map(both, ("sqlalchemy", "holdfast"))
    ]
    assert (shown[0] == shown[1]) is ((case, driver) not in NOT_SAID), shown


@pytest.mark.parametrize("driver", ["psycopg2", "asyncpg"])
@pytest.mark.parametrize("case", sorted(set(EXPRESSIONS) - set(INTENDED)))
def test_expressions(case: str, driver: str) -> None:
    """Operators of PostgreSQL's own types, with the order of the parameters."""

    def shown(lib: Any, pg: Any) -> Any:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                compiled = EXPRESSIONS[case](lib, pg, table(lib, pg).c).compile(dialect=dialect(lib, driver))
            except Exception as error:
                return type(error).__name__
        return str(compiled), getattr(compiled, "positiontup", None)

    oracle, ours = [shown(lib, pg) for lib, pg in map(both, ("sqlalchemy", "holdfast"))]
    assert oracle == ours


def test_lists_come_last_and_other_styles_are_taken() -> None:
    """Numbers go on behind the others for the members of lists; who names a style gets it, with the driver's casts."""

    def shown(lib: Any) -> list[str]:
        asyncpg = dialect(lib, "asyncpg")
        x = lib.column("x", lib.Integer)
        statement = lib.select(x.in_([1, 2]), x == 5)
        to_insert = lib.table("t", lib.column("x", lib.Integer))
        insert = lib.insert(to_insert).values(x=7).returning(to_insert.c.x)
        return [
            str(statement.compile(dialect=asyncpg)),
            str(statement.compile(dialect=asyncpg, compile_kwargs={"render_postcompile": True})),
            str(statement.compile(dialect=type(asyncpg)(paramstyle="named"))),
            str(insert.compile(dialect=asyncpg)),
            asyncpg.paramstyle,
        ]

    import holdfast

    assert shown(holdfast) == shown(sqlalchemy)
    assert shown(holdfast)[1] == "SELECT x IN ($2::INTEGER, $3::INTEGER) AS anon_1, x = $1::INTEGER AS anon_2"


def test_engines_show_what_the_dialect_shows() -> None:
    """Of asyncpg: by number, percent signs alone, also in what a session's query is."""
    import holdfast

    def shown(lib: Any) -> list[str]:
        engine = importlib.import_module(f"{lib.__name__}.ext.asyncio").create_async_engine(
            "postgresql+asyncpg://nobody@nowhere/nothing"
        )
        orm = importlib.import_module(f"{lib.__name__}.orm")
        rows = lib.Table("t", lib.MetaData(), lib.Column("x", lib.Integer), lib.Column("y", lib.String), schema="s")
        statement = lib.select(rows).where(rows.c.x.in_([1, 2]), rows.c.y == "5%")
        written = {"compile_kwargs": {"render_postcompile": True}}
        return [
            str(statement.compile(engine)),
            str(statement.compile(engine.sync_engine)),
            str(statement.compile(dialect=engine.dialect, **written)),
            str(statement.compile(engine, compile_kwargs={"literal_binds": True})),
            str(statement.compile(engine, **written).positiontup),
            str(lib.insert(rows).compile(engine)),
            str(orm.Session(engine.sync_engine).query(rows).filter(rows.c.x == 5)),
        ]

    assert shown(holdfast) == shown(sqlalchemy)
