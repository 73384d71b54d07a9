"""A dialect of a program's own over PostgreSQL's drivers; and listeners that execute statements themselves there."""

from typing import Any

import pytest

from holdfast import Column, Integer, MetaData, Table, create_engine, event, inspect, select, text
from holdfast.dialects import registry
from holdfast.dialects.postgresql.psycopg import PGDialect_psycopg
from holdfast.dialects.postgresql.psycopg2 import PGDialect_psycopg2
from holdfast.engine import make_url

T = Table("own_numbers", MetaData(), Column("n", Integer, primary_key=True))
SAID: list[str] = []


class Asked:
    """What both dialects override, as a class beside theirs."""

    def do_execute(self, cursor: Any, statement: str, parameters: Any, context: Any = None) -> None:
        """Note the first word."""
        SAID.append(statement.split()[0])
        super().do_execute(cursor, statement, parameters, context)  # type: ignore[misc]

    def do_commit(self, dbapi_connection: Any) -> None:
        """Note it."""
        SAID.append("commit")
        super().do_commit(dbapi_connection)  # type: ignore[misc]

    def get_columns(self, connection: Any, table_name: str, schema: str | None = None, **kw: Any) -> Any:
        """Add a column that the catalogue does not tell."""
        found = super().get_columns(connection, table_name, schema, **kw)  # type: ignore[misc]
        return [*found, {**found[0], "name": "hidden"}]

    def get_default_isolation_level(self, dbapi_connection: Any) -> str:
        """Note that it was asked."""
        SAID.append("level")
        return str(super().get_default_isolation_level(dbapi_connection))  # type: ignore[misc]


class OwnPsycopg(Asked, PGDialect_psycopg):
    """Over psycopg."""


class OwnPsycopg2(Asked, PGDialect_psycopg2):
    """Over psycopg2."""

    driver_name = "psycopg2"


@pytest.fixture(params=["OwnPsycopg", "OwnPsycopg2"])
def url(request: pytest.FixtureRequest, clean_postgresql_url: str) -> Any:
    """An address of each, registered; marks of transactions would go along with statements where the driver can."""
    pytest.importorskip("psycopg2")
    registry.register("postgresql.own", __name__, request.param)
    SAID.clear()
    address = make_url(clean_postgresql_url).set(drivername="postgresql+own")
    yield address.update_query_dict({"pipeline": "always"}) if request.param == "OwnPsycopg" else address
    registry.clear()


def test_an_own_dialect(url: Any) -> None:
    """Statements stand in their transaction, the schema is read by it, the rest is PostgreSQL's."""
    engine = create_engine(url)
    with engine.connect() as connection:
        T.create(connection)
        connection.execute(T.insert(), [{"n": 1}, {"n": 2}])
        connection.commit()
        connection.execute(T.insert(), {"n": 3})
        connection.rollback()
        assert connection.scalars(select(T.c.n).order_by(T.c.n)).all() == [1, 2]
    assert SAID[0] == "level"
    assert SAID.count("commit") == 1
    assert {"CREATE", "INSERT", "SELECT"} <= set(SAID)
    assert engine.dialect.default_isolation_level == "READ COMMITTED"
    inspector = inspect(engine)
    assert [column["name"] for column in inspector.get_columns(T.name)] == ["n", "hidden"]
    many = inspector.get_multi_columns(filter_names=[T.name])
    assert [column["name"] for column in many[None, T.name]] == ["n", "hidden"]
    assert inspector.get_multi_pk_constraint(filter_names=[T.name])[None, T.name]["constrained_columns"] == ["n"]
    engine.dispose()


def test_a_listener_that_executes_is_inside_the_transaction(clean_postgresql_url: str) -> None:
    """BEGIN would go along with the next statement, but the listener's cursor sends no marks: it is sent by itself."""
    address = make_url(clean_postgresql_url).update_query_dict({"pipeline": "always"})
    engine = create_engine(address)
    with engine.begin() as connection:
        T.create(connection)

    @event.listens_for(engine, "do_execute")
    def instead(cursor: Any, statement: str, parameters: Any, context: Any) -> bool:
        cursor.execute(statement, parameters)
        return True

    with engine.connect() as connection:
        connection.execute(T.insert(), {"n": 1})
        connection.rollback()
        assert connection.scalar(text("SELECT count(*) FROM own_numbers")) == 0
    engine.dispose()
