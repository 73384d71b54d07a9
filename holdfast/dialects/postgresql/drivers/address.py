"""What an address of PostgreSQL says: parts that every driver of libpq understands, and Holdfast's own settings."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from holdfast import exc
from holdfast.dialects.postgresql.drivers.travelling import ALWAYS, NEVER, pipeline_wish

POOLERS = ("session", "transaction")


def address_parts(url: Any, given: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return Holdfast's settings, and the keywords that libpq knows.

    Args:
        given: ``connect_args`` of the engine; they go before the address.

    Raises: ArgumentError: ``pooler`` or ``pipeline`` has a value that is not known.
    """
    parts = {
        "host": url.host,
        "port": url.port,
        "dbname": url.database,
        "user": url.username,
        "password": url.password,
    }
    keywords: dict[str, Any] = {name: value for name, value in parts.items() if value not in (None, "")}
    for name, value in url.query.items():
        keywords[name] = value if isinstance(value, str) else ",".join(value)
    _name_hosts(keywords)
    keywords.update(given)
    return take_settings(keywords), keywords


def _name_hosts(keywords: dict[str, Any]) -> None:
    """Give several hosts with their ports, ``?host=one:5432&host=two``, in libpq's form: two lists."""
    hosts = str(keywords.get("host", "")).split(",")
    if len(hosts) == 1 and not _HOST_AND_PORT.fullmatch(hosts[0]):
        return
    parts = [_HOST_AND_PORT.fullmatch(host) for host in hosts]
    default = str(keywords.get("port", 5432)).split(",")[0]
    keywords["host"] = ",".join(part[1] if part else host for part, host in zip(parts, hosts, strict=True))
    if any(parts) or "," not in str(keywords.get("port", "")):
        keywords["port"] = ",".join(part[2] if part else default for part in parts)


_HOST_AND_PORT = re.compile(r"([^:/]+):(\d+)")


def take_settings(keywords: dict[str, Any]) -> dict[str, Any]:
    """Take Holdfast's own settings out of the keywords."""
    pooler = keywords.pop("pooler", "session")
    if pooler not in POOLERS:
        raise exc.ArgumentError(f"pooler is {' or '.join(map(repr, POOLERS))}, not {pooler!r}")
    is_pooled = pooler == "transaction"
    return {"pooler": pooler, "pipeline": pipeline_wish(keywords.pop("pipeline", NEVER if is_pooled else ALWAYS))}


_LOST_WORDS = (
    "closed", "lost", "terminat", "connection failed", "could not receive", "could not send", "EOF", "refused",
    "could not translate host name", "failed to resolve host", "could not connect", "timed out", "timeout expired", "unreachable",
)  # fmt: skip
_DOWN_WORDS = ("starting up", "shutting down", "terminat", "recovery")


def is_lost_text(text: str) -> bool:
    """Return True for a message of libpq that means that the server is gone, or can not be reached."""
    # A server that answers FATAL is there: the name, the password or the database is wrong.
    return any(word in text for word in (_DOWN_WORDS if "FATAL:" in text else _LOST_WORDS))


def version_numbers(version: int) -> tuple[int, ...]:
    """Return the server's version as numbers, which libpq has as one: 160003."""
    return divmod(version, 10000)
