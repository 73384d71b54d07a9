"""A session's objects as a table in HTML, for notebooks."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import Any


def table(title: str, objects: Iterable[Any]) -> str:
    """Return the table of `objects` (`shown.ShownObject`) under a title."""
    rows = "".join(f"<tr>{_cells(shown)}</tr>" for shown in objects)
    heads = "".join(f"<th>{head}</th>" for head in ("state", "object", "changes"))
    return f"<div><p>{escape(title)}</p><table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>"


def _cells(shown: Any) -> str:
    changes = "<br>".join(
        f"{escape(name)}: {'' if before is None else escape(before) + ' &rarr; '}{escape(now)}"
        for name, before, now in shown.changes
    )
    return f"<td>{shown.where}</td><td>{escape(shown.name)}</td><td>{changes}</td>"
