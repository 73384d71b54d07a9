"""Runs one UPDATE or DELETE of a mapped class as its strategy says, and brings the session's objects along."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from holdfast import exc
from holdfast.orm.set_based.apply import apply_delete, apply_update
from holdfast.orm.set_based.conflicts import present
from holdfast.orm.set_based.evaluation import Found, values_for
from holdfast.orm.set_based.exact_types import Unsure
from holdfast.orm.set_based.hierarchies import key_columns
from holdfast.orm.set_based.ports import WritingSession
from holdfast.orm.set_based.returning import Returned, core_run_returning
from holdfast.orm.set_based.synchronize import SynchronizePlan, plan_synchronize, strategy_of
from holdfast.orm.state import EXPIRED
from holdfast.sql.dml_clauses import SetClause
from holdfast.sql.select import select
from holdfast.sql.traversal import iterate, replace

NOTHING: Mapping[str, Any] = {}


class Write:
    """One execution of an UPDATE or DELETE.

    Attributes:
        statement: as the program made it; objects are kept in step by it.
        sent: the same, as it is sent.
    """

    def __init__(
        self,
        session: WritingSession,
        connection: Any,
        statement: Any,
        mapper: Any,
        parameters: Mapping[str, Any] | None,
        options: Mapping[str, Any],
    ) -> None:
        self.session = session
        self.connection = connection
        self.statement = self.sent = statement
        self.mapper = mapper
        self.parameters = parameters
        self.given: Mapping[str, Any] = parameters or NOTHING
        self.options = options

    async def core_run(self) -> Any:
        """Run the statement as its strategy says."""
        strategy = strategy_of(self.options)
        states = self.session.holder.states.get(self.mapper.base_mapper)
        if strategy is None or (not states and strategy != "evaluate"):
            return await self.core_send()
        columns = self.mapper.local_table.c
        given = tuple(sorted(key for key in self.given if key in columns)) if self.given else ()
        perhaps: Found = []
        if states and self.mapper.in_hierarchy:
            perhaps = self._of_classes_above(states)
            states = {key: state for key, state in states.items() if state.mapper.isa(self.mapper)}
        plan = plan_synchronize(self.connection.engine, self.statement, self.mapper, given)
        if strategy != "fetch":
            found, unsure, reason = self._match(plan, list(states.values()) if states else [])
            if reason is None:
                return await self.core_evaluated(plan, found, [*unsure, *perhaps])
            if strategy == "evaluate":
                raise exc.InvalidRequestError(
                    f"Could not evaluate current criteria in Python: \"{reason}\". Specify 'fetch' or False for the "
                    "synchronize_session execution option."
                )
        return await self.core_fetched(plan)

    def _of_classes_above(self, states: Mapping[Any, Any]) -> Found:
        """Return objects that may have the rows of an UPDATE though they are of a class above: nothing tells a row's class."""
        if self.statement.is_delete or self.mapper.base_mapper.polymorphic_on is not None:
            return []
        pairs = [(state, state()) for state in states.values() if not state.mapper.isa(self.mapper)]
        return [
            (state, instance) for state, instance in pairs if instance is not None and self.mapper.isa(state.mapper)
        ]

    def _match(self, plan: SynchronizePlan, states: list[Any]) -> tuple[Found, Found, str | None]:
        """Return the objects that match, those of which it is not known, and why Python can not tell at all."""
        if plan.matcher is None:
            return [], [], plan.reason
        try:
            parameters = values_for(plan.matcher, self.statement._values, self.given)
        except Unsure:
            return [], [], "Cannot evaluate a value of another type than what it is compared with"
        return (*plan.matcher.match(states, parameters), None)

    async def core_send(self) -> Any:
        """Send the statement; objects are left alone but for those that it returns."""
        if not self.sent._returning:
            return await self.connection.core_execute(self.sent, self.parameters, self.options)
        returned = await core_run_returning(self.connection, self.sent, self.mapper, [self.given])
        result = self._loaded(returned)
        if self.statement.is_delete and strategy_of(self.options) is not None:
            apply_delete(self.session, self._of_deleted_rows(returned, result, []), [])
        return result

    def _loaded(self, returned: Returned, written: Found = ()) -> Any:  # type: ignore[assignment]
        """Return the result; the rows that come back with objects fill what was dropped from those of `written`."""
        overwrite = bool(self.options.get("populate_existing"))
        lacking = [state for state, _ in written if not state.flags & EXPIRED] if returned.has_objects else []
        for state in lacking:
            state.flags |= EXPIRED
        try:
            return returned.result(self.connection, self.session.holder, overwrite)
        finally:
            for state in lacking:
                state.flags &= ~EXPIRED

    async def core_evaluated(self, plan: SynchronizePlan, found: Found, unsure: Found) -> Any:
        """Send the statement, apply it to the objects that were found before."""
        if self.sent._returning:
            returned = await core_run_returning(self.connection, self.sent, self.mapper, [self.given])
            return self._applied(plan, returned, found, unsure)
        result = await self.connection.core_execute(self.sent, self.parameters, self.options)
        self.apply(plan, result.last_updated_params() if plan.made else NOTHING, found, unsure)
        return result

    async def core_fetched(self, plan: SynchronizePlan) -> Any:
        """Learn the matched keys from the database, run the statement, apply."""
        if not self._brings_back() or plan.sets_key:
            # RETURNING would tell the new keys.
            found = present(self.session, self.mapper, await self.core_keys_before())
            return await self.core_evaluated(plan, found, [])
        returned = await core_run_returning(self.connection, self.sent, self.mapper, [self.given], with_keys=True)
        return self._applied(plan, returned, present(self.session, self.mapper, returned.keys()), [])

    def _applied(self, plan: SynchronizePlan, returned: Returned, found: Found, unsure: Found) -> Any:
        """Bring what the statement did into the objects, and return its result."""
        if not self.statement.is_delete:
            self.apply(plan, returned.sent[0], found, unsure)
            return self._loaded(returned, [*found, *unsure])
        # While the objects are still there, so that they are what comes back.
        result = self._loaded(returned)
        found = [*found, *self._of_deleted_rows(returned, result, found)]
        sure = {state for state, _ in found}
        self.apply(plan, returned.sent[0], found, [pair for pair in unsure if pair[0] not in sure])
        return result

    def _of_deleted_rows(self, returned: Returned, result: Any, known: Found) -> Found:
        """Return the objects in the result of a DELETE whose rows it has deleted, but for those that are known."""
        if not returned.has_objects:
            return []
        met = {state for state, _ in known}
        found: Found = []
        for element in result._elements:
            for instance in (element,) if result._single else element:
                state = getattr(instance, "_sa_instance_state", None)
                if state is not None and state not in met and state.mapper.isa(self.mapper):
                    met.add(state)
                    found.append((state, instance))
        return found

    def _brings_back(self) -> bool:
        """Return True if the statement can have RETURNING."""
        capabilities, table = self.connection.dialect.capabilities, self.sent.table
        if self.sent.is_update:
            return bool(capabilities.update_returning)
        if not capabilities.delete_returning or not capabilities.deletes_from_several:
            return bool(capabilities.delete_returning)
        # There, a DELETE that names several tables has none.
        read = [getattr(node, "column", node) for criterion in self.sent._where for node in iterate(criterion)]
        places = [place for place in (getattr(one, "table", None) for one in read) if place is not None]
        return table.visit_name != "alias" and all(place is table for place in places)

    async def core_keys_before(self) -> list[Any]:
        """Return the primary keys of the rows that the statement will find."""
        statement = self.select_keys()
        if self.statement._independent_ctes:
            statement = statement.add_cte(*self.statement._independent_ctes)
        rows = (await self.connection.core_execute(statement, self.given or None)).all()
        return [row[0] if len(row) == 1 else tuple(row) for row in rows]

    def select_keys(self) -> Any:
        """Return the SELECT of the primary keys of the rows that the statement finds."""
        return select(*key_columns(self.mapper, self.sent.table)).where(*self.sent._where)

    def apply(self, plan: SynchronizePlan, sent: Mapping[str, Any], found: Found, unsure: Found) -> None:
        """Bring what the statement did into the objects.

        Args:
            sent: the parameters of the execution, with what Python's defaults made.
        """
        if self.statement.is_delete:
            if self.mapper.in_hierarchy:
                # An object of a class above keeps the row that it has there.
                found = [pair for pair in found if pair[0].mapper.isa(self.mapper)]
            apply_delete(self.session, found, unsure)
        elif found or unsure:
            apply_update(
                self.session,
                plan,
                self.mapper,
                self.connection.dialect,
                self.statement,
                self.given,
                sent,
                found,
                unsure,
            )


class AliasWrite(Write):
    """One execution of an UPDATE or DELETE of an alias of a class: objects are kept in step as by one of the class itself."""

    def __init__(self, session: WritingSession, connection: Any, statement: Any, mapper: Any, *others: Any) -> None:
        super().__init__(session, connection, _without_alias(statement, mapper), mapper, *others)
        self.sent = statement


def _without_alias(statement: Any, mapper: Any) -> Any:
    """Return what a statement of an alias says, said of the class; what it reads from the class besides stays undecided."""
    alias, table = statement.table, mapper.local_table

    def substitute(node: Any) -> Any:
        place = getattr(getattr(node, "column", node), "table", None)
        if place is alias:
            return table.c[getattr(node, "column", node).key]
        # The class itself is other rows here: the evaluator takes nothing of another table.
        return table.alias().c[getattr(node, "column", node).key] if place is table else None

    changes = [SetClause(table.c[clause.column.key], replace(clause.value, substitute)) for clause in statement._set]
    where = tuple([replace(one, substitute) for one in statement._where])
    return statement._copy(table=table, entity=mapper, _set=tuple(changes), _where=where)
