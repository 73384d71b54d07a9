"""Rows that were expired and columns that were deferred, read for all peers at once; see `orm.peers`."""

from __future__ import annotations

from typing import Any

from holdfast.orm.expiry import fill
from holdfast.orm.loading import load
from holdfast.orm.loading.asked import Asked
from holdfast.orm.loading.load_plan import plan_load
from holdfast.orm.loading.object_lines import tell_refreshed
from holdfast.orm.loading.peer_groups import CHUNK, check_allowed, mode_of, new_stash, others_of, peers_of, valid
from holdfast.orm.loading.tree import is_eager
from holdfast.orm.peers import Stash
from holdfast.orm.state import EXPIRED, InstanceState
from holdfast.sql.binds import BindParameter
from holdfast.sql.expressions import Tuple
from holdfast.sql.select import select

_KEYS = "primary_keys"
_ROW = "row"
_VALUES = "values"


async def core_refresh_with_peers(session: Any, state: InstanceState, instance: Any) -> None:
    """Bring the row of an expired object; from the second object of a group on, the rows of all that are expired.

    Raises: ObjectDeletedError: the row is gone.
    """
    group = peers_of(session, state)
    mapper = state.mapper
    if mapper.inherits is not None and not state.flags & EXPIRED:
        return await core_load_rest(session, state, instance, mapper.column_names)
    if group is None or not state.flags & EXPIRED or is_eager(mapper) or not _is_bare(mapper, instance):
        return await load.core_refresh(session, state, instance)
    kind = _VALUES if session.holder.dispatch.asked else _ROW
    # Rows of a subclass have other columns.
    what: Any = (kind, mapper) if mapper.in_hierarchy else kind
    stash = valid(session, group, what)
    row = None if stash is None else stash.found.pop(state, None)
    if row is None and what in group.touched and mode_of(session, group) == "peers":
        others = list(
            others_of(session, state, group, lambda peer, one: peer.mapper is mapper and _is_lacking(peer, one))
        )
        if others:
            stash = new_stash(session, group, what, mapper)
            await _stash_rows(session, stash, mapper, [instance, *others], kind)
            row = stash.found.pop(state, None)
    group.touched.add(what)
    if row is None or stash is None:
        return await load.core_refresh(session, state, instance)
    if kind is _VALUES:
        return _take_values(session, state, instance, mapper.column_names, row)
    plan = _row_plan(session.engine_for(mapper), mapper, None)[0]
    plan.load([row], session.holder, False)
    return None


async def core_load_rest(session: Any, state: InstanceState, instance: Any, wanted: tuple[str, ...]) -> None:
    """Load what a class adds to its parent, whose rows have not brought it: of this object, or of all its peers."""
    lacking = tuple(name for name in wanted if name not in instance.__dict__)
    if lacking:
        await core_load_columns_with_peers(session, state, instance, lacking)


def _is_lacking(state: InstanceState, instance: Any) -> bool:
    return bool(state.flags & EXPIRED) and _is_bare(state.mapper, instance)


def _is_bare(mapper: Any, instance: Any) -> bool:
    """Return True for an expired object that nothing was set on since."""
    values = instance.__dict__
    return not any(name in values for name in mapper.column_names)


async def _stash_rows(session: Any, stash: Stash, mapper: Any, owners: list[Any], kind: str) -> None:
    """Read the rows of many objects, and keep those for who asks: raw, or as values where statements are shown."""
    states = _by_key(owners)
    if kind is _VALUES:
        return await _stash_values(session, stash, mapper, mapper.column_names, states)
    engine = session.engine_for(mapper)
    plan, values, key_of = _row_plan(engine, mapper, None)
    connection = await session.core_connection_for(mapper)
    sql, bound = plan.compiled.bind(values, {_KEYS: list(states)})
    for row in (await connection.core_run(plan.compiled, sql, bound)).rows:
        state = states.get(key_of(row))
        if state is not None:
            stash.found[state] = row
    return None


async def core_load_columns_with_peers(
    session: Any, state: InstanceState, instance: Any, names: tuple[str, ...]
) -> None:
    """Load deferred columns of one object; from the second object of a group on, of all that lack them.

    Raises: ObjectDeletedError: the row is gone.
    """
    group = peers_of(session, state)
    if group is None:
        return await load.core_load_columns(session, state, instance, names)
    stash = valid(session, group, names)
    row = None if stash is None else stash.found.pop(state, None)
    if row is None and names in group.touched:
        check_allowed(mode_of(session, group), state, f"{state.mapper.class_name}.{names[0]}")
        others = list(others_of(session, state, group, _lacks_columns(frozenset(names))))
        if others:
            stash = new_stash(session, group, names, state.mapper)
            await _stash_values(session, stash, state.mapper, names, _by_key([instance, *others]))
            row = stash.found.pop(state, None)
    group.touched.add(names)
    if row is None:
        return await load.core_load_columns(session, state, instance, names)
    return _take_values(session, state, instance, names, row)


