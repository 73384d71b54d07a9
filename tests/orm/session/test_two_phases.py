"""Sessions that commit in two phases on PostgreSQL, and what happens where that is not there."""

import pytest

from holdfast import create_engine, event, exc, select, text
from holdfast.orm import Session
from tests.orm.session.models import Base, Writer


@pytest.fixture
def engine(clean_postgresql_url):
    """An engine with the tables of the models."""
    engine = create_engine(clean_postgresql_url)
    Base.metadata.create_all(engine)
    yield engine
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for xid in connection.scalars(text("SELECT gid FROM pg_prepared_xacts WHERE database = current_database()")):
            connection.exec_driver_sql(f"ROLLBACK PREPARED '{xid}'")
    engine.dispose()


@pytest.fixture
def marks(engine):
    """PREPARE, COMMIT and ROLLBACK of two-phase transactions, as they happen."""
    found = []
    for name in ("prepare_twophase", "commit_twophase", "rollback_twophase"):
        event.listen(engine, name, lambda *told, name=name: found.append(name.removesuffix("_twophase")))
    return found


def test_commit_prepares_first(engine, marks):
    """Every commit is PREPARE TRANSACTION and COMMIT PREPARED; the rows are there."""
    with Session(engine, twophase=True) as session:
        session.add(Writer(name="a"))
        session.commit()
        assert marks == ["prepare", "commit"]
        assert session.scalars(select(Writer.name)).all() == ["a"]


def test_prepare_by_hand(engine, marks):
    """After `prepare` nothing may be sent; commit or rollback end it."""
    with Session(engine, twophase=True) as session:
        session.add(Writer(name="a"))
        session.prepare()
        assert marks == ["prepare"]
        with pytest.raises(exc.InvalidRequestError, match="This session is in 'prepared' state"):
            session.scalars(select(Writer))
        session.rollback()
        assert marks == ["prepare", "rollback"]
        assert session.scalars(select(Writer)).all() == []


def test_two_databases_agree(engine, marks, tmp_path):
    """If one cannot prepare, none commits."""
    other = create_engine(engine.url)
    with Session(engine, twophase=True, binds={Writer: engine, Base.metadata.tables["tag"]: other}) as session:
        session.add(Writer(name="a"))
        session.execute(Base.metadata.tables["tag"].insert().values(word="x"))
        session.commit()
        assert marks.count("prepare") == 1
        assert session.scalar(text("SELECT count(*) FROM tag"), bind_arguments={"bind": other}) == 1
    other.dispose()


def test_not_on_sqlite(tmp_path):
    """The database that cannot is named."""
    engine = create_engine(f"sqlite:///{tmp_path}/x.db")
    with Session(engine, twophase=True) as session, pytest.raises(NotImplementedError, match="two-phase"):
        session.execute(text("SELECT 1"))
    assert engine.pool.checkedout() == 0
    engine.dispose()
