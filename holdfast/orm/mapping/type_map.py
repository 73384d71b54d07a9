"""Which SQL type a Python type in an annotation stands for."""

from __future__ import annotations

import datetime
import decimal
import typing
import uuid
from collections.abc import Mapping
from typing import Any, NewType

from holdfast.exc import MappedAnnotationError
from holdfast.orm.mapping.annotations import Annotation, unknown_names
from holdfast.sql.types import (
    Boolean,
    Date,
    DateTime,
    Float,
    Integer,
    LargeBinary,
    Numeric,
    String,
    Time,
    TypeEngine,
    Uuid,
    to_instance,
)

DEFAULTS: Mapping[Any, Any] = {
    bool: Boolean,
    bytes: LargeBinary,
    datetime.date: Date,
    datetime.datetime: DateTime,
    datetime.time: Time,
    decimal.Decimal: Numeric,
    float: Float,
    int: Integer,
    str: String,
    uuid.UUID: Uuid,
}


def type_for(annotation: Annotation, own: Mapping[Any, Any], place: str, key: str) -> TypeEngine[Any]:
    """Return the SQL type for the annotation of a column.

    Args:
        annotation: of the attribute.
        own: the registry's ``type_annotation_map``, which goes before `DEFAULTS`.
        place: ``Class.attribute``, for messages.
        key: the attribute's name.

    Raises: MappedAnnotationError: nothing is known about the Python type.
    """
    for candidate in _candidates(annotation):
        try:
            found = own.get(candidate, DEFAULTS.get(candidate))
        except TypeError:  # an annotation without hash: Annotated with a list inside, for example
            continue
        if found is not None:
            return to_instance(found)  # type: ignore[no-any-return]
    unknown = unknown_names(annotation.type)
    if unknown:
        raise MappedAnnotationError(
            f'Could not resolve all types within mapped annotation: "{annotation.raw}".  Ensure all types are written '
            f"correctly and are imported within the module in use. {place} uses {', '.join(unknown)}, which its module "
            "does not know. (For related objects, assign relationship().)"
        )
    shown = (
        annotation.type if isinstance(annotation.type, type) else repr(annotation.type).replace("typing.", "typing.")
    )
    raise MappedAnnotationError(
        f"Could not locate SQLAlchemy Core type when resolving for Python type indicated by '{shown}' inside the "
        f"Mapped[] annotation for the '{key}' attribute; the type object is not resolvable by the registry. Give "
        f"{place} its type, mapped_column(String(50)), or enter the Python type in type_annotation_map of your "
        "DeclarativeBase."
    )


def _candidates(annotation: Annotation) -> list[Any]:
    """Return what may be a key of a type map, the most special first."""
    found: list[Any] = [annotation.spelled, annotation.type]
    inner = annotation.type
    while True:
        if hasattr(inner, "__value__") and hasattr(inner, "__type_params__"):  # type Name = ...
            inner = inner.__value__
        elif isinstance(inner, NewType):
            inner = inner.__supertype__
        elif typing.get_origin(inner) is typing.Annotated:
            inner = inner.__origin__
        else:
            break
        found.append(inner)
    if isinstance(inner, type):
        found.extend(inner.__mro__[1:-1])
    return found
