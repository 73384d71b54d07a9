"""`aliased()`: a mapped class under another name, so that it can stand in a statement twice, or over a subquery."""

from __future__ import annotations

import types
from typing import Any, ClassVar, TypeVar, cast

from holdfast.exc import ArgumentError
from holdfast.inspection import inspect, register_inspector
from holdfast.orm.inspection_attr import InspectionAttr
from holdfast.sql.from_clause import FromClause, Join, from_of
from holdfast.sql.traversal import replace

T = TypeVar("T")


class AliasedClass:
    """A mapped class under another name; made by `aliased`.

    Its attributes are those of the class, with the alias's columns in them. ``inspect()`` of it gives `AliasedInsp`.
    """

    def __init__(self, insp: AliasedInsp) -> None:
        self.__dict__["_aliased_insp"] = insp
        self.__dict__["__name__"] = insp.attribute_prefix

    def __getattr__(self, key: str) -> Any:
        insp: AliasedInsp = self.__dict__["_aliased_insp"]
        class_ = insp.mapper.class_
        prop = insp.mapper.find_property(key)
        if prop is not None:
            found = prop.attribute_of(insp)
            if hasattr(type(found), "__get__") and not getattr(found, "is_attribute", False):
                found = found.__get__(None, self)
            self.__dict__[key] = found
            return found
        for base in class_.__mro__:
            if key in base.__dict__:
                return self._adapted(base.__dict__[key], class_)
        return getattr(class_, key)

    def _adapted(self, found: Any, class_: type[Any]) -> Any:
        """Return what the class has under a name as it is for the alias: with the alias in the place of the class."""
        if isinstance(found, classmethod):
            return types.MethodType(found.__func__, self)
        if isinstance(found, (types.FunctionType, property, staticmethod)):
            return found.__get__(None, class_)
        return found.__get__(None, self) if hasattr(found, "__get__") else found

    def __reduce__(self) -> Any:
        return _entity_of, (self.__dict__["_aliased_insp"],)

    def __repr__(self) -> str:
        insp = self.__dict__["_aliased_insp"]
        return f"<AliasedClass at {id(self):#x}; {insp.mapper.class_.__name__}>"


def _entity_of(insp: AliasedInsp) -> AliasedClass:
    """Return the class of an alias that was pickled."""
    return insp.entity


