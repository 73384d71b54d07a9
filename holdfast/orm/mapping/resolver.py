"""What a relationship names, found: classes by name or function, tables, columns, conditions written as text.

Text that a program writes in ``primaryjoin="User.id == Address.user_id"`` is Python, evaluated with the names of mapped
classes, tables and a few functions; it is the program's own source, never input.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from holdfast._util.suggestions import did_you_mean
from holdfast.exc import ArgumentError, InvalidRequestError, UnmappedClassError
from holdfast.inspection import inspect
from holdfast.orm.aliased import AliasedClass
from holdfast.orm.mapping.annotations import IMPORTS, UnknownName
from holdfast.orm.mapping.marks import MarkedColumn, foreign, remote
from holdfast.sql.binds import literal
from holdfast.sql.boolean import and_, not_, or_
from holdfast.sql.columns import ColumnClause, literal_column
from holdfast.sql.constants import false, null, true
from holdfast.sql.expressions import UnaryExpression
from holdfast.sql.functions import func
from holdfast.sql.public import asc, case, cast, desc, nulls_first, nulls_last
from holdfast.sql.text import text
from holdfast.sql.traversal import replace

# Texts may use what expressions are built with.
_FUNCTIONS: Mapping[str, Any] = {
    "and_": and_, "asc": asc, "case": case, "cast": cast, "desc": desc, "false": false, "foreign": foreign, "func": func,
    "literal": literal, "literal_column": literal_column, "not_": not_, "null": null, "nulls_first": nulls_first, "nulls_last": nulls_last,
    "or_": or_, "remote": remote, "text": text, "true": true,
}  # fmt: skip


class Resolver(Mapping[str, Any]):
    """Finds what one relationship names.

    Args:
        prop: the relationship.
    """

    def __init__(self, prop: Any) -> None:
        self._prop = prop
        self._mapper = prop.parent
        self._registry = prop.parent.registry
        self._tables = getattr(prop.parent.local_table, "metadata", prop.parent.registry.metadata).tables

    # The names that text may use.

    def __getitem__(self, name: str) -> Any:
        if name in _FUNCTIONS:
            return _FUNCTIONS[name]
        found = self._registry.class_named(name, self._mapper)
        if found is not None:
            return found
        if name in self._tables:
            return self._tables[name]
        raise KeyError(name)

    def __iter__(self) -> Any:
        return iter(self._registry.class_names())

    def __len__(self) -> int:
        return len(self._registry.class_names())

    def evaluate(self, source: str) -> Any:
        """Return what a text means.

        Raises: InvalidRequestError: it uses a name that nobody knows.
        """
        try:
            found = self._registry.class_named(source, self._mapper)
            return eval(source, {"__builtins__": IMPORTS}, self) if found is None else found
        except SyntaxError as error:
            raise SyntaxError(f"{error}: {source!r} of {self._prop} is no Python expression.") from error
        except AttributeError as error:
            raise self._no_attribute(source, error) from error
        except NameError as error:
            missing = getattr(error, "name", None) or source
            known = sorted(self._registry.class_names())
            names = ", ".join(known) or "none"
            meant = f" {did_you_mean(missing, known)}".rstrip()
            class_ = self._mapper.class_
            raise InvalidRequestError(
                f"When initializing mapper {self._mapper}, expression {source!r} failed to locate a name "
                f"({missing!r}). If this is a class name, consider adding this relationship() to the {class_!r} class "
                f"after both dependent classes have been defined. {self._prop} asks for it; known here are the classes "
                f"{names} and the tables {', '.join(sorted(self._tables))}. Is the module that declares it "
                f"imported?{meant}"
            ) from error

    def _no_attribute(self, source: str, error: AttributeError) -> AttributeError:
        mapper = getattr(error.obj, "__mapper__", None)
        if mapper is None:
            return AttributeError(f"{error}. {self._prop} asks for it in {source!r}.")
        known = ", ".join(mapper.by_name.keys())
        return AttributeError(
            f"Class {mapper.class_!r} does not have a mapped column named {error.name!r}. {self._prop} asks for it in "
            f"{source!r}; {mapper.class_.__name__} has {known}. {did_you_mean(str(error.name), mapper.by_name.keys())}".rstrip()
        )

    # What relationships ask for.

    def entity(self, argument: Any) -> Any:
        """Return the related entity: the mapper of a class, or what is known about an alias of one.

        Args: argument: a class, a mapper, an alias, a name, or a function that returns one of these.

        Raises: UnmappedClassError, InvalidRequestError, ArgumentError.
        """
        found = self._called(argument)
        if isinstance(found, UnknownName):
            found = found.name
        if isinstance(found, str):
            found = self._called(self.evaluate(found))
        mapper = getattr(found, "__mapper__", None) if isinstance(found, type) else inspect(found, raiseerr=False)
        if getattr(mapper, "is_entity", False):
            return mapper
        if isinstance(found, type):
            raise UnmappedClassError(
                found,
                f"Class '{found.__module__}.{found.__name__}' is not mapped. {self._prop} relates to it: derive it "
                "from your DeclarativeBase and give it a __tablename__, or name another class.",
            )
        raise ArgumentError(
            f"relationship '{self._prop}' expects a class or a mapper argument (received: {type(found)}): {found!r}"
        )

    def table(self, argument: Any) -> Any:
        """Return the secondary table, or None.

        Args: argument: a table, its name, a mapped class, or a function that returns one of these.
        """
        found = self._called(argument)
        if isinstance(found, str):
            found = self._tables[found] if found in self._tables else self.evaluate(found)
        if isinstance(found, type) and hasattr(found, "__mapper__"):
            raise ArgumentError(
                f"secondary argument {found!r} passed to to relationship() {self._prop} must be a Table object or other "
                "FROM clause; can't send a mapped class directly as rows in 'secondary' are persisted independently of a "
                f"class that is mapped to that same table. Give its table, {found.__name__}.__table__, or relate to "
                f"{found.__name__} itself."
            )
        return found

    def expression(self, argument: Any) -> Any:
        """Return a condition over columns, or None."""
        found = self._called(argument)
        if isinstance(found, str):
            found = self.evaluate(found)
        return None if found is None else self._of_tables(replace(found, _column_behind))

    def _of_tables(self, expression: Any) -> Any:
        """Return a condition with the columns of tables, where a class gives those of the union that it is read from."""
        for mapper in (self._mapper, self._prop.mapper):
            if mapper.union is not None and mapper.local_table is not mapper.union:
                expression = out_of_union(mapper, expression)
        return expression

    def columns(self, argument: Any) -> tuple[Any, ...]:
        """Return columns or, for an order, expressions.

        Args: argument: one or a list of columns, attributes, declarations, texts; a text that lists them; a function
            that returns any of these; None or False: nothing.
        """
        found = self._called(argument)
        if isinstance(found, str):
            found = self._called(self.evaluate(found))
        if found is None or found is False:
            return ()
        if not isinstance(found, (list, tuple, set, frozenset)):
            found = (found,)
        return tuple(self._column(one) for one in found)

    def _column(self, one: Any) -> Any:
        if isinstance(one, str):
            one = self.evaluate(one)
        if hasattr(one, "__clause_element__"):
            one = one.__clause_element__()
        if not hasattr(one, "operate"):
            raise ArgumentError(
                f"relationship {self._prop} expects columns, attributes or their names; got {type(one).__name__} "
                f"({one!r}). In a class body only an attribute with a value has a name; others are named as text: "
                f'"{self._mapper.class_.__name__}.id".'
            )
        if isinstance(one, UnaryExpression):
            return UnaryExpression(_plain(one.element), one.operator, one.modifier, one.type)
        return _plain(one)

    def _called(self, argument: Any) -> Any:
        is_function = callable(argument) and not isinstance(argument, type) and not hasattr(argument, "operate")
        is_known = isinstance(argument, (UnknownName, AliasedClass)) or hasattr(argument, "is_mapper")
        return argument() if is_function and not is_known else argument


def out_of_union(mapper: Any, expression: Any) -> Any:
    """Return a condition with the columns of a class's own table for those of its union."""
    own = {
        id(mapper.union.corresponding_column(column)): column
        for prop in mapper.by_name.values()
        if getattr(prop, "is_stored", False)
        for column in prop.columns[:1]
    }

    def substitute(node: Any) -> Any:
        if isinstance(node, MarkedColumn):
            column = own.get(id(node.column))
            return node if column is None else MarkedColumn(column, node.is_remote, node.is_foreign)
        return own.get(id(node))

    return replace(expression, substitute)


def _column_behind(node: Any) -> Any:
    """Return the column for an attribute or a declaration, None for what is neither: see `traversal.replace`."""
    if isinstance(node, MarkedColumn):
        return node
    if hasattr(node, "__clause_element__"):
        return node.__clause_element__()
    if isinstance(node, ColumnClause):
        return node  # with what it is a column of: a subquery has attributes inside, which are nobody's business here
    return getattr(node, "column", None) if getattr(node, "visit_name", "") == "attribute" else None


def _plain(expression: Any) -> Any:
    column = _column_behind(expression)
    return expression if column is None else column
