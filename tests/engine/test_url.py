"""Addresses: read, written, changed; the password shows nowhere unless it is asked for."""

import copy
import pickle
from importlib import import_module

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast import URL, create_engine, exc, make_url

PARTS = {
    "sqlite://": ("sqlite", None, None, None, None, None, {}),
    "sqlite:///data.db": ("sqlite", None, None, None, None, "data.db", {}),
    "sqlite:////var/data.db": ("sqlite", None, None, None, None, "/var/data.db", {}),
    "postgresql+psycopg://ada:secret@db.example:5433/shop?sslmode=require": (
        "postgresql+psycopg", "ada", "secret", "db.example", 5433, "shop", {"sslmode": "require"},
    ),
    "postgresql://ada@[2001:db8::1]:5432/shop": ("postgresql", "ada", None, "2001:db8::1", 5432, "shop", {}),
    "postgresql:///shop": ("postgresql", None, None, None, None, "shop", {}),
    "postgresql://db/a%3Fb%20c/d": ("postgresql", None, None, "db", None, "a?b c/d", {}),
    "x://u:p%40s%2Fs%3A@h/d": ("x", "u", "p@s/s:", "h", None, "d", {}),
}  # fmt: skip


@pytest.mark.parametrize("text", PARTS)
def test_an_address_is_read_and_written(text: str) -> None:
    """Each part is where it belongs, and the text comes back."""
    url = make_url(text)
    found = (url.drivername, url.username, url.password, url.host, url.port, url.database, dict(url.query))
    assert found == PARTS[text]
    assert make_url(url) is url
    assert make_url(url.render_as_string(hide_password=False)) == url


def test_the_password_is_hidden() -> None:
    """In str and repr, of the address and of the engine."""
    url = make_url("sqlite+pysqlite://ada:secret@/x.db")
    for text in (str(url), repr(url), url.render_as_string(), repr(create_engine("sqlite://"))):
        assert "secret" not in text
    assert "ada:***@" in str(url)
    assert "ada:secret@" in url.render_as_string(hide_password=False)
    url = make_url("postgresql://ada@host/db?sslmode=require&password=secret&sslpassword=secret")
    assert str(url) == repr(url) == "postgresql://ada@host/db?sslmode=require&password=***&sslpassword=***"
    assert make_url(url.render_as_string(hide_password=False)) == url


@given(*[st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=20)] * 2)
def test_any_name_and_password_survive(name: str, password: str) -> None:
    """Whatever characters they have: written and read again, they are the same."""
    url = URL.create("postgresql", name, password, "host", 1, "db")
    again = make_url(url.render_as_string(hide_password=False))
    assert (again.username, again.password, again.host) == (name, password, "host")


@given(st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=20))
def test_any_database_survives(database: str) -> None:
    """A name with a question mark, a percent sign or any other character is written with escapes, and read back."""
    url = URL.create("postgresql", host="host", database=database, query={"x": "1"})
    again = make_url(url.render_as_string())
    assert (again.database, dict(again.query)) == (database, {"x": "1"})


def test_the_escapes_of_a_database() -> None:
    """A slash, a plus and a blank stand as they are; everything else that is special is escaped."""
    assert str(URL.create("x", database="a/b+c d?e%f:g")) == "x:///a/b+c d%3Fe%25f%3Ag"
    assert make_url("sqlite:///a%20b.db").database == "a b.db"


def test_set_changes_a_copy() -> None:
    """An address is immutable."""
    url = make_url("postgresql://ada@host/shop")
    other = url.set(database="test", port=1)
    assert (url.database, url.port) == ("shop", None)
    assert (other.database, other.port, other.username) == ("test", 1, "ada")


@pytest.mark.parametrize("bad", ["", "nothing", "sqlite:data.db", "//host", "postgresql://host:port/x", 5, None])
def test_what_is_no_address(bad: object) -> None:
    """The error says what an address looks like, and does not repeat the text: it may hold a password."""
    with pytest.raises(exc.ArgumentError) as refused:
        make_url(bad)
    assert not bad or str(bad) not in str(refused.value) or bad == "//host" or "port" in str(refused.value)


def test_an_address_is_copied_pickled_and_knows_its_dialect() -> None:
    """Programs hand it to other processes."""
    url = make_url("postgresql+psycopg://ada:secret@h:5/d?a=1&a=2")
    for other in (copy.copy(url), copy.deepcopy(url), pickle.loads(pickle.dumps(url))):
        assert other == url
        assert other.password == "secret"
    assert url.get_dialect().name == "postgresql"
    with pytest.raises(exc.NoSuchModuleError):
        make_url("nonesuch://").get_dialect()


def test_parts_of_other_types_are_refused() -> None:
    """At once, and not when the address is written."""
    with pytest.raises(TypeError, match="drivername must be a string"):
        URL.create(5)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="strings or sequences of strings; 'a' is not"):
        URL.create("sqlite", query={"a": 5})


@pytest.mark.parametrize(
    ("address", "name", "is_async"),
    [
        ("sqlite://", "sqlite.pysqlite.SQLiteDialect_pysqlite", False),
        ("sqlite+aiosqlite://", "sqlite.aiosqlite.SQLiteDialect_aiosqlite", True),
        ("postgresql://", "postgresql.psycopg.PGDialect_psycopg", False),
        ("postgresql+psycopg_async://", "postgresql.psycopg.PGDialectAsync_psycopg", True),
        ("postgresql+psycopg2://", "postgresql.psycopg2.PGDialect_psycopg2", False),
        ("postgresql+asyncpg://", "postgresql.asyncpg.PGDialect_asyncpg", True),
        ("mysql+pymysql://", "mysql.pymysql.MySQLDialect_pymysql", False),
        ("mysql+mysqldb://", "mysql.mysqldb.MySQLDialect_mysqldb", False),
        ("mysql+asyncmy://", "mysql.asyncmy.MySQLDialect_asyncmy", True),
        ("mysql+aiomysql://", "mysql.aiomysql.MySQLDialect_aiomysql", True),
        ("mariadb+pymysql://", "mysql.pymysql.MariaDBDialect_pymysql", False),
        ("mariadb+asyncmy://", "mysql.asyncmy.MariaDBDialect_asyncmy", True),
    ],
)
def test_the_dialect_is_the_class_of_the_driver(address: str, name: str, is_async: bool) -> None:
    """The one that the module of the driver names; it tells its driver and whether that needs a loop. No driver is imported."""
    module, _, class_name = name.rpartition(".")
    dialect = make_url(address).get_dialect()
    assert dialect is getattr(import_module(f"holdfast.dialects.{module}"), class_name)
    assert dialect.is_async is is_async
    assert dialect.driver == make_url(address).get_driver_name().removesuffix("_async")


def test_a_driver_that_is_not_known() -> None:
    """The error names those that are."""
    with pytest.raises(exc.NoSuchModuleError, match="postgresql.nonesuch. The drivers for PostgreSQL are psycopg"):
        make_url("postgresql+nonesuch://").get_dialect()
