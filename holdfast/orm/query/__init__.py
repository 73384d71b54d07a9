"""The Query of the 1.x series, thin over `select`: one file for each kind of method; entered by the first query."""

from typing import TYPE_CHECKING

from holdfast._util.rooms import entered_at_first_use

if TYPE_CHECKING:
    from holdfast.orm.query.query import Query
    from holdfast.orm.query.writing import BulkWrite

__all__ = ["BulkWrite", "Query"]

__getattr__, __dir__ = entered_at_first_use(
    __name__, {"BulkWrite": "holdfast.orm.query.writing", "Query": "holdfast.orm.query.query"}
)
