"""Which SQL type a Python type in an annotation stands for."""

from __future__ import annotations

import enum
import typing
from collections.abc import Mapping
from typing import Any, Literal, NewType

from holdfast.exc import ArgumentError, MappedAnnotationError
from holdfast.orm.mapping.annotations import Annotation, is_alias, unknown_names, without_none
from holdfast.sql.types import Enum, TypeEngine, to_instance
from holdfast.sql.types.python_types import PYTHON_TYPES


def type_for(annotation: Annotation, own: Mapping[Any, Any], place: str, key: str) -> TypeEngine[Any]:
    """Return the SQL type for the annotation of a column.

    Args:
        annotation: of the attribute.
        own: the registry's ``type_annotation_map``, which goes before `PYTHON_TYPES`.
        place: ``Class.attribute``, for messages.
        key: the attribute's name.

    Raises: MappedAnnotationError: nothing is known about the Python type.
    """
    for candidate in _candidates(annotation):
        found = known_type(candidate, own)
        if found is not None:
            return found
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


def known_type(candidate: Any, own: Mapping[Any, Any]) -> TypeEngine[Any] | None:
    """Return the SQL type of a Python type as it is, or None.

    Args:
        candidate: a class, or anything else that may be a key of a type map.
        own: the registry's ``type_annotation_map``.

    Raises: ArgumentError: a ``Literal`` of other things than strings.
    """
    enumeration = _enumeration(candidate, own)
    if enumeration is not None:
        return enumeration
    try:
        found = own.get(candidate, PYTHON_TYPES.get(candidate))
    except TypeError:  # an annotation without hash: Annotated with a list inside, for example
        return None
    return None if found is None else to_instance(found)


def _enumeration(candidate: Any, own: Mapping[Any, Any]) -> TypeEngine[Any] | None:
    """Return the type of an enum class or of ``Literal["a", "b"]``; a type map may say with which arguments."""
    if typing.get_origin(candidate) is Literal:
        strings = typing.get_args(candidate)
        given = _given(own, candidate, Literal)
        others = [repr(one) for one in strings if not isinstance(one, str)]
        if others and _is_enumeration(given):
            raise ArgumentError(
                f"Can't create string-based Enum datatype from non-string values: {', '.join(others)}.  Please provide an "
                "explicit Enum datatype for this Python type: in mapped_column(), or in type_annotation_map."
            )
        return _with_values(given, strings, native_enum=False) if _is_enumeration(given) else None
    if isinstance(candidate, type) and issubclass(candidate, enum.Enum):
        given = _given(own, candidate, *candidate.__mro__)
        return _with_values(given, (candidate,)) if _is_enumeration(given) else None
    return None


def _given(own: Mapping[Any, Any], *keys: Any) -> Any:
    for key in keys:
        if key in own:
            return own[key]
    return Enum


def _is_enumeration(given: Any) -> bool:
    """Whether a type map asks for an Enum whose values are to be taken from the annotation."""
    if isinstance(given, type):
        return issubclass(given, Enum)
    return isinstance(given, Enum) and (not given.enums or given.enum_class in (enum.Enum, enum.StrEnum, enum.IntEnum))


def _with_values(given: Any, values: Any, **keywords: Any) -> Enum:
    if isinstance(given, type):
        return given(*values, **keywords)  # type: ignore[no-any-return]
    return given.with_values(*values)  # type: ignore[no-any-return]


def _candidates(annotation: Annotation) -> list[Any]:
    """Return what may be a key of a type map, the most special first."""
    found: list[Any] = [annotation.whole, annotation.spelled, annotation.type]
    inner = annotation.type
    while True:
        if is_alias(inner):
            found.append(inner.__value__)
            inner = without_none(inner.__value__)
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
