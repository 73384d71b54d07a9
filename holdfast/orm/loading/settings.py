"""What a loader option says, as data: settings along a path; and the other things that `options()` takes."""

from __future__ import annotations

from typing import Any, NamedTuple

from holdfast.orm.loading.choice import OPTION_NAMES, Choice
from holdfast.orm.loading.path import Step

WILDCARD = "*"


class Setting(NamedTuple):
    """One thing that an option says.

    Attributes:
        root: the entity that the path begins at; None: every entity, at every place.
        path: the relationships that lead to the entity.
        key: the attribute there; "*": all of the choice's kind; ("group", name): deferred columns of a group.
        choice: how it is loaded.
    """

    root: Any
    path: tuple[Step, ...]
    key: Any
    choice: Choice

    @property
    def structure(self) -> Any:
        """What makes two settings the same, without values."""
        root = None if self.root is None else self.root._key
        return (root, tuple([step.structure for step in self.path]), self.key, self.choice.structure)

    @property
    def values(self) -> tuple[Any, ...]:
        """The value holders of its conditions."""
        values = self.choice.values
        for step in self.path:
            if step.criteria is not None:
                values += tuple(step.criteria._values)
        return values

    def __str__(self) -> str:
        place = self.path[-1].target if self.path else self.root
        name = "*" if place is None else f"{place.attribute_prefix}.{self.key}"
        steps = [*[str(step) for step in self.path], name]
        return f"{OPTION_NAMES[self.choice.strategy]}({' -> '.join(steps)})"


class LoaderOption:
    """Something that `options()` takes.

    Attributes:
        _key: structure, without values; `_values`: value holders of conditions.
    """

    is_loader_option = True

    _key: Any
    _values: tuple[Any, ...]


class WithoutJoins(LoaderOption):
    """Leaves away what would come by joins and subqueries, by option or mapping; made by ``enable_eagerloads(False)``."""

    _key = ("without joins",)
    _values = ()


class UserDefinedOption(LoaderOption):
    """An option of the program's own: a subclass says something to the listeners of `do_orm_execute`.

    They find it in `ORMExecuteState.user_defined_options`.

    Args:
        payload: anything.

    Attributes:
        propagate_to_loaders: objects remember it, so that it is there too when they load something later.
    """

    is_user_defined = True
    propagate_to_loaders = False
    _key = ("user defined",)

    def __init__(self, payload: Any = None) -> None:
        self.payload = payload

    @property
    def _values(self) -> tuple[Any, ...]:  # type: ignore[override]
        # What objects remember is this very option, not one that looks like it.
        return (self,) if self.propagate_to_loaders else ()
