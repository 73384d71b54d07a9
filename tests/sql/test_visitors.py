"""Visitors walk through statements and expressions; what they change are copies."""

import pytest

from holdfast import Column, Integer, MetaData, String, Table, and_, bindparam, func, select
from holdfast.exc import SADeprecationWarning
from holdfast.sql import visitors
from holdfast.sql.util import ClauseAdapter, find_tables

T = Table("t", MetaData(), Column("id", Integer), Column("x", String))
STATEMENT = select(T.c.id).where(and_(T.c.x == bindparam("q", "a"), func.lower(T.c.x) == "b"))


def test_each_element_is_visited() -> None:
    """Outer ones first, in SELECT, criteria and functions; functions are called by the kind of element."""
    kinds = [element.visit_name for element in visitors.iterate(STATEMENT)]
    assert kinds[0] == "select"
    assert {"column", "binary", "bindparam", "function", "expression_list"} <= set(kinds)
    names: list[str] = []
    assert visitors.traverse(STATEMENT, {}, {"bindparam": lambda bind: names.append(bind.key)}) is STATEMENT
    assert names == ["q", "lower"]
    assert list(visitors.iterate(None)) == []


def test_parameters_are_changed_in_a_copy() -> None:
    """The statement that was given keeps its values."""

    def shout(bind):
        bind.value = bind.value.upper()

    changed = visitors.cloned_traverse(STATEMENT, {}, {"bindparam": shout})
    assert changed.compile().params == {"q": "A", "lower_1": "B"}
    assert STATEMENT.compile().params == {"q": "a", "lower_1": "b"}


def test_parameters_of_their_own() -> None:
    """Two copies of one criterion stand in one statement, each with its value."""
    criterion = T.c.x == bindparam("q")
    with pytest.warns(SADeprecationWarning, match="limited to statement level objects"):
        both = and_(criterion.unique_params(q=1), criterion.unique_params(q=2))
    assert (str(both), both.compile().params) == ("t.x = :q_1 AND t.x = :q_2", {"q_1": 1, "q_2": 2})


def test_parts_are_replaced() -> None:
    """By a function, or by a class with a method."""
    other = T.alias("other")

    def moved(element):
        return other.c[element.key] if element is T.c.x else None

    assert str(visitors.replacement_traverse(T.c.x == T.c.id, {}, moved)) == "other.x = t.id"
    assert str(ClauseAdapter(other).traverse(T.c.x == T.c.id)) == "other.x = other.id"
    inner = select(T).subquery("inner_t")
    assert str(ClauseAdapter(inner).traverse(func.lower(T.c.x))) == "lower(inner_t.x)"


def test_visitors_as_classes() -> None:
    """Methods by the kind of element."""

    class Columns(visitors.ClauseVisitor):
        def __init__(self) -> None:
            self.found = []

        def visit_column(self, column):
            self.found.append(column.key)

    visitor = Columns()
    visitor.traverse(STATEMENT)
    assert visitor.found == ["id", "x", "x"]


def test_tables_of_a_statement() -> None:
    """Each once; joins and aliases on request; the target of an INSERT too."""
    other = T.alias("other")
    statement = select(other.c.id).join(T, T.c.id == other.c.id)
    assert find_tables(statement) == [T]
    assert find_tables(statement, include_aliases=True) == [other, T]
    assert find_tables(T.insert(), include_crud=True) == [T]
