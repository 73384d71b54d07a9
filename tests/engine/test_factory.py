"""create_engine and its relatives: every documented keyword does something, plug-ins take part, what nobody knows is refused."""

import asyncio
import json
import sqlite3
import types

import pytest

from holdfast import (
    JSON,
    Column,
    Integer,
    MetaData,
    Table,
    cast,
    create_engine,
    create_mock_engine,
    create_pool_from_url,
    engine_from_config,
    exc,
    literal,
    select,
    text,
)
from holdfast.dialects import plugins, registry
from holdfast.dialects.sqlite import SQLiteDialect
from holdfast.engine import CreateEnginePlugin, make_url
from holdfast.engine import create_engine as by_the_other_path
from holdfast.ext.asyncio import async_engine_from_config, create_async_engine, create_async_pool_from_url
from holdfast.pool import AsyncAdaptedQueuePool, NullPool, QueuePool, StaticPool


def answer(**keywords):
    """Return what an engine with these keywords answers."""
    engine = create_engine("sqlite://", **keywords)
    with engine.connect() as connection:
        found = connection.execute(select(literal(7))).scalar()
    engine.dispose()
    return found


@pytest.mark.parametrize(
    ("name", "value"),
    {
        "connect_args": {"timeout": 2},
        "echo_pool": False,
        "enable_from_linting": False,
        "execution_options": {"own": 1},
        "future": True,
        "hide_parameters": False,
        "insertmanyvalues_page_size": 5,
        "isolation_level": "READ UNCOMMITTED",
        "label_length": 20,
        "logging_name": "mine",
        "max_identifier_length": 30,
        "module": sqlite3,
        "paramstyle": "named",
        "poolclass": StaticPool,
        "pool_pre_ping": True,
        "pool_recycle": 100,
        "pool_size": 2,
        "pool_reset_on_return": "commit",
        "pool_logging_name": "its",
        "plugins": [],
        "query_cache_size": 0,
        "skip_autocommit_rollback": True,
        "use_insertmanyvalues": False,
    }.items(),
)
def test_a_keyword_is_taken(name, value):
    """The engine works with it."""
    assert answer(**{name: value}) == 7


def test_keywords_of_a_queue_pool(tmp_path):
    """They reach the pool."""
    engine = create_engine(
        f"sqlite:///{tmp_path / 'a.db'}", pool_size=2, max_overflow=3, pool_timeout=4, pool_use_lifo=True
    )
    pool = engine.pool
    assert isinstance(pool, QueuePool)
    assert (pool.size(), pool.overflow(), pool.timeout(), pool._lifo) == (2, -2, 4, True)
    assert type(pool.recreate()) is QueuePool
    assert pool.recreate().size() == 2


@pytest.mark.parametrize(
    ("keywords", "names"),
    [
        ({"bogus": 1, "other": 2}, "'bogus','other'"),
        ({"pool_timeout": 3}, "'pool_timeout'"),
        ({"poolclass": NullPool, "pool_size": 3}, "'pool_size'"),
    ],
)
def test_unknown_keywords_are_refused(keywords, names):
    """With the combination that does not know them."""
    with pytest.raises(TypeError) as refused:
        create_engine("sqlite://", **keywords)
    pool = "NullPool" if "poolclass" in keywords else "SingletonThreadPool"
    assert str(refused.value) == (
        f"Invalid argument(s) {names} sent to create_engine(), using configuration SQLiteDialect_pysqlite/{pool}/Engine.  Please "
        "check that the keyword arguments are appropriate for this combination of components."
    )


def test_wrong_values_are_refused():
    """Each names what would do."""
    with pytest.raises(
        exc.ArgumentError, match="Valid isolation levels for 'sqlite' are READ UNCOMMITTED, SERIALIZABLE"
    ):
        create_engine("sqlite://", isolation_level="CHAOS")
    with pytest.raises(exc.ArgumentError, match="Invalid value for 'reset_on_return': 'x'"):
        create_engine("sqlite://", pool_reset_on_return="x")
    with pytest.raises(exc.ArgumentError, match="may only be set to True"):
        create_engine("sqlite://", future=False)
    with pytest.raises(exc.ArgumentError, match="Label length of 20 is greater"):
        create_engine("sqlite://", label_length=20, max_identifier_length=10)
    with pytest.raises(exc.ArgumentError, match="Can only specify one of 'async_creator' or 'creator'"):
        create_async_engine("sqlite+aiosqlite://", creator=dict, async_creator=dict)


