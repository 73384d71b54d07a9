"""Advice on loads that nobody asked for: N+1 (H001), refreshes after commit (H007), loads while serialising (H008)."""

from __future__ import annotations

import sys
from typing import Any

from holdfast.orm.advice.notes import advise, notes, once, settings
from holdfast.orm.loading.peer_groups import mode_of
from holdfast.orm.session.attribute_loading import SessionAttributeLoading
from holdfast.orm.state import EXPIRED, InstanceState

SERIALISERS = (
    "json", "pickle", "copy", "dataclasses", "pydantic", "marshmallow", "msgpack", "msgspec", "cattrs", "yaml", "orjson",
    "simplejson", "fastapi.encoders", "rest_framework.serializers", "flask.json", "django.core.serializers",
)  # fmt: skip
"""Modules of which a frame on the stack means that an object is being turned into text or bytes."""

_original = SessionAttributeLoading.load_missing


def watch(is_on: bool) -> None:
    """Look at each lazy load, or no longer."""
    SessionAttributeLoading.load_missing = _watched if is_on else _original  # type: ignore[method-assign]


def _watched(self: Any, state: InstanceState, instance: object, key: str, is_read: bool = True) -> Any:
    active = settings.active
    if "H008" in active and (serialiser := _serialiser()) and once(self, ("H008", state.mapper, key)):
        advise(
            "H008",
            f"{type(instance).__name__}.{key} was loaded while {serialiser} turned the object into something else: what is "
            f"sent depends on what is read. Load it with the query: options(selectinload({type(instance).__name__}.{key})), "
            "or leave it out.",
        )
    is_refresh = bool(state.flags & EXPIRED) and key in state.mapper.column_set
    relationship, group = state.mapper.find_relationship(key), getattr(state, "peers", None)
    # Objects that were loaded together are served together: theirs are no separate statements.
    if group is None or mode_of(self, group, relationship) == "one":
        if "H007" in active and is_refresh:
            _count_refresh(self, instance)
        elif "H001" in active and relationship is not None:
            _count_load(self, instance, state, key)
    return _original(self, state, instance, key, is_read)


def _count_load(session: Any, instance: object, state: InstanceState, key: str) -> None:
    counts = notes(session).setdefault("loads", {})
    counts[state.mapper, key] = counts.get((state.mapper, key), 0) + 1
    if counts[state.mapper, key] == settings.loads and once(session, ("H001", state.mapper, key)):
        name = f"{type(instance).__name__}.{key}"
        advise(
            "H001",
            f"{name} was loaded {settings.loads} times, by one statement for each object. Load it with the query, "
            f"options(selectinload({name})), or let the session serve objects together: lazy_batching='peers'.",
        )


def _count_refresh(session: Any, instance: object) -> None:
    noted = notes(session)
    noted["refreshes"] = noted.get("refreshes", 0) + 1
    if noted["refreshes"] == settings.loads and noted.get("commits_seen") and once(session, "H007"):
        advise(
            "H007",
            f"{settings.loads} objects, the last one a {type(instance).__name__}, were read again one by one after a commit "
            "had expired them. Make the session with expire_on_commit=False, commit(synchronize_session=...) where values "
            "are wanted, or lazy_batching='peers'.",
        )


def _serialiser() -> str | None:
    """Return the module of the nearest frame that turns objects into something else, or None."""
    frame: Any = sys._getframe(2)
    while frame is not None:
        module = frame.f_globals.get("__name__", "")
        if module.startswith(SERIALISERS) and (
            module in SERIALISERS or module.startswith(tuple(f"{s}." for s in SERIALISERS))
        ):
            return str(module)
        frame = frame.f_back
    return None
