"""The queries of dynamic relationships, under the path by which some programs import them."""

from typing import TYPE_CHECKING

from holdfast._util.rooms import entered_at_first_use
from holdfast.orm.mapping.base import DynamicMapped

if TYPE_CHECKING:
    from holdfast.orm.appender_query import AppenderMixin, AppenderQuery

__all__ = ["AppenderMixin", "AppenderQuery", "DynamicMapped"]

__getattr__, __dir__ = entered_at_first_use(
    __name__,
    {
        "AppenderMixin": "holdfast.orm.appender_query",
        "AppenderQuery": "holdfast.orm.appender_query",
    },
)
