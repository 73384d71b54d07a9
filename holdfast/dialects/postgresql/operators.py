"""The operators of PostgreSQL's own types, as data."""

from __future__ import annotations

from typing import Any

from holdfast.sql.operators import Operator

_ALL: dict[str, PostgreSQLOperator] = {}


class PostgreSQLOperator(Operator):
    """An operator that only PostgreSQL has.

    Args:
        name: of the constant below.
        text: SQL text, without spaces around it.
        precedence: binding strength.
        eager: written in parentheses beside any other operator.
        comparison: the result is a truth value.
    """

    __slots__ = ()

    def __init__(self, name: str, text: str, precedence: int = 5, eager: bool = False, comparison: bool = True) -> None:
        super().__init__(name, f" {text} ", precedence, "comparison" if comparison else "custom", eager=eager)
        _ALL[name] = self

    def __reduce__(self) -> Any:
        return (_named, (self.name,))


def _named(name: str) -> Operator:
    return _ALL[name]


CONTAINS = PostgreSQLOperator("pg_contains", "@>", eager=True)
CONTAINED_BY = PostgreSQLOperator("pg_contained_by", "<@", eager=True)
OVERLAP = PostgreSQLOperator("pg_overlap", "&&")
HAS_KEY = PostgreSQLOperator("pg_has_key", "?", eager=True)
HAS_ALL = PostgreSQLOperator("pg_has_all", "?&", eager=True)
HAS_ANY = PostgreSQLOperator("pg_has_any", "?|", eager=True)
PATH_EXISTS = PostgreSQLOperator("pg_path_exists", "@?", eager=True)
PATH_MATCH = PostgreSQLOperator("pg_path_match", "@@", eager=True)
DELETE_PATH = PostgreSQLOperator("pg_delete_path", "#-", 15, eager=True, comparison=False)
ASTEXT = PostgreSQLOperator("pg_astext", "->>", 15, eager=True, comparison=False)
PATH_ASTEXT = PostgreSQLOperator("pg_path_astext", "#>>", 15, eager=True, comparison=False)
STRICTLY_LEFT_OF = PostgreSQLOperator("pg_strictly_left_of", "<<")
STRICTLY_RIGHT_OF = PostgreSQLOperator("pg_strictly_right_of", ">>")
NOT_EXTEND_RIGHT_OF = PostgreSQLOperator("pg_not_extend_right_of", "&<")
NOT_EXTEND_LEFT_OF = PostgreSQLOperator("pg_not_extend_left_of", "&>")
ADJACENT_TO = PostgreSQLOperator("pg_adjacent_to", "-|-")
