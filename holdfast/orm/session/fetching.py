"""Reads single objects for a session: by primary key, again by `refresh`, one attribute at a time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from holdfast import exc
from holdfast.exc.shown import shown_object
from holdfast.orm import expiry, loading
from holdfast.orm.session import lifecycle
from holdfast.orm.state import EXPIRED, GONE, InstanceState

NO_OPTIONS: Mapping[str, Any] = {}


def is_null(key: Any) -> bool:
    """Return True for a primary key that no row can have."""
    return key is None or (key.__class__ is tuple and all(part is None for part in key))


async def core_get(session: Any, mapper: Any, key: Any) -> object | None:
    """Return the object of a primary key from the identity map or its row; None where there is no row.

    This is the hot one: a `get` with nothing but the key; `core_get_with` is for all others.
    """
    if key is None or key.__class__ is tuple:
        return await core_get_with(session, mapper, key)
    by_key = session.holder.states.get(mapper.base_mapper)
    if (by_key is not None and by_key.get(key) is not None) or session.dispatch.asked:
        return await core_get_with(session, mapper, key)
    if session.has_changes():
        await session.core_autoflush()
    return await loading.load.core_load_by_key(session, mapper, key)


async def core_get_with(
    session: Any,
    mapper: Any,
    key: Any,
    overwrite: bool = False,
    lock: Any = None,
    options: Sequence[Any] = (),
    execution_options: Mapping[str, Any] = NO_OPTIONS,
    bind_arguments: Mapping[str, Any] | None = None,
) -> object | None:
    """Return the object of a primary key, with all that `Session.get` takes.

    Args:
        overwrite: read the row also of an object that is present, and let it replace what is loaded.
        lock: as `Session.get` takes it for `with_for_update`.
    """
    if is_null(key):
        exc.warn(
            "fully NULL primary key identity cannot load any object.  This condition may raise an error in a future release."
        )
        return None
    lock = lock_arguments(lock)
    overwrite = (
        overwrite or mapper.always_refresh or lock is not None or bool(execution_options.get("populate_existing"))
    )
    if not overwrite:
        present = session.holder.find(mapper.base_mapper, key)
        if present is not None:
            if not isinstance(present, mapper.class_):
                return None
            state = present.__dict__["_sa_instance_state"]
            if state.flags & EXPIRED:
                if execution_options.get("autoflush", True):
                    await session.core_autoflush()
                try:
                    await loading.load.core_refresh(session, state, present)
                except exc.ObjectDeletedError:
                    # Somebody's statement deleted it in this transaction, or before; a rollback brings the object back.
                    session.register_gone(state)
                    return None
            return present
    if overwrite:
        # The row that a lock is taken on is newer than the values in memory; what else was loaded stays.
        how = True if lock is None or execution_options.get("populate_existing") else expiry.VALUES_ALONE
        execution_options = {**execution_options, "populate_existing": how}
    if session.dispatch.asked or session.has_own_execute():
        return await _core_get_by_face(session, mapper, key, lock, options, execution_options, bind_arguments)
    if execution_options.get("autoflush", True):
        await session.core_autoflush()
    if lock is None and not options and not bind_arguments and not execution_options.keys() - {"populate_existing"}:
        return await loading.load.core_load_by_key(session, mapper, key, expiry.replacing(execution_options))
    return await _core_select_by_key(session, mapper, key, lock, options, execution_options, bind_arguments)


async def _core_get_by_face(
    session: Any,
    mapper: Any,
    key: Any,
    lock: Mapping[str, Any] | None,
    options: Sequence[Any],
    execution_options: Mapping[str, Any],
    bind_arguments: Mapping[str, Any] | None,
) -> Any:
    """Load one object by the session's own `execute`, past its listeners."""
    statement = _statement_by_key(mapper, key, (), options, lock)
    parameters = loading.key_plans.key_parameters(key, len(mapper.primary_key))
    arguments = {"mapper": mapper, **(bind_arguments or {})}
    result = await session.core_execute_through_face(statement, parameters, execution_options, arguments)
    return result.unique().scalars().one_or_none()


def _statement_by_key(
    mapper: Any, key: Any, names: tuple[str, ...], options: Sequence[Any], lock: Mapping[str, Any] | None
) -> Any:
    """Return the statement of one object, or only of the attributes `names` as values."""
    statement = loading.key_plans.key_statement(mapper, names or None, nulls=loading.key_plans.nulls_of(key))
    if options:
        statement = statement.options(*options)
    return statement if lock is None else statement.with_for_update(**lock)


async def _core_select_by_key(
    session: Any,
    mapper: Any,
    key: Any,
    lock: Mapping[str, Any] | None,
    options: Sequence[Any],
    execution_options: Mapping[str, Any],
    bind_arguments: Mapping[str, Any] | None = None,
) -> Any:
    """Load one object by a statement of its own: locked, with options."""
    statement = _statement_by_key(mapper, key, (), options, lock)
    parameters = loading.key_plans.key_parameters(key, len(mapper.primary_key))
    _, found = await session.core_load(statement, parameters, execution_options, bind_arguments)
    return found[0] if found else None


