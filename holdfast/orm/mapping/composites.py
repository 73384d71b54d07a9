"""`composite()`: an attribute whose value is an object made of several columns."""

from __future__ import annotations

import typing
from collections.abc import Callable, Iterable
from typing import Any, ClassVar, TypeVar

from holdfast.exc import ArgumentError
from holdfast.orm.attribute_kinds import CompositeAttribute
from holdfast.orm.comparator import PropComparator
from holdfast.orm.history import BLANK, NO_VALUE, History
from holdfast.orm.mapping.base import Mapped
from holdfast.orm.mapping.columns import MappedColumn
from holdfast.orm.mapping.properties import UNSET, ColumnProperty, MapperProperty, dataclass_options
from holdfast.schema import Column

T = TypeVar("T")


class CompositeComparator(PropComparator):
    """Comparisons of a composite; a program derives its own class from it.

    Attributes:
        __clause_element__: gives the columns; ``.clauses`` of that, one by one.
    """

    def __clause_element__(self) -> Any:
        return self._expression.__clause_element__()

    def operate(self, op: Any, *other: Any, **modifiers: Any) -> Any:
        return self._expression.compare(op, other)


class CompositeProperty(MapperProperty):
    """The mapping of one attribute to several columns; made by `composite`.

    Attributes:
        composite_class: makes the value from those of the columns.
        attrs: the columns as they were declared: names, columns, `mapped_column`.
        names: the attributes of the columns; known when the class is mapped. `props`, `columns`: their properties and
            columns.
        is_optional: None stands for 'all columns are NULL'.
        options: deferred, group, raiseload, active_history of the columns.
    """

    Comparator: ClassVar[type[PropComparator]] = CompositeComparator
    is_composite: ClassVar[bool] = True

    def __init__(
        self,
        composite_class: Any = None,
        *attrs: Any,
        return_none_on: Any = UNSET,
        comparator_factory: Any = None,
        info: dict[str, Any] | None = None,
        doc: str | None = None,
        dataclass_options: dict[str, Any] | None = None,
        **options: Any,
    ) -> None:
        if (composite_class is not None and not callable(composite_class)) or isinstance(
            composite_class, (MappedColumn, Column, ColumnProperty)
        ):
            attrs, composite_class = (composite_class, *attrs), None
        self.composite_class: Any = composite_class
        self.attrs = attrs
        self.comparator_factory = comparator_factory
        self.info = info or {}
        self.doc = doc
        self.dataclass_options = dataclass_options or {}
        self.options = options
        self.is_optional = False
        self._return_none_on = return_none_on
        self.names: tuple[str, ...] = ()

    def make(self, values: Iterable[Any]) -> Any:
        """Return the value for those of the columns."""
        values = tuple(values)
        return None if self._is_none(values) else self.composite_class(*values)

    def _is_none(self, values: tuple[Any, ...]) -> bool:
        if self._return_none_on is UNSET:
            return self.is_optional and all(value is None for value in values)
        return self._return_none_on is not None and bool(self._return_none_on(*values))

    def values_of(self, composite: Any) -> tuple[Any, ...]:
        """Return the values of the columns for a value.

        Raises: AttributeError: it is of another class.
        """
        if composite is None:
            return (None,) * len(self.attrs)
        if hasattr(composite, "__composite_values__"):
            return tuple(composite.__composite_values__())
        fields = getattr(self.composite_class, "__dataclass_fields__", None)
        if fields is None:
            raise AttributeError(
                f"{type(composite).__name__!r} object has no attribute '__composite_values__'; {self} takes objects of "
                f"{getattr(self.composite_class, '__name__', self.composite_class)}, which is a dataclass or has that "
                "method."
            )
        import dataclasses  # here and below: few programs have composites

        return tuple(getattr(composite, field.name) for field in dataclasses.fields(self.composite_class))

    # Declaration.

    def declare(self, annotation: Any) -> None:
        """Take from an annotation what the declaration leaves open: the class, and whether None is a value."""
        if annotation is None:
            return
        self.is_optional = annotation.is_optional
        if self.composite_class is None:
            self.composite_class = annotation.type

    def attribute_types(self) -> list[Any]:
        """Return the annotation of each part of the composite class; None where it has none."""
        import dataclasses
        import inspect

        if dataclasses.is_dataclass(self.composite_class):
            hints = typing.get_type_hints(self.composite_class)
            return [hints.get(field.name) for field in dataclasses.fields(self.composite_class)]
        parameters = list(inspect.signature(self.composite_class).parameters.values())
        return [None if one.annotation is inspect.Parameter.empty else one.annotation for one in parameters]

    def attribute_names(self) -> list[str]:
        """Return the names of the parts of the composite class."""
        import dataclasses
        import inspect

        if dataclasses.is_dataclass(self.composite_class):
            return [field.name for field in dataclasses.fields(self.composite_class)]
        return list(inspect.signature(self.composite_class).parameters)

    def attach(self, mapper: Any, key: str) -> None:
        """Make this the attribute `key` of the mapper's class."""
        self.key = key
        self.parent = mapper
        type.__setattr__(mapper.class_, key, self.attribute_of(mapper))

    def connect(self) -> None:
        """Find the attributes of the columns.

        Raises: ArgumentError: a name that is none of the class, a column that is not mapped.
        """
        self.names = self.made_of = tuple(self._name_of(one) for one in self.attrs)
        if self.composite_class is None:
            raise ArgumentError(
                f"composite {self} needs the class of its values: {self.key}: Mapped[Point] = composite(...), or "
                "composite(Point, ...)."
            )
        self._check_number()

    def _check_number(self) -> None:
        """Refuse fewer columns than a dataclass must be given, and more than it takes.

        Raises: ArgumentError
        """
        import dataclasses

        if not dataclasses.is_dataclass(self.composite_class) or hasattr(self.composite_class, "__composite_values__"):
            return
        taken = [one for one in dataclasses.fields(self.composite_class) if one.init]
        needed = [one for one in taken if one.default is one.default_factory is dataclasses.MISSING]
        if not len(needed) <= len(self.names) <= len(taken):
            raise ArgumentError(
                f"composite {self} has {len(self.names)} column(s), {', '.join(self.names)}, but "
                f"{getattr(self.composite_class, '__name__', self.composite_class)} is made of {len(taken)} value(s), "
                f"{', '.join(one.name for one in taken)}: name a column for each."
            )

    def _name_of(self, one: Any) -> str:
        if isinstance(one, str):
            if not isinstance(self.parent.find_property(one), ColumnProperty):
                raise ArgumentError(f"composite {self} names {one!r}, which is no column of {self.parent.class_name}.")
            return one
        if isinstance(one, ColumnProperty):
            return one.key
        return self.parent.name_of_column(one.column if isinstance(one, MappedColumn) else one)  # type: ignore[no-any-return]

    @property
    def props(self) -> list[Any]:
        """The properties of the columns."""
        return [self.parent.find_property(name) for name in self.names]

    @property
    def columns(self) -> list[Any]:
        """The columns."""
        return [prop.columns[0] for prop in self.props]

    def attribute_of(self, entity: Any) -> Any:
        return CompositeAttribute(entity, self)

    def copy(self) -> CompositeProperty:
        """Return the same declaration for another class."""
        new = type(self).__new__(type(self))
        new.__dict__.update(self.__dict__)
        new.attrs = tuple(one.copy() if isinstance(one, MappedColumn) else one for one in self.attrs)
        return new

    # What others ask.

    def set_pairs(self, value: Any) -> list[tuple[Any, Any]]:
        """Return the columns and their values for ``update(...).values({attribute: value})``.

        Raises: ArgumentError: the value is no composite.
        """
        try:
            values = self.values_of(value)
        except AttributeError:
            takes = getattr(self.composite_class, "__name__", self.composite_class)
            raise ArgumentError(
                f"Can't UPDATE composite attribute {self} to what is no {takes}, but {type(value).__name__}; to set one of its "
                f"columns, name that: {', '.join(self.names)}."
            ) from None
        return list(zip(self.columns, values, strict=True))

    def history(self, state: Any, instance: Any) -> History:
        """Return the changes since the last flush or load, made of those of the columns."""
        values, old = instance.__dict__, state.old or {}
        now = [values.get(name, NO_VALUE) for name in self.names]
        before = [old.get(name, one) for name, one in zip(self.names, now, strict=True)]
        if all(value is NO_VALUE for value in (*now, *before)):
            return BLANK
        current = self.make(None if value is NO_VALUE else value for value in now)
        if state.row_key is None:
            return History([current], (), ())
        if not any(name in old for name in self.names):
            return History((), [current], ())
        if any(value is NO_VALUE for value in before):
            return History([current], (), ())
        return History([current], (), [self.make(before)])


