"""Tables whose columns are declared by a class, so that type checkers know them: `TypedColumns`, `Named`."""

from __future__ import annotations

from collections.abc import Iterator
from types import FunctionType, NoneType, UnionType
from typing import TYPE_CHECKING, Any, Generic, TypeVar, Union, get_args, get_origin

from holdfast.exc import ArgumentError, InvalidRequestError
from holdfast.schema.column import Column
from holdfast.sql.columns import ColumnCollection
from holdfast.sql.types import NullType, to_instance

T = TypeVar("T")


if TYPE_CHECKING:
    # What the annotation is of is a column of the table.
    Named = Column
else:

    class Named(Generic[T]):
        """A column in the annotations of `TypedColumns`: ``name: Named[str]``."""


class TypedColumns(ColumnCollection):
    """The columns of a table, as attributes and annotations of a class, which is the third argument of `Table`.

    A column is an attribute, ``id = Column(Integer, primary_key=True)``; an annotation, ``name: Named[str | None]``, which tells
    its type and whether it may be NULL; or both: then what the Column says goes before. Subclasses and mixins add theirs.
    The class is never instantiated: ``table.c`` has copies of its columns.

    Raises: InvalidRequestError: an instance is made, or a class has methods.
    """

    def __new__(cls, *arguments: Any, **keywords: Any) -> Any:
        raise InvalidRequestError("Cannot instantiate a TypedColumns object.")

    def __init_subclass__(cls, **keywords: Any) -> None:
        super().__init_subclass__(**keywords)
        methods = [name for name, value in _attributes(cls) if isinstance(value, (FunctionType, staticmethod, type))]
        if methods:
            raise InvalidRequestError(
                f"TypedColumns subclasses may not define methods. Found {methods}: the class lists columns alone."
            )


def columns_of(typed: Any) -> list[Column[Any]]:
    """Return new columns for a table: of each class those without an annotation first, those of the base classes before.

    Args:
        typed: derives from `TypedColumns`.

    Raises:
        InvalidRequestError: it is no such class.
        ArgumentError: an annotation or attribute that is no column; a Python type for which no SQL type is known.
    """
    if not (isinstance(typed, type) and issubclass(typed, TypedColumns)):
        raise InvalidRequestError(
            f"The ``typed_columns_cls`` argument requires a TypedColumns subclass, not {typed!r}."
        )
    found: dict[str, Column[Any]] = {}
    for class_ in reversed(typed.__mro__[: typed.__mro__.index(TypedColumns)]):
        annotations = _annotations_of(class_)
        given = dict(_attributes(class_))
        for name in (*(name for name in given if name not in annotations), *annotations):
            place = f"{class_.__name__}.{name}"
            found[name] = _column(name, given.get(name), annotations.get(name), place)
    return list(found.values())


def _attributes(class_: Any) -> Iterator[tuple[str, Any]]:
    return ((name, value) for name, value in vars(class_).items() if not _is_dunder(name))


def _is_dunder(name: str) -> bool:
    return name.startswith("__") and name.endswith("__")


def _annotations_of(class_: Any) -> dict[str, Any]:
    """Return the annotations of a class itself; one that its module can not resolve stays text."""
    import inspect  # here and not above: it is a heavy one, and few programs have such tables

    try:
        found = inspect.get_annotations(class_, eval_str=True)
    except NameError:
        found = inspect.get_annotations(class_)
    return {name: annotation for name, annotation in found.items() if not _is_dunder(name)}


def _column(name: str, given: Any, annotation: Any, place: str) -> Column[Any]:
    """Return the column that an attribute, an annotation or both declare."""
    if given is not None and not isinstance(given, Column):
        raise ArgumentError(f"Unexpected value for attribute '{place}'. Expected a Column, not: {type(given)}")
    column: Column[Any] = Column() if given is None else given.copy()
    if column.name is None:
        column.name = name
    if given is None or given.key is None or given.key == given.name:
        # Another name in SQL: known by the attribute's, unless it has a key of its own.
        column.key = name
    if annotation is not None:
        python_type, may_be_null = _told(annotation, place)
        if isinstance(column.type, NullType):
            column.type = _sql_type(python_type, annotation, place)
        if not column.nullable_given:
            column.nullable = may_be_null and not column.primary_key
    return column


def _told(annotation: Any, place: str) -> tuple[Any, bool]:
    """Return the Python type in an annotation, and whether it may be None."""
    if isinstance(annotation, str):
        raise ArgumentError(
            f"Could not interpret annotation {annotation} for attribute '{place}'; its module does not know all names in it."
        )
    origin = get_origin(annotation) or annotation
    if not (isinstance(origin, type) and issubclass(origin, (Column, Named))):
        raise ArgumentError(f"Annotation {annotation} for attribute '{place}' is not of type Named/Column[...]")
    arguments = get_args(annotation)
    if not arguments:
        raise ArgumentError(
            f"No type information could be extracted from annotation {annotation} for attribute '{place}'"
        )
    inner = arguments[0]
    if get_origin(inner) in (Union, UnionType):
        rest = [one for one in get_args(inner) if one is not NoneType]
        if len(rest) == 1:
            return rest[0], True
    return inner, False


def _sql_type(python_type: Any, annotation: Any, place: str) -> Any:
    # Here and not above: it knows the class of UUIDs, whose module looks at the platform.
    from holdfast.sql.types.python_types import PYTHON_TYPES

    known = PYTHON_TYPES.get(python_type) if isinstance(python_type, type) else None
    if known is None:
        raise ArgumentError(
            f"Could not find a SQL type for type {python_type} obtained from annotation {annotation} in attribute '{place}'. "
            f"Give the column its type: {place.rpartition('.')[2]} = Column(String(50))."
        )
    return to_instance(known)