def lock_arguments(given: Any) -> Mapping[str, Any] | None:
    """Return the arguments of `Select.with_for_update` for what a caller wrote: True, a dict, a ForUpdate; None: no lock.

    Raises: ArgumentError: anything else.
    """
    if given is None or given is False:
        return None
    if given is True:
        return {}
    if isinstance(given, Mapping):
        return given
    names = ("read", "nowait", "skip_locked", "key_share")
    if all(hasattr(given, name) for name in names):
        found: dict[str, Any] = {name: getattr(given, name) for name in names}
        found["of"] = getattr(given, "of", None) or None
        return found
    raise exc.ArgumentError(
        f"with_for_update takes True, False or a dict of the arguments of Select.with_for_update(), not "
        f"{type(given).__name__}"
    )


async def core_refresh(session: Any, instance: Any, names: Iterable[str] | None = None, lock: Any = None) -> None:
    """Expire and load again; see `Session.refresh`."""
    state = lifecycle.state_of(instance)
    arguments = lock_arguments(lock)
    if isinstance(names, str):
        names = [names]
    given = _with_parts(state.mapper, names or ()) or None
    expire(session, instance, given)
    await session.core_autoflush()
    mapper = state.mapper
    names_of_columns = [name for name in mapper.attribute_names if name in mapper.column_set]
    columns = tuple(name for name in names_of_columns if given is None or name in given)
    if given and (not columns or any(name in mapper.relationships for name in given)):
        # Relationships alone do not tell whether the row is still there.
        columns = tuple(name for name in names_of_columns if name in columns or name in mapper.primary_key_names)
    try:
        if state.flags & GONE:
            raise exc.ObjectDeletedError.of(state)
        if arguments is not None:
            await _core_load_locked(session, state, instance, given, columns, arguments)
        elif given is None:
            await loading.load.core_refresh(session, state, instance, overwrite=True)
        elif columns:
            await loading.load.core_load_columns(session, state, instance, columns, whole=True, told=given)
    except exc.ObjectDeletedError:
        raise exc.InvalidRequestError(f"Could not refresh instance '{shown_object(instance)}'") from None
    for name in given or ():
        if name in mapper.relationships:
            await loading.strategies.lazy.core_load_relationship(session, state, instance, mapper.relationships[name])


def _with_parts(mapper: Any, names: Iterable[str]) -> list[str]:
    """Return names of attributes with those that composites and synonyms among them are made of."""
    found: dict[str, None] = {}
    waiting = list(names)
    for name in waiting:
        if name not in found:
            found[name] = None
            waiting.extend(mapper.by_name[name].made_of if name in mapper.by_name else ())
    return list(found)


async def _core_load_locked(
    session: Any, state: InstanceState, instance: Any, given: Any, columns: tuple[str, ...], lock: Mapping[str, Any]
) -> None:
    """Load expired columns by a statement that locks the row."""
    names = () if given is None else columns
    statement = _statement_by_key(state.mapper, state.row_key, names, (), lock)
    parameters = loading.key_plans.key_parameters(state.row_key, len(state.mapper.primary_key))
    if session.dispatch.asked:
        found = await session.core_ask(loading.asked.Asked(statement, state.mapper, parameters, is_column_load=True))
    else:
        options = {"populate_existing": True} if given is None else NO_OPTIONS
        _, found = await session.core_load(statement, parameters, options)
    if not found:
        raise exc.ObjectDeletedError.of(state)
    if names:
        expiry.fill(state, instance, zip(names, found[0], strict=True))
        loading.object_lines.tell_refreshed(state.mapper.dispatch.refresh, instance, session.holder, {*names, *given})


def expire(session: Any, instance: Any, names: Iterable[str] | None = None) -> None:
    """Expire an object of the session: all of it with what the refresh-expire cascade reaches, or some attributes.

    Raises: InvalidRequestError: the object is not persistent in this session.
    """
    state = lifecycle.state_of(instance)
    if state.holder is not session.holder or state.row_key is None or state.flags & GONE:
        raise exc.InvalidRequestError(f"Instance '{shown_object(instance)}' is not persistent within this Session")
    # What is expired by hand is loaded by itself.
    state.peers = None
    names = list(names or ())
    if names:
        expiry.expire_attributes(state, instance, names)
        return
    # Found before anything is expired: the cascade goes along what is loaded.
    for member in lifecycle.reach(instance, "refresh_expire_names"):
        reached = lifecycle.state_of(member)
        if reached.row_key is not None:
            expiry.expire_state(reached, member)
        elif reached.holder is session.holder:
            lifecycle.release(session, reached, member)
