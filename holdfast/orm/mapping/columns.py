"""`mapped_column()`: a column of a mapped class; the annotation may say its type and whether it may be NULL."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from holdfast.exc import ArgumentError
from holdfast.orm.mapping.annotations import Annotation
from holdfast.orm.mapping.base import Mapped
from holdfast.orm.mapping.properties import UNSET, ColumnProperty
from holdfast.schema import Column, ForeignKey
from holdfast.schema.type_events import tell_attached
from holdfast.sql.operations import SQLCoreOperations
from holdfast.sql.operators import Operator
from holdfast.sql.types import Integer, TypeEngine

T = TypeVar("T")


DATACLASS_OPTIONS = ("init", "repr", "default", "default_factory", "compare", "kw_only", "hash", "metadata")


class MappedColumn(Mapped[T], SQLCoreOperations[T]):
    """A column being declared; made by `mapped_column`.

    In the body of its class it stands for the column: in ``remote_side=[id]``, ``order_by=name``,
    ``Index("ix", name)``.

    Attributes:
        name: the column's name, or None: the attribute's.
        type: the SQL type, or None: the annotation says it.
        items: foreign keys, constraints and the like.
        options: keywords for `Column`.
        dataclass_options: what only concerns dataclasses.
        property_options: deferred, group, raiseload, active_history.
        sort_order: columns of lower numbers come first in the table.
    """

    def __init__(
        self,
        name: str | None,
        type_: Any,
        items: tuple[Any, ...],
        options: dict[str, Any],
        dataclass_options: dict[str, Any],
        property_options: dict[str, Any],
        sort_order: int,
    ) -> None:
        self.name = name
        self.type = type_
        self.items = items
        self.options = options
        self.dataclass_options = dataclass_options
        self.property_options = property_options
        self.sort_order = sort_order
        self._column: Any = None

    @property
    def column(self) -> Any:
        """The column; made at the first use."""
        if self._column is None:
            self._column = self._make(self.items, self.options)
        return self._column

    def _make(self, items: tuple[Any, ...], options: Mapping[str, Any]) -> Any:
        head = [] if self.name is None else [self.name]
        if self.type is not None:
            head.append(self.type)
        return Column(*head, *items, **options)

    @property
    def foreign_keys(self) -> Any:
        """The column's foreign keys."""
        return self.column.foreign_keys

    def __clause_element__(self) -> Any:
        return self.column

    def operate(self, op: Operator, *other: Any, **modifiers: Any) -> Any:
        return self.column.operate(op, *other, **modifiers)

    def reverse_operate(self, op: Operator, other: Any, **modifiers: Any) -> Any:
        return self.column.reverse_operate(op, other, **modifiers)

    def __hash__(self) -> int:
        return object.__hash__(self)

    @property
    def has_foreign_key(self) -> bool:
        """Whether the column refers to another one, whose type it can take."""
        return any(isinstance(item, ForeignKey) for item in self.items)

    def copy(self) -> MappedColumn[T]:
        """Return the same declaration for another class: that of a mixin serves each class anew."""
        items = tuple(item.copied() if isinstance(item, ForeignKey) else item for item in self.items)
        return MappedColumn(
            self.name,
            self.type,
            items,
            dict(self.options),
            self.dataclass_options,
            self.property_options,
            self.sort_order,
        )

    def with_base(self, base: MappedColumn[Any]) -> MappedColumn[T]:
        """Return this declaration over one from ``Annotated``: what is not said here is taken from there."""
        if self._column is not None:
            raise ArgumentError(
                "A mapped_column() that completes one from Annotated cannot be used in the body of its class; name the "
                'attribute as a string there: Index("ix", "name").'
            )
        below = base.copy()
        return MappedColumn(
            self.name if self.name is not None else below.name,
            self.type if self.type is not None else below.type,
            (*below.items, *self.items),
            {**below.options, **self.options},
            {**below.dataclass_options, **self.dataclass_options},
            {**below.property_options, **self.property_options},
            self.sort_order or below.sort_order,
        )

    def complete(self, key: str, annotation: Annotation | None, type_: Any) -> ColumnProperty:
        """Finish the column for attribute `key` and return its property.

        Args:
            key: the attribute.
            annotation: decides about NULL where `nullable` was not given.
            type_: the type, if the declaration has none and the annotation gives one.
        """
        column = self.column
        if self.name is None:
            column.name = key
            if "key" not in self.options:
                column.key = key
        if self.type is None and type_ is not None:
            column.type = type_
            tell_attached(column)
        if annotation is not None and "nullable" not in self.options:
            column.nullable = annotation.is_optional
            # Of a key too: it is then the database that says no.
            column.nullable_given = annotation.is_optional
        return ColumnProperty(
            column, doc=self.options.get("doc"), info=self.options.get("info"), **self.property_options
        )


