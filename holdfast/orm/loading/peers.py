"""Loads for all peers at once what the second of them asks for; see `orm.peers`.

Nothing is stale by it. What was loaded for an object that has not asked yet stands beside the object, not in it, and is
dropped by whatever may have changed rows meanwhile: a statement that no flush issued, the end of a transaction or the
rollback of a savepoint, a flush that wrote to the rows it came from.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any
from weakref import WeakSet

from holdfast import exc
from holdfast.orm import attributes
from holdfast.orm.expiry import expire_state, fill
from holdfast.orm.loading import load
from holdfast.orm.loading.asked import Asked
from holdfast.orm.loading.choice import Choice
from holdfast.orm.loading.directions import NOTHING
from holdfast.orm.loading.graph_rows import warn_of_many
from holdfast.orm.loading.load_plan import plan_load
from holdfast.orm.loading.object_lines import tell_refreshed
from holdfast.orm.loading.strategies.lazy import core_load_relationship
from holdfast.orm.loading.strategies.selectin import core_group_members, members_of
from holdfast.orm.loading.tree import FollowUp, is_eager
from holdfast.orm.peers import Peers, Stash
from holdfast.orm.state import EXPIRED, GONE, NO_VALUE, InstanceState
from holdfast.sql.binds import BindParameter
from holdfast.sql.expressions import Tuple
from holdfast.sql.select import select

CHUNK = 1000
"""Peers that one statement serves; the next one serves the next so many."""

_SELECTIN = Choice("selectin", chunksize=CHUNK)
_KEYS = "primary_keys"
_ROW = "row"
_VALUES = "values"


def peers_of(session: Any, state: InstanceState) -> Peers | None:
    """Return the group of an object, or None where it is loaded alone."""
    group: Peers | None = getattr(state, "peers", None)
    return None if group is None or _mode(session, group) == "one" else group


def _mode(session: Any, group: Peers, relationship: Any = None) -> str:
    """Return what is to happen: what the statement says, else the relationship, else the session."""
    return group.mode or (relationship and relationship.lazy_batching) or session.lazy_batching  # type: ignore[no-any-return]


def already_loaded(session: Any, state: InstanceState, instance: Any, key: str) -> Any:
    """Return what a statement for another object has brought of a relationship; `NO_VALUE`: it has to be looked for.

    The way of all objects of a group but two: nothing is sent, so that it needs no coroutine.
    """
    group = getattr(state, "peers", None)
    if group is None or not group.stashes or session.has_changes() or key in instance.__dict__:
        return NO_VALUE
    relationship = state.mapper.find_relationship(key)
    stash = group.stashes.get(relationship)
    if stash is None or state not in stash.found or (state.extra is not None and "directions" in state.extra):
        return NO_VALUE
    if stash.mark != session.peer_mark() or session.transaction is None or not session.transaction.is_active:
        return NO_VALUE
    return _place(state, instance, relationship, stash.found.pop(state), stash)


# -- relationships ------------------------------------------------------------------------------------------------------


async def core_load_for_peers(session: Any, state: InstanceState, instance: Any, relationship: Any) -> Any:
    """Load a relationship of one object, and from the second object of a group on, of all of them."""
    group = getattr(state, "peers", None)
    mode = None if group is None else _mode(session, group, relationship)
    if group is None or mode == "one" or is_eager(relationship.mapper):
        return await core_load_relationship(session, state, instance, relationship)
    stash = _valid(session, group, relationship)
    if relationship.load_by_key:
        found = _at_hand(session, instance, relationship)
        if found is not NO_VALUE:
            return _place(state, instance, relationship, [] if found is None else [found], stash)
    if stash is not None and state in stash.found:
        return _place(state, instance, relationship, stash.found.pop(state), stash)
    if relationship not in group.touched:
        group.touched.add(relationship)
        return await core_load_relationship(session, state, instance, relationship)
    _check_allowed(mode, state, str(relationship))
    owners = [instance, *_others(session, state, group, _lacks_relationship(relationship))]
    if len(owners) == 1:
        return await core_load_relationship(session, state, instance, relationship)
    if relationship.load_by_key:
        await _load_referred(session, group, relationship, owners)
        return await core_load_relationship(session, state, instance, relationship)
    return await _load_members(session, group, relationship, owners)


def _at_hand(session: Any, instance: Any, relationship: Any) -> Any:
    """Return what a reference means if the session has it, None if it means nothing; `NO_VALUE`: SQL must tell."""
    old = instance._sa_instance_state.old
    if old and not old.keys().isdisjoint(_reference_names(relationship)):
        return NO_VALUE
    key = _referred_key(instance, relationship)
    if key is None:
        return None if _knows_key(instance, relationship) else NO_VALUE
    found = session.holder.find(relationship.mapper.base_mapper, key)
    return NO_VALUE if found is None or found._sa_instance_state.flags & EXPIRED else found


def _knows_key(instance: Any, relationship: Any) -> bool:
    return all(name in instance.__dict__ for name in _reference_names(relationship))


def _reference_names(relationship: Any) -> tuple[str, ...]:
    return tuple(relationship.parent.name_of_column(column) for column in relationship.key_columns)


def _referred_key(instance: Any, relationship: Any) -> Any:
    """Return the key of what a reference means, or None where it is not known or there is none."""
    values = instance.__dict__
    key = tuple(values.get(name) for name in _reference_names(relationship))
    if None in key:
        return None
    return key[0] if len(key) == 1 else key


def _lacks_relationship(relationship: Any) -> Any:
    """Return the test whether a peer could use what is loaded: it has neither the attribute nor changed keys."""
    key = relationship.key
    sources = {relationship.parent.name_of_column(column) for column in relationship.near_columns}

    def lacks(state: InstanceState, instance: Any) -> bool:
        values = instance.__dict__
        if key in values or not sources <= values.keys():
            return False
        return state.old is None or not sources & state.old.keys()

    return lacks


def _others(session: Any, state: InstanceState, group: Peers, lacks: Any) -> Iterator[Any]:
    """Yield the other objects of a group that lack the same, as many as one statement serves."""
    found = 0
    class_ = state.mapper.class_
    for other in list(session.holder.by_key(state.mapper.base_mapper).values()):
        if getattr(other, "peers", None) is not group or other is state or other.flags & GONE:
            continue
        instance = other()
        if instance is None or not isinstance(instance, class_) or other in session.holder.deleted:
            continue
        if (other.extra is None or "directions" not in other.extra) and lacks(other, instance):
            found += 1
            if found >= CHUNK:
                return
            yield instance


async def _load_members(session: Any, group: Peers, relationship: Any, owners: list[Any]) -> Any:
    # A row of the table between two sides is written with changes of either.
    sides = (relationship.mapper,) if relationship.secondary is None else (relationship.mapper, relationship.parent)
    stash = _new_stash(session, group, relationship, *sides)
    follow_up = FollowUp(relationship, _SELECTIN, NOTHING, (relationship.mapper,))
    stash.before = _present(session, relationship.mapper)
    groups, _ = await core_group_members(session, follow_up, owners, False)
    first, *others = owners
    for owner in others:
        state = owner._sa_instance_state
        stash.found[state] = members_of(groups, state.key)
    state = first._sa_instance_state
    return _place(state, first, relationship, members_of(groups, state.key), stash)


async def _load_referred(session: Any, group: Peers, relationship: Any, owners: list[Any]) -> None:
    """Bring the targets of many references into the session; the stash keeps them alive until they are asked for."""
    mapper = relationship.mapper
    find = session.holder.find
    keys: dict[Any, None] = {}
    for owner in owners:
        key = _referred_key(owner, relationship)
        if key is not None:
            present = find(mapper.base_mapper, key)
            if present is None or present._sa_instance_state.flags & EXPIRED:
                keys[key] = None
    stash = _new_stash(session, group, relationship, mapper)
    found = await _rows(session, mapper, None, list(keys))
    stash.fresh = {id(member): member for member in found}


def _place(state: InstanceState, instance: Any, relationship: Any, members: list[Any], stash: Stash | None) -> Any:
    """Put what was loaded into its place, and return it."""
    if stash is not None and stash.fresh:
        stash.seen(members)
    if relationship.uselist:
        return attributes.set_loaded_collection(state, instance, relationship.key, members)
    if len(members) > 1:
        warn_of_many(relationship, "lazily")
    member = members[0] if members else None
    attributes.set_loaded(state, instance, relationship.key, member)
    return member


# -- columns ------------------------------------------------------------------------------------------------------------


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
    what = _VALUES if session.holder.dispatch.asked else _ROW
    stash = _valid(session, group, what)
    row = None if stash is None else stash.found.pop(state, None)
    if row is None and what in group.touched and _mode(session, group) == "peers":
        others = list(_others(session, state, group, lambda peer, one: peer.flags & EXPIRED and _is_bare(mapper, one)))
        if others:
            stash = await _stash_rows(session, group, mapper, [instance, *others], what)
            row = stash.found.pop(state, None)
    group.touched.add(what)
    if row is None or stash is None:
        return await load.core_refresh(session, state, instance)
    if what is _VALUES:
        return _take_values(session, state, instance, mapper.column_names, row)
    plan = _row_plan(session.engine_for(mapper), mapper, None)[0]
    plan.load([row], session.holder, False)
    return None


async def core_load_rest(session: Any, state: InstanceState, instance: Any, wanted: tuple[str, ...]) -> None:
    """Load what a class adds to its parent, whose rows have not brought it: of this object, or of all its peers."""
    lacking = tuple(name for name in wanted if name not in instance.__dict__)
    if lacking:
        await core_load_columns_with_peers(session, state, instance, lacking)


def _is_bare(mapper: Any, instance: Any) -> bool:
    """Return True for an expired object that nothing was set on since."""
    values = instance.__dict__
    return not any(name in values for name in mapper.column_names)


async def _stash_rows(session: Any, group: Peers, mapper: Any, owners: list[Any], what: str) -> Stash:
    """Read the rows of many objects, and keep those for who asks: raw, or as values where statements are shown."""
    stash = _new_stash(session, group, what, mapper)
    states = {owner._sa_instance_state.key: owner._sa_instance_state for owner in owners}
    if what is _VALUES:
        return await _stash_values(session, stash, mapper, mapper.column_names, states)
    engine = session.engine_for(mapper)
    plan, values, key_of = _row_plan(engine, mapper, None)
    connection = await session.core_connection_for(mapper)
    sql, bound = plan.compiled.bind(values, {_KEYS: list(states)})
    for row in (await connection.core_run(plan.compiled, sql, bound)).rows:
        state = states.get(key_of(row))
        if state is not None:
            stash.found[state] = row
    return stash


async def core_load_columns_with_peers(
    session: Any, state: InstanceState, instance: Any, names: tuple[str, ...]
) -> None:
    """Load deferred columns of one object; from the second object of a group on, of all that lack them.

    Raises: ObjectDeletedError: the row is gone.
    """
    group = peers_of(session, state)
    if group is None:
        return await load.core_load_columns(session, state, instance, names)
    stash = _valid(session, group, names)
    row = None if stash is None else stash.found.pop(state, None)
    if row is None and names in group.touched:
        _check_allowed(_mode(session, group), state, f"{state.mapper.class_name}.{names[0]}")
        others = list(
            _others(
                session,
                state,
                group,
                lambda peer, one: not peer.flags & EXPIRED and not one.__dict__.keys() & set(names),
            )
        )
        if others:
            stash = _new_stash(session, group, names, state.mapper)
            owners = [instance, *others]
            states = {owner._sa_instance_state.key: owner._sa_instance_state for owner in owners}
            await _stash_values(session, stash, state.mapper, names, states)
            row = stash.found.pop(state, None)
    group.touched.add(names)
    if row is None:
        return await load.core_load_columns(session, state, instance, names)
    return _take_values(session, state, instance, names, row)


async def _stash_values(
    session: Any, stash: Stash, mapper: Any, names: tuple[str, ...], states: dict[Any, InstanceState]
) -> Stash:
    """Load some columns of many objects, and keep them for who asks."""
    width = len(mapper.primary_key)
    for found in await _rows(session, mapper, names, list(states)):
        key = found[0] if width == 1 else tuple(found[:width])
        if key in states:
            stash.found[states[key]] = found[width:]
    return stash


def _take_values(session: Any, state: InstanceState, instance: Any, names: tuple[str, ...], row: Any) -> None:
    """Give an object what was loaded of its columns."""
    fill(state, instance, zip(names, row, strict=True))
    if state.mapper.dispatch.refresh:
        tell_refreshed(state.mapper.dispatch.refresh, instance, session.holder, set(names))


async def _rows(session: Any, mapper: Any, names: tuple[str, ...] | None, keys: list[Any]) -> list[Any]:
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


# -- stashes ------------------------------------------------------------------------------------------------------------


def _check_allowed(mode: str | None, state: InstanceState, what: str) -> None:
    """Refuse to load for a second object of a group where the program asked for that.

    Raises: InvalidRequestError: statement, relationship or session have ``lazy_batching="raise"``.
    """
    if mode == "raise":
        raise exc.InvalidRequestError(
            f"'{what}' of a second {state.mapper.class_name} is loaded by a statement of its own (N+1), which "
            "lazy_batching='raise' forbids. Load it with the query: options(selectinload(...)), or undefer(...) for a "
            "deferred column."
        )


def _new_stash(session: Any, group: Peers, what: Any, *mappers: Any) -> Stash:
    stash = group.stashes[what] = Stash(session.peer_mark(), [mapper.base_mapper for mapper in mappers])
    holder = session.holder
    if holder.stashes == ():
        holder.stashes = WeakSet()
    holder.stashes.add(stash)
    return stash


def _valid(session: Any, group: Peers, what: Any) -> Stash | None:
    """Return what was loaded for a group, unless something may have been written since."""
    stash = group.stashes.get(what)
    if stash is None:
        return None
    if stash.mark != session.peer_mark():
        del group.stashes[what]
        drop(stash)
        return None
    return stash


def drop(stash: Stash) -> None:
    """Forget what nobody has asked for; objects that came by it are read again when they are met."""
    unseen = list(stash.fresh.values())
    for members in stash.found.values():
        if members.__class__ is list:
            unseen += [member for member in members if member._sa_instance_state not in stash.before]
    stash.found.clear()
    for member in unseen:
        state = member._sa_instance_state
        if state.old is None and not state.flags & (EXPIRED | GONE) and state.holder is not None:
            expire_state(state, member)
    stash.fresh.clear()


def forget_flushed(holder: Any, states: Iterable[InstanceState]) -> None:
    """Drop what a flush may have changed: of the objects themselves, and members whose rows it wrote."""
    written = list(states)
    mappers = {state.mapper.base_mapper for state in written}
    for stash in list(holder.stashes):
        if not stash.mappers & mappers:
            continue
        if any(isinstance(value, tuple) for value in stash.found.values()):
            for state in written:
                stash.found.pop(state, None)
        else:
            drop(stash)


def _present(session: Any, mapper: Any) -> set[Any]:
    """Return the states of a class that the session has."""
    return set(session.holder.by_key(mapper.base_mapper).values())
