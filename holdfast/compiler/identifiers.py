"""The one function through which every identifier goes on its way into SQL text."""

from __future__ import annotations

import re
from typing import Any

from holdfast.exc import IdentifierError
from holdfast.exc.shown import on_one_line
from holdfast.sql.quoted_name import quote_of

_PLAIN = r"[a-z_][a-z0-9_$]*\Z"

RESERVED = frozenset(
    """all analyse analyze and any array as asc asymmetric authorization between binary both case cast check collate
    column constraint create cross current_date current_role current_time current_timestamp current_user default
    deferrable desc distinct do else end except false for foreign freeze from full grant group having ilike in initially
    inner intersect into is isnull join leading left like limit localtime localtimestamp natural new not notnull null off
    offset old on only or order outer overlaps placing primary references right select session_user set similar some
    symmetric table then to trailing true union unique user using verbose when where""".split()
)
"""Words that cannot be identifiers without quotes, in standard SQL."""


def quote(name: Any, dialect: Any = None, force: bool | None = None) -> str:
    """Return an identifier as SQL text, in quotes where it needs them.

    Args:
        name: the identifier, whatever characters it has.
        dialect: knows its reserved words; None: standard SQL.
        force: True: always in quotes; False: never (the caller vouches for the text); None: what the name says of itself.

    Raises: IdentifierError: the name is empty, no string, or has a NUL, which no database can store.
    """
    if not isinstance(name, str):
        raise IdentifierError(f"An identifier is a string, not {type(name).__name__}.")
    if not name or "\0" in name:
        raise IdentifierError(
            "An identifier can not be empty or hold a NUL character. Look at the name that the table, column or label "
            f"was given: {name!r}."
        )
    if force is None:
        force = quote_of(name)
    if force is False:
        return str(name)
    reserved = RESERVED if dialect is None else dialect.reserved_words
    if force or name in reserved or re.match(_PLAIN, name) is None:
        mark = '"' if dialect is None else dialect.capabilities.quote_mark
        quoted = mark + name.replace(mark, mark * 2) + mark
        # Drivers with % parameters read a bare percent sign as the beginning of one.
        return quoted.replace("%", "%%") if dialect is not None and dialect.capabilities.doubles_percent else quoted
    return name


def quote_new(name: Any, dialect: Any, force: bool | None = None) -> str:
    """Return the name of something that is about to be made as SQL text.

    Args: as of `quote`.

    Raises: IdentifierError: also a name that the database would cut or change, so that nobody finds it again.
    """
    longest = dialect.capabilities.max_identifier_length
    if isinstance(name, str) and len(name) * 4 > longest and len(name.encode()) > longest:
        raise IdentifierError(
            f"Identifier '{on_one_line(name)}' exceeds maximum length of {longest} characters. (Characters beyond ASCII count more "
            "than once.) Choose a shorter name."
        )
    if dialect.capabilities.names_in_basic_plane and isinstance(name, str) and name and max(name) > "\uffff":
        raise IdentifierError(
            f"Identifier {on_one_line(ascii(name))} has a character beyond U+FFFF, which names can not have on this database. "
            "Choose another name."
        )
    return quote(name, dialect, force)
