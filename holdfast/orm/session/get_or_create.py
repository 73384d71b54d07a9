"""Gives the object that criteria describe, making it where there is none, also when somebody else makes it meanwhile."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from holdfast import exc
from holdfast._util.undoing import core_undo_after
from holdfast.orm.session.identity import entity_of
from holdfast.sql.select import select


async def core_get_or_create(
    session: Any, entity: Any, defaults: Mapping[str, Any] | None, criteria: Mapping[str, Any]
) -> tuple[Any, bool]:
    """Return the object and whether it was made; see `Session.get_or_create`."""
    mapper = entity_of(entity)
    mapper.configure()
    unknown = [name for name in criteria if name not in mapper.by_name]
    if unknown or not criteria:
        raise exc.ArgumentError(
            f"get_or_create({mapper.class_name}, ...) takes mapped attributes as criteria; "
            + (f"{mapper.class_name} has no {', '.join(map(repr, unknown))}." if unknown else "none were given.")
        )
    statement = select(mapper).where(*[getattr(mapper.class_, name) == value for name, value in criteria.items()])
    found = (await session.core_scalars(statement)).one_or_none()
    if found is not None:
        return found, False
    values = {name: value() if callable(value) else value for name, value in (defaults or {}).items()}
    made = mapper.class_(**{**criteria, **values})
    # In a savepoint: on PostgreSQL a refused INSERT spoils the whole transaction otherwise.
    nested = await session.core_begin_nested()
    try:
        session.add(made)
        await session.core_flush_through_face()
        await nested.core_commit()
    except exc.UniqueViolation:
        await nested.core_rollback()
        found = (await session.core_scalars(statement)).one_or_none()
        if found is None:
            raise
        return found, False
    except BaseException as cause:
        if nested.status != "closed":
            await core_undo_after(cause, nested.core_rollback())
        raise
    return made, True
