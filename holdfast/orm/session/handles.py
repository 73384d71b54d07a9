"""The handles of collections that are never loaded: where `attributes` finds them, imported when one is first read."""

from __future__ import annotations

from typing import Any

from holdfast.orm import loading
from holdfast.orm.attributes import handles


def _dynamic(*owner: Any) -> Any:
    from holdfast.orm.appender_query import dynamic_collection  # brings the whole Query

    return dynamic_collection(*owner)


def _write_only(*owner: Any) -> Any:
    return loading.strategies.write_only.WriteOnlyCollection(*owner)


handles.make.update(dynamic=_dynamic, write_only=_write_only)
