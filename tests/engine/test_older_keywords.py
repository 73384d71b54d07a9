"""Keywords of create_engine for one database, and those of earlier series: taken with their effect, or refused with a reason."""

import datetime
import sqlite3

import pytest

from holdfast import Column, Date, DateTime, Integer, MetaData, Table, Time, create_engine, exc, insert, select, text
from holdfast.engine import Engine


def streams(engine: Engine) -> bool:
    """Return whether the connections of an engine leave rows in the database."""
    return bool(engine.get_execution_options().get("stream_results"))


def test_server_side_cursors_stream() -> None:
    """The keyword of old sets what the execution option does, and points at the caller."""
    for address in ("postgresql+psycopg2://", "postgresql+psycopg://", "mysql+pymysql://"):
        with pytest.warns(exc.SADeprecationWarning, match="stream_results") as warned:
            engine = create_engine(address, server_side_cursors=True)
        assert streams(engine)
        assert warned[0].filename == __file__
    with pytest.warns(exc.SADeprecationWarning):
        given = create_engine("postgresql://", server_side_cursors=True, execution_options={"stream_results": False})
    assert not streams(given)
    assert not streams(create_engine("postgresql://", server_side_cursors=False))


def test_server_side_cursors_on_sqlite() -> None:
    """Its rows are made as they are read; the error says how to read them so."""
    with pytest.raises(exc.ArgumentError, match=r"does not support server side cursors.*yield_per"):
        create_engine("sqlite://", server_side_cursors=True)


def test_what_has_no_effect_any_more_warns() -> None:
    """The caller's line is named."""
    with pytest.warns(exc.SADeprecationWarning, match="empty_in_strategy .* no longer has any effect") as warned:
        create_engine("sqlite://", empty_in_strategy="static")
    assert warned[0].filename == __file__


def test_strategies() -> None:
    """A mock is made by its own function today; other strategies were pools and threads."""
    sent: list[str] = []
    with pytest.warns(exc.SADeprecationWarning, match="create_mock_engine"):
        mock = create_engine("sqlite://", strategy="mock", executor=lambda sql, *rest: sent.append(str(sql)))
    Table("t", MetaData(), Column("id", Integer, primary_key=True)).create(mock)
    assert sent[0].strip().startswith("CREATE TABLE t")
    with (
        pytest.warns(exc.SADeprecationWarning) as warned,
        pytest.raises(exc.ArgumentError, match="unknown strategy: 'threadlocal'"),
    ):
        create_engine("sqlite://", strategy="threadlocal")
    assert warned[0].filename == __file__


def test_is_mariadb_goes_before_the_name() -> None:
    """One address for both servers; the dialect is that of the one that is meant."""
    assert create_engine("mysql+pymysql://", is_mariadb=True).dialect.name == "mariadb"
    assert create_engine("mariadb+pymysql://", is_mariadb=False).dialect.name == "mysql"
    assert create_engine("mysql://", is_mariadb=None).dialect.name == "mysql"
    with pytest.raises(TypeError, match="is_mariadb"):
        create_engine("sqlite://", is_mariadb=True)


class Stamped:
    """A value that the driver makes of a column declared DATE, to be seen that it did."""

    def __init__(self, written: bytes) -> None:
        self.written = written.decode()


@pytest.fixture
def stamps():
    """The driver reads dates into objects of its own."""
    before = dict(sqlite3.converters)
    sqlite3.register_converter("DATE", Stamped)
    yield
    sqlite3.converters.clear()
    sqlite3.converters.update(before)


@pytest.mark.filterwarnings("ignore:The default date:DeprecationWarning")
def test_native_datetime_leaves_dates_to_the_driver(stamps) -> None:
    """Date and DateTime go to sqlite3 as they are, and come as its converters make them; times have none there."""
    engine = create_engine("sqlite://", native_datetime=True, connect_args={"detect_types": sqlite3.PARSE_DECLTYPES})
    t = Table("t", MetaData(), Column("d", Date), Column("at", DateTime), Column("time", Time))
    moment = datetime.datetime(2026, 1, 2, 3, 4, 5)
    with engine.connect() as connection:
        t.create(connection)
        connection.execute(insert(t), {"d": moment.date(), "at": moment, "time": moment.time()})
        row = connection.execute(select(t)).one()
        assert type(row.d) is Stamped
        assert row.d.written == "2026-01-02"
        # No converter is registered for DATETIME: the text of the driver's adapter comes as it is.
        assert row.at == "2026-01-02 03:04:05"
        assert row.time == moment.time()
    plain = create_engine("sqlite://")
    with plain.connect() as connection:
        assert (
            connection.scalar(select(text("SELECT '2026-01-02' AS d").columns(d=Date).subquery().c.d)) == moment.date()
        )
    with pytest.raises(TypeError, match="native_datetime"):
        create_engine("postgresql://", native_datetime=True)
