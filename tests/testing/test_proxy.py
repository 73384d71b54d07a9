"""The proxy on loopback, before a server that answers each line."""

import socket
import threading
from collections.abc import Iterator
from contextlib import suppress

import pytest

from holdfast.testing import Proxy


@pytest.fixture
def echo() -> Iterator[int]:
    """The port of a server that sends back what it gets."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve(peer: socket.socket) -> None:
        with peer:
            while chunk := peer.recv(1 << 16):
                peer.sendall(chunk)

    def accept() -> None:
        while True:
            try:
                peer, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=serve, args=(peer,), daemon=True).start()

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    yield listener.getsockname()[1]
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    thread.join()


def ask(peer: socket.socket, words: bytes) -> bytes:
    """Send and read as much as was sent."""
    peer.sendall(words)
    answer = b""
    while len(answer) < len(words) and (chunk := peer.recv(1 << 16)):
        answer += chunk
    return answer


def test_round_trips_are_counted(echo: int) -> None:
    """What is sent before an answer arrives belongs to one trip; a large answer is one as well."""
    with Proxy("127.0.0.1", echo, latency=0.02) as proxy, socket.create_connection((proxy.host, proxy.port)) as peer:
        with proxy.counting() as count:
            assert ask(peer, b"one") == b"one"
            assert count.round_trips == 1
            peer.sendall(b"two")
            assert ask(peer, b"threethree").startswith(b"two")
        assert count.round_trips == 2
        large = bytes(1 << 20)
        with proxy.counting() as count:
            assert ask(peer, large) == large
        assert count.round_trips >= 1
        assert proxy.round_trips >= 3


def test_connections_are_cut(echo: int) -> None:
    """At once; later ones go through, unless they are refused."""
    with Proxy("127.0.0.1", echo) as proxy:
        with socket.create_connection((proxy.host, proxy.port)) as peer:
            assert ask(peer, b"a") == b"a"
            proxy.cut()
            with suppress(ConnectionResetError):
                assert peer.recv(1) == b""
        with socket.create_connection((proxy.host, proxy.port)) as peer:
            assert ask(peer, b"b") == b"b"
        proxy.refuse()
        with socket.create_connection((proxy.host, proxy.port)) as peer, suppress(ConnectionResetError):
            assert ask(peer, b"c") == b""
        proxy.accept()
        with socket.create_connection((proxy.host, proxy.port)) as peer:
            assert ask(peer, b"d") == b"d"
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((proxy.host, proxy.port))


def test_addresses_lead_through_it(echo: int) -> None:
    """Host and port are the proxy's, all else stays."""
    with Proxy("127.0.0.1", echo) as proxy:
        url = proxy.address("postgresql+psycopg://me:secret@db.example:5433/app?sslmode=disable")
        expected = f"postgresql+psycopg://me:secret@127.0.0.1:{proxy.port}/app?sslmode=disable"
        assert expected == url.render_as_string(hide_password=False)
