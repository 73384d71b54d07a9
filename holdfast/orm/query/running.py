"""Methods of Query that run it and give results."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Generic, TypeVar

from holdfast import exc
from holdfast.orm.query.base import QueryBase
from holdfast.sql.columns import literal_column
from holdfast.sql.functions import func
from holdfast.sql.naming import LABEL_STYLE_TABLENAME_PLUS_COL
from holdfast.sql.select import select

T = TypeVar("T")

_GET_ALLOWS = ("_order_by", "_distinct")


class Running(QueryBase, Generic[T]):
    """What runs the query."""

    def _run(self) -> Any:
        """Execute the query and return its results: objects, or rows."""
        query: Any = self._heard()
        session = query._usable_session()
        result = session.execute(query._runnable(), query._params)
        if query._gives_objects:
            # As documented, a Query of one class gives each object once.
            objects = (result if result._unique is None else result.unique()).scalars()
            return objects if "yield_per" in query._statement._execution_options else objects.unique(id)
        return query._unique_rows(result)

    def _heard(self) -> Any:
        """Return the query as listeners to `before_compile` want it."""
        return heard(self, "before_compile")

    def _unique_rows(self, result: Any) -> Any:
        """Return rows; those that hold objects are given once for the same objects and values."""
        statement = self._statement
        entities = [bool(getattr(column, "is_entity", False)) for column in statement._columns]
        if True not in entities or "yield_per" in statement._execution_options:
            return result
        return result.unique(_identity_of_row(entities))

    def all(self) -> list[T]:
        """Return all results as a list."""
        return self._run().all()  # type: ignore[no-any-return]

    def __iter__(self) -> Iterator[T]:
        return iter(self._run())

    def first(self) -> T | None:
        """Return the first result or None; the statement gets LIMIT 1."""
        query = self if self._full_statement is not None else self._with(self._statement.limit(1))
        return query._run().first()  # type: ignore[no-any-return]

    def one(self) -> T:
        """Return the only result.

        Raises: NoResultFound, MultipleResultsFound.
        """
        return self._run().one()  # type: ignore[no-any-return]

    def one_or_none(self) -> T | None:
        """Return the only result, or None.

        Raises: MultipleResultsFound: there is more than one.
        """
        return self._run().one_or_none()  # type: ignore[no-any-return]

    def scalar(self) -> Any:
        """Return the first element of the only result, or None where there is none.

        Raises: MultipleResultsFound: there is more than one row.
        """
        try:
            found: Any = self.one()
        except exc.NoResultFound:
            return None
        return found[0] if isinstance(found, tuple) else found

    def value(self, column: Any) -> Any:
        """Return one column of the only row, or None; the older form."""
        exc.warn_deprecated(
            "Query.value() is deprecated and will be removed in a future release.  Please use Query.with_entities() in "
            "combination with Query.scalar()"
        )
        row = next(self._values(column), None)
        return None if row is None else row[0]

    def values(self, *columns: Any) -> Iterator[Any]:
        """Return rows of other columns; the older form."""
        exc.warn_deprecated(
            "Query.values() is deprecated and will be removed in a future release.  Please use Query.with_entities()"
        )
        return self._values(*columns)

    def _values(self, *columns: Any) -> Iterator[Any]:
        if not columns:
            return iter(())
        statement = self._statement._copy(_columns=select(*self._all_adapted(columns))._columns)
        return iter(self._with(statement, _entities=columns)._run())

    def count(self) -> int:
        """Return the number of rows the query gives, counted by the database."""
        inner = self._heard()._without_eager_loading()._runnable()
        inner = inner.set_label_style(LABEL_STYLE_TABLENAME_PLUS_COL)
        counted = select(func.count(literal_column("*"))).select_from(inner.subquery())
        counted = counted._copy(_execution_options=self._statement._execution_options)
        return self._usable_session().execute(counted, self._params).scalar()  # type: ignore[no-any-return]

    def get(self, ident: Any) -> T | None:
        """Return the object of a primary key; the form of the 1.x series of `Session.get`.

        Raises: InvalidRequestError: the query has criteria, or is not of one mapped class.
        """
        exc.warn_legacy(
            "The Query.get() method is considered legacy as of the 1.x series of SQLAlchemy and becomes a legacy construct "
            "in 2.0. The method is now available as Session.get()"
        )
        self._has_no_criterion("get", *_GET_ALLOWS)
        mapper = self._mapped_entity("get()")
        statement = self._statement
        options: dict[str, Any] = {}
        if statement._options and self._eagerloads:
            options["options"] = statement._options
        if statement._execution_options.get("populate_existing"):
            options["populate_existing"] = True
        if statement._for_update is not None:
            options["with_for_update"] = statement._for_update
        return self._usable_session().get(mapper.class_, ident, **options)  # type: ignore[no-any-return]

    def __getitem__(self, item: Any) -> Any:
        if isinstance(item, slice):
            return self._slice(item)
        if _is_negative(item):
            raise _negative()
        rows = self._slice(slice(item, item + 1))
        return rows[0]

    def _slice(self, item: slice) -> list[T]:
        start, stop = item.start, item.stop
        if _is_negative(start) or _is_negative(stop):
            raise _negative()
        if isinstance(start, int) and isinstance(stop, int) and stop - start <= 0:
            return []
        query = self if start is None and stop is None else self._with(self._statement.slice(start, stop))
        return list(query)[:: item.step] if item.step is not None else list(query)


def heard(query: QueryBase, event: str, *context: Any) -> Any:
    """Return the query as those want it who listen to `event` of it or of its class; itself where nobody does."""
    dispatch = getattr(query, "_dispatch", None)
    if dispatch is None:
        return query
    changed: Any = query
    for listener in getattr(dispatch, event):
        returned = listener(changed, *context)
        if returned is not None and getattr(listener, "returns", False):
            changed = returned
    return changed


def _identity_of_row(entities: list[bool]) -> Callable[[Any], Any]:
    """Return what tells rows apart: the objects themselves, and values as far as they can be compared by hash."""

    def identity(row: Any) -> Any:
        return tuple(
            [
                id(part) if is_entity or part.__hash__ is None else part
                for part, is_entity in zip(row, entities, strict=True)
            ]
        )

    return identity


def _is_negative(bound: Any) -> bool:
    return isinstance(bound, int) and bound < 0


def _negative() -> IndexError:
    return IndexError("negative indexes are not accepted by SQL index / slice operators")
