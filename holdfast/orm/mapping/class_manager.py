"""Class manager: what a mapping has done to a class, as ``inspect(User).class_manager`` gives it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar


class ClassManager(Mapping[str, Any]):
    """The instrumented attributes of one mapped class, by name.

    Attributes:
        class_: the class.
        mapper: its mapper.
        is_mapped: True; a class that is forgotten has no manager.
    """

    is_mapped: ClassVar[bool] = True
    is_instance: ClassVar[bool] = False

    def __init__(self, mapper: Any) -> None:
        self.mapper = mapper
        self.class_: type[Any] = mapper.class_

    def __getitem__(self, name: str) -> Any:
        if not self.mapper.has_property(name):
            raise KeyError(name)
        return self.mapper.attribute(name)

    def __iter__(self) -> Iterator[str]:
        return iter(self.mapper.by_name.keys())

    def __len__(self) -> int:
        return len(self.mapper.by_name)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ClassManager) and other.mapper is self.mapper

    def __hash__(self) -> int:
        return id(self.mapper)

    @property
    def attributes(self) -> Iterator[Any]:
        """The instrumented attributes."""
        return iter(self.values())

    @property
    def registry(self) -> Any:
        """The registry of the class."""
        return self.mapper.registry

    def has_state(self, instance: Any) -> bool:
        """Whether an object has a state."""
        return "_sa_instance_state" in instance.__dict__

    def new_instance(self) -> Any:
        """Return an object of the class with a state, made without ``__init__``."""
        made = self.mapper.new_instance()
        made._sa_instance_state  # noqa: B018 - that gives it one
        return made

    def __repr__(self) -> str:
        return f"<ClassManager of {self.class_!r} at {id(self):x}>"
