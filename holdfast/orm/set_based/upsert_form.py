"""What an upsert says: an INSERT, and what is done about rows that are there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from holdfast import exc
from holdfast.orm.unit_of_work.defaults import fill_values
from holdfast.orm.unit_of_work.facts import facts_of
from holdfast.sql.duplicate_key import DuplicateKeyInsert
from holdfast.sql.on_conflict import ConflictInsert


class UpsertForm:
    """The statement of one call of `Session.upsert`.

    Args:
        on: what finds a row that is there; None: the primary key.
        update: what is written to it; see `Session.upsert`.

    Attributes:
        keys: the attributes that find a row.
        leaves_rows: rows that are there stay as they are, and nobody counts them.
    """

    def __init__(self, connection: Any, mapper: Any, on: Any, update: Any) -> None:
        self.mapper = mapper
        self.facts = facts_of(mapper)
        self.keys = [self._name(one) for one in _listed(on)] if on is not None else list(mapper.primary_key_names)
        self.leaves_rows = False
        self._connection = connection
        self._update = update

    def check_keys(self, given: tuple[str, ...]) -> None:
        """Raise for rows that do not say which row they are.

        Args: given: the attributes that they give.
        """
        missing = [name for name in self.keys if name not in given]
        if missing and self.keys != list(self.mapper.primary_key_names):
            raise exc.ArgumentError(
                f"upsert() of {self.mapper.class_name} finds rows by {', '.join(self.keys)}, and a row gives no "
                f"{', '.join(missing)}"
            )

    def statement(self, given: tuple[str, ...]) -> Any:
        """Return the INSERT with what is done about rows that are there."""
        if not self._connection.dialect.capabilities.on_conflict:
            return self._duplicate_key_statement(given)
        statement = ConflictInsert(self.mapper.class_)
        by_name = self.facts.by_name
        target = [by_name[name].column for name in self.keys]
        updates = self._updates(statement.excluded, given)
        if not updates:
            return statement._on_conflict(None, target, None)
        return statement._on_conflict(None, target, None, set_=updates, updates=True)

    def _duplicate_key_statement(self, given: tuple[str, ...]) -> Any:
        statement = DuplicateKeyInsert(self.mapper.class_)
        updates = self._updates(statement.inserted, given)
        if not updates:
            # There is no word for it: a key that gets its own value changes nothing.
            self.leaves_rows = True
            updates = {(key := self.facts.by_name[self.keys[0]].column): key}
        return statement.on_duplicate_key_update(updates)

    def _updates(self, new: Any, given: tuple[str, ...]) -> dict[Any, Any]:
        by_name, update = self.facts.by_name, self._update
        if callable(update):
            update = update(new)
        if isinstance(update, Mapping):
            updates = {by_name[self._name(key)].column: value for key, value in update.items()}
        else:
            fixed = {*self.keys, *self.mapper.primary_key_names}
            names = (
                [name for name in given if name not in fixed] if update is None else map(self._name, _listed(update))
            )
            updates = {by_name[name].column: new[by_name[name].column.key] for name in names}
        if updates:
            self._add_onupdate(updates)
        return updates

    def _add_onupdate(self, updates: dict[Any, Any]) -> None:
        """An updated row gets what its columns say for an UPDATE."""
        for fact in self.facts.columns:
            onupdate = getattr(fact.column, "onupdate", None)
            if onupdate is None or any(column is fact.column for column in updates):
                continue
            if onupdate.is_clause_element or onupdate.is_scalar:
                updates[fact.column] = onupdate.arg
            else:
                row: dict[str, Any] = {}
                fill_values(self._connection, self.facts, fact.column, fact.name, onupdate, [row], False)
                updates[fact.column] = row[fact.name]

    def _name(self, one: Any) -> str:
        """Return the attribute that a name, attribute or column stands for.

        Raises: ArgumentError: none.
        """
        name = one if isinstance(one, str) else getattr(one, "key", None)
        if name not in self.facts.by_name:
            column = getattr(one, "column", one)
            name = None if isinstance(one, str) else self.mapper._name_of.get(column)
        if name is None:
            shown = one if isinstance(one, str) else type(one).__name__
            raise exc.ArgumentError(
                f"{self.mapper.class_name} has no column attribute {shown!r} to upsert by; it has "
                f"{', '.join(self.facts.by_name)}."
            )
        return str(name)


def _listed(names: Any) -> list[Any]:
    if isinstance(names, str) or hasattr(names, "__clause_element__") or not isinstance(names, Iterable):
        return [names]
    return list(names)
