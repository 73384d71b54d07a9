"""The condition of a join that says none: along the one foreign key between two FROM elements."""

from __future__ import annotations

from typing import Any

from holdfast.exc import AmbiguousForeignKeysError, NoForeignKeysError
from holdfast.sql.boolean import and_


def join_condition(left: Any, right: Any, left_subset: Any = None) -> Any:
    """Return the condition along the one foreign key between two FROM elements.

    Raises:
        NoForeignKeysError: there is none.
        AmbiguousForeignKeysError: there are several.
    """
    constraints = _foreign_key_pairs(left, right)
    if not constraints:
        raise NoForeignKeysError(
            f"Can't find any foreign key relationships between '{_described(left)}' and '{_described(right)}'. "
            "Say how they are joined: join(target, onclause), or declare a ForeignKey."
        )
    if len(constraints) > 1:
        raise AmbiguousForeignKeysError(
            f"Can't determine join between '{_described(left)}' and '{_described(right)}'; tables have more than one "
            "foreign key constraint relationship between them. Please specify the 'onclause' of this join explicitly."
        )
    [pairs] = constraints
    return and_(*[one == other for one, other in pairs])


def can_join(left: Any, right: Any) -> bool:
    """Return True if a foreign key stands between two FROM elements."""
    return bool(_foreign_key_pairs(left, right))


def _foreign_key_pairs(left: Any, right: Any) -> list[list[tuple[Any, Any]]]:
    """Return, per foreign key constraint between the two, its pairs of columns (the left side's first)."""
    found: dict[Any, list[tuple[Any, Any]]] = {}
    for child, parent in ((right, left), (left, right)):
        for key in sorted(_keys(child), key=lambda key: key.parent.order):
            referred = parent.corresponding_column(key.column) if _refers(key, parent) else None
            if referred is None:
                continue
            own = child.corresponding_column(key.parent)
            found.setdefault(key.constraint, []).append((referred, own))
        if left is right:
            break
    return list(found.values())


def _keys(element: Any) -> list[Any]:
    seen: dict[int, Any] = {}
    for column in element.c:
        for key in column.foreign_keys:
            seen[id(key)] = key
    return list(seen.values())


def _refers(key: Any, parent: Any) -> bool:
    """Return True if the key's table is in `parent`; keys to tables not declared are left alone."""
    try:
        key.column  # noqa: B018 - resolves the name
    except Exception:  # a table that is not declared: this key leads elsewhere
        return False
    return True


def _described(element: Any) -> str:
    if element.visit_name == "join":
        return f"Join object on {_described(element.left)} and {_described(element.right)}"
    return str(element.name or "anonymous subquery")
