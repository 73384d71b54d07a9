"""A server that is restarted: what was under way fails with one class of error, and the pool goes on by itself."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from holdfast import Column, Integer, MetaData, Table, create_engine, exc, func, insert, select
from tests.servers import guardian, mariadb_guardian
from tests.servers.account import server_account
from tests.servers.availability import skip_or_fail

TABLE = Table("kept", MetaData(), Column("id", Integer, primary_key=True, autoincrement=False))


class Server:
    """A server of the test's own.

    Attributes:
        url: its address.
    """

    def __init__(self, product: str, folder: Path) -> None:
        account = server_account()
        self._start: Callable[[int | None], tuple[subprocess.Popen[bytes], int]]
        if product == "postgresql":
            programs = guardian.usable_programs(account, folder)
            guardian.make_cluster(account, programs, folder / "data")
            self._start = lambda port: guardian.start(account, programs, folder / "data", folder / "log", port)
            self._stop, address = guardian.stop, "postgresql://postgres@127.0.0.1:{}/postgres"
        else:
            mariadb_guardian.make_data(account, folder / "data")
            self._start = lambda port: mariadb_guardian.start(account, folder / "data", folder, port)
            self._stop, address = mariadb_guardian.stop, f"mariadb://{mariadb_guardian.USER}@127.0.0.1:{{}}/mysql"
        self._process, self._port = self._start(None)
        self.url = address.format(self._port)

    def stop(self) -> None:
        """End it, with its sessions."""
        self._stop(self._process)

    def start(self) -> None:
        """Start it again where it was."""
        self._process, _ = self._start(self._port)


@pytest.fixture(params=[pytest.param(name, marks=getattr(pytest.mark, name)) for name in ("postgresql", "mariadb")])
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    """A server that the test may stop and start."""
    folder = server_account().temporary_folder("holdfast-restart-")
    try:
        try:
            made = Server(request.param, folder)
        except guardian.StartFailed as reason:
            skip_or_fail(request.param, reason)
        yield made
        made.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def test_the_pool_recovers(server: Server) -> None:
    """While it is down nobody can connect; afterwards the same engine works, and what was committed is there."""
    engine = create_engine(server.url, pool_size=3)
    with engine.begin() as connection:
        TABLE.create(connection)
    with engine.begin() as connection:
        connection.execute(insert(TABLE), {"id": 1})
    open_one, idle = engine.connect(), engine.connect()
    idle.execute(select(TABLE))
    idle.close()
    open_one.execute(insert(TABLE), {"id": 2})
    server.stop()
    with pytest.raises(exc.ConnectionLost) as lost:
        open_one.execute(insert(TABLE), {"id": 3})
    assert lost.value.retryable
    with pytest.raises(exc.ConnectionLost):
        engine.connect().execute(select(TABLE))
    server.start()
    open_one.rollback()
    assert open_one.scalar(select(func.count()).select_from(TABLE)) == 1
    open_one.close()
    with engine.connect() as connection:
        assert connection.scalars(select(TABLE.c.id)).all() == [1]
    assert engine.pool.checkedout() == 0
    engine.dispose()
