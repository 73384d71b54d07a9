"""The address of a database: ``dialect+driver://user:password@host:port/database?options``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from holdfast.exc import ArgumentError

_URL = re.compile(
    r"""
    (?P<name>[\w+]+)://
    (?: (?P<username>[^:/]*) (?: :(?P<password>[^@]*) )? @ )?
    (?: (?: \[(?P<ipv6>[^/?]+)\] | (?P<host>[^/:?]+) )? (?: :(?P<port>[^/?]*) )? )?
    (?: /(?P<database>[^?]*) )?
    (?: \?(?P<query>.*) )?
    """,
    re.VERBOSE | re.DOTALL,
)


class URL:
    """The parts of an address; immutable. Its text shows no password unless it is asked to."""

    __slots__ = ("database", "drivername", "host", "password", "port", "query", "username")

    def __init__(
        self,
        drivername: str,
        username: str | None = None,
        password: str | None = None,
        host: str | None = None,
        port: int | None = None,
        database: str | None = None,
        query: Mapping[str, Any] | None = None,
    ) -> None:
        values = (drivername, username, password, host, port, database, dict(query or {}))
        names = ("drivername", "username", "password", "host", "port", "database", "query")
        for name, value in zip(names, values, strict=True):
            object.__setattr__(self, name, value)

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError("A URL is immutable; use url.set(...)")

    @classmethod
    def create(
        cls,
        drivername: str,
        username: str | None = None,
        password: str | None = None,
        host: str | None = None,
        port: int | None = None,
        database: str | None = None,
        query: Mapping[str, Any] | None = None,
    ) -> URL:
        """Return a URL of these parts.

        Args:
            drivername: ``dialect`` or ``dialect+driver``.
            password: as it is; it is escaped when the address is written.
            query: the driver's options.
        """
        return cls(drivername, username, password, host, port, database, query)

    def set(self, **parts: Any) -> URL:
        """Return the URL with other parts."""
        present = {name: getattr(self, name) for name in self.__slots__}
        return URL(**{**present, **parts})

    def get_backend_name(self) -> str:
        """Return the name of the database."""
        return self.drivername.partition("+")[0]

    def get_driver_name(self) -> str:
        """Return the name of the driver, or an empty string for the default one."""
        return self.drivername.partition("+")[2]

    def render_as_string(self, hide_password: bool = True) -> str:
        """Return the address as text."""
        # Here and not above: it brings in a good deal, and most addresses are read without it.
        from urllib.parse import quote, urlencode

        text = f"{self.drivername}://"
        if self.username is not None:
            text += quote(self.username, safe=" +")
            if self.password is not None:
                text += ":" + ("***" if hide_password else quote(str(self.password), safe=" +"))
            text += "@"
        if self.host is not None:
            text += f"[{self.host}]" if ":" in self.host else self.host
        if self.port is not None:
            text += f":{self.port}"
        if self.database is not None:
            text += f"/{self.database}"
        return text + (f"?{urlencode(self.query, doseq=True)}" if self.query else "")

    def __str__(self) -> str:
        return self.render_as_string()

    __repr__ = __str__

    def __eq__(self, other: object) -> bool:
        return isinstance(other, URL) and all(getattr(self, name) == getattr(other, name) for name in self.__slots__)

    def __hash__(self) -> int:
        return hash(self.render_as_string(hide_password=False))


def make_url(address: Any) -> URL:
    """Return a URL for a text or a URL.

    Raises: ArgumentError: it is no address.
    """
    if isinstance(address, URL):
        return address
    if not isinstance(address, str):
        raise ArgumentError(f"Expected string or URL object, got {type(address).__name__}")
    match = _URL.fullmatch(address)
    if match is None:
        # The text may hold a password, so it is not shown.
        raise ArgumentError(
            "Could not parse SQLAlchemy URL from given URL string. An address looks like sqlite:///file.db, sqlite:// (in "
            "memory), or postgresql+psycopg://user:password@host/database; special characters in a password are written "
            "by urllib.parse.quote."
        )
    parts = match.groupdict()
    port = parts.pop("port")
    if port and not port.isdigit():
        raise ArgumentError(f"The port of an address is a number, not {port!r}")
    ipv6 = parts.pop("ipv6")
    query, (username, password) = _unquoted(parts.pop("query"), parts["username"], parts["password"])
    return URL(
        parts["name"],
        username,
        password,
        ipv6 or parts["host"],
        int(port) if port else None,
        parts["database"] if parts["database"] != "" else None,
        query,
    )


def _unquoted(query: str | None, *parts: str | None) -> tuple[dict[str, Any], list[str | None]]:
    """Return the query as a dict, and parts of an address without their escapes."""
    if not query and not any(parts):
        return {}, list(parts)
    from urllib.parse import parse_qsl, unquote

    return dict(parse_qsl(query or "", keep_blank_values=True)), [part and unquote(part) for part in parts]
