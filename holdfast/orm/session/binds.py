"""Which engine, and which connection, a session uses for a mapper or a statement."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from holdfast import exc
from holdfast.sql.traversal import iterate


def bind_keys(target: Any) -> list[Any]:
    """Return under what a bind is registered for a mapped class or mapper (class and tables), a base class, a Table.

    Raises: ArgumentError: anything else.
    """
    mapper = getattr(target, "__mapper__", target) if isinstance(target, type) else target
    if getattr(mapper, "is_mapper", False):
        return [mapper.class_, *mapper.tables]
    if isinstance(target, type):
        return [target]
    if hasattr(target, "columns") and hasattr(target, "metadata"):
        return [target]
    raise exc.ArgumentError(
        f"Not an acceptable bind target: {target!r}. A bind belongs to a mapped class, a base class or mixin of such, a "
        "mapper, or a Table."
    )


def plain_bind(bind: Any) -> Any:
    """Return the Engine or Connection behind an asynchronous one, or `bind` itself."""
    return getattr(bind, "sync_engine", None) or getattr(bind, "sync_connection", None) or bind


def check_bind(bind: Any) -> None:
    """Refuse what is neither Engine nor Connection.

    Raises: ArgumentError.
    """
    if not hasattr(bind, "is_connection"):
        raise exc.ArgumentError(
            f"Session(bind=...) takes an Engine or a Connection, not {type(bind).__name__}. "
            "Make one with create_engine(url); for an AsyncEngine use AsyncSession."
        )


def subject_mapper(clause: Any) -> Any:
    """Return the mapper that a statement is about: of its first entity or attribute; None for plain tables.

    A SELECT that asks for none of its own, such as a count, is about that of the subquery it selects from.
    """
    entity = getattr(clause, "entity", None)
    if entity is not None:
        return getattr(entity, "mapper", None)
    found = next(iter(mappers_in(clause)), None)
    if found is None:
        for source in getattr(clause, "_from", ()):
            inner = getattr(source, "element", None)
            if found is None and getattr(inner, "is_select", False):
                found = subject_mapper(inner)
    return found


def mappers_in(statement: Any) -> list[Any]:
    """Return the mappers of the entities and attributes that a SELECT asks for."""
    found: dict[Any, None] = {}
    for entry in getattr(statement, "_columns", ()):
        for part in iterate(entry):
            entity = part if getattr(part, "is_entity", False) else getattr(part, "entity", None)
            mapper = getattr(entity, "mapper", None)
            if mapper is not None:
                found[mapper] = None
    return list(found)


class SessionBinds:
    """The part of a session that finds engines; programs override `get_bind` to route."""

    bind: Any
    binds: dict[Any, Any]
    has_own_get_bind: ClassVar[bool]
    class_dispatch: ClassVar[Any]
    """Who listens to the sessions of this very class, once somebody has asked; else None."""

    def __init_subclass__(cls, **kw: Any) -> None:
        super().__init_subclass__(**kw)
        cls.class_dispatch = None
        cls.has_own_get_bind = cls.get_bind is not SessionBinds.get_bind

    def bind_mapper(self, mapper: Any, bind: Any) -> None:
        """Use an Engine or Connection for a mapped class or mapper and its tables; or for all classes of a base."""
        self._add_bind(mapper, bind)

    def bind_table(self, table: Any, bind: Any) -> None:
        """Use an Engine or Connection for a Table."""
        self._add_bind(table, bind)

    def _add_bind(self, target: Any, bind: Any) -> None:
        self.binds.update(dict.fromkeys(bind_keys(target), bind))

    def get_bind(self, mapper: Any = None, *, clause: Any = None, bind: Any = None, **kw: Any) -> Any:
        """Return the Engine or Connection for a mapper or a statement; programs override this to route.

        Args:
            mapper: a mapped class or mapper.
            clause: the statement.
            bind: returned as it is, where the caller of `execute` gave one in `bind_arguments`.

        Raises: UnboundExecutionError: the session has no bind for it.
        """
        if bind is not None:
            return bind
        if mapper is None and clause is None:
            if self.bind is not None:
                return self.bind
            raise exc.UnboundExecutionError(
                "This session is not bound to a single Engine or Connection, and no context was provided to locate a "
                "binding. Give the session an engine: Session(engine) or sessionmaker(engine)."
            )
        if mapper is not None:
            mapper = _mapper_of(mapper)
        if self.binds:
            found = self._registered_bind(mapper, clause)
            if found is not None:
                return found
        if self.bind is None:
            raise exc.UnboundExecutionError.of(mapper, clause)
        return self.bind

    def _registered_bind(self, mapper: Any, clause: Any) -> Any:
        """Return the bind of the mapped class, one of its bases, or of the first table that has one."""
        if mapper is None:
            mapper = subject_mapper(clause)
        if mapper is not None:
            for class_ in mapper.class_.__mro__:
                if class_ in self.binds:
                    return self.binds[class_]
        for table in mapper.tables if clause is None else _tables_in(clause):
            if table in self.binds:
                return self.binds[table]
        return None

    @property
    def routes(self) -> bool:
        """Whether it takes a look at a mapper or statement to choose the engine."""
        return bool(self.binds) or self.bind is None or type(self).get_bind is not USUAL_GET_BIND

    def bind_for(self, mapper: Any = None, clause: Any = None, arguments: Mapping[str, Any] | None = None) -> Any:
        """Return the bind, through an overridden `get_bind` where there is one.

        Args:
            arguments: the `bind_arguments` of `Session.execute`.
        """
        # Same as `routes`, without the call: every statement comes by here.
        if not arguments and self.bind is not None and not self.binds and type(self).get_bind is USUAL_GET_BIND:
            return self.bind
        if mapper is None and clause is not None:
            mapper = subject_mapper(clause)
        given = {"mapper": mapper, "clause": clause, **(arguments or {})}
        return plain_bind(self.get_bind(given.pop("mapper"), **given))

    def engine_for(self, mapper: Any = None, clause: Any = None, arguments: Mapping[str, Any] | None = None) -> Any:
        """Return the engine that statements for this mapper compile for."""
        return self.bind_for(mapper, clause, arguments).engine


USUAL_GET_BIND = SessionBinds.get_bind


def _mapper_of(target: Any) -> Any:
    """Return the mapper of a mapped class.

    Raises: UnmappedClassError: it is not mapped.
    """
    mapper = getattr(target, "__mapper__", target) if isinstance(target, type) else target
    if getattr(mapper, "is_mapper", False):
        return mapper
    mapper = getattr(target, "mapper", None)
    if mapper is None:
        raise exc.UnmappedClassError(target)
    return mapper


def _tables_in(clause: Any) -> Iterator[Any]:
    """Yield all that a bind may be registered for in a statement: tables, those of columns, those behind aliases."""
    for part in iterate(clause):
        for entry in getattr(part, "_columns", ()) if getattr(part, "is_select", False) else ():
            # An entity is no element of the statement.
            if getattr(entry, "is_entity", False):
                yield from entry.mapper.tables
        source = getattr(part, "table", None)
        source = part if source is None else source
        while source is not None:
            yield source
            source = getattr(source, "element", None)
