"""The keywords of methods that run a statement or fetch an object, on both faces: written once for the type checkers.

The methods that are called most take them as ``**how``: CPython looks up the default of each keyword-only parameter that is
not given, at every call, and six such look-ups are a fifth of a `get` that finds its object in the session.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, TypedDict


class ExecuteKeywords(TypedDict, total=False):
    """What `Session.execute` and its like take besides statement and parameters.

    Attributes:
        execution_options: options of this execution, over those of the statement and the session.
        bind_arguments: what chooses the engine where there are several: ``mapper``, ``clause``, ``bind``.
    """

    execution_options: Mapping[str, Any]
    bind_arguments: Mapping[str, Any] | None


class GetKeywords(ExecuteKeywords, total=False):
    """What `Session.get` takes besides class and key.

    Attributes:
        options: loader options; they count where the row is read.
        populate_existing: read the row also of an object that is present, and let it replace what is loaded.
        with_for_update: lock the row: True, or a dict of the arguments of `Select.with_for_update`.
        identity_token: which of several databases; for `ext.horizontal_shard`.
    """

    options: Sequence[Any] | None
    populate_existing: bool
    with_for_update: Any
    identity_token: Any


def get_arguments(
    *,
    options: Sequence[Any] | None = None,
    populate_existing: bool = False,
    with_for_update: Any = None,
    identity_token: Any = None,
    execution_options: Mapping[str, Any] = MappingProxyType({}),
    bind_arguments: Mapping[str, Any] | None = None,
) -> tuple[bool, Any, Sequence[Any], Mapping[str, Any], Mapping[str, Any] | None]:
    """Return the keywords of `get` in the order of `fetching.core_get_with`.

    Raises: TypeError: a keyword that `get` does not take.
    """
    return populate_existing, with_for_update, options or (), execution_options, bind_arguments


# The interpreter's own words for a wrong keyword name the method that was called.
get_arguments.__qualname__ = "Session.get"
