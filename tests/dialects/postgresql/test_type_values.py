"""Values of PostgreSQL's own types come back as they went: as parameters, in criteria and written into the SQL text."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from holdfast import Engine, insert, literal, select, text
from tests.dialects.postgresql.type_values import DOCUMENT_KINDS as DOCUMENTS
from tests.dialects.postgresql.type_values import KINDS, WITHOUT_EQUALITY, table

ROWS = st.fixed_dictionaries({}, optional={name: st.none() | values for name, (_, values) in KINDS.items()})


def examples_for(engine: Engine) -> int:
    """Return how many rows are tried: many by one driver, some by the others."""
    return 40 if engine.driver == "psycopg" and not engine.dialect.is_async else 10


@pytest.fixture
def engine(driver_engine: Engine) -> Any:
    """An engine on a database with the table of all kinds, by each driver."""
    with driver_engine.begin() as connection:
        for name in ("hstore", "citext"):
            connection.execute(text(f"CREATE EXTENSION IF NOT EXISTS {name}"))
    table.metadata.create_all(driver_engine)
    yield driver_engine
    table.metadata.drop_all(driver_engine)


def whole(row: dict[str, Any]) -> dict[str, Any]:
    """Return a row with None for what was left out."""
    return {name: row.get(name) for name in KINDS}


def test_parameters_and_criteria(engine: Engine) -> None:
    """A row at a time, many rows at once, and each value looked up by itself."""

    @settings(max_examples=examples_for(engine))
    @given(st.lists(ROWS, min_size=1, max_size=3))
    def check(rows: list[dict[str, Any]]) -> None:
        with engine.connect() as connection:
            connection.execute(insert(table), [whole(row) for row in rows])
            connection.execute(insert(table).values(**whole(rows[0])))
            found = [dict(row._mapping) for row in connection.execute(select(table).order_by(table.c.id))]
            for row, got in zip([*rows, rows[0]], found, strict=True):
                del got["id"]
                assert got == whole(row)
                assert {name: type(value) for name, value in got.items() if value is not None} == {
                    name: type(value) for name, value in row.items() if value is not None
                }
            for name, value in rows[0].items():
                if value is None or name in WITHOUT_EQUALITY:
                    continue
                column = table.c[name]
                # A scalar beside a document is a scalar to the server too.
                sought = literal(value, column.type) if name in DOCUMENTS else value
                assert connection.execute(select(column).where(column == sought)).scalars().first() == value, name
                assert connection.execute(select(column).where(column.in_([sought]))).scalars().first() == value, name
            connection.rollback()

    check()


def test_literals(engine: Engine) -> None:
    """The same values written into INSERT, and into a criterion."""

    @settings(max_examples=examples_for(engine))
    @given(ROWS)
    def check(row: dict[str, Any]) -> None:
        with engine.connect() as connection:
            statement = insert(table).values(**{name: value for name, value in row.items() if value is not None}, id=1)
            sql = str(statement.compile(dialect=engine.dialect, compile_kwargs={"literal_binds": True}))
            connection.exec_driver_sql(sql.replace("%%", "%"))
            got = dict(connection.execute(select(table)).one()._mapping)
            del got["id"]
            assert got == whole(row)
            for name, value in row.items():
                if value is None or name in WITHOUT_EQUALITY:
                    continue
                sought = literal(value, table.c[name].type) if name in DOCUMENTS else value
                asked = select(table.c.id).where(table.c[name] == sought)
                sql = str(asked.compile(dialect=engine.dialect, compile_kwargs={"literal_binds": True}))
                assert connection.exec_driver_sql(sql.replace("%%", "%")).scalars().all() == [1], name
            connection.rollback()

    check()
