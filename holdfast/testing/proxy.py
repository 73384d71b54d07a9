"""A proxy on loopback between a program and its database: counts round trips, adds latency, cuts and holds connections.

One thread moves the bytes of all connections. A round trip is counted when the program sends after an answer has reached
it; answers that are still on their way do not count, so with a latency longer than a burst takes to send, statements that
travel together are one trip however many packets they are.
"""

from __future__ import annotations

import select
import socket
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, TypeAlias

from holdfast.engine.url import make_url

CHUNK = 1 << 16
TAIL = 256
"""Bytes of which the end is kept, to find what comes in two pieces."""


class Count:
    """The round trips of a block.

    Attributes:
        round_trips: so far.
    """

    def __init__(self, proxy: Proxy) -> None:
        self._proxy = proxy
        self._start = proxy.round_trips
        self._end: int | None = None

    @property
    def round_trips(self) -> int:
        """How many there were, at the block's end or so far."""
        return (self._proxy.round_trips if self._end is None else self._end) - self._start

    def stop(self) -> None:
        """Count no further."""
        self._end = self._proxy.round_trips


Pattern: TypeAlias = bytes | Callable[[bytes], bool]


class Watch:
    """Waits for bytes that the program sends, once, and for what is to happen then to the connection on which they come.

    Args:
        sent: the bytes, or a function that tells of bytes that come together whether it is they.
        before: it happens in place of sending them on; else when the server says something afterwards.
        holds: the connection stands still; else it is cut.
    """

    def __init__(self, sent: Pattern, before: bool, holds: bool) -> None:
        self._sent = sent
        self.before = before
        self.holds = holds
        self._event = threading.Event()

    @property
    def happened(self) -> bool:
        """True since it has happened."""
        return self._event.is_set()

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until it has happened; returns False after `timeout` seconds."""
        return self._event.wait(timeout)

    def tell(self) -> None:
        """It happens now (called by the proxy)."""
        self._event.set()

    def finds(self, pair: _Pair, chunk: bytes) -> bool:
        """Return True if a connection's next bytes are those that are waited for; bytes may come in pieces."""
        if callable(self._sent):
            return self._sent(chunk)
        return self._sent in pair.tail[1 - len(self._sent) :] + chunk if len(self._sent) > 1 else self._sent in chunk


class _Half:
    """One direction of a connection: what was read on one socket and is due on the other."""

    def __init__(self, source: socket.socket, target: socket.socket) -> None:
        self.source = source
        self.target = target
        self.waiting: deque[tuple[float, bytes]] = deque()
        self.is_at_end = False


class _Pair:
    """One connection of the program, and the one to the server for it."""

    def __init__(self, client: socket.socket, server: socket.socket) -> None:
        self.up = _Half(client, server)
        self.down = _Half(server, client)
        # The program has heard something since it spoke last.
        self.was_answered = True
        # The last bytes that the program sent; what is to happen when the server answers; what is kept back until `release`.
        self.tail = b""
        self.at_answer: Watch | None = None
        self.is_held = False

    def close(self) -> None:
        for half in (self.up, self.down):
            with suppress(OSError):
                half.source.close()


