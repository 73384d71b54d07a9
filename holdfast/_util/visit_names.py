"""The kinds of elements under the names that visitors of programs know: ``__visit_name__``."""

from __future__ import annotations

from typing import Any

DOCUMENTED_NAMES = {
    "text": "textclause",
    "expression_list": "expression_clauselist",
    "exists": "unary",
    "collection_aggregate": "unary",
    "scalar_select": "grouping",
    "function_filter": "funcfilter",
    "within_group": "withingroup",
}
"""Kind of an element of SQL -> its name in visitors, where that is another one."""


class DocumentedName:
    """What ``__visit_name__`` of a class and of its objects is, made of their `visit_name`.

    Args:
        names: kind -> name, where that is another one.
    """

    def __init__(self, names: dict[str, str] | None = None) -> None:
        self._names = names or {}

    def __get__(self, element: Any, owner: Any) -> str:
        kind: str = (owner if element is None else element).visit_name
        return self._names.get(kind, kind)
