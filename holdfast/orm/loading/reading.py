"""What reading an attribute that is not loaded does where the mapping or an option says something about it."""

from __future__ import annotations

from typing import Any

from holdfast import exc
from holdfast.orm import attributes
from holdfast.orm.history import NO_VALUE
from holdfast.orm.loading import load
from holdfast.orm.loading.peer_rows import core_load_columns_with_peers, core_load_rest
from holdfast.orm.loading.strategies.lazy import core_load_relationship
from holdfast.orm.state import EXPIRED, InstanceState


async def core_read_relationship(
    session: Any, state: InstanceState, instance: Any, relationship: Any, is_read: bool
) -> Any:
    """Load a relationship as its choice has it, and return it.

    Args: is_read: the program reads the attribute: it may have been told not to.

    Raises: InvalidRequestError: the choice is that reading raises.
    """
    if is_read and (found := _answer(state, instance, relationship)) is not NO_VALUE:
        return found
    directions = load.directions_of(state)
    choice = directions.of_relationship(relationship)
    return await core_load_relationship(
        session, state, instance, relationship, directions.at(relationship), choice, is_read=is_read
    )


def read_without_sql(state: InstanceState, instance: Any, key: str, is_read: bool = True) -> Any:
    """Return an attribute that is not loaded as far as nothing has to be sent for it; `NO_VALUE` if it has.

    Args: is_read: see `core_read_relationship`.

    Raises: InvalidRequestError: the choice is that reading raises.
    """
    relationship = state.mapper.find_relationship(key)
    if relationship is None:
        return NO_VALUE
    found = _answer(state, instance, relationship) if is_read else NO_VALUE
    return _present(state, instance, relationship, is_read) if found is NO_VALUE else found


def _answer(state: InstanceState, instance: Any, relationship: Any) -> Any:
    """Return what the choice answers by itself, or `NO_VALUE`."""
    strategy = load.directions_of(state).of_relationship(relationship).strategy
    if strategy == "noload":
        return _empty(state, instance, relationship)
    if strategy == "raise":
        raise _refused(relationship, strategy)
    if strategy == "raise_on_sql":
        found = _present(state, instance, relationship)
        if found is NO_VALUE:
            raise _refused(relationship, strategy)
        return found
    return NO_VALUE


def _present(state: InstanceState, instance: Any, relationship: Any, is_read: bool = True) -> Any:
    """Return what a reference means if the session has it; that is kept unless it is to be loaded again itself."""
    find = relationship.link.find_present
    found = NO_VALUE if find is None or not relationship.load_by_key else find(state, instance, is_read)
    if found is not NO_VALUE and not is_expired(found):
        attributes.set_loaded(state, instance, relationship.key, found)
    return found


def is_expired(value: Any) -> bool:
    """Return True for a mapped object that is to be loaded again."""
    state = getattr(value, "_sa_instance_state", None)
    return state is not None and bool(state.flags & EXPIRED)


def _empty(state: InstanceState, instance: Any, relationship: Any) -> Any:
    if relationship.uselist:
        return attributes.set_loaded_collection(state, instance, relationship.key, ())
    attributes.set_loaded(state, instance, relationship.key, None)
    return None


def _refused(relationship: Any, strategy: str) -> exc.InvalidRequestError:
    return exc.InvalidRequestError(
        f"'{relationship}' is not available due to lazy='{strategy}'. Load it with the query: "
        f"options(selectinload({relationship}))."
    )


async def core_read_column(session: Any, state: InstanceState, instance: Any, key: str) -> None:
    """Load a column attribute: alone or with its group where it is deferred, else with all that is expired.

    Raises: InvalidRequestError: the choice is that reading raises.
    """
    mapper = state.mapper
    prop = mapper.by_name[key]
    choice = load.directions_of(state).of_column(prop)
    deferred = prop.deferred if choice is None else choice.strategy == "deferred"
    if not deferred:
        wanted = load.loaded_names(mapper, load.directions_of(state))
        if mapper.inherits is not None and key in wanted and not state.flags & EXPIRED:
            await core_load_rest(session, state, instance, wanted)
        elif key in wanted:
            await load.core_refresh(session, state, instance)
        if key not in instance.__dict__:
            await load.core_load_columns(session, state, instance, (key,))
        return
    if state.flags & EXPIRED and not prop.deferred:
        await load.core_refresh(session, state, instance)
        if key in instance.__dict__:
            return
    if choice is None or (prop.deferred and not choice.raiseload):
        names = mapper.load_with(key, instance.__dict__)
    elif choice.raiseload:
        raise exc.InvalidRequestError(
            f"'{prop}' is not available due to raiseload=True. Load it with the query: options(undefer({prop}))."
        )
    else:
        names = (key,)
    await core_load_columns_with_peers(session, state, instance, names)
