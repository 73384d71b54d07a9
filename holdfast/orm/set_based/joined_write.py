"""Runs one UPDATE or DELETE of a class whose objects have rows in several tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from holdfast.orm.loading.many_keys import are_among, key_batches
from holdfast.orm.set_based.bulk_insert import together
from holdfast.orm.set_based.conflicts import present
from holdfast.orm.set_based.evaluation import Found
from holdfast.orm.set_based.hierarchies import key_columns
from holdfast.orm.set_based.joined_tables import table_forms
from holdfast.orm.set_based.synchronize import SynchronizePlan
from holdfast.orm.set_based.write import Write


class JoinedWrite(Write):
    """One execution. Where it changes several tables, the keys of the rows are asked for first, whatever the strategy."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self._forms = table_forms(self.statement, self.mapper)
        self.sent = self._forms.statements[0]
        self._is_one = len(self._forms.statements) == 1

    def select_keys(self) -> Any:
        """Return the SELECT of the primary keys of the rows that the statement finds."""
        return self._forms.keys

    async def core_send(self) -> Any:
        """Send the statement; objects are left alone."""
        if self._is_one:
            return await super().core_send()
        return (await self._core_send_each(await self.core_keys_before()))[0]

    async def core_evaluated(self, plan: SynchronizePlan, found: Found, unsure: Found) -> Any:
        """Send the statement, apply it to the objects that were found before."""
        return await (super().core_evaluated(plan, found, unsure) if self._is_one else self.core_fetched(plan))

    async def core_fetched(self, plan: SynchronizePlan) -> Any:
        """Learn the matched keys from the database, run the statement, apply."""
        if self._is_one:
            return await super().core_fetched(plan)
        keys = await self.core_keys_before()
        result, sent = await self._core_send_each(keys)
        self.apply(plan, sent, present(self.session, self.mapper, keys), [])
        return result

    async def _core_send_each(self, keys: Sequence[Any]) -> tuple[Any, Mapping[str, Any]]:
        """Change the rows of these keys, table by table; returns the result, and all that was sent as values."""
        sent: dict[str, Any] = {}
        for form in self._forms.statements:
            given = {name: value for name, value in self.given.items() if name in _names_in(form)}
            columns = key_columns(self.mapper, form.table)
            for batch in key_batches(self.mapper, self.connection.dialect, keys):
                statement = form.where(are_among(columns, batch))
                result = await self.connection.core_execute(statement, given or None, self.options)
                sent.update(result.last_updated_params())
        return together([], len(keys), self.connection), sent


def _names_in(form: Any) -> set[str]:
    """Return the names of a statement's own parameters."""
    return {holder.key for holder in form._values if not getattr(holder, "unique", True)}
