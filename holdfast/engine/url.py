"""The address of a database: ``dialect+driver://user:password@host:port/database?options``."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from holdfast.exc import ArgumentError

_URL = r"""(?xs)
    (?P<name>[\w+]+)://
    (?: (?P<username>[^:/]*) (?: :(?P<password>[^@]*) )? @ )?
    (?: (?: \[(?P<ipv6>[^/?]+)\] | (?P<host>[^/:?]+) )? (?: :(?P<port>[^/?]*) )? )?
    (?: /(?P<database>[^?]*) )?
    (?: \?(?P<query>.*) )?
    """


# Half characters come from names of files and variables that are no UTF-8; they are written as the bytes that they were.
_HALVES = "surrogateescape"
_PARTS = ("drivername", "username", "password", "host", "port", "database", "query")


class _Hooks:
    """What a higher layer fills in."""

    find_dialect: Callable[[Any], type[Any]]
    """Finds the dialect of an address; set by `holdfast.dialect_lookup`, which knows them."""

    find_default_driver: Callable[[Any], str]
    """Finds the name of a database's usual driver; set there, too."""


hooks = _Hooks()


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
        if not isinstance(drivername, str):
            raise TypeError("drivername must be a string")
        for name, value in (query or {}).items():
            if not isinstance(value, (str, list, tuple)) or not all(isinstance(one, str) for one in value):
                raise TypeError(f"Query dictionary values must be strings or sequences of strings; {name!r} is not")
        port = None if port is None else _port(port)
        values = (drivername, username, password, host, port, database, dict(query or {}))
        _check_characters(values)
        for name, value in zip(_PARTS, values, strict=True):
            object.__setattr__(self, name, value)

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError("A URL is immutable; use url.set(...)")

    def __reduce__(self) -> Any:
        return URL, tuple(getattr(self, name) for name in _PARTS)

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

        Raises: ArgumentError: a port that is none, or half characters that no bytes are written by.
        """
        return cls(drivername, username, password, host, port, database, query)

    def set(self, **parts: Any) -> URL:
        """Return the URL with other parts."""
        present = {name: getattr(self, name) for name in self.__slots__}
        return URL(**{**present, **parts})

    _replace = set

    def get_backend_name(self) -> str:
        """Return the name of the database."""
        return self.drivername.partition("+")[0]

    def get_dialect(self) -> type[Any]:
        """Return the class of the dialect.

        Raises: NoSuchModuleError: the database is not known.
        """
        return hooks.find_dialect(self)

    def get_driver_name(self) -> str:
        """Return the name of the driver: that of the address, or the database's usual one.

        Raises: NoSuchModuleError: the address names none, and the database is not known.
        """
        return self.given_driver or hooks.find_default_driver(self)

    @property
    def given_driver(self) -> str:
        """The name of the driver that the address gives, or an empty string."""
        return self.drivername.partition("+")[2]

    def render_as_string(self, hide_password: bool = True) -> str:
        """Return the address as text."""
        # Here and not above: it brings in a good deal, and most addresses are read without it.
        from urllib.parse import quote, urlencode

        text = f"{self.drivername}://"
        if self.username is not None:
            text += quote(self.username, safe=" +", errors=_HALVES)
            if self.password is not None:
                text += ":" + ("***" if hide_password else quote(str(self.password), safe=" +", errors=_HALVES))
            text += "@"
        if self.host is not None:
            text += f"[{self.host}]" if ":" in self.host else self.host
        if self.port is not None:
            text += f":{self.port}"
        if self.database is not None:
            text += "/" + quote(str(self.database), safe=" +/", errors=_HALVES)
        if not self.query:
            return text
        if not hide_password or not _SECRETS.intersection(self.query):
            return f"{text}?{urlencode(self.query, doseq=True, errors=_HALVES)}"
        shown = {name: "***" if name in _SECRETS else value for name, value in self.query.items()}
        return f"{text}?{urlencode(shown, doseq=True, errors=_HALVES, safe='*')}"

    @property
    def normalized_query(self) -> Mapping[str, Sequence[str]]:
        """The query with a tuple of values per name, also where there is but one."""
        return {name: as_values(value) for name, value in self.query.items()}

    def update_query_dict(self, query_parameters: Mapping[str, Any], append: bool = False) -> URL:
        """Return the URL with these options beside its own.

        Args:
            append: keep the values that the names have, and add these.
        """
        merged = dict(self.query)
        for name, value in query_parameters.items():
            values = as_values(value)
            if append and name in merged:
                values = (*as_values(merged[name]), *values)
            merged[name] = values[0] if len(values) == 1 else values
        return self.set(query=merged)

    def update_query_pairs(self, key_value_pairs: Iterable[tuple[str, Any]], append: bool = False) -> URL:
        """Return the URL with options given as pairs; a name may come several times."""
        return self.update_query_dict(_collected(key_value_pairs), append)

    def update_query_string(self, query_string: str, append: bool = False) -> URL:
        """Return the URL with options written as in an address."""
        from urllib.parse import parse_qsl

        return self.update_query_pairs(parse_qsl(query_string), append)

    def difference_update_query(self, names: Iterable[str]) -> URL:
        """Return the URL without these options."""
        gone = set(names)
        return self.set(query={name: value for name, value in self.query.items() if name not in gone})

    def translate_connect_args(self, names: Sequence[str] | None = None, **keywords: str) -> dict[str, Any]:
        """Return the parts that are there, by the names that a driver has for them: ``username="user"``."""
        parts = ("host", "database", "username", "password", "port")
        found = {}
        for place, part in enumerate(parts):
            name = keywords.get(part, names[place] if names and place < len(names) else part)
            value = getattr(self, part)
            if name and value not in (None, "", False):
                found[name] = value
        return found

    def __str__(self) -> str:
        return self.render_as_string()

    __repr__ = __str__

    def __eq__(self, other: object) -> bool:
        return isinstance(other, URL) and all(getattr(self, name) == getattr(other, name) for name in self.__slots__)

    def __hash__(self) -> int:
        return hash(self.render_as_string(hide_password=False))


_SECRETS = frozenset(("password", "passwd", "pwd", "sslpassword", "ssl_key_password"))
"""Options of drivers that hold a password."""


def _check_characters(parts: Iterable[Any]) -> None:
    """Refuse what could not be written as an address.

    Raises: ArgumentError: half of a character.
    """
    for part in parts:
        if isinstance(part, str):
            if not part.isascii():
                try:
                    part.encode(errors=_HALVES)
                except UnicodeEncodeError:
                    raise ArgumentError("A part of the address holds half of a character (a surrogate)") from None
        elif isinstance(part, (list, tuple)):
            _check_characters(part)
        elif isinstance(part, dict):
            _check_characters((*part, *part.values()))


def as_values(value: str | Sequence[str]) -> tuple[str, ...]:
    """Return the values of a name in a query: most have one."""
    return (value,) if isinstance(value, str) else tuple(value)


def make_url(address: Any) -> URL:
    """Return a URL for a text or a URL.

    Raises: ArgumentError: it is no address.
    """
    if isinstance(address, URL):
        return address
    if not isinstance(address, str):
        raise ArgumentError(f"Expected string or URL object, got {type(address).__name__}")
    match = re.fullmatch(_URL, address)
    if match is None:
        # The text may hold a password, so it is not shown.
        raise ArgumentError(
            "Could not parse SQLAlchemy URL from given URL string. An address looks like sqlite:///file.db, sqlite:// (in "
            "memory), or postgresql+psycopg://user:password@host/database; special characters in a password are written "
            "by urllib.parse.quote."
        )
    parts = match.groupdict()
    port = parts.pop("port")
    ipv6 = parts.pop("ipv6")
    query, (username, password, database) = _unquoted(
        parts.pop("query"), parts["username"], parts["password"], parts["database"]
    )
    return URL(
        parts["name"],
        username,
        password,
        ipv6 or parts["host"],
        port or None,
        database or None,
        query,
    )


def _port(port: Any) -> int:
    """Return a port as a number.

    Raises: ArgumentError: it is none; the text is not shown, since in an address without ``@`` a password stands there.
    """
    text = str(port)
    if not (text.isascii() and text.isdigit() and len(text) <= 5):
        raise ArgumentError("The port of an address is a number of at most five digits, as in host:5432")
    return int(text)


def _unquoted(query: str | None, *parts: str | None) -> tuple[dict[str, Any], list[str | None]]:
    """Return the query as a dict, and parts of an address without their escapes."""
    if not query and not any(part and "%" in part for part in parts):
        return {}, list(parts)
    from urllib.parse import parse_qsl, unquote

    found = _collected(parse_qsl(query or "", keep_blank_values=True, errors=_HALVES))
    return found, [part and unquote(part, errors=_HALVES) for part in parts]


def _collected(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """Return pairs as a dict; a name that came several times has a tuple."""
    found: dict[str, Any] = {}
    for name, value in pairs:
        found[name] = (*as_values(found[name]), *as_values(value)) if name in found else value
    return found
