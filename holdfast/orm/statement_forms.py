"""How a statement of mapped classes is shown and pickled: what answers stands in rooms that may not be entered yet."""

from __future__ import annotations

from typing import Any

from holdfast.orm import loading
from holdfast.sql.element import hooks


def _as_run(statement: Any) -> Any:
    return loading.load_plan.as_run(statement)


def _pickled(statement: Any, protocol: Any) -> Any:
    from holdfast.orm.pickling import reduced

    return reduced(statement, protocol)


hooks.as_run = _as_run
hooks.pickled = _pickled
