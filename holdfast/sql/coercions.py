"""What may stand in each place of a statement: the user's arguments become nodes here, or an error that says why not.

An argument is a node, or has ``__clause_element__()``, or is a mapped class (or another thing that stands for a mapped
entity), or is a plain value. A string is never taken for SQL text: it is a value, a label's name, or an error.
"""

from __future__ import annotations

from types import FunctionType
from typing import Any

from holdfast.exc import ArgumentError, warn
from holdfast.sql.binds import NULL_TYPE, BindParameter, RowCount, bind_compared_to
from holdfast.sql.columns import literal_column
from holdfast.sql.constants import FALSE, NULL, TRUE
from holdfast.sql.element import ClauseElement, ColumnElement
from holdfast.sql.entity import entity_of
from holdfast.sql.labels import LabelReference
from holdfast.sql.operators import Operator

FROM_EXPECTED = "FROM expression, such as a Table or alias() object expected"
JOIN_TARGET_EXPECTED = "Join target, typically a FROM expression, or ORM relationship attribute expected"
ON_EXPECTED = "ON clause, typically a SQL expression or ORM relationship attribute expected"
COLUMNS_EXPECTED = "Column expression, FROM clause, or other columns clause element expected"


def resolve(value: Any) -> Any:
    """Return the node or entity that `value` stands for, or `value` itself when it stands for none."""
    if isinstance(value, ClauseElement):
        return value
    if not isinstance(value, type):
        while hasattr(value, "__clause_element__"):
            value = value.__clause_element__()
            if isinstance(value, ClauseElement):
                return value
    found = entity_of(value)
    return value if found is None else found


def is_sql(node: Any) -> bool:
    """Whether `resolve` found SQL or an entity rather than a plain value."""
    return isinstance(node, ClauseElement) or getattr(node, "is_entity", False)


def _expression(node: Any) -> Any:
    """Return `node` as an expression: a SELECT as a scalar subquery; None if it has no value of its own."""
    if isinstance(node, ColumnElement):
        return node
    if not isinstance(node, ClauseElement):
        return None
    if node.visit_name == "text":
        return node
    if node.is_statement:
        return warned_scalar(node) if node.is_selectable else None
    if is_subquery(node):
        return warned_scalar(node.element)  # type: ignore[attr-defined]
    return None if node.is_selectable else node


def is_subquery(node: Any) -> bool:
    """Return True for a FROM element that is a SELECT: where an expression is wanted, what is meant by it is clear."""
    return node.visit_name == "subquery" and getattr(node.element, "is_select", False)


def warned_scalar(select: Any) -> Any:
    """Return a SELECT as an expression, with a warning: it may not have been meant as one."""
    warn(
        "implicitly coercing SELECT object to scalar subquery; please use the .scalar_subquery() method to produce a "
        "scalar subquery."
    )
    return select.scalar_subquery()


_PLAIN = frozenset((int, float, str, bytes, bool))
"""Classes of values that stand for nothing but themselves: nothing else has to be asked about them."""


def _bound(value: Any, against: ColumnElement[Any] | None, op: Operator | None) -> BindParameter[Any]:
    if against is None or op is None:
        return BindParameter(None, value, unique=True)
    return bind_compared_to(against, op, value)


def as_operand(value: Any, against: ColumnElement[Any] | None = None, op: Operator | None = None) -> Any:
    """Return the expression for an operand.

    Args:
        value: a node or a plain value.
        against: the operand on the other side; a plain value takes its type and its parameter name from it.
        op: the operator between them; given together with `against`.

    Raises:
        ArgumentError: `value` is a table, a mapped class or another thing without a value of its own.
    """
    if value.__class__ in _PLAIN:
        return _bound(value, against, op)
    node = resolve(value)
    expression = _expression(node)
    if expression is None:
        if is_sql(node) or hasattr(value, "contains_column"):
            hint = _FROM_AS_VALUE if isinstance(node, ClauseElement) else ""
            raise not_expected("SQL expression element or literal value expected", value, hint)
        return _bound(value, against, op)
    if against is not None and op is not None and isinstance(expression, BindParameter):
        return _typed_after(expression, against, op)
    return expression


def _typed_after(bind: BindParameter[Any], against: ColumnElement[Any], op: Operator) -> BindParameter[Any]:
    """A parameter without a type takes the one of what it is compared with."""
    if bind.type is not NULL_TYPE:
        return bind
    return bind.copy(type=against.type.coerce_compared_value(op, bind.value))


def as_argument(value: Any, base: str | None = None, type_: Any = None) -> Any:
    """Return the expression for an argument of a function, a result of CASE or a value to convert.

    Args:
        value: a node or a plain value; None is NULL.
        base: from what the parameter for a plain value takes its name.
        type_: the type of such a parameter.
    """
    node = resolve(value)
    expression = _expression(node)
    if expression is not None:
        return expression
    if is_sql(node):
        hint = _FROM_AS_VALUE if isinstance(node, ClauseElement) else ""
        raise not_expected("SQL expression element expected", value, hint)
    return NULL if value is None else BindParameter(base, value, type_, unique=True)


def as_criterion(value: Any) -> Any:
    """Return the criterion for WHERE, HAVING, ON, AND, OR.

    Raises:
        ArgumentError: a string, a number, a table or a class.
    """
    if isinstance(value, ColumnElement):
        return value
    if value is None:
        return NULL
    if value is True:
        return TRUE
    if value is False:
        return FALSE
    if isinstance(value, str):
        raise textual("Textual SQL expression", value)
    if isinstance(value, FunctionType):
        # A function that gives the criterion: see `lambda_stmt`.
        return as_criterion(value())
    expression = _expression(resolve(value))
    if expression is None:
        raise not_expected("SQL expression for WHERE/HAVING role expected", value)
    return expression


