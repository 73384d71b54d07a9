"""The method of Query that brings results from a cache into its session."""

from __future__ import annotations

from typing import Any

from holdfast import exc
from holdfast.orm.loading.load_plan import flat_entries
from holdfast.orm.loading.merging import merge_frozen_result, merge_rows
from holdfast.orm.query.base import QueryBase


class Merging(QueryBase):
    """Results that were kept elsewhere."""

    def merge_result(self, iterator: Any, load: bool = True) -> Any:
        """Merge the objects of a result into the session; the older form of `merge_frozen_result`.

        Args:
            iterator: objects or rows as this query gives them, or a frozen result.
            load: False: take the objects' state as it is, without a look at the database.
        """
        exc.warn_legacy(
            "The merge_result() function is considered legacy as of the 1.x series of SQLAlchemy and becomes a legacy "
            "construct in 2.0. The function as well as the method on Query is superseded by the merge_frozen_result() "
            "function."
        )
        session = self._usable_session()
        if hasattr(iterator, "with_new_rows"):
            return merge_frozen_result(session, self._statement, iterator, load)
        return iter(merge_rows(session, flat_entries(self._statement._columns), iterator, load))