def test_json_functions_and_the_drivers_module():
    """JSON is written and read by the program's functions; another module's `connect` opens the connections."""
    opened = []
    module = types.SimpleNamespace(**vars(sqlite3))
    module.connect = lambda *arguments, **keywords: opened.append(arguments) or sqlite3.connect(*arguments, **keywords)
    engine = create_engine(
        "sqlite://",
        json_serializer=lambda value: json.dumps([value]),
        json_deserializer=lambda found: json.loads(found)[0],
        module=module,
    )
    table = Table("t", MetaData(), Column("id", Integer, primary_key=True), Column("data", JSON))
    table.create(engine)
    with engine.begin() as connection:
        connection.execute(table.insert(), {"id": 1, "data": {"a": 1}})
        assert connection.exec_driver_sql("SELECT data FROM t").scalar() == '[{"a": 1}]'
        assert connection.execute(select(table.c.data)).scalar() == {"a": 1}
    assert opened == [(":memory:",)]
    engine.dispose()


def test_creators_and_pools_of_the_program():
    """A function that opens connections, with the pool's entry if it wants; a pool that is there already."""
    raw = sqlite3.connect(":memory:")
    with create_engine("sqlite://", creator=lambda: raw).connect() as connection:
        assert connection.connection.dbapi_connection is raw
    entries = []

    def open_one(entry):
        entries.append(entry)
        return sqlite3.connect(":memory:")

    pool = QueuePool(open_one, pool_size=1)
    engine = create_engine("sqlite://", pool=pool)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE t (x)"))
        assert connection.connection.driver_connection is entries[0].driver_connection
    with engine.connect() as connection:
        connection.execute(text("INSERT INTO t VALUES (1)"))
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM t")).scalar() == 0
    engine.dispose()

    async def work():
        async def open_later():
            return sqlite3.connect(":memory:", check_same_thread=False)

        engine = create_async_engine("sqlite+aiosqlite://", async_creator=open_later)
        async with engine.connect() as connection:
            assert (await connection.execute(select(literal(1)))).scalar() == 1
        await engine.dispose()

    asyncio.run(work())


class Noting(CreateEnginePlugin):
    """A plug-in that takes a keyword and an option of the address, and notes what it is asked."""

    heard: list[object] = []

    def __init__(self, url, kwargs):
        self.heard.append((str(url), kwargs.pop("noted", None)))

    def update_url(self, url):
        """Take our option out."""
        return url.difference_update_query(["noting"])

    def handle_dialect_kwargs(self, dialect_cls, dialect_args):
        """Choose the style of parameters."""
        dialect_args["paramstyle"] = "named"

    def handle_pool_kwargs(self, pool_cls, pool_args):
        """Look at idle connections."""
        self.heard.append(pool_cls)
        pool_args["pre_ping"] = True

    def engine_created(self, engine):
        """Note the engine."""
        self.heard.append(engine.dialect.paramstyle)


def test_plugins():
    """Named in the address or by keyword; they see and change what the engine is made of."""
    plugins.register("noting", __name__, "Noting")
    Noting.heard.clear()
    engine = create_engine("sqlite:///:memory:?plugin=noting&noting=yes&timeout=5", noted=3, poolclass=QueuePool)
    assert Noting.heard == [("sqlite:///%3Amemory%3A?plugin=noting&noting=yes&timeout=5", 3), QueuePool, "named"]
    assert str(engine.url) == "sqlite:///%3Amemory%3A?timeout=5"
    assert engine.pool._pre_ping
    Noting.heard.clear()
    create_engine("sqlite://", plugins=["noting"], noted=4)
    assert Noting.heard[0] == ("sqlite://", 4)
    with pytest.raises(exc.NoSuchModuleError, match="Can't load plugin: holdfast.plugins:nonesuch"):
        create_engine("sqlite://?plugin=nonesuch")
    plugins.deregister("noting")


class Shouting(SQLiteDialect):
    """A dialect of one's own: it calls whole numbers otherwise."""

    type_names = {**SQLiteDialect.type_names, "integer": "BIGINT"}


@pytest.fixture
def registered():
    """Dialects by code, for one test."""
    yield registry
    registry.clear()


