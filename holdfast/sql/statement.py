"""What all statements share: they are immutable, executable, and carry options that are no SQL."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from holdfast.sql.element import ClauseElement
from holdfast.sql.node import Key, Values

S = TypeVar("S", bound="Statement")

NO_OPTIONS: Mapping[str, Any] = {}


class Statement(ClauseElement):
    """A statement. What was set stands in the instance's dict, what was not is a default of the class.

    Copying is therefore one dict copy; the key is made when it is first asked for.
    """

    is_statement = True
    is_executable = True
    is_dml = False
    is_insert = False
    is_update = False
    is_delete = False
    is_select = False

    entity: Any = None

    _execution_options: Mapping[str, Any] = NO_OPTIONS
    _options: tuple[Any, ...] = ()

    # The clauses that make up the key, each a class attribute with its empty value.
    _clauses: tuple[str, ...] = ()

    def _copy(self: S, **changes: Any) -> S:
        """Return this statement with some clauses changed."""
        new = object.__new__(type(self))
        values = new.__dict__
        values.update(self.__dict__)
        values.pop("_structure", None)
        values.update(changes)
        return new

    @property
    def _key(self) -> Key:  # type: ignore[override]
        return self._keyed()[0]

    @property
    def _values(self) -> Values:  # type: ignore[override]
        return self._keyed()[1]

    def _keyed(self) -> tuple[Key, Values]:
        """Return key and values, made once."""
        structure: tuple[Key, Values] | None = self.__dict__.get("_structure")
        if structure is None:
            structure = self.__dict__["_structure"] = self._make_structure()
        return structure

    def _make_structure(self) -> tuple[Key, Values]:
        own = self.__dict__
        key: list[Any] = [type(self)]
        values: list[Any] = []
        for name in self._clauses:
            clause = own.get(name)
            if clause is None:
                continue
            key.append(name)
            if clause.__class__ is tuple:
                for part in clause:
                    key.append(part._key)
                    values.extend(part._values)
            elif hasattr(clause, "_key"):
                key.append(clause._key)
                values.extend(clause._values)
            else:
                key.append(clause)
        return tuple(key), tuple(values)

    def execution_options(self: S, **options: Any) -> S:
        """Return the statement with options for its execution."""
        return self._copy(_execution_options={**self._execution_options, **options})

    def get_execution_options(self) -> Mapping[str, Any]:
        """Return the options for its execution."""
        return self._execution_options

    def options(self: S, *options: Any) -> S:
        """Return the statement with loader options."""
        return self._copy(_options=(*self._options, *options))
