"""Mapped classes that are dataclasses: fields come from the `Mapped` annotations and what stands behind them."""

from __future__ import annotations

import dataclasses
from typing import Any

from holdfast.exc import ArgumentError, InvalidRequestError, warn_deprecated
from holdfast.orm.generated_methods import NOT_GIVEN
from holdfast.orm.mapping.annotations import Annotation, own_annotations, read_annotation
from holdfast.orm.mapping.columns import MappedColumn
from holdfast.orm.mapping.composites import CompositeProperty
from holdfast.orm.mapping.properties import ColumnProperty, MapperProperty
from holdfast.sql.element import ClauseElement

OPTIONS = ("init", "repr", "eq", "order", "unsafe_hash", "match_args", "kw_only")


def make_dataclass(class_: type[Any], options: dict[str, Any], registry: Any = None) -> None:
    """Make a class a dataclass before it is mapped.

    While `dataclasses.dataclass` looks at the class, its annotations are the plain types and its values are fields;
    then everything is as it was, for the mapping to read.

    Args:
        class_: the class; its ``Mapped`` attributes become fields, with the options given to `mapped_column` and
            `relationship`.
        options: as for `dataclasses.dataclass`; also ``dataclass_callable``, which is called in its place.

    Raises: InvalidRequestError: the fields make no dataclass, or an option that objects of the unit of work cannot
        have.
    """
    options = dict(options)
    decorate = options.pop("dataclass_callable", None) or dataclasses.dataclass
    unknown = set(options) - set(OPTIONS)
    if unknown:
        raise InvalidRequestError(
            f"Mapped dataclass {class_.__name__} cannot have the option(s) {', '.join(sorted(unknown))}; it takes "
            f"{', '.join(OPTIONS)}. Objects whose changes are tracked can be neither frozen nor without __dict__."
        )
    annotations = own_annotations(class_)
    body = {name: value for name, value in class_.__dict__.items() if not name.startswith("__")}
    plain = dict(annotations)
    inherited: dict[str, Any] = {}
    for base in reversed(class_.__mro__):
        inherited.update(base.__dict__.get("_sa_dataclass_defaults", ()))
    type.__setattr__(class_, "_sa_dataclass_defaults", inherited)
    for name, raw in annotations.items():
        annotation = read_annotation(class_, name, raw)
        if not annotation.is_mapped:
            continue
        plain[name] = annotation.type
        _prepare_field(class_, name, body.get(name), annotation)
    class_.__annotations__ = plain
    try:
        decorate(class_, **options)
    except (TypeError, ValueError) as error:
        raise InvalidRequestError(
            f"Python dataclasses error encountered when creating dataclass for {class_.__name__!r}: {error!r}. Please "
            "refer to Python dataclasses documentation for additional information. A field without default may not "
            "follow one with default: give it one, or mapped_column(init=False), or kw_only=True.",
            code="dcte",
        ) from error
    finally:
        class_.__annotations__ = annotations
        _restore(class_, body)


def _restore(class_: type[Any], body: dict[str, Any]) -> None:
    """Give a class what stood in its body, in that order: it is the order of the table's columns."""
    for name, value in body.items():
        if name in class_.__dict__:
            type.__delattr__(class_, name)
        type.__setattr__(class_, name, value)


def _prepare_field(class_: type[Any], name: str, declared: Any, annotation: Annotation) -> None:
    """Put a dataclass field in the place of a declaration."""
    class_._sa_dataclass_defaults.pop(name, None)  # type: ignore[attr-defined]
    if not isinstance(declared, (MappedColumn, MapperProperty)):
        return
    options = dict(getattr(declared, "dataclass_options", {}))
    if "default" in options and "default_factory" in options:
        raise ArgumentError(f"{class_.__name__}.{name}: cannot specify both default and default_factory")
    if isinstance(declared, ColumnProperty):
        options.setdefault("init", False)
    if "default" in options and _may_be_left_away(class_, name, declared, options["default"]):
        default = options.pop("default")
        class_._sa_dataclass_defaults[name] = default  # type: ignore[attr-defined]
        if options.get("init", True):
            options["default"] = NOT_GIVEN
    elif "default_factory" in options and isinstance(declared, MapperProperty) and declared.is_relationship:
        _check_factory(class_, name, declared, annotation, options)
    type.__setattr__(class_, name, dataclasses.field(**options))


def _may_be_left_away(class_: type[Any], name: str, declared: Any, default: Any) -> bool:
    """Whether an argument that is left away sets nothing: reading gives the default, the flush writes the column's.

    The constructor sets what the column would not have by itself: the value of a composite, or one beside `insert_default`.
    """
    if isinstance(declared, CompositeProperty):
        return False
    if default is not None and isinstance(declared, MappedColumn) and declared.options.get("default") is not default:
        return False
    if callable(default) and not hasattr(default, "__clause_element__") and not isinstance(default, ClauseElement):
        warn_deprecated(
            f"Callable object passed to the ``default`` parameter for attribute {name!r} in a ORM-mapped Dataclasses context "
            "is ambiguous, and this use will raise an error in a future release.  Make the values of new objects by "
            f"default_factory=, those of new rows by insert_default=: {class_.__name__}.{name}.",
            stacklevel=8,
        )
        return False
    return True


def _check_factory(
    class_: type[Any], name: str, declared: Any, annotation: Annotation, options: dict[str, Any]
) -> None:
    """Let a collection that is left away be made when it is first read.

    Raises: ArgumentError: `default_factory` makes another collection than the relationship has.
    """
    wanted = declared.collection_class or annotation.relation()[0]
    if wanted is None:
        return
    kinds = [kind for kind in (list, set, dict) if isinstance(wanted, type) and issubclass(wanted, kind)]
    factory = options.pop("default_factory")
    if isinstance(wanted, type) and factory is not wanted and factory not in kinds:
        raise ArgumentError(
            f"For relationship {class_.__name__}.{name} using dataclass options, default_factory must be exactly {wanted}"
        )
    if options.get("init", True):
        options["default"] = NOT_GIVEN
