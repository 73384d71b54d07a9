"""What an upsert writes to a row that is there already, and the names by which programs say it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from holdfast import exc
from holdfast.orm.unit_of_work.defaults import fill_values
from holdfast.orm.unit_of_work.versions import next_number
from holdfast.sql.columns import literal_column


def listed(names: Any) -> list[Any]:
    """Return one name or several as a list."""
    if isinstance(names, str) or hasattr(names, "__clause_element__") or not isinstance(names, Iterable):
        return [names]
    return list(names)


def names_of(facts: Any, one: Any) -> tuple[str, ...]:
    """Return the column attributes that a name, attribute or column stands for: those of a composite, that of a synonym.

    Raises: ArgumentError: none.
    """
    mapper = facts.mapper
    if not isinstance(one, str):
        name = mapper._name_of.get(getattr(one, "column", one)) or getattr(one, "key", None)
    else:
        name = one
    if name in facts.by_name:
        return (name,)
    prop = mapper.find_property(name)
    if hasattr(prop, "set_pairs"):
        return tuple(prop.names)
    if hasattr(prop, "map_column") and prop.name in facts.by_name:
        return (prop.name,)
    shown = one if isinstance(one, str) else type(one).__name__
    raise exc.ArgumentError(
        f"{mapper.class_name} has no column attribute {shown!r} to upsert by; it has {', '.join(facts.by_name)}."
    )


class UpdateOfExisting:
    """What the rows of one call get that are there.

    Args:
        facts: of the class.
        keys: attributes that find a row.
        update: what is written to it; see `Session.upsert`.
    """

    def __init__(self, connection: Any, facts: Any, keys: list[str], update: Any) -> None:
        self._connection = connection
        self._facts = facts
        self._update = update
        # Which row it is, of which class and version: nothing that a row of values is to say of one that is there.
        self._fixed = {*keys, *facts.mapper.primary_key_names}
        if facts.version is not None:
            self._fixed.add(facts.version.name)

    def columns(self, new: Any, given: tuple[str, ...]) -> dict[Any, Any]:
        """Return the columns that are set, each with its value or expression; empty: the row stays as it is.

        Args:
            new: the columns of the row that could not be inserted.
            given: attributes that the rows give.
        """
        by_name, update = self._facts.by_name, self._update
        if callable(update):
            update = update(new)
        if isinstance(update, Mapping):
            found = dict(pair for key, value in update.items() for pair in self._pairs(key, value))
        else:
            names = [name for name in given if name not in self._fixed] if update is None else self._names(update)
            found = {by_name[name].column: new[by_name[name].column.key] for name in names}
        if found:
            self._add_version(found, new)
            self._add_onupdate(found)
        return found

    def _names(self, update: Any) -> list[str]:
        return [name for one in listed(update) for name in names_of(self._facts, one)]

    def _pairs(self, key: Any, value: Any) -> list[tuple[Any, Any]]:
        """Return the columns that one key of a mapping stands for, each with its value."""
        names = names_of(self._facts, key)
        prop = self._facts.mapper.find_property(key if isinstance(key, str) else key.key)
        if hasattr(prop, "set_pairs"):
            return list(prop.set_pairs(value))
        return [(self._facts.by_name[name].column, value) for name in names]

    def _add_version(self, found: dict[Any, Any], new: Any) -> None:
        """The row gets another version: who read it before must not write over it unawares."""
        version = self._facts.version
        if version is None or version.make is None:
            return
        column = self._facts.by_name[version.name].column
        if column in found:
            return
        # What a function of the program makes of nothing is new; but a number that it begins with may be the row's.
        is_number = version.make is next_number or column.type.python_type is int
        found[column] = column + literal_column("1") if is_number else new[column.key]

    def _add_onupdate(self, found: dict[Any, Any]) -> None:
        """An updated row gets what its columns say for an UPDATE."""
        for fact in self._facts.columns:
            onupdate = getattr(fact.column, "onupdate", None)
            if onupdate is None or any(column is fact.column for column in found):
                continue
            if onupdate.is_clause_element or onupdate.is_scalar:
                found[fact.column] = onupdate.arg
            else:
                row: dict[str, Any] = {}
                fill_values(self._connection, self._facts, fact.column, fact.name, onupdate, [row], False)
                found[fact.column] = row[fact.name]
