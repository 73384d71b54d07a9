"""Addresses of any text: a URL or an ArgumentError, and the same URL again from what it writes."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from holdfast import URL, exc, make_url

PIECES = st.sampled_from(
    ["://", "@", ":", "/", "?", "&", "=", "%", "%zz", "%41", "[", "]", "::1", "postgresql", "sqlite", "+", "psycopg", "host",
     "\n", "\0", "1", "99999999999999999999", "²", "é", "#", ";", " ", "\ud800", "\udcff"]
)  # fmt: skip
ANYTHING = st.text(max_size=25) | st.lists(PIECES, max_size=12).map("".join)
SECRET = "Seecret"


@settings(max_examples=300)
@given(ANYTHING)
@example("x://h:²")
@example("x://h:" + "9" * 5000)
@example("x://u:\ud800@h/d")
@example("x:///a%3Fb")
@example("x://u:%ff@h/%ff?%ff=%ff")
def test_any_text_is_an_address_or_none(given_text: str) -> None:
    """Found here: ports of other digits or of thousands of them gave Python's own error; half characters broke `str` and `repr`."""
    try:
        url = make_url(given_text)
    except exc.ArgumentError as refused:
        message = str(refused)
    else:
        message = ""
        written = url.render_as_string(hide_password=False)
        assert make_url(written) == url
        assert make_url(written).render_as_string(hide_password=False) == written
        assert repr(url) == str(url) == url.render_as_string()
    assert len(message) < 400


NAMES = st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=12)
HOSTS = st.sampled_from(["h", "db.example", "10.0.0.1", "::1", "fe80::1", "a-b", "h1,h2"])


@settings(max_examples=300)
@given(
    NAMES,
    NAMES,
    HOSTS,
    st.integers(0, 65535) | st.none(),
    NAMES,
    st.dictionaries(NAMES, NAMES | st.tuples(NAMES, NAMES), max_size=3),
)
@example("u", "p", "h", 1, "shop?sslmode=disable&host=evil", {})
@example("u", "p", "h", 1, "100%", {})
def test_parts_come_back(
    name: str, password: str, host: str, port: int | None, database: str, query: dict[str, str | tuple[str, str]]
) -> None:
    """Whatever their characters. Found here: the name of a database was written as it is, so that one with a question mark came
    back as another database with options of its own."""
    url = URL.create("postgresql+psycopg", name, password, host, port, database, query)
    again = make_url(url.render_as_string(hide_password=False))
    assert again == url
    assert (again.database, again.password, again.query) == (database, password, query)


@settings(max_examples=150)
@given(ANYTHING, ANYTHING)
@example("postgresql://ada:", "")
@example("postgresql://host:", "/x")
def test_no_error_shows_the_password(before: str, after: str) -> None:
    """Found here: the error for a port that is no number showed it, which in an address without ``@`` is the password."""
    for text in (f"x://u:{SECRET}@{after}", f"x://u:{SECRET}{after}", f"{before}{SECRET}{after}"):
        shown, hidden = outcome(text)
        assert not hidden or SECRET not in shown


def outcome(text: str) -> tuple[str, bool]:
    """Return what is shown of an address, and whether a secret in it is one that must not be shown."""
    try:
        url = make_url(text)
    except exc.ArgumentError as refused:
        return str(refused), True
    parts = (url.username, url.host, url.database, url.drivername, *url.query, *url.query.values())
    return str(url), not any(SECRET in str(part) for part in parts)


@pytest.mark.parametrize("port", [-1, "5; x", 10**6, "²", "", True, 1.5])
def test_ports_that_are_none(port: object) -> None:
    """Refused when the URL is made, and not by the driver."""
    with pytest.raises(exc.ArgumentError, match="^The port of an address is a number of at most five digits"):
        URL.create("postgresql", host="h", port=port)  # type: ignore[arg-type]


def test_half_characters() -> None:
    """Bytes of a file's name that are no UTF-8 are kept; other halves can not be written, and are refused."""
    url = URL.create("sqlite", database="/tmp/\udcff.db")
    assert make_url(str(url)) == url
    assert str(url) == "sqlite:////tmp/%FF.db"
    with pytest.raises(exc.ArgumentError, match="holds half of a character"):
        URL.create("sqlite", password="\ud800")
