"""The SQL that a query shows, in the form that SQLite gets."""

from __future__ import annotations

from typing import Any

from tests.support.faces import LIMIT, PARAMETER


def text_of(query: Any) -> str:
    """Return the text of a query on one line; what a server writes in another way is written as SQLite has it."""
    text = PARAMETER.sub("?", " ".join(str(query).split())).replace("%s", "?").replace("INNER JOIN", "JOIN")
    return LIMIT.sub("LIMIT ? OFFSET ?", text)