def _lacks_columns(names: frozenset[str]) -> Any:
    """Return the test whether a peer could use what is loaded: it has none of these columns, and is not expired."""
    return lambda state, instance: not state.flags & EXPIRED and names.isdisjoint(instance.__dict__)


def _by_key(owners: list[Any]) -> dict[Any, InstanceState]:
    return {owner._sa_instance_state.row_key: owner._sa_instance_state for owner in owners}


async def _stash_values(
    session: Any, stash: Stash, mapper: Any, names: tuple[str, ...], states: dict[Any, InstanceState]
) -> None:
    """Load some columns of many objects, and keep them for who asks."""
    width = len(mapper.primary_key)
    for found in await core_rows(session, mapper, names, list(states)):
        key = found[0] if width == 1 else tuple(found[:width])
        if key in states:
            stash.found[states[key]] = found[width:]


def _take_values(session: Any, state: InstanceState, instance: Any, names: tuple[str, ...], row: Any) -> None:
    """Give an object what was loaded of its columns."""
    fill(state, instance, zip(names, row, strict=True))
    if state.mapper.dispatch.refresh:
        tell_refreshed(state.mapper.dispatch.refresh, instance, session.holder, set(names))


async def core_rows(session: Any, mapper: Any, names: tuple[str, ...] | None, keys: list[Any]) -> list[Any]:
    """Load objects, or the key and some columns, of many keys."""
    found: list[Any] = []
    chunks = [{_KEYS: keys[start : start + CHUNK]} for start in range(0, len(keys), CHUNK)]
    if session.holder.dispatch.asked:
        for parameters in chunks:
            found += await session.core_ask(_asked(mapper, names, parameters))
        return found
    plan, values, _ = _row_plan(session.engine_for(mapper), mapper, names)
    connection = await session.core_connection_for(mapper)
    for parameters in chunks:
        found += await load.core_fetch(connection, plan, values, parameters, session.holder)
    return found


def _asked(mapper: Any, names: tuple[str, ...] | None, parameters: Any) -> Any:
    """Return the statement for many keys as it is shown before it runs."""
    is_reference = names is None
    statement = _statement(mapper, names)
    return Asked(statement, mapper, parameters, is_column_load=not is_reference, is_relationship_load=is_reference)


def _statement(mapper: Any, names: tuple[str, ...] | None) -> Any:
    """Return the statement that selects objects, or their keys and some columns, by many keys."""
    columns = tuple(getattr(mapper.class_, name) for name in mapper.primary_key_names)
    if len(columns) == 1:
        criterion = columns[0].in_(BindParameter(_KEYS, type_=columns[0].type, expanding=True))
    else:
        row = Tuple(columns)
        criterion = row.in_(BindParameter(_KEYS, type_=row.row_type, expanding=True))
    entries = [mapper] if names is None else [*columns, *[getattr(mapper.class_, name) for name in names]]
    return select(*entries).where(criterion)


def _row_plan(engine: Any, mapper: Any, names: tuple[str, ...] | None) -> Any:
    """Return the plan that loads by many keys, its values, and the function that finds the key of a raw row."""
    memo = engine.memo.setdefault("peer_plans", {})
    found = memo.get((mapper, names))
    if found is None:
        statement = _statement(mapper, names)
        plan = plan_load(engine.compiled(statement), statement._columns)
        found = memo[mapper, names] = (plan, statement._values, _key_reader(plan, mapper))
    return found


def _key_reader(plan: Any, mapper: Any) -> Any:
    """Return the function: raw row -> primary key as the identity map has it."""
    sources = []
    for column in mapper.primary_key:
        for position, selected in enumerate(plan.compiled.columns):
            if getattr(selected.element, "column", selected.element) is column:
                sources.append((position, selected.codec.result))
                break
    if len(sources) == 1:
        [(place, convert)] = sources
        return (lambda row: row[place]) if convert is None else (lambda row: convert(row[place]))
    return lambda row: tuple(row[at] if read is None else read(row[at]) for at, read in sources)
