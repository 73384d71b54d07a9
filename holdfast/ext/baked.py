"""Baked queries of the 1.x series: accepted as they were written, and run as any Query.

Their purpose was to compile a query once; every statement is compiled once here, whoever builds it. So the steps of a baked
query are simply taken at each run, and nothing but the bakery's name is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Self

Step = Callable[[Any], Any]


def bakery(size: int = 200, _size_alert: Any = None) -> Bakery:
    """Return what makes baked queries.

    Args:
        size: accepted, without effect: compiled statements are kept by the engine.
    """
    return Bakery()


class Bakery:
    """Makes baked queries: ``bakery(lambda session: session.query(User))``."""

    def __call__(self, initial_fn: Callable[..., Any], *args: Any) -> BakedQuery:
        return BakedQuery(self, initial_fn)


class BakedQuery:
    """A query as the steps that make it.

    Args:
        bakery: that made it.
        initial_fn: session -> Query.
        args: accepted, without effect: they told equal functions apart in the cache.

    Attributes:
        steps: the functions, in the order in which they are called.
    """

    def __init__(self, bakery: Any, initial_fn: Callable[..., Any], args: tuple[Any, ...] = ()) -> None:
        self._bakery = bakery
        self.steps: list[Step] = [initial_fn]

    @classmethod
    def bakery(cls, size: int = 200, _size_alert: Any = None) -> Bakery:
        """Return what makes baked queries; see `bakery`."""
        return Bakery()

    def _copied(self) -> BakedQuery:
        new = object.__new__(type(self))
        new._bakery, new.steps = self._bakery, list(self.steps)
        return new

    def add_criteria(self, fn: Callable[..., Any], *args: Any) -> Self:
        """Add a step to this query: a function of the Query that returns the Query to go on with.

        Args:
            fn: the function.
            args: accepted, without effect: they told equal functions apart in the cache.
        """
        self.steps.append(fn)
        return self

    def with_criteria(self, fn: Callable[..., Any], *args: Any) -> BakedQuery:
        """Return a copy of this query with one step more."""
        return self._copied().add_criteria(fn, *args)

    def __iadd__(self, other: Any) -> Self:
        return self.add_criteria(*other) if isinstance(other, tuple) else self.add_criteria(other)

    def __add__(self, other: Any) -> BakedQuery:
        return self.with_criteria(*other) if isinstance(other, tuple) else self.with_criteria(other)

    def spoil(self, full: bool = False) -> Self:
        """Accepted, without effect: nothing is cached that could be wrong."""
        return self

    def for_session(self, session: Any) -> Result:
        """Return what runs this query on a session."""
        return Result(self, session)

    def __call__(self, session: Any) -> Result:
        return self.for_session(session)

    def to_query(self, query_or_session: Any) -> Any:
        """Return the Query of the steps, to be a part of another one.

        Args:
            query_or_session: the session, or a Query that has one.
        """
        session = getattr(query_or_session, "session", query_or_session)
        query = session
        for step in self.steps:
            query = step(query)
        return query


class Result:
    """Runs one baked query on one session.

    Args:
        baked: the query.
        session: the session.
    """

    def __init__(self, baked: BakedQuery, session: Any) -> None:
        self.bq = baked
        self.session = session
        self._parameters: dict[str, Any] = {}
        self._afterwards: list[Step] = []

    def params(self, *args: Any, **kw: Any) -> Self:
        """Give the named parameters their values: as keywords, or as one dict."""
        for values in args:
            self._parameters.update(values)
        self._parameters.update(kw)
        return self

    def with_post_criteria(self, fn: Step) -> Self:
        """Add a step that is taken last."""
        self._afterwards.append(fn)
        return self

    def _query(self) -> Any:
        query = self.bq.to_query(self.session)
        if self._parameters:
            query = query.params(self._parameters)
        for step in self._afterwards:
            query = step(query)
        return query

    def __str__(self) -> str:
        return str(self._query())

    def __iter__(self) -> Iterator[Any]:
        return iter(self._query())

    def all(self) -> list[Any]:
        """Return all rows."""
        return self._query().all()  # type: ignore[no-any-return]

    def first(self) -> Any:
        """Return the first row, or None."""
        return self._query().first()

    def one(self) -> Any:
        """Return the one row.

        Raises: NoResultFound, MultipleResultsFound: there is none; there are several.
        """
        return self._query().one()

    def one_or_none(self) -> Any:
        """Return the one row, or None.

        Raises: MultipleResultsFound: there are several.
        """
        return self._query().one_or_none()

    def scalar(self) -> Any:
        """Return the first value of the one row, or None.

        Raises: MultipleResultsFound: there are several rows.
        """
        return self._query().scalar()

    def count(self) -> int:
        """Return the number of rows."""
        return self._query().count()  # type: ignore[no-any-return]

    def get(self, ident: Any) -> Any:
        """Return the object of a primary key, or None."""
        return self._query().get(ident)


__all__ = ["BakedQuery", "Bakery", "Result", "bakery"]
