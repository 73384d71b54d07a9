"""The events of queries: who listens, to one or to all of a class, is asked before a query becomes SQL, and may return another."""

from __future__ import annotations

from typing import Any

from holdfast.event import Dispatch, setup_lock

QUERY_EVENTS = {
    "before_compile": ("query",),
    "before_compile_update": ("query", "update_context"),
    "before_compile_delete": ("query", "delete_context"),
}


def query_dispatch(class_: type) -> Dispatch:
    """Return the dispatch of a class of queries; it hears through the classes that it derives from."""
    found: Any = class_.__dict__.get("_dispatch")
    if found is None:
        with setup_lock:
            found = class_.__dict__.get("_dispatch")
            if found is None:
                parents = [query_dispatch(base) for base in class_.__bases__ if hasattr(base, "with_session")]
                found = Dispatch(QUERY_EVENTS, parents)
                class_._dispatch = found  # type: ignore[attr-defined]
    return found  # type: ignore[no-any-return]


def own_query_dispatch(query: Any) -> Dispatch:
    """Return the dispatch of one query and of those that are made of it, made when somebody listens."""
    found: Any = query.__dict__.get("_dispatch")
    if found is None:
        found = query.__dict__["_dispatch"] = Dispatch(QUERY_EVENTS, [query_dispatch(type(query))])
    return found  # type: ignore[no-any-return]
