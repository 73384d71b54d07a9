"""WITH: common table expressions, recursive ones among them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from holdfast.exc import ArgumentError
from holdfast.sql.from_clause import AliasedFrom
from holdfast.sql.kinds import HasPrefixes, HasSuffixes, words_hook
from holdfast.sql.naming import told_apart
from holdfast.sql.node import Key, Values


class CTE(HasPrefixes, HasSuffixes, AliasedFrom):
    """``WITH name AS (statement)``; in FROM it stands by its name. Made by ``statement.cte()``.

    Attributes:
        recursive: the statement may read from the expression itself.
        nesting: it is written in the SELECT that uses it, not at the top of the whole statement.
        origin: of ``cte.union_all(...)`` the expression it began with: both are one in the text.
        prefixes, suffixes: `Words` around the parentheses.
    """

    visit_name = "cte"

    def __init__(
        self,
        element: Any,
        name: str | None = None,
        recursive: bool = False,
        nesting: bool = False,
        origin: CTE | None = None,
        prefixes: tuple[Any, ...] = (),
        suffixes: tuple[Any, ...] = (),
    ) -> None:
        super().__init__(element, name)
        self.recursive = recursive
        self.nesting = nesting
        self.origin: CTE = self if origin is None else origin
        self.prefixes = prefixes
        self.suffixes = suffixes

    @property
    def _from_key(self) -> Key:
        words = tuple(one._key for one in (*self.prefixes, *self.suffixes))
        flags = (self.recursive, self.nesting, len(self.prefixes), words)
        return (CTE, self.name, flags, self.element._key)

    @property
    def _from_values(self) -> Values:
        own = tuple(value for one in (*self.prefixes, *self.suffixes) for value in one._values)
        return super()._from_values + own

    def _bases(self) -> Iterable[tuple[str, Any, Any]]:
        yield from told_apart(self.element._exported())

    def _with_element(self, element: Any) -> CTE:
        return self.over(element, None)

    def over(self, element: Any, origin: CTE | None) -> CTE:
        """Return the same name for another statement.

        Args: origin: the expression that it began with, where that is another one.
        """
        return CTE(element, self.name, self.recursive, self.nesting, origin, self.prefixes, self.suffixes)

    def nested(self) -> CTE:
        """Return the same expression, to be written where it is used."""
        return CTE(self.element, self.name, self.recursive, True, self.origin, self.prefixes, self.suffixes)

    def _restated(self, element: Any) -> CTE:
        return CTE(element, self.name, self.recursive, self.nesting, self.origin, self.prefixes, self.suffixes)

    def union(self, *other: Any) -> CTE:
        """Return the expression with ``UNION`` others, which may read from it if it is recursive."""
        if not other:
            raise ArgumentError("union() takes the SELECT to add")
        return self._restated(self.element.union(*other))

    def union_all(self, *other: Any) -> CTE:
        """Return the expression with ``UNION ALL`` others, which may read from it if it is recursive."""
        if not other:
            raise ArgumentError("union_all() takes the SELECT to add")
        return self._restated(self.element.union_all(*other))

    def prefix_with(self, *prefixes: Any, dialect: str = "*") -> CTE:
        """Return the expression with words before its parentheses: ``AS MATERIALIZED (...)``.

        Args:
            prefixes: elements, or strings, which are SQL as that of `text()` is: never text from a user.
            dialect: the database that gets it; "*": all.
        """
        made = self._restated(self.element)
        made.prefixes = self.prefixes + words_hook.words(prefixes, dialect)
        return made

    def suffix_with(self, *suffixes: Any, dialect: str = "*") -> CTE:
        """Return the expression with words after its parentheses; see `prefix_with`."""
        made = self._restated(self.element)
        made.suffixes = self.suffixes + words_hook.words(suffixes, dialect)
        return made


def cte(statement: Any, name: str | None = None, recursive: bool = False, nesting: bool = False) -> CTE:
    """Return a statement as a common table expression.

    Args:
        statement: a SELECT, or an INSERT, UPDATE or DELETE with RETURNING.
        name: its name; None: made up.
        recursive: it may read from itself (``cte.union_all(...)``).
        nesting: write it where it is used.
    """
    return CTE(statement, name, recursive, nesting)
