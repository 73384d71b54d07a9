"""The method of Query that brings results from a cache into its session."""

from __future__ import annotations

from typing import Any

from holdfast import exc
from holdfast.engine.result import Result
from holdfast.orm.loading.from_statement import core_load_given
from holdfast.orm.loading.load_plan import flat_entries
from holdfast.orm.loading.merging import merge_frozen_result, merge_rows
from holdfast.orm.query.base import QueryBase


class Merging(QueryBase):
    """Results that were kept elsewhere."""

    def instances(self, result_proxy: Any, context: Any = None) -> Any:
        """Return the objects of a result that was made elsewhere: its columns are found by their names.

        Args:
            result_proxy: a Result with the columns that this query's entities need.
            context: accepted, without effect.

        Raises: NoSuchColumnError: a primary key is not among them.
        """
        exc.warn_deprecated(
            "The Query.instances() method is deprecated and will be removed in a future release. Use the Select.from_statement() "
            "method, or the aliased() construct in conjunction with Session.execute() instead."
        )
        return self._usable_session().run(self._core_instances, result_proxy)

    async def _core_instances(self, result: Any) -> Any:
        session = self._usable_session()
        plan, found = await core_load_given(
            session, self._statement, list(result.keys()), [tuple(row) for row in result]
        )
        return iter(found if plan.single else Result(plan.shape, found).all())

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