class Composite(CompositeProperty, Mapped[T]):
    """What `composite` returns."""


def composite(
    _class_or_attr: Any = None,
    /,
    *attrs: Any,
    group: str | None = None,
    deferred: bool = False,
    raiseload: bool = False,
    return_none_on: Callable[..., bool] | None = UNSET,
    comparator_factory: Any = None,
    active_history: bool = False,
    column_template: str | None = None,
    init: bool = UNSET,
    repr: bool = UNSET,
    default: Any = UNSET,
    default_factory: Any = UNSET,
    compare: bool = UNSET,
    kw_only: bool = UNSET,
    hash: bool | None = UNSET,
    info: dict[str, Any] | None = None,
    doc: str | None = None,
    dataclass_metadata: Any = UNSET,
) -> Composite[Any]:
    """Map an attribute to an object made of several columns.

    Args:
        _class_or_attr: the class of the values: a dataclass, or a class with ``__composite_values__``; where the
            annotation says it, already the first column.
        attrs: `mapped_column`, columns or names of attributes, one per part; none: one for each field of the class.
        group, deferred, raiseload, active_history: of the columns that are declared here.
        return_none_on: function of the columns' values: whether the attribute is None then; by default if all are
            NULL and the annotation allows None.
        comparator_factory: class of the comparisons; see `CompositeProperty.Comparator`.
        column_template: names of the columns that are declared here, such as ``"start_%s"``.
        init, repr, default, default_factory, compare, kw_only, hash, dataclass_metadata: for dataclasses.
        info, doc: for the program and for people.
    """
    return Composite(
        _class_or_attr,
        *attrs,
        return_none_on=return_none_on,
        comparator_factory=comparator_factory,
        info=info,
        doc=doc,
        dataclass_options=dataclass_options(
            init=init, repr=repr, default=default, default_factory=default_factory, compare=compare,
            kw_only=kw_only, hash=hash, metadata=dataclass_metadata,
        ),
        group=group,
        deferred=deferred or group is not None or raiseload,
        raiseload=raiseload,
        active_history=active_history,
        column_template=column_template,
    )  # fmt: skip