class Proxy:
    """Stands between a program and its database, on a port of its own; as a block it is closed at the end.

    Args:
        host, port: of the database.
        latency: seconds that bytes are held back in each direction; may be set at any time.

    Example:
        with Proxy("127.0.0.1", 5432, latency=0.001) as proxy:
            engine = create_engine(proxy.address(url))
            with proxy.counting() as count:
                ...
            print(count.round_trips)
    """

    def __init__(self, host: str, port: int, latency: float = 0.0) -> None:
        self._server = (host, port)
        self.latency = latency
        self.round_trips = 0
        self._pairs: list[_Pair] = []
        self._watches: list[Watch] = []
        self._orders: deque[str] = deque()
        self._done = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.host = "127.0.0.1"
        self.port: int = self._listener.getsockname()[1]
        self._wake_end, self._work_end = socket.socketpair()
        self._is_accepting = True
        self._thread = threading.Thread(target=self._work, name="holdfast-proxy", daemon=True)
        self._thread.start()

    def address(self, url: Any) -> Any:
        """Return a database's address, a string or URL, with this proxy in the place of its host and port."""
        return make_url(url).set(host=self.host, port=self.port)

    @contextmanager
    def counting(self) -> Iterator[Count]:
        """Count the round trips of a block."""
        count = Count(self)
        try:
            yield count
        finally:
            count.stop()

    def cut(self) -> None:
        """Cut all connections, as if the server had gone; new ones are made."""
        self._order("cut")

    def refuse(self) -> None:
        """Cut all connections, and close new ones at once, until `accept`."""
        self._order("refuse")

    def accept(self) -> None:
        """Let new connections through again."""
        self._order("accept")

    def cut_when(self, sent: Pattern, before: bool = True) -> Watch:
        """Cut the next connection on which the program sends some bytes, once.

        Args:
            sent: the bytes, or a function that looks at what the program sends at once.
            before: the server does not get what is sent with them. Else it does, and answers; the program gets no answer.

        Returns: what tells whether it happened.
        """
        return self._watch(Watch(sent, before, False))

    def hold_when(self, sent: Pattern, before: bool = True) -> Watch:
        """Do the same, but let the connection stand still in place of cutting it, until `release` or `cut`."""
        return self._watch(Watch(sent, before, True))

    def _watch(self, watch: Watch) -> Watch:
        self._watches.append(watch)
        return watch

    def forget(self, watch: Watch) -> None:
        """Wait for these bytes no longer."""
        with suppress(ValueError):
            self._watches.remove(watch)

    def release(self) -> None:
        """Let the connections go on that stand still."""
        self._order("release")

    def close(self) -> None:
        """Cut all connections and end."""
        if self._thread.is_alive():
            self._order("close")
            self._thread.join()

    def __enter__(self) -> Proxy:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    # -- the thread ----------------------------------------------------------------------------------------------------

    def _order(self, what: str) -> None:
        """Let the thread do something, and wait until it is done."""
        self._done.clear()
        self._orders.append(what)
        self._wake_end.send(b".")
        self._done.wait()

    def _work(self) -> None:
        try:
            while self._turn():
                pass
        finally:
            self._cut()
            for each in (self._listener, self._wake_end, self._work_end):
                each.close()
            self._done.set()

    def _turn(self) -> bool:
        halves = {
            half.source: (pair, half) for pair in self._pairs for half in (pair.up, pair.down) if not half.is_at_end
        }
        ready, _, _ = select.select([self._work_end, self._listener, *halves], [], [], self._until_next())
        if self._work_end in ready:
            self._work_end.recv(CHUNK)
            return self._obey()
        if self._listener in ready:
            self._meet()
        for source in ready:
            if source in halves:
                self._take(*halves[source])
        self._deliver()
        return True

    def _obey(self) -> bool:
        goes_on = True
        while self._orders:
            order = self._orders.popleft()
            if order == "release":
                for pair in self._pairs:
                    pair.is_held = False
                continue
            self._is_accepting = order not in ("refuse", "close") and (self._is_accepting or order == "accept")
            if order != "accept":
                self._cut()
            goes_on = goes_on and order != "close"
        if goes_on:
            self._done.set()
        return goes_on

    def _cut(self) -> None:
        for pair in self._pairs:
            pair.close()
        self._pairs.clear()

    def _meet(self) -> None:
        client, _ = self._listener.accept()
        server = None
        if self._is_accepting:
            with suppress(OSError):
                server = socket.create_connection(self._server, timeout=10)
        if server is None:
            client.close()
            return
        for each in (client, server):
            each.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        server.settimeout(None)
        self._pairs.append(_Pair(client, server))

    def _take(self, pair: _Pair, half: _Half) -> None:
        """Read what is there; it is due after the latency."""
        try:
            chunk = half.source.recv(CHUNK)
        except OSError:
            chunk = b""
        half.is_at_end = not chunk
        if pair not in self._pairs or not self._look(pair, half, chunk):
            return
        half.waiting.append((time.monotonic() + self.latency, chunk))
        if chunk and half is pair.up and pair.was_answered:
            pair.was_answered = False
            self.round_trips += 1

    def _look(self, pair: _Pair, half: _Half, chunk: bytes) -> bool:
        """Let happen what is waited for; returns False where the bytes do not go on."""
        if half is pair.down:
            watch, pair.at_answer = pair.at_answer, None
            return watch is None or not chunk or self._let_happen(watch, pair)
        for watch in list(self._watches):
            if watch.finds(pair, chunk):
                self.forget(watch)
                if watch.before:
                    return self._let_happen(watch, pair)
                pair.at_answer = watch
        pair.tail = (pair.tail + chunk)[-TAIL:]
        return True

    def _let_happen(self, watch: Watch, pair: _Pair) -> bool:
        pair.is_held = watch.holds
        watch.tell()
        if not watch.holds:
            pair.close()
            self._pairs.remove(pair)
        return watch.holds

    def _until_next(self) -> float | None:
        moving = [pair for pair in self._pairs if not pair.is_held]
        due = [half.waiting[0][0] for pair in moving for half in (pair.up, pair.down) if half.waiting]
        return max(0.0, min(due) - time.monotonic()) if due else None

    def _deliver(self) -> None:
        """Send on what is due; an end closes the connection."""
        now = time.monotonic()
        for pair in [pair for pair in self._pairs if not pair.is_held]:
            for half in (pair.up, pair.down):
                while half.waiting and half.waiting[0][0] <= now:
                    _, chunk = half.waiting.popleft()
                    if half is pair.down:
                        pair.was_answered = True
                    if not self._send(half, chunk):
                        pair.close()
                        self._pairs.remove(pair)
                        break
                else:
                    continue
                break

    @staticmethod
    def _send(half: _Half, chunk: bytes) -> bool:
        """Send on; returns False where the connection has ended."""
        try:
            half.target.sendall(chunk)
        except OSError:
            return False
        return bool(chunk)
