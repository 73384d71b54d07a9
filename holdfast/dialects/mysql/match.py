"""`match`: full-text search over several columns, in each of its modes."""

from __future__ import annotations

from typing import Any

from holdfast.exc import InvalidRequestError
from holdfast.sql.binds import literal
from holdfast.sql.coercions import resolve
from holdfast.sql.element import ClauseElement
from holdfast.sql.expressions import BinaryExpression, ClauseList
from holdfast.sql.operators import Operator, match_op
from holdfast.sql.types import MatchType, String

# Without an opposite: NOT stands before the whole.
_match_op = Operator(match_op.name, match_op.text, match_op.precedence, match_op.kind, key="match against")


class match(BinaryExpression[Any]):
    """``MATCH (columns) AGAINST (text)``: a criterion, and the relevance as a number.

    Args:
        cols: columns of one full-text index.
        against: what is looked for.
        in_boolean_mode: signs in the text have meanings, such as ``+word``.
        in_natural_language_mode: the text is words alone, the database's own default.
        with_query_expansion: what is found is looked for in turn.

    Raises: InvalidRequestError: no columns, or no `against`.
    """

    __slots__ = ()

    inherit_cache = True
    visit_name = "match_against"
    stringify_dialect = "mysql"

    def __init__(
        self,
        *cols: Any,
        against: Any = None,
        in_boolean_mode: bool = False,
        in_natural_language_mode: bool = False,
        with_query_expansion: bool = False,
    ) -> None:
        if not cols:
            raise InvalidRequestError("columns are required")
        if against is None:
            raise InvalidRequestError("against is required")
        node = resolve(against)
        flags = {
            "mysql_boolean_mode": in_boolean_mode,
            "mysql_natural_language": in_natural_language_mode,
            "mysql_query_expansion": with_query_expansion,
        }
        columns = [resolve(column) for column in cols]
        super().__init__(
            columns[0] if len(columns) == 1 else ClauseList(*columns),
            node if isinstance(node, ClauseElement) else literal(against, String()),
            _match_op,
            MatchType(),
            modifiers=flags,
        )

    def _with(self, **changes: bool) -> match:
        left = self.left.element if self.left.visit_name == "grouping" else self.left
        columns = left.clauses if left.visit_name == "clauselist" else (left,)
        flags = dict(self.modifiers)
        names = {
            "in_boolean_mode": "mysql_boolean_mode",
            "in_natural_language_mode": "mysql_natural_language",
            "with_query_expansion": "mysql_query_expansion",
        }
        return match(*columns, against=self.right, **{own: flags[inner] for own, inner in names.items()} | changes)

    def in_boolean_mode(self) -> match:
        """Return the search in boolean mode."""
        return self._with(in_boolean_mode=True)

    def in_natural_language_mode(self) -> match:
        """Return the search for words alone."""
        return self._with(in_natural_language_mode=True)

    def with_query_expansion(self) -> match:
        """Return the search that goes on with what it finds."""
        return self._with(with_query_expansion=True)
