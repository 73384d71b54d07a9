"""Where a measurement takes place: the database, the clock, the doors to it, and how much every row does."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field
from typing import Any
from urllib.parse import urlsplit

from bench.sizes import Sizes
from bench.stores.postgresql import own_databases, server_version
from holdfast.testing import Proxy

SERVER_VARIABLE = "HOLDFAST_TEST_POSTGRESQL_URL"


@dataclass(frozen=True)
class Setting:
    """One place for all contenders.

    Args:
        database: "sqlite" or "postgresql".
        clock: "processor" (this process's time) or "elapsed".
        sizes: how much every row does.
        latency: seconds that bytes are held back each way, or None where nothing stands between.
        urls: each contender's own database on a server.
        proxies: what stands between a contender and the server.
        version: of the server.
    """

    database: str = "sqlite"
    clock: str = "processor"
    sizes: Sizes = field(default_factory=Sizes)
    latency: float | None = None
    urls: dict[str, str] = field(default_factory=dict)
    proxies: dict[str, Proxy] = field(default_factory=dict)
    version: str = ""

    def order(self, contender: str, row: str, sizes: Sizes | None = None) -> dict[str, Any]:
        """Write the order for a contender's process; see `bench/worker.py`."""
        proxy = self.proxies.get(contender)
        return {
            "contender": contender,
            "row": row,
            "server": self.urls.get(contender),
            "door": [proxy.host, proxy.port] if proxy else None,
            "sizes": asdict(sizes or self.sizes),
            "clock": self.clock,
        }


@contextmanager
def opened(
    database: str, contenders: Sequence[str], clock: str | None, sizes: Sizes, latency: float | None
) -> Iterator[Setting]:
    """Open a setting for the length of a block.

    Args:
        database: "sqlite"; "postgresql" for the server that the environment names, or a private one; or a URL.
        clock: "processor" or "elapsed"; None takes the first on SQLite and the second on servers, which work too.
        latency: seconds each way through a proxy that counts round trips; None for no proxy.
    """
    if database == "sqlite":
        yield Setting("sqlite", clock or "processor", sizes)
        return
    with ExitStack() as stack:
        url = stack.enter_context(_server(database))
        urls = stack.enter_context(own_databases(url, len(contenders)))
        at = urlsplit(url)
        proxies = {}
        if latency is not None:
            for name in contenders:
                proxies[name] = stack.enter_context(Proxy(at.hostname or "127.0.0.1", at.port or 5432, latency))
        yield Setting(
            "postgresql",
            clock or "elapsed",
            sizes,
            latency,
            dict(zip(contenders, urls, strict=True)),
            proxies,
            server_version(url),
        )


@contextmanager
def _server(database: str) -> Iterator[str]:
    named = os.environ.get(SERVER_VARIABLE, "") if database == "postgresql" else database
    if named:
        yield re.sub(r"^postgres(ql)?(\+\w+)?://", "postgresql://", named)
        return
    # Imported here: whoever names a server needs nothing of it.
    from tests.servers.postgresql import driver_url, server_url
    from tests.servers.run import TestRun

    run = TestRun()
    try:
        yield driver_url(server_url())
    finally:
        run.close()
