"""The keywords that every method which runs a statement takes, on both faces: written once for the type checkers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypedDict


class ExecuteKeywords(TypedDict, total=False):
    """What `Session.execute` and its like take besides statement and parameters.

    Attributes:
        execution_options: options of this execution, over those of the statement and the session.
        bind_arguments: what chooses the engine where there are several: ``mapper``, ``clause``, ``bind``.
    """

    execution_options: Mapping[str, Any]
    bind_arguments: Mapping[str, Any] | None
