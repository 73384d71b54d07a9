"""Methods of Query that write: one UPDATE or DELETE over all rows that match."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from holdfast import exc
from holdfast.orm.query.base import QueryBase, is_set
from holdfast.orm.query.running import heard
from holdfast.sql.coercions import resolve
from holdfast.sql.dml_statements import delete, update

_REFUSED = (
    ("_limit", "limit()"),
    ("_offset", "offset()"),
    ("_order_by", "order_by()"),
    ("_group_by", "group_by()"),
    ("_distinct", "distinct()"),
    ("_joins", "join(), outerjoin(), select_from(), or from_self()"),
    ("_from", "join(), outerjoin(), select_from(), or from_self()"),
)


class BulkWrite:
    """What listeners to `after_bulk_update`, `before_compile_update` and those for DELETE get.

    Attributes:
        session: that ran the statement.
        query: the Query whose `update` or `delete` was called.
        statement: the UPDATE or DELETE.
        result: its result, with `rowcount`.
        mapper: of the class whose rows were written.
        values: what is set; before the statement is made as it was given, and a listener may change it; afterwards by
            column. Empty for a DELETE.
    """

    def __init__(self, query: Any, values: Any = ()) -> None:
        self.session = query.session
        self.query = query
        self.values = dict(values)
        self.mapper = getattr(resolve(query._entities[0]), "mapper", None)
        self.statement: Any = None
        self.result: Any = None

    def done(self, query: Any, statement: Any, result: Any) -> BulkWrite:
        """Return this with what was run and what came of it."""
        self.query, self.statement, self.result = query, statement, result
        if statement.is_update:
            self.values = dict(statement.set_clauses())
        return self

    @property
    def rowcount(self) -> int:
        """The number of rows that matched."""
        return self.result.rowcount  # type: ignore[no-any-return]


class Writing(QueryBase):
    """UPDATE and DELETE by criteria."""

    def update(
        self,
        values: Mapping[Any, Any] | Sequence[tuple[Any, Any]],
        synchronize_session: Any = "auto",
        update_args: Mapping[str, Any] | None = None,
    ) -> int:
        """Run one UPDATE over all rows that match; returns their number.

        Args:
            values: attribute or name -> value or SQL expression; pairs of them with ``preserve_parameter_order``.
            synchronize_session: 'auto', 'fetch', 'evaluate' or False; how loaded objects are kept in step.
            update_args: keywords of `update()`; ``preserve_parameter_order`` keeps the order of the pairs.

        Raises:
            InvalidRequestError: the query has a clause that UPDATE does not have.
            ArgumentError: `values` is no mapping.
        """
        arguments = dict(update_args or {})
        in_order = arguments.pop("preserve_parameter_order", False)
        in_pairs = in_order and not isinstance(values, Mapping)
        context = BulkWrite(self, () if in_pairs else _mapping(values))
        query: Any = heard(self, "before_compile_update", context)
        statement: Any = update(query._written_entity())
        if arguments:
            statement = statement.with_dialect_options(**arguments)
        statement = statement.ordered_values(*values) if in_pairs else statement.values(context.values)
        return query._write(statement, synchronize_session, context)  # type: ignore[no-any-return]

    def delete(self, synchronize_session: Any = "auto", delete_args: Mapping[str, Any] | None = None) -> int:
        """Run one DELETE over all rows that match; returns their number. No cascade of the mapping runs.

        Args:
            synchronize_session: 'auto', 'fetch', 'evaluate' or False; how loaded objects are kept in step.
            delete_args: keywords of `delete()`.

        Raises: InvalidRequestError: the query has a clause that DELETE does not have.
        """
        context = BulkWrite(self)
        query: Any = heard(self, "before_compile_delete", context)
        statement: Any = delete(query._written_entity())
        if delete_args:
            statement = statement.with_dialect_options(**delete_args)
        return query._write(statement, synchronize_session, context)  # type: ignore[no-any-return]

    def _written_entity(self) -> Any:
        """Return the class whose rows are written.

        Raises:
            InvalidRequestError: the query has a clause that UPDATE and DELETE do not have.
            ArgumentError: the query is of something else than a class.
        """
        for clause, method in _REFUSED:
            if is_set(getattr(self._statement, clause)):
                raise exc.InvalidRequestError(
                    f"Can't call Query.update() or Query.delete() when {method} has been called"
                )
        entity = self._entities[0]
        if not getattr(resolve(entity), "is_entity", False) and not getattr(resolve(entity), "is_selectable", False):
            raise exc.ArgumentError(
                f"subject table for an INSERT, UPDATE or DELETE expected, got {resolve(entity)!r}. A query of the mapped "
                "class can be written; this one is of an expression."
            )
        return entity

    def _write(self, statement: Any, synchronize_session: Any, context: BulkWrite) -> int:
        if len(self._entities) > 1:
            raise exc.InvalidRequestError(
                "Query.update() and Query.delete() write the rows of one mapped class, not of two."
            )
        statement = statement.where(*self._statement._where)
        # As documented, what is pending is flushed first, whatever autoflush() said for reading.
        options = {**self._statement._execution_options, "autoflush": True, "synchronize_session": synchronize_session}
        session = self._usable_session()
        result = session.execute(statement, self._params, execution_options=options)
        if statement.entity is not None:
            listeners = getattr(session.dispatch, "after_bulk_update" if statement.is_update else "after_bulk_delete")
            for listener in listeners:
                listener(context.done(self, statement, result))
        return result.rowcount  # type: ignore[no-any-return]


def _mapping(values: Any) -> Mapping[Any, Any]:
    """Return the values of an UPDATE.

    Raises: ArgumentError: they are no mapping.
    """
    if isinstance(values, Mapping):
        return values
    hint = ""
    if hasattr(values, "model_dump"):
        hint = "; for a pydantic model pass values.model_dump(exclude_unset=True)"
    raise exc.ArgumentError(f"Query.update() takes a mapping of values, not {type(values).__name__}{hint}")
