"""Optimistic Offline Lock: a column that says which version of a row an object was read from.

An UPDATE or DELETE names the version that the object knows beside the primary key; a row that somebody else changed
meanwhile is not found, and the count of the rows tells. A class without such a column pays one test per batch.

Source: Fowler, PoEAA, Optimistic Offline Lock.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from holdfast import exc
from holdfast.orm.history import NO_VALUE
from holdfast.orm.state import InstanceState
from holdfast.sql.select import select


class Version(NamedTuple):
    """The version of a mapper's rows.

    Attributes:
        name: the attribute.
        make: version so far (None: a new row) -> the next one; None: the program or the database makes it.
        is_made_by_server: the database makes it whenever a row is written.
    """

    name: str
    make: Callable[[Any], Any] | None
    is_made_by_server: bool


def next_number(version: int | None) -> int:
    """Return the version after `version`: 1 for a new row."""
    return 1 if version is None else version + 1


def version_of(mapper: Any) -> Version | None:
    """Return the version of a mapper's rows; None if they have none.

    Raises: ArgumentError: ``version_id_generator`` is neither a function nor False.
    """
    column = mapper.version_id_col
    if column is None:
        return None
    make = mapper.version_id_generator
    if make is not None and make is not False and not callable(make):
        raise exc.ArgumentError(
            f"version_id_generator of {mapper.class_name} is a function from a version to the next one, or False; got "
            f"{make!r}."
        )
    by_server = column.server_default is not None or column.server_onupdate is not None
    if make is None:
        make = next_number
    return Version(mapper.name_of_column(column), make or None, not make and by_server)


def known_version(name: str, state: InstanceState, instance: Any) -> Any:
    """Return the version that an object was read from; `NO_VALUE` if it is not loaded."""
    old = state.old
    if old is not None and name in old:
        return old[name]
    return instance.__dict__.get(name, NO_VALUE)


async def core_know_versions(session: Any, of_mapper: Any) -> None:
    """Load the versions of the objects whose rows are about to change, where they are expired or deferred."""
    name = of_mapper.facts.version.name
    states: list[InstanceState] = [*of_mapper.changed, *of_mapper.deletes, *of_mapper.replaced.values()]
    for state in states:
        instance = state()
        if state.row_key is not None and known_version(name, state, instance) is NO_VALUE:
            await session.core_load_attribute(state, instance, name)


def versions_of(
    name: str, states: Iterable[InstanceState], replaced: Mapping[InstanceState, InstanceState]
) -> list[Any]:
    """Return the versions that rows must have so far.

    Args:
        replaced: states of new objects -> states of those whose rows they take over.
    """
    known = []
    for state in states:
        owner = replaced.get(state, state)
        version = known_version(name, owner, owner())
        known.append(None if version is NO_VALUE else version)
    return known


def with_versions(facts: Any, keys: Sequence[Any], versions: Sequence[Any]) -> list[Any]:
    """Return what finds the rows: primary key and version together, as one tuple for each.

    Raises: InvalidRequestError: a version is NULL, which is equal to nothing.
    """
    if None in versions:
        raise exc.InvalidRequestError(
            f"A {facts.mapper.class_name} has no version: {facts.table.name}.{facts.by_name[facts.version.name].column.name} is "
            "NULL in its row. A version_id_col does not work with NULL; give such rows a version, and the column NOT NULL."
        )
    if len(facts.identity_names) == 1:
        return list(zip(keys, versions, strict=True))
    return [(*key, version) for key, version in zip(keys, versions, strict=True)]


def stamp_new(version: Version, objects: Iterable[Any]) -> None:
    """Give new objects their first version."""
    if version.make is not None:
        for instance in objects:
            instance.__dict__[version.name] = version.make(None)


def stamp(version: Version, objects: Iterable[Any], versions: Iterable[Any]) -> None:
    """Give changed objects the version after the one that they were read from."""
    assert version.make is not None
    for instance, known in zip(objects, versions, strict=True):
        instance.__dict__[version.name] = version.make(known)


def check_given(version: Version, objects: Iterable[Any]) -> None:
    """Raise for objects whose version the program has to give and has not given.

    Raises: FlushError.
    """
    if version.make is None and not version.is_made_by_server:
        for instance in objects:
            if instance.__dict__.get(version.name) is None:
                raise exc.FlushError(
                    f"Instance does not contain a non-NULL version value. {type(instance).__name__}.{version.name} is the "
                    "version_id_col, and with version_id_generator=False the program sets it."
                )


async def core_finish_versions(connection: Any, facts: Any, keys: Sequence[Any], objects: Sequence[Any]) -> None:
    """See to it that objects just written know their version: what the database made and did not bring back is read.

    Args:
        keys: the primary keys, one per object.

    Raises: FlushError: the program has not given a version.
    """
    version: Version = facts.version
    check_given(version, objects)
    if not version.is_made_by_server:
        return
    columns = [facts.by_name[name].column for name in facts.key_names]
    statement = select(facts.by_name[version.name].column)
    for key, instance in zip(keys, objects, strict=True):
        if version.name in instance.__dict__:
            continue
        parts = (key,) if len(columns) == 1 else key
        criteria = [column == part for column, part in zip(columns, parts, strict=True)]
        result = await connection.core_execute(statement.where(*criteria))
        instance.__dict__[version.name] = result.scalar()
