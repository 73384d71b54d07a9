"""`DeferredReflection`: classes whose columns are read from a database, once there is one."""

from __future__ import annotations

from contextlib import nullcontext, suppress
from typing import Any, ClassVar

from holdfast.exc import NoSuchTableError
from holdfast.schema.table import Table


class DeferredReflection:
    """Mixin of declarative classes that are mapped later: `prepare` reads their tables.

    A class names its table, and declares what it wants: columns that are not as in the database, relationships. ::

        class Reflected(DeferredReflection, Base):
            __abstract__ = True

        class Artist(Reflected):
            __tablename__ = "artists"

        Reflected.prepare(engine)
    """

    __why_not_mapped__: ClassVar[str] = (
        "It is a subclass of DeferredReflection.  Mappings are not produced until the .prepare() method is called on the "
        "class hierarchy."
    )
    __holdfast_waiting__: ClassVar[list[type[Any]]] = []

    def __init_subclass__(cls, **kw: Any) -> None:
        if cls.__dict__.get("__abstract__"):
            super().__init_subclass__(**kw)
            return
        DeferredReflection.__holdfast_waiting__.append(cls)
        super().__init_subclass__(**kw)

    @classmethod
    def __delay_mapping__(cls) -> bool:
        """Whether the class waits for `prepare`."""
        return cls in DeferredReflection.__holdfast_waiting__

    @classmethod
    def prepare(cls, bind: Any, **reflect_kw: Any) -> None:
        """Map all classes below this one that wait, with the columns that the database has.

        Args:
            bind: an Engine or Connection; of an async one, ``await connection.run_sync(Reflected.prepare)``.
            reflect_kw: more arguments of the `Table`.

        Raises: NoSuchTableError: the database lacks a table.
        """
        waiting = DeferredReflection.__holdfast_waiting__
        with _connected(bind) as connection:
            mappers = []
            for class_ in [one for one in waiting if issubclass(one, cls)]:
                waiting.remove(class_)
                has_table = class_.__dict__.get("__table__") is not None or "__tablename__" not in class_.__dict__
                options = {} if has_table else {"autoload_with": connection, **reflect_kw}
                mappers.append(class_.registry.map_declaratively(class_, options))
            for mapper in mappers:
                _read_tables_between(mapper, connection)


def _read_tables_between(mapper: Any, connection: Any) -> None:
    """Read the tables that relationships name as `secondary`; a name that the database lacks may be meant otherwise."""
    metadata = mapper.local_table.metadata
    for prop in mapper.by_name.values():
        name = getattr(prop, "given", {}).get("secondary")
        if isinstance(name, str) and name not in metadata.tables:
            with suppress(NoSuchTableError):
                Table(name, metadata, autoload_with=connection)


def _connected(bind: Any) -> Any:
    """Return a context manager that gives a connection: all tables are read over one."""
    return bind.connect() if hasattr(bind, "connect") and not hasattr(bind, "in_transaction") else nullcontext(bind)
