"""Where a mapper stands in its hierarchy: its parent, the tables of its objects, and how these are joined.

Source: Fowler, PoEAA: Single Table Inheritance, Class Table Inheritance (joined), Concrete Table Inheritance.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from holdfast.exc import AmbiguousForeignKeysError, ArgumentError, NoForeignKeysError
from holdfast.orm.mapping.selectables import stored_tables
from holdfast.sql.expressions import BinaryExpression
from holdfast.sql.from_clause import Join
from holdfast.sql.join_condition import can_join, join_condition
from holdfast.sql.operators import eq
from holdfast.sql.traversal import iterate, replace


def mapped_parent(class_: type[Any]) -> Any:
    """Return the mapper of the nearest mapped class that a class derives from, or None."""
    for base in class_.__mro__[1:]:
        mapper = base.__dict__.get("__mapper__")
        if mapper is not None:
            return mapper
    return None


def given_parent(class_: type[Any], arguments: dict[str, Any]) -> Any:
    """Return the mapper that the argument ``inherits`` names, a class or a mapper; None if there is no such argument.

    Raises: ArgumentError: the class does not derive from that one.
    """
    given = arguments.get("inherits")
    if given is None:
        return None
    parent = getattr(given, "__mapper__", given)
    if not getattr(parent, "is_mapper", False):
        raise ArgumentError(f"inherits of {class_.__name__} takes a mapped class or a mapper, not {given!r}.")
    if not issubclass(class_, parent.class_):
        raise ArgumentError(
            f"Class '{class_.__name__}' does not inherit from '{parent.class_.__name__}', which its mapping names as "
            "inherits. Derive the class from it."
        )
    return parent


def settle(mapper: Any, table: Any) -> None:
    """Give a mapper its place: parent, tables, what its rows are selected from.

    Args:
        mapper: with `inherits`, `arguments` and `class_`.
        table: the table of its own; None: that of the parent.

    Raises: ArgumentError, NoForeignKeysError, AmbiguousForeignKeysError: the tables cannot be joined.
    """
    parent = mapper.inherits
    mapper.base_mapper = mapper
    if parent is None or mapper.arguments.get("concrete"):
        _stand_alone(mapper, table, parent)
        return
    _check_same_kind(mapper, parent)
    mapper.base_mapper = parent.base_mapper
    mapper.single = table is None or table is parent.local_table
    if mapper.single:
        mapper.local_table = parent.local_table
        mapper.persist_selectable = parent.persist_selectable
        mapper.own_tables = parent.own_tables
        mapper.tables = parent.tables
        mapper.inherit_condition = None
        mapper.inherit_pairs = ()
        return
    mapper.local_table = table
    mapper.inherit_condition = _condition(mapper, parent, table)
    mapper.inherit_pairs = tuple(_pairs(mapper, table))
    mapper.persist_selectable = Join(parent.persist_selectable, table, mapper.inherit_condition)
    mapper.own_tables = (*parent.own_tables, table)
    mapper.tables = [*parent.tables, table]


def _stand_alone(mapper: Any, table: Any, parent: Any) -> None:
    if table is None:
        raise ArgumentError(f"{mapper.class_.__name__} is mapped as concrete and needs a table of its own.")
    mapper.local_table = mapper.persist_selectable = table
    mapper.own_tables = (table,)
    mapper.tables = stored_tables(table)
    mapper.single = False
    mapper.concrete = parent is not None or bool(mapper.arguments.get("concrete"))
    mapper.inherit_condition = None
    mapper.inherit_pairs = ()


def _check_same_kind(mapper: Any, parent: Any) -> None:
    name, base = mapper.class_.__name__, parent.class_.__name__
    if parent.concrete and parent.inherits is not None and mapper.arguments.get("concrete") is False:
        raise ArgumentError(f"{name} inherits from {base}, which is mapped as concrete: it must be concrete too.")


def _condition(mapper: Any, parent: Any, table: Any) -> Any:
    """Return the condition that joins the table of a subclass with those of its parent."""
    given = mapper.arguments.get("inherit_condition")
    if given is not None:
        condition = getattr(given, "__clause_element__", lambda: given)()
        # Attributes in it would bring the class's own FROM, which may be wider than the tables that are joined here.
        return replace(condition, lambda node: node.column if getattr(node, "is_attribute", False) else None)
    try:
        if can_join(parent.local_table, table):
            return join_condition(parent.local_table, table)
        return join_condition(parent.persist_selectable, table)
    except AmbiguousForeignKeysError as error:
        raise AmbiguousForeignKeysError(
            f"Can't determine the inherit condition between inherited table '{parent.local_table.name}' and inheriting "
            f"table '{table.name}'; tables have more than one foreign key relationship established.  Please specify the "
            "'on clause' using the 'inherit_condition' mapper argument. In __mapper_args__ of "
            f'{mapper.class_.__name__}: "inherit_condition": id == {parent.class_.__name__}.id'
        ) from error
    except NoForeignKeysError as error:
        raise NoForeignKeysError(
            f"Can't determine the inherit condition between inherited table '{parent.local_table.name}' and inheriting "
            f"table '{table.name}'; tables have no foreign key relationships established.  Please ensure the inheriting "
            "table has a foreign key relationship to the inherited table, or provide an 'on clause' using the "
            f"'inherit_condition' mapper argument. The key of {mapper.class_.__name__} is to be one: "
            f"mapped_column(ForeignKey('{_first_key(parent)}'), primary_key=True)."
        ) from error


def _first_key(parent: Any) -> str:
    column = parent.primary_key[0]
    return f"{column.table.name}.{column.name}"


def _pairs(mapper: Any, table: Any) -> Iterator[tuple[Any, Any]]:
    """Yield (column of a parent's table, column of this one) as the inherit condition equates them."""
    wanted = {id(getattr(one, "column", one)) for one in _listed(mapper.arguments.get("inherit_foreign_keys"))}
    for node in iterate(mapper.inherit_condition):
        if not isinstance(node, BinaryExpression) or node.operator is not eq:
            continue
        left, right = (getattr(side, "column", side) for side in (node.left, node.right))
        if getattr(left, "table", None) is table:
            left, right = right, left
        if getattr(right, "table", None) is table and (not wanted or id(right) in wanted or id(left) in wanted):
            yield left, right


def _listed(given: Any) -> Iterable[Any]:
    if given is None:
        return ()
    return given if isinstance(given, (list, tuple, set)) else (given,)


def enter(mapper: Any) -> None:
    """Let the parent know its new child; raises nothing and is done last."""
    parent = mapper.inherits
    if parent is not None:
        parent.children.append(mapper)


def descendants(mapper: Any) -> list[Any]:
    """Return a mapper and all that inherit from it, level by level."""
    found = [mapper]
    for one in found:
        found.extend(child for child in one.children if not any(child is present for present in found))
    return found


def to_root(mapper: Any) -> Iterator[Any]:
    """Yield a mapper and those that it inherits from, the root last."""
    while mapper is not None:
        yield mapper
        mapper = mapper.inherits


def joined_key(mapper: Any, column: Any, table: Any) -> Any:
    """Return the column of one of a mapper's tables that the inherit conditions make equal to one of the root's.

    Returns: None, if there is none.
    """
    chain = [one for one in reversed(list(to_root(mapper))) if not one.single]
    current = column
    for one in chain:
        if current.table is table:
            break
        for upper, lower in one.inherit_pairs:
            if upper is current:
                current = lower
                break
    return current if current.table is table else None


def check_table_less(class_: type[Any]) -> None:
    """Refuse what a class without a table of its own cannot say about one.

    Raises: ArgumentError
    """
    if class_.__dict__.get("__table_args__") is not None:
        raise ArgumentError(
            "Can't place __table_args__ on an inherited class with no table. Put them into the class that has the table, "
            f"or give {class_.__name__} a __tablename__."
        )
