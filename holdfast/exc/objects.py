"""What can be wrong with mapped classes, their objects and the session that keeps them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from holdfast.exc.base import ArgumentError, InvalidRequestError, SQLAlchemyError
from holdfast.exc.shown import shown_object


class StaleDataError(SQLAlchemyError):
    """An UPDATE or DELETE met fewer rows than there were objects: some are gone, or have another version.

    Attributes:
        objects: the mapped objects whose rows the statement was to change; at least one of them is out of date.
    """

    objects: Sequence[Any] = ()

    @property
    def obj(self) -> Any:
        """The object that is out of date, where exactly one can be; else None."""
        return self.objects[0] if len(self.objects) == 1 else None

    @classmethod
    def of_objects(cls, message: str, objects: Sequence[Any]) -> StaleDataError:
        """Return the error with the objects that it is about."""
        error = cls(message)
        error.objects = tuple(objects)
        return error


ConcurrentModificationError = StaleDataError


class FlushError(SQLAlchemyError):
    """A flush found objects that it cannot write."""


class ObjectDereferencedError(SQLAlchemyError):
    """An operation needs an object that was collected meanwhile."""


class DetachedInstanceError(SQLAlchemyError):
    """An attribute must be loaded, and the object is in no session."""

    code = "bhk3"


class UnmappedError(InvalidRequestError):
    """Something is not mapped."""


class UnmappedClassError(UnmappedError):
    """A class is not mapped."""

    def __init__(self, class_: Any, msg: str | None = None) -> None:
        super().__init__(
            msg
            or f"Class '{_class_name(class_)}' is not mapped. "
            + getattr(class_, "__why_not_mapped__", "Derive it from your DeclarativeBase and give it a __tablename__.")
        )


class UnmappedInstanceError(UnmappedError):
    """An object is not an instance of a mapped class."""

    def __init__(self, instance: Any, msg: str | None = None) -> None:
        if msg is None:
            name = _class_name(type(instance))
            msg = f"Class '{name}' is not mapped"
            if isinstance(instance, type):
                msg += f"; was a class ({_class_name(instance)}) supplied where an instance was required?"
            elif isinstance(instance, (list, tuple, set)):
                msg += "; for several objects use session.add_all(), session.delete_all() or session.merge_all()"
            elif hasattr(instance.__class__, "__mapper__"):
                msg = (
                    f"Class '{name}' is mapped, but this instance lacks instrumentation: was it made without __init__?"
                )
        super().__init__(msg)


class MappedAnnotationError(ArgumentError):
    """The annotation of a mapped attribute says nothing that a column or relationship could be made from."""


class UnmappedColumnError(UnmappedError):
    """A column belongs to no mapping."""


class ObjectDeletedError(InvalidRequestError):
    """The row of an object is gone."""

    @classmethod
    def of(cls, state: Any) -> ObjectDeletedError:
        """Return the error for an object."""
        instance = state()
        shown = shown_object(instance) if instance is not None else state.mapper.class_name
        return cls(f"Instance '{shown}' has been deleted, or its row is otherwise not present.")


class LoaderStrategyException(InvalidRequestError):
    """A loader strategy does not fit an attribute."""


def _class_name(class_: Any) -> str:
    """Return a class's name as messages show it, with its module."""
    return f"{class_.__module__}.{class_.__name__}" if isinstance(class_, type) else repr(class_)
