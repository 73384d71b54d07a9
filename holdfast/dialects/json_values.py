"""How JSON travels to databases that keep it as text: documents, and the steps and paths into them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from holdfast.sql.types import Codec


def document_codec(type_: Any, dialect: Any) -> Codec:
    """Return the codec of a JSON type whose documents the database gives as text."""
    loads = type_.result_processor(dialect)

    def read(value: Any) -> Any:
        # A document that is a number may come as one: a column of JSON in SQLite has numeric affinity, MySQL's own
        # functions give numbers.
        return loads(value) if isinstance(value, (str, bytes)) else value

    return Codec(type_.bind_processor(dialect), read, binds_none=True)


def index_codec(step: Callable[[Any], str]) -> Codec:
    """Return the codec of one step into a document: a member's name or a place in an array.

    Args:
        step: writes one step as the database's paths have it.
    """
    return Codec(lambda index: "$" + step(index))


def path_codec(step: Callable[[Any], str]) -> Codec:
    """Return the codec of several steps into a document; see `index_codec`."""
    return Codec(lambda path: "$" + "".join(map(step, path)))
