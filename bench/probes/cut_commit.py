"""Probe: what a client can know after the network was cut around COMMIT, and how it finds out.

A small proxy on the loopback interface stands between client and server and closes both sides either just before the
COMMIT is passed on, or just after it, before the server's answer is. Run it as
``python -m bench.probes.cut_commit "host=127.0.0.1 dbname=test"``.
"""

from __future__ import annotations

import contextlib
import select
import socket
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass

import psycopg
from psycopg.conninfo import conninfo_to_dict

TIMEOUT_SECONDS = 20.0
"""Nothing here waits longer."""


def forward(client: socket.socket, server: socket.socket, where: str) -> None:
    """Pass bytes both ways until COMMIT comes by, then cut.

    Args:
        where: "before" or "after" the COMMIT is passed on; "never" to cut nothing.
    """
    with client, server:
        while True:
            ready, _, _ = select.select([client, server], [], [], TIMEOUT_SECONDS)
            if not ready:
                return
            for source in ready:
                data = source.recv(65536)
                if not data:
                    return
                cut = source is client and b"COMMIT" in data and where != "never"
                if cut and where == "before":
                    return
                (server if source is client else client).sendall(data)
                if cut:
                    # The server's first byte of an answer shows that it has taken the COMMIT; the client gets none.
                    select.select([server], [], [], TIMEOUT_SECONDS)
                    return


@contextlib.contextmanager
def proxy(host: str, port: int, where: str) -> Iterator[int]:
    """Listen on a free loopback port for one connection. Yields: the port."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(TIMEOUT_SECONDS)

        def serve() -> None:
            with contextlib.suppress(OSError):
                client, _ = listener.accept()
                forward(client, socket.create_connection((host, port), TIMEOUT_SECONDS), where)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield listener.getsockname()[1]
        finally:
            thread.join(TIMEOUT_SECONDS)


@dataclass(frozen=True)
class Answer:
    """What was seen.

    Attributes:
        error: class of the error that the client got from the commit; "" if none.
        row_is_there: what another connection reads afterwards.
        server_says: ``pg_xact_status`` of the transaction's number, asked on another connection.
    """

    error: str
    row_is_there: bool
    server_says: str


def commit_with_a_cut(conninfo: str, where: str) -> Answer:
    """Insert one row and commit through the proxy.

    Args:
        conninfo: of the server itself, over TCP, without TLS.
        where: see `forward`.
    """
    facts = conninfo_to_dict(conninfo)
    host, port = str(facts.get("host", "127.0.0.1")), int(facts.get("port", 5432))
    with psycopg.connect(conninfo, autocommit=True) as direct:
        direct.execute("DROP TABLE IF EXISTS probe_commit")
        direct.execute("CREATE TABLE probe_commit (id int)")
        error = ""
        with proxy(host, port, where) as proxied:
            connection = psycopg.connect(conninfo, host="127.0.0.1", port=proxied, sslmode="disable")
            connection.execute("INSERT INTO probe_commit VALUES (1)")
            row = connection.execute("SELECT pg_current_xact_id()::text").fetchone()
            assert row is not None
            try:
                connection.commit()
            except psycopg.Error as raised:
                error = type(raised).__name__
            finally:
                connection.close()
        wait_until_decided(direct, row[0])
        status = direct.execute("SELECT pg_xact_status(%s::xid8)", row).fetchone()
        count = direct.execute("SELECT count(*) FROM probe_commit").fetchone()
        direct.execute("DROP TABLE probe_commit")
        assert status is not None
        assert count is not None
        return Answer(error, count[0] == 1, status[0])


def wait_until_decided(direct: psycopg.Connection[tuple[str]], transaction: str) -> None:
    """Wait until the server has noticed that the client is gone: the transaction is no longer in progress."""
    for _ in range(200):
        row = direct.execute("SELECT pg_xact_status(%s::xid8)", (transaction,)).fetchone()
        if row is not None and row[0] != "in progress":
            return
        direct.execute("SELECT pg_sleep(0.05)")


def main(conninfo: str) -> None:
    """Print what each kind of cut leaves."""
    for where in ("never", "before", "after"):
        print(f"{where:8} {commit_with_a_cut(conninfo, where)}")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "")