@pytest.mark.parametrize(("name", "address"), [("shout", "shout://"), ("sqlite.shout", "sqlite+shout:///:memory:")])
def test_a_dialect_registered_by_its_class(registered, name, address):
    """It is found by its database's name, or by database and driver, and runs over the driver of its parent."""
    registered.register(name, __name__, "Shouting")
    engine = create_engine(address)
    assert type(engine.dialect) is Shouting
    assert make_url(address).get_dialect() is Shouting
    assert make_url("shout://" if name == "shout" else address).get_driver_name() == (
        "pysqlite" if name == "shout" else "shout"
    )
    with engine.connect() as connection:
        assert connection.scalar(select(cast("7", Integer))) == 7
        assert str(select(cast("7", Integer)).compile(engine)).startswith("SELECT CAST(? AS BIGINT)")
    registered.deregister(name)
    with pytest.raises(exc.NoSuchModuleError, match="shout"):
        create_engine(address)


def test_a_dialect_registered_as_a_package(registered):
    """What has `make_dialect` is asked as it is; what is neither is refused."""
    registered.register("other", "holdfast.dialects", "sqlite")
    assert create_engine("other://").dialect.name == "sqlite"
    registered.register("wrong", __name__, "Noting")
    with pytest.raises(exc.ArgumentError, match="registered as a dialect"):
        create_engine("wrong://")


def test_the_usual_driver_of_an_address():
    """An address without a driver's name tells the one that is used."""
    found = [make_url(f"{name}://").get_driver_name() for name in ("sqlite", "postgresql", "mysql", "mariadb")]
    assert found == ["pysqlite", "psycopg", "pymysql", "pymysql"]


def test_configuration():
    """Texts of a file become what the keywords want; keywords go before them."""
    engine = engine_from_config(
        {"db.url": "sqlite:///a.db", "db.echo": "false", "db.pool_size": "3", "db.pool_timeout": "2.5", "x.y": "z"},
        prefix="db.",
        pool_size=4,
    )
    assert (engine.pool.size(), engine.pool.timeout(), engine.echo) == (4, 2.5, False)
    assert async_engine_from_config({"sqlalchemy.url": "sqlite+aiosqlite://"}).name == "sqlite"
    assert by_the_other_path is create_engine


def test_pools_by_address(tmp_path):
    """Names of the pool's keywords with and without their prefix."""
    url = f"sqlite:///{tmp_path / 'a.db'}"
    pool = create_pool_from_url(url, pool_size=1, max_overflow=0, timeout=2, pool_recycle=9)
    assert (pool.size(), pool.timeout(), pool._recycle) == (1, 2, 9)
    with pool.connect() as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    pool.dispose()
    with pytest.raises(TypeError, match=r"Invalid argument\(s\) 'bogus'"):
        create_pool_from_url(url, bogus=1)
    assert isinstance(create_async_pool_from_url("sqlite+aiosqlite:///a.db"), AsyncAdaptedQueuePool)


def test_a_mock_engine():
    """Nothing is sent, and no driver is needed."""
    sent = []
    engine = create_mock_engine("postgresql://", lambda statement, parameters: sent.append((statement, parameters)))
    metadata = MetaData()
    Table("t", metadata, Column("id", Integer, primary_key=True))
    metadata.create_all(engine)
    [(statement, parameters)] = sent
    assert (
        str(statement.compile(dialect=engine.dialect))
        == "\nCREATE TABLE t (\n\tid SERIAL NOT NULL, \n\tPRIMARY KEY (id)\n)\n\n"
    )
    assert parameters is None
    assert engine.connect().execution_options(a=1) is engine.engine


def test_queries_of_addresses():
    """Several values of a name, added and taken away."""
    url = make_url("sqlite:///a.db?plugin=one&plugin=two&timeout=5")
    assert url.query == {"plugin": ("one", "two"), "timeout": "5"}
    assert url.normalized_query == {"plugin": ("one", "two"), "timeout": ("5",)}
    assert str(url.difference_update_query(["plugin"])) == "sqlite:///a.db?timeout=5"
    assert url.update_query_pairs([("timeout", "6"), ("uri", "1")]).query["timeout"] == "6"
    assert url.update_query_string("timeout=7", append=True).query["timeout"] == ("5", "7")
    full = make_url("postgresql://me:secret@host:1/data")
    assert full.translate_connect_args(username="user", database="dbname") == {
        "host": "host",
        "dbname": "data",
        "user": "me",
        "password": "secret",
        "port": 1,
    }


def test_a_keyword_of_old_that_changes_nothing():
    """It is taken, with a warning that points at the caller."""
    with pytest.warns(exc.SADeprecationWarning, match="implicit_returning parameter is deprecated") as warned:
        create_engine("sqlite://", implicit_returning=False)
    assert warned[0].filename == __file__
