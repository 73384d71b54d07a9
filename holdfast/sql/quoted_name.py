"""A name that says by itself whether it stands in quotes."""

from __future__ import annotations

from typing import Any


class quoted_name(str):
    """A string that names a table, column or function, and says whether it is written in quotes.

    Args:
        value: the name.
        quote: True: always in quotes, and never changed in case; False: never in quotes (the program vouches for the
            text: it must not come from a user); None: where the name needs them.

    Attributes:
        quote: as given.
    """

    quote: bool | None

    def __new__(cls, value: str, quote: bool | None) -> quoted_name:
        if isinstance(value, cls) and (quote is None or value.quote == quote):
            return value
        made = super().__new__(cls, value)
        made.quote = quote
        return made

    def __getnewargs__(self) -> tuple[Any, ...]:
        return str(self), self.quote

    def lower(self) -> str:
        """Return the name in lower case; one in quotes as it is."""
        return self if self.quote else super().lower()

    def upper(self) -> str:
        """Return the name in upper case; one in quotes as it is."""
        return self if self.quote else super().upper()


def named(name: Any, quote: bool | None) -> Any:
    """Return the name of a thing that is declared: with what was said of its quotes.

    Args:
        name: the name; None: it has none, or none yet.
        quote: as of `quoted_name`; None: nothing was said.
    """
    return name if name is None or quote is None else quoted_name(name, quote)


def quoted_like(name: str, *parts: Any) -> str:
    """Return a name that is made of others: in quotes where one of them always is."""
    return quoted_name(name, True) if any(map(quote_of, parts)) else name


def quote_of(name: Any) -> bool | None:
    """Return what a name says of its quotes; None: nothing."""
    return getattr(name, "quote", None)
