"""Pools under many threads: nobody gets what another has, nothing is lost, and all is there at the end."""

import threading
from pathlib import Path
from typing import Any

import pytest

from holdfast import Engine, create_engine, exc, text
from holdfast.pool import NullPool, QueuePool, SingletonThreadPool, StaticPool
from tests.support.waiting import PATIENCE
from tests.threads.crowd import COUNT, at_once

ROUNDS = 12


class Holders:
    """Who has which connection of the driver: nobody may have what another has."""

    def __init__(self) -> None:
        self._present: dict[int, int] = {}
        self._lock = threading.Lock()
        self.most = 0

    def take(self, raw: Any, number: int) -> None:
        """Note that a thread got a connection."""
        with self._lock:
            assert self._present.setdefault(id(raw), number) == number
            self.most = max(self.most, len(self._present))

    def give_back(self, raw: Any) -> None:
        """Note that it is about to go back."""
        with self._lock:
            del self._present[id(raw)]


def open_in(engine: Engine) -> list[Any]:
    """Have each new connection of an engine noted; returns where."""
    from holdfast import event

    found: list[Any] = []
    event.listen(engine, "connect", lambda raw, entry: found.append(raw))
    return found


def many_uses(engine: Engine, holders: Holders, dispose: bool = False) -> list[Any]:
    """Use an engine in 32 threads: plain uses, errors, invalidated and detached connections among them."""

    def work(number: int) -> int:
        answers = 0
        for place in range(ROUNDS):
            try:
                with engine.connect() as connection:
                    raw = connection.connection.dbapi_connection
                    holders.take(raw, number)
                    try:
                        answers += connection.scalar(text("SELECT :n - :m"), {"n": number + 1, "m": number})
                        if place % 4 == 1:
                            connection.execute(text("SELECT nothing"))
                    finally:
                        holders.give_back(raw)
                    # From here on the pool may open another one in its place.
                    if (number + place) % 7 == 0:
                        connection.invalidate()
                    elif (number + place) % 11 == 0:
                        connection.detach()
            except exc.OperationalError:
                answers += 100
            if dispose and (number + place) % 5 == 0:
                engine.dispose()
        return answers

    return at_once(work)


EXPECTED = [ROUNDS + 100 * len(range(1, ROUNDS, 4))] * COUNT


@pytest.mark.parametrize("lifo", [False, True], ids=["fifo", "lifo"])
@pytest.mark.parametrize("dispose", [False, True], ids=["", "disposed"])
def test_a_queue_pool_stays_whole(tmp_path: Path, lifo: bool, dispose: bool) -> None:
    """Never more connections than it may have; at the end none is out and each that is idle serves."""
    engine = create_engine(
        f"sqlite:///{tmp_path / 'pool.db'}", pool_size=3, max_overflow=2, pool_timeout=PATIENCE, pool_use_lifo=lifo
    )
    holders = Holders()
    assert many_uses(engine, holders, dispose) == EXPECTED
    pool = engine.pool
    assert isinstance(pool, QueuePool)
    assert holders.most <= 5
    assert pool.checkedout() == 0 and pool.checkedin() <= 3
    held = [engine.connect() for _ in range(5)]
    assert len({id(each.connection.dbapi_connection) for each in held}) == 5
    assert [each.scalar(text("SELECT 7")) for each in held] == [7] * 5
    for each in held:
        each.close()
    assert (pool.checkedout(), pool.checkedin()) == (0, 3)
    engine.dispose()


def test_who_waits_in_vain_leaves_the_queue(tmp_path: Path) -> None:
    """32 threads time out while one connection is out; afterwards it is handed out as before."""
    engine = create_engine(f"sqlite:///{tmp_path / 'pool.db'}", pool_size=1, max_overflow=0, pool_timeout=0.05)
    with engine.connect() as held:
        raw = held.connection.dbapi_connection

        def work(number: int) -> str:
            with pytest.raises(exc.TimeoutError) as refused:
                engine.connect()
            return str(refused.value).splitlines()[0]

        message = "QueuePool limit of size 1 overflow 0 reached, connection timed out, timeout 0.05"
        assert at_once(work) == [message] * COUNT
    assert engine.pool.checkedout() == 0  # type: ignore[attr-defined]
    with engine.connect() as again:
        assert again.connection.dbapi_connection is raw
    engine.dispose()


def test_a_time_out_that_meets_a_connection(tmp_path: Path) -> None:
    """Whether a connection comes before the time-out or just after it: nobody keeps what he does not use."""
    engine = create_engine(f"sqlite:///{tmp_path / 'pool.db'}", pool_size=2, max_overflow=0, pool_timeout=0.002)

    def work(number: int) -> int:
        served = 0
        for _ in range(ROUNDS):
            try:
                with engine.connect() as connection:
                    served += connection.scalar(text("SELECT 1"))
            except exc.TimeoutError:
                pass
        return served

    assert sum(at_once(work)) > 0
    pool = engine.pool
    assert isinstance(pool, QueuePool)
    assert pool.checkedout() == 0
    assert pool.checkedin() in (1, 2)
    held = [engine.connect(), engine.connect()]
    assert pool.checkedout() == 2
    for each in held:
        each.close()
    engine.dispose()


def test_no_pool(tmp_path: Path) -> None:
    """`NullPool` opens one for each use, and none is open at the end."""
    engine = create_engine(f"sqlite:///{tmp_path / 'pool.db'}", poolclass=NullPool)
    opened = open_in(engine)
    assert many_uses(engine, Holders()) == EXPECTED
    assert len(opened) == COUNT * ROUNDS
    assert engine.pool.checkedout() == 0


def test_one_for_all(tmp_path: Path) -> None:
    """`StaticPool`: whoever comes first opens the connection; the others that were opened at once are closed."""
    engine = create_engine(f"sqlite:///{tmp_path / 'pool.db'}", poolclass=StaticPool)

    def work(number: int) -> Any:
        with engine.connect() as connection:
            return id(connection.connection.dbapi_connection)

    assert len(set(at_once(work))) == 1
    assert engine.pool.checkedout() == 0
    engine.dispose()
    assert engine.pool.connection is None  # type: ignore[attr-defined]


def test_one_for_each_thread() -> None:
    """`SingletonThreadPool`: a thread has its own database in memory, which nobody else sees, also beyond the pool's size."""
    engine = create_engine("sqlite://", poolclass=SingletonThreadPool, pool_size=5)

    def work(number: int) -> Any:
        with engine.begin() as connection:
            connection.execute(text("CREATE TABLE own (n INTEGER)"))
            connection.execute(text("INSERT INTO own VALUES (:n)"), {"n": number})
        found = []
        for _ in range(ROUNDS):
            with engine.connect() as connection:
                found.append(connection.scalar(text("SELECT sum(n) FROM own")))
        return found

    assert [at_once(work), at_once(work)] == [[[number] * ROUNDS for number in range(COUNT)]] * 2
    assert engine.pool.checkedout() == 0
    engine.dispose()


def test_threads_that_follow_each_other() -> None:
    """A thread does not get the database of one that has ended, though it often has its number."""
    engine = create_engine("sqlite://", poolclass=SingletonThreadPool)
    found: list[Any] = []

    def work() -> None:
        with engine.begin() as connection:
            found.append(connection.scalar(text("SELECT count(*) FROM sqlite_master")))
            connection.execute(text("CREATE TABLE own (n INTEGER)"))

    for _ in range(12):
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
    assert found == [0] * 12
    assert len(engine.pool.entries()) <= 5
    engine.dispose()