def mapped_column(
    __name_pos: Any = None,
    __type_pos: Any = None,
    /,
    *args: Any,
    init: bool = UNSET,
    repr: bool = UNSET,
    default: Any = UNSET,
    default_factory: Any = UNSET,
    compare: bool = UNSET,
    kw_only: bool = UNSET,
    hash: bool | None = UNSET,
    nullable: bool | None = UNSET,
    primary_key: bool = False,
    deferred: bool = False,
    deferred_group: str | None = None,
    deferred_raiseload: bool = False,
    use_existing_column: bool = False,
    name: str | None = None,
    type_: Any = None,
    autoincrement: Any = UNSET,
    doc: str | None = None,
    key: str | None = None,
    index: bool | None = None,
    unique: bool | None = None,
    info: dict[str, Any] | None = None,
    onupdate: Any = None,
    insert_default: Any = UNSET,
    server_default: Any = None,
    server_onupdate: Any = None,
    active_history: bool = False,
    quote: bool | None = None,
    system: bool = False,
    comment: str | None = None,
    sort_order: int = 0,
    dataclass_metadata: Any = UNSET,
    **kw: Any,
) -> MappedColumn[Any]:
    """Declare a column of a mapped class.

    Args:
        __name_pos: the column's name, where it is not the attribute's; or already the type.
        __type_pos: the SQL type, where the annotation does not say it; or already one of `args`.
        args: foreign keys, constraints.
        init, repr, default_factory, compare, kw_only, hash, dataclass_metadata: for dataclasses, as in
            `dataclasses.field`.
        default: the value of new rows (a value, a function or a SQL expression); for dataclasses also what reading gives
            before there is a row. An argument that is left away sets nothing.
        nullable: whether NULL is allowed; by default what the annotation says, without one: yes.
        primary_key: part of the primary key.
        deferred: loaded only when read; with others of the same `deferred_group`. `deferred_raiseload`: reading raises.
        use_existing_column: in a class without a table of its own: the parent's table may have the column already.
        insert_default: the value of new rows, where `default` is for the dataclass alone.
        sort_order: columns of lower numbers come first in the table.
        name, type_, autoincrement, doc, key, index, unique, info, onupdate, server_default, server_onupdate, quote,
        system, comment, kw: as in `Column`.

    Returns: the declaration, to be assigned to the attribute.
    """
    column_name, column_type, items = _positional((__name_pos, __type_pos, *args), name, type_)
    if quote is not None and column_name is None:
        raise ArgumentError(
            "Explicit 'name' is required when sending 'quote' argument: mapped_column('name', quote=True). Without a name "
            "the column has that of its attribute, quoted where the database needs it."
        )
    options = {
        "nullable": nullable, "autoincrement": autoincrement, "primary_key": primary_key or UNSET, "key": key or UNSET,
        "default": default if insert_default is UNSET else insert_default,
        "doc": doc or UNSET, "system": system or UNSET,
    }  # fmt: skip
    for option, value in (
        ("index", index), ("unique", unique), ("info", info), ("onupdate", onupdate), ("quote", quote),
        ("server_default", server_default), ("server_onupdate", server_onupdate), ("comment", comment),
    ):  # fmt: skip
        options[option] = UNSET if value is None else value
    dataclass = dict(
        zip(
            DATACLASS_OPTIONS,
            (init, repr, default, default_factory, compare, kw_only, hash, dataclass_metadata),
            strict=True,
        )
    )
    if kw:
        _check_dialect_options(kw)
    return MappedColumn(
        column_name,
        column_type,
        items,
        {**_given(options), **kw},
        _given(dataclass),
        {"deferred": deferred or deferred_group is not None or deferred_raiseload, "group": deferred_group,
         "raiseload": deferred_raiseload, "active_history": active_history,
         "use_existing_column": use_existing_column},
        sort_order,
    )  # fmt: skip


def orm_insert_sentinel(
    name: str | None = None, type_: Any = None, *, default: Any = None, omit_from_statements: bool = True
) -> MappedColumn[Any]:
    """Declare the column by which an INSERT of many rows brings them back in the order of the parameters.

    The class has no attribute for it, unless `omit_from_statements` is False. See `holdfast.insert_sentinel`.

    Args:
        name: the column's name, where it is not the attribute's.
        type_: a type of numbers; None: Integer.
        default: makes other values than the number of the row, different ones for each row.
        omit_from_statements: SELECT, INSERT and RETURNING that name all columns leave it out.

    Returns: the declaration, to be assigned to an attribute.
    """
    options = {
        "nullable": True, "insert_sentinel": True, "default": default,
        "omit_from_statements": omit_from_statements and default is None,
    }  # fmt: skip
    return MappedColumn(name, Integer() if type_ is None else type_, (), options, {}, {}, 0)


def _given(options: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in options.items() if value is not UNSET}


def _positional(args: tuple[Any, ...], name: Any, type_: Any) -> tuple[str | None, Any, tuple[Any, ...]]:
    """Split positional arguments into name, type and the rest."""
    rest = list(args)
    while rest and rest[-1] is None:
        rest.pop()
    if rest and (rest[0] is None or isinstance(rest[0], str)):
        first = rest.pop(0)
        if first is not None and name is not None:
            raise ArgumentError("May not pass name positionally and as a keyword.")
        name = first if name is None else name
    if rest and (rest[0] is None or _is_type(rest[0])):
        first = rest.pop(0)
        if first is not None and type_ is not None:
            raise ArgumentError("May not pass type_ positionally and as a keyword.")
        type_ = first if type_ is None else type_
    return name, type_, tuple(rest)


def _is_type(value: Any) -> bool:
    return isinstance(value, TypeEngine) or (isinstance(value, type) and issubclass(value, TypeEngine))


def _check_dialect_options(options: Mapping[str, Any]) -> None:
    for name in options:
        if "_" not in name:
            raise TypeError(f"Additional arguments should be named <dialectname>_<argument>, got '{name}'")