def as_on_clause(value: Any) -> Any:
    """Return the condition of a join.

    Raises: ArgumentError: a string, a number, a table or a class.
    """
    if value is None or isinstance(value, (str, int)):
        raise not_expected(ON_EXPECTED, value)
    expression = _expression(resolve(value))
    if expression is None:
        raise not_expected(ON_EXPECTED, value)
    return expression


def as_order(value: Any, place: str) -> Any:
    """Return the expression for ORDER BY, GROUP BY or DISTINCT; a string names a label or column of the statement.

    Args:
        value: an expression or a string.
        place: the name of the place, for the error.

    Raises:
        ArgumentError: anything else.
    """
    if isinstance(value, ColumnElement):
        return value
    if isinstance(value, str):
        return LabelReference(value, NULL_TYPE)
    if isinstance(value, bool):
        return _constant(value)
    expression = _expression(resolve(value))
    if expression is None:
        raise not_expected(f"{place} expression expected", value)
    return expression


def _constant(value: bool | None) -> Any:
    return NULL if value is None else (TRUE if value else FALSE)


def as_columns(value: Any) -> tuple[Any, ...]:
    """Return what an argument of `select` stands for: expressions, FROM elements or entities.

    Raises:
        ArgumentError: a string, or something that is neither SQL nor mapped.
    """
    if isinstance(value, ColumnElement):
        return (value,)
    node = resolve(value)
    if getattr(node, "is_entity", False):
        return (node,)
    if isinstance(node, ClauseElement):
        if node.is_selectable:
            if node.is_statement:
                hint = (
                    " To create a FROM clause from it, use the .subquery() method; to select its value, "
                    ".scalar_subquery()."
                )
                raise not_expected(COLUMNS_EXPECTED, value, hint)
            return (node,)
        expression = _expression(node)
        if expression is not None:
            return (expression,)
    if isinstance(value, str):
        raise ArgumentError(
            f"Textual column expression {_short(value)} should be explicitly declared with text({_short(value)}), "
            f"or use column({_short(value)}) for more specificity"
        )
    if hasattr(value, "contains_column"):
        return tuple(value.values())
    if value is None or isinstance(value, bool):
        return (_constant(value),)
    if isinstance(value, (int, float)):
        return (literal_column(repr(value)),)
    raise not_expected(COLUMNS_EXPECTED, value)


def as_from(value: Any, expected: str = FROM_EXPECTED) -> Any:
    """Return the FROM element or the entity that `value` stands for.

    Args:
        value: a table, alias, subquery, join or mapped class.
        expected: the beginning of the error's text.

    Raises:
        ArgumentError: `value` is none of these.
    """
    node = resolve(value)
    if getattr(node, "is_entity", False):
        return node
    if isinstance(node, ClauseElement):
        if node.is_statement and node.visit_name != "text":
            hint = " To make a FROM clause from it, call its .subquery() method." if node.is_selectable else ""
            raise not_expected(expected, value, hint)
        if node.is_selectable or node.visit_name == "text" or getattr(node, "is_from_function", False):
            return node
    if isinstance(value, str) and expected is FROM_EXPECTED:
        raise textual("Textual SQL expression", value)
    raise not_expected(expected, value)


def as_rows(value: Any) -> Any:
    """Return the statement that `value` stands for, one that returns rows.

    Raises: ArgumentError: a string, a table, a class or anything else.
    """
    if isinstance(value, str):
        raise textual("Textual SQL expression", value)
    node = resolve(value)
    if getattr(node, "is_statement", False) and (node.is_select or node.is_dml or node.visit_name == "text"):
        return node
    raise not_expected("SELECT construct or equivalent text() construct expected", value)


def as_row_count(value: Any) -> Any:
    """Return the node for LIMIT or OFFSET, or None for no limit.

    Args:
        value: a number, a SQL expression, or None.

    Raises:
        ValueError: a string or another value that is no whole number.
    """
    if value.__class__ is int:
        return RowCount(value)
    if value is None:
        return None
    expression = _expression(resolve(value))
    if expression is not None:
        return expression
    try:
        return RowCount(int(value))
    except (TypeError, ValueError, OverflowError):
        raise ValueError(
            f"LIMIT and OFFSET take a whole number or a SQL expression, not a {type(value).__name__} that is none."
        ) from None


def as_row_number(value: Any) -> Any:
    """Return one end of a slice: a number that can be counted on from, a SQL expression, or None.

    Raises: ValueError: as of `as_row_count`.
    """
    counted = as_row_count(value)
    return counted.value if isinstance(counted, RowCount) else counted


_FROM_AS_VALUE = " To create a column expression from a FROM clause row as a whole, use the .table_valued() method."


def textual(kind: str, value: str) -> ArgumentError:
    """Return the error for a string where SQL is expected."""
    return ArgumentError(f"{kind} {_short(value)} should be explicitly declared as text({_short(value)})")


def not_expected(expected: str, value: Any, hint: str = "") -> ArgumentError:
    """Return the error for an argument of the wrong kind."""
    why = getattr(value, "__why_not_mapped__", None) if isinstance(value, type) else None
    return ArgumentError(f"{expected}, got {value!r}.{hint if why is None else ' ' + why}")


def _short(value: str) -> str:
    return repr(value if len(value) <= 100 else value[:97] + "...")
