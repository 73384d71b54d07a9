"""The proxy on loopback, before a server that answers each line."""

import socket
import threading
from collections.abc import Iterator
from contextlib import suppress

import pytest

from holdfast.testing import Proxy
from tests.support.waiting import PATIENCE


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
    return read(peer, len(words))


def read(peer: socket.socket, count: int) -> bytes:
    """Return so many bytes, or what comes until the end."""
    answer = b""
    while len(answer) < count and (chunk := peer.recv(1 << 16)):
        answer += chunk
    return answer


def test_round_trips_are_counted(echo: int) -> None:
    """What is sent before an answer arrives belongs to one trip; a large answer is one as well."""
    with Proxy("127.0.0.1", echo, latency=0.02) as proxy, socket.create_connection((proxy.host, proxy.port)) as peer:
        with proxy.counting() as count:
            assert ask(peer, b"one") == b"one"
            assert count.round_trips == 1
            # Nothing comes back before both are sent, however long that takes.
            sent = proxy.hold_when(sent=b"two")
            peer.sendall(b"two")
            assert sent.wait(PATIENCE)
            peer.sendall(b"threethree")
            proxy.release()
            assert read(peer, 13) == b"twothreethree"
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


def end_of(peer: socket.socket) -> bytes:
    """Return what comes until the connection ends."""
    found = b""
    with suppress(ConnectionResetError):
        while chunk := peer.recv(1 << 16):
            found += chunk
    return found


def test_a_connection_is_cut_when_bytes_are_sent(echo: int) -> None:
    """Once; other connections stay; bytes in two pieces are found, those of before are not found again."""
    with Proxy("127.0.0.1", echo) as proxy:
        with socket.create_connection((proxy.host, proxy.port)) as peer:
            assert ask(peer, b"please COMMIT") == b"please COMMIT"
            watch = proxy.cut_when(sent=b"COMMIT")
            with socket.create_connection((proxy.host, proxy.port)) as other:
                assert ask(other, b"anything") == b"anything"
                assert ask(peer, b";COM") == b";COM"
                assert not watch.happened
                peer.sendall(b"MIT")
                assert end_of(peer) == b""
                assert watch.wait(PATIENCE)
                assert ask(other, b"COMMIT") == b"COMMIT"
        with socket.create_connection((proxy.host, proxy.port)) as peer:
            proxy.forget(proxy.cut_when(sent=b"x"))
            assert ask(peer, b"x") == b"x"


def test_a_connection_is_cut_when_the_server_answers(echo: int) -> None:
    """The server has got the bytes, the program gets no answer; a function may look for them."""
    with Proxy("127.0.0.1", echo) as proxy, socket.create_connection((proxy.host, proxy.port)) as peer:
        watch = proxy.cut_when(sent=lambda chunk: chunk.isdigit(), before=False)
        assert ask(peer, b"a") == b"a"
        peer.sendall(b"1")
        assert end_of(peer) == b""
        assert watch.happened


@pytest.mark.parametrize("before", [True, False])
def test_a_connection_stands_still(echo: int, before: bool) -> None:
    """Until it is let go: then what was sent is answered."""
    with Proxy("127.0.0.1", echo) as proxy, socket.create_connection((proxy.host, proxy.port)) as peer:
        watch = proxy.hold_when(sent=b"COMMIT", before=before)
        peer.sendall(b"COMMIT")
        assert watch.wait(PATIENCE)
        with socket.create_connection((proxy.host, proxy.port)) as other:
            assert ask(other, b"COMMIT") == b"COMMIT"
        proxy.release()
        assert peer.recv(100) == b"COMMIT"
