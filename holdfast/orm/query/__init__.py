"""The Query of the 1.x series, thin over `select`: one file for each kind of method."""

from holdfast.orm.query.query import Query
from holdfast.orm.query.writing import BulkWrite

__all__ = ["BulkWrite", "Query"]