class AliasedInsp(InspectionAttr):
    """What is known about an alias of a mapped class: the SQL layer's entity.

    Args:
        mapper: of the class.
        selectable: an alias of its table, or a subquery, or a join.
        name: the alias's name, or None.
        adapt_on_names: columns of the selectable are found by name too.
        others: mappers of subclasses whose columns come along (`with_polymorphic`), parents before children.

    Attributes:
        entity: the `AliasedClass`; `class_`: the mapped class.
        entity_name: the name of its element in a row, or None.
    """

    is_entity: ClassVar[bool] = True
    is_aliased_class: ClassVar[bool] = True
    is_row_part: ClassVar[bool] = False

    def __init__(
        self,
        mapper: Any,
        selectable: Any,
        name: str | None = None,
        adapt_on_names: bool = False,
        others: tuple[Any, ...] = (),
    ) -> None:
        self.mapper = mapper
        self.selectable = selectable
        self.name = self.entity_name = name
        self.class_ = mapper.class_
        self.class_name = mapper.class_name
        self.serial: Any = mapper.serial
        self.with_polymorphic_mappers = others
        self._adapt_on_names = adapt_on_names
        self._key: Any = ("aliased", mapper.serial, adapt_on_names)
        if isinstance(selectable, Join):
            # A join has no name of its own that tells it from others: its structure is a part of the key.
            self._key = (*self._key, selectable._key)
        if others or not (selectable.is_named_from or selectable._values):
            self.serial = (mapper.serial, *[one.serial for one in others], selectable._key)
            self._key = (*self._key, self.serial)
        self.entity = self.attributes = AliasedClass(self)
        self._names: tuple[tuple[str, ...], tuple[str, ...]] | None = None
        self._layout: Any = None
        # Whether it is one of the subclasses of a `with_polymorphic`, which takes all rows.
        self.stands_in_join = False

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in vars(self).items() if name not in ("entity", "attributes", "_layout")}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state)
        self.entity = self.attributes = AliasedClass(self)
        self._layout = None

    @property
    def _values(self) -> tuple[Any, ...]:
        found = [*self.selectable._values]
        if not found and self.selectable.is_named_from:
            found = [self.selectable]
        for name in self.column_names:
            if not self.mapper.find_property(name).is_stored:
                found.extend(self.attribute(name)._values)
        return tuple(found)

    @property
    def attribute_prefix(self) -> str:
        """What stands before the name of an attribute in messages."""
        return f"aliased({self.class_name})"

    @property
    def base_mapper(self) -> Any:
        """The mapper whose identity map the objects are in."""
        return self.mapper.base_mapper

    @property
    def configured(self) -> bool:
        """Whether relationships are known."""
        return self.mapper.configured  # type: ignore[no-any-return]

    def configure(self) -> None:
        """Find out all relationships of the registry, unless that was done."""
        self.mapper.configure()

    def find_property(self, key: str) -> Any:
        """Return the property of an attribute, or None."""
        return self.mapper.find_property(key)

    def isa(self, other: Any) -> bool:
        """Whether objects of this entity are objects of `other` too."""
        return self.mapper.isa(other)  # type: ignore[no-any-return]

    def attribute(self, key: str) -> Any:
        """Return the alias's attribute of a name."""
        return getattr(self.entity, key)

    def owns(self, table: Any) -> bool:
        """Whether a FROM element is the alias's own, or one of the tables of the class."""
        return table is self.selectable or self.mapper.owns(table)  # type: ignore[no-any-return]

    def mapped_column(self, column: Any) -> Any:
        """Return the column of the class for one of the alias; another column as it is."""
        if getattr(column, "table", None) is self.selectable:
            for one in self.mapper.columns.values():
                if self.selectable.corresponding_column(one) is column:
                    return one
        return column

    def adapted(self, expression: Any) -> Any:
        """Return an expression over the mapped table with this alias's columns in it."""
        owns = self.mapper.owns

        def substitute(node: Any) -> Any:
            if owns(node):
                return self.selectable
            column = getattr(node, "column", node)
            return self._column_for(column) if owns(getattr(column, "table", None)) else None

        return replace(expression, substitute)

    def _column_for(self, column: Any) -> Any:
        found = self.selectable.corresponding_column(column)
        if found is None and self._adapt_on_names:
            found = self.selectable.c.get(column.key)
        return column if found is None else found

    def has(self, name: str) -> bool:
        """Whether the selectable has the column of an attribute; expressions are made of what there is."""
        prop = self.mapper.find_property(name)
        column = prop.columns[0]
        if not prop.is_stored or self.selectable.corresponding_column(column) is not None:
            return True
        return self._adapt_on_names and self.selectable.c.get(column.key) is not None

    def _loaded_and_all(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        if self._names is None:
            self.mapper.configure()
            self._names = (
                tuple(name for name in self.mapper.column_names if self.has(name)),
                tuple(name for name in self.mapper.inner_names if self.has(name)),
            )
        return self._names

    @property
    def column_names(self) -> tuple[str, ...]:
        """The attributes that are loaded by default, as far as the selectable has them."""
        return self._loaded_and_all()[0]

    def stand_in(self, whole: AliasedInsp) -> None:
        """Become the subclass of a `with_polymorphic`: it is read from the same rows, and takes all of them."""
        self.stands_in_join = True
        self.serial = (whole.serial, self.mapper.serial)
        self._key = ("aliased subclass", self.serial)

    def over(self, selectable: Any) -> AliasedInsp:
        """Return the same alias over another FROM element, which has the same columns."""
        found = AliasedInsp(self.mapper, selectable, self.name, self._adapt_on_names, self.with_polymorphic_mappers)
        found.entity_name = self.entity_name
        return found

    @property
    def has_layout(self) -> bool:
        """Whether a row of the class is more than one column per attribute."""
        return bool(self.with_polymorphic_mappers) or self.mapper.has_layout  # type: ignore[no-any-return]

    @property
    def row_layout(self) -> Any:
        """What stands in a row of the class, where that is not one column per attribute; None: `column_names`."""
        if self._layout is None and self.has_layout:
            self._layout = self.lay_out(lambda mapper: mapper.column_names)
        return self._layout

    def lay_out(self, names_of: Any) -> Any:
        """Return the layout of a row, as far as the selectable has the columns; see `layout_of`."""
        self.mapper.configure()
        others = self.with_polymorphic_mappers or self.mapper.with_polymorphic_mappers[1:]
        return self.mapper.layout_for(
            self,
            others,
            lambda mapper: [name for name in names_of(mapper) if mapper is not self.mapper or self.has(name)],
            self.attribute,
            self._column_for,
        )

    def _entity_columns(self) -> tuple[Any, ...]:
        if self.has_layout:
            return self.row_layout.expressions  # type: ignore[no-any-return]
        return tuple(self.attribute(name) for name in self.column_names)

    def _all_columns(self) -> tuple[Any, ...]:
        if self.has_layout:
            return self.lay_out(lambda mapper: mapper.inner_names).expressions  # type: ignore[no-any-return]
        return tuple(self.attribute(name) for name in self._loaded_and_all()[1])

    def _kind_criterion(self) -> Any:
        """Return the condition that a row is an object of the class, where the table has others too; else None."""
        if not self.mapper.single or self.stands_in_join:
            return None
        return self.mapper.kind_criterion_in(self.selectable)

    @property
    def primary_key(self) -> tuple[Any, ...]:
        """The key columns, as the alias has them."""
        return tuple(self._column_for(column) for column in self.mapper.primary_key)

    def __str__(self) -> str:
        return self.attribute_prefix

    def __repr__(self) -> str:
        return f"<AliasedInsp at {id(self):#x}; {self.class_name}({self.mapper.class_.__name__})>"


def aliased(
    element: type[T], alias: Any = None, name: str | None = None, flat: bool = False, adapt_on_names: bool = False
) -> type[T]:
    """Return a mapped class under another name.

    Args:
        element: a mapped class, or an alias of one; a table gives an alias of the table.
        alias: what its rows come from instead of the table: an alias of it, or a subquery that has its columns.
        name: the name in SQL, and of its objects in a row; by default one is made up.
        flat: for joins; a table is always aliased by itself.
        adapt_on_names: columns of `alias` that have the same name are taken, though they come from elsewhere.

    Returns: an `AliasedClass`, with the attributes of the class.

    Raises: ArgumentError: `adapt_on_names` for a table.
    """
    found: Any = inspect(element, raiseerr=False)
    if not getattr(found, "is_entity", False):
        if adapt_on_names:
            raise ArgumentError("adapt_on_names only applies to ORM elements")
        return cast("type[T]", from_of(element).alias(name))
    # A program may name next what the other side of a relationship makes.
    found.configure()
    selectable = alias if alias is not None else found.mapper.selectable.alias(name, flat=flat)
    if getattr(selectable, "is_select", False):
        selectable = selectable.subquery(name)
    given = name if name is not None else None
    return cast("type[T]", AliasedInsp(found.mapper, from_of(selectable), given, adapt_on_names).entity)


def with_parent(instance: Any, prop: Any, from_entity: Any = None) -> Any:
    """Return the condition that a related row belongs to an object.

    Args:
        instance: the object.
        prop: the relationship of its class, such as ``User.addresses``; with ``of_type()`` for an alias.
        from_entity: an alias of the related class whose rows are meant.

    Raises: ArgumentError: `prop` is no relationship.
    """
    expressions = getattr(prop, "_expressions", None)
    if expressions is None:
        raise ArgumentError(
            f"with_parent() takes a relationship such as User.addresses, not {prop!r}: names as strings and columns "
            "have no parent."
        )
    if from_entity is not None:
        expressions = prop.of_type(from_entity)._expressions
    return expressions.with_parent(instance)


def join(left: Any, right: Any, onclause: Any = None, isouter: bool = False, full: bool = False) -> Join:
    """Return ``left JOIN right`` as a FROM element.

    Args:
        left, right: mapped classes, aliases or FROM elements.
        onclause: a condition, or a relationship of the left side; None: along the one foreign key.
    """
    start = _from(left)
    if not hasattr(onclause, "__join_step__"):
        return Join(start, _from(right), onclause, isouter, full)
    joined: Any = start
    for step in _of_left_side(onclause, left, start).__join_step__(isouter, full, _entity(right)):
        joined = Join(joined, from_of(step.target), step.onclause, step.isouter, step.full)
    return cast(Join, joined)


def _of_left_side(relationship: Any, left: Any, start: FromClause) -> Any:
    """Return a relationship of a mapped class as that of the class's alias, where this stands on the left side of a join."""
    parent = getattr(relationship, "parent", None)
    if not getattr(parent, "is_mapper", False):
        return relationship
    entity = _entity(left)
    if getattr(entity, "is_aliased_class", False):
        return relationship.adapt_to_entity(entity) if entity.mapper.isa(parent) else relationship
    if isinstance(start, Join) and parent.local_table not in start._hidden:
        for part in start._hidden:
            if not isinstance(part, Join) and part.is_derived_from(parent.local_table):
                return relationship.adapt_to_entity(AliasedInsp(parent, part))
    return relationship


def outerjoin(left: Any, right: Any, onclause: Any = None, full: bool = False) -> Join:
    """Return ``left LEFT OUTER JOIN right`` as a FROM element; see `join`."""
    return join(left, right, onclause, True, full)


def _entity(value: Any) -> Any:
    found = inspect(value, raiseerr=False)
    return found if getattr(found, "is_entity", False) else value


def _from(value: Any) -> FromClause:
    return cast(FromClause, from_of(_entity(value)))


register_inspector(AliasedClass, lambda aliased_class: aliased_class.__dict__["_aliased_insp"])
register_inspector(AliasedInsp, lambda insp: insp)
