"""Every event of sessions, mappers, objects, classes, engines, pools and tables with every option: a program for each event."""

from __future__ import annotations

import importlib
import pickle
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from tests.differential.log import Log
from tests.differential.registry import Program, program

Heard = list[str]

SESSION = (
    "before_flush", "after_flush", "after_flush_postexec", "before_commit", "after_commit", "after_rollback",
    "after_soft_rollback", "after_begin", "after_transaction_create", "after_transaction_end", "do_orm_execute",
    "after_bulk_update", "after_bulk_delete", "before_attach", "after_attach", "transient_to_pending",
    "pending_to_transient", "pending_to_persistent", "persistent_to_transient", "persistent_to_deleted",
    "deleted_to_persistent", "deleted_to_detached", "persistent_to_detached", "detached_to_persistent",
    "loaded_as_persistent",
)  # fmt: skip
ROWS = ("before_insert", "after_insert", "before_update", "after_update", "before_delete", "after_delete")
OBJECTS = ("init", "init_failure", "load", "refresh", "refresh_flush", "expire", "pickle", "unpickle")
MAPPING = ("instrument_class", "before_mapper_configured", "mapper_configured", "after_mapper_constructed")
CLASSES = ("class_instrument", "class_uninstrument", "attribute_instrument")
CONNECTION = (
    "before_execute", "after_execute", "before_cursor_execute", "after_cursor_execute", "handle_error", "begin", "commit",
    "rollback", "rollback_savepoint", "release_savepoint", "engine_connect", "engine_disposed",
    "set_connection_execution_options", "set_engine_execution_options",
)  # fmt: skip
DIALECT = ("do_connect", "do_execute", "do_executemany", "do_execute_no_params", "do_setinputsizes")
POOL = (
    "connect", "first_connect", "checkout", "checkin", "reset", "invalidate", "soft_invalidate", "close", "detach",
    "close_detached",
)  # fmt: skip
TABLES = ("before_create", "after_create", "before_drop", "after_drop")
ATTACHED = ("before_parent_attach", "after_parent_attach")
QUERIES = ("before_compile", "before_compile_update", "before_compile_delete")


def shown(lib: Any, log: Log, value: Any) -> str:
    """Show what a listener is told, in words that both libraries have in common."""
    kind = type(value).__name__
    if isinstance(value, lib.orm.InstanceState):
        return f"state of {log.show(value.obj())}"
    if kind == "Mapper":
        return f"mapper of {value.class_.__name__}"
    if isinstance(value, str) and "savepoint" in value:
        return "a name"
    if value is None or isinstance(value, (str, bool, int)) or hasattr(value, "_sa_instance_state"):
        return log.show(value)
    if type(value) in (list, tuple, set, frozenset):
        return str(sorted(shown(lib, log, each) for each in value))
    if isinstance(value, dict) and "instance" in value:
        return "what is pickled"
    if isinstance(value, dict):
        return f"{{{', '.join(sorted(str(key) for key in value))}}}"
    if isinstance(value, type):
        return value.__name__
    if isinstance(value, lib.orm.Session):
        return "session"
    for public in (lib.Engine, lib.Connection, lib.Result, lib.Table, lib.MetaData, lib.Column, lib.Constraint):
        if isinstance(value, public):
            return public.__name__
    return "something"


def listen(
    lib: Any, log: Log, heard: Heard, target: Any, event: str, in_front: bool = True, **options: Any
) -> Callable[[], None]:
    """Listen in every way at once; returns the function that checks and ends it."""
    added = []

    def add(way: str, **chosen: Any) -> None:
        def positional(*told: Any, **rest: Any) -> None:
            heard.append(
                f"{way}: {', '.join(shown(lib, log, each) for each in (*told, sorted(name for name in rest if name[0] != '_')))}"
            )

        def named(**told: Any) -> None:
            heard.append(
                f"{way}: {', '.join(f'{name}={shown(lib, log, each)}' for name, each in sorted(told.items()) if name[0] != '_')}"
            )

        listener = named if "named" in chosen else positional
        lib.event.listen(target, event, listener, **options, **chosen)
        added.append((way, listener))

    add("first")
    add("second")
    if in_front:
        add("in front", insert=True)
    add("named", named=True)
    add("once", once=True)
    add("once and named", once=True, named=True)

    def end() -> None:
        log("contained", [lib.event.contains(target, event, listener) for _, listener in added])
        for way, listener in added:
            if not way.startswith("once"):
                lib.event.remove(target, event, listener)
        heard.clear()
        log("contained", [lib.event.contains(target, event, each) for way, each in added if not way.startswith("once")])
        way, listener = added[0]
        log.error("removed twice", lambda: lib.event.remove(target, event, listener))
        for way, listener in added:
            if way.startswith("once"):
                # Where it can be done: on a class they would stay for the tests that follow.
                with suppress(lib.exc.InvalidRequestError):
                    lib.event.remove(target, event, listener)

    return end


def pools(lib: Any) -> Any:
    return importlib.import_module(f"{lib.__name__}.pool")


def note(log: Log, heard: Heard) -> None:
    for line in heard:
        log("  heard", line)
    heard.clear()


def mapped(lib: Any) -> Any:
    """Map people with jobs, a subclass, and a class that does not know any of this."""
    base = lib.orm.declarative_base()

    class Person(base):
        __tablename__ = "people"
        id = lib.Column(lib.Integer, primary_key=True)
        kind = lib.Column(lib.String)
        name = lib.Column(lib.String)
        count = lib.Column(lib.Integer, default=5)
        __mapper_args__ = {"polymorphic_on": kind, "polymorphic_identity": "person"}

        def __init__(self, name: str = "nobody", **values: Any) -> None:
            if name == "wrong":
                raise ValueError(name)
            super().__init__(name=name, **values)

    class Manager(Person):
        __mapper_args__ = {"polymorphic_identity": "manager"}

    Person.__module__ = Manager.__module__ = __name__
    Person.__qualname__, Manager.__qualname__ = "Person", "Manager"
    globals().update(Person=Person, Manager=Manager)
    base.Person, base.Manager = Person, Manager
    return base


def live(lib: Any, base: Any, session: Any) -> None:
    """Lead two objects through all that may happen to them."""
    for class_ in (base.Person, base.Manager):
        try:
            class_("wrong")
        except ValueError:
            pass
        made = class_("one")
        session.add(made)
        session.expunge(made)
        session.add(made)
        session.flush()
        made.name = "two"
        session.flush()
        session.commit()
        session.refresh(made)
        session.expire(made, ["name"])
        made.name
        session.expire(made)
        copy = pickle.loads(pickle.dumps(made))
        session.expunge_all()
        session.add(copy)
        session.flush()
        session.expunge_all()
        with session.begin_nested():
            made = session.get(class_, 1)
            session.delete(made)
            session.flush()
            session.rollback()
        made = session.query(class_).populate_existing().one()
        lib.orm.make_transient(made)
        session.query(class_).filter_by(id=7).update({"name": "none"})
        session.query(class_).filter_by(id=7).delete()
        made = session.get(class_, 1)
        session.delete(made)
        session.commit()
        session.add(class_("late"))
        session.rollback()


def _of_session(event: str, on: str) -> Program:
    def run(lib: Any, engine: Any, log: Log) -> None:
        base = mapped(lib)
        with log.quiet():
            base.metadata.create_all(engine)

        class Own(lib.orm.Session):  # type: ignore[misc]
            pass

        make = lib.orm.sessionmaker(engine, class_=Own)
        scoped = lib.orm.scoped_session(make)
        session = scoped()
        target = {"session": session, "maker": make, "class": Own, "scoped": scoped}[on]
        heard: Heard = []
        end = listen(lib, log, heard, target, event)
        live(lib, base, session)
        note(log, heard)
        end()
        with log.quiet():
            live(lib, base, session)
        note(log, heard)
        scoped.remove()

    run.__name__ = f"{event}__{on}"
    return program(run)


def _of_class(event: str, **options: Any) -> Program:
    """A program that listens on a class, or on a mapper, whose subclass hears or not."""

    def run(lib: Any, engine: Any, log: Log) -> None:
        base = mapped(lib)
        with log.quiet():
            base.metadata.create_all(engine)
        heard: Heard = []
        target = lib.inspect(base.Person) if options.get("raw") else base.Person
        end = listen(lib, log, heard, target, event, not options, **options)
        with lib.orm.Session(engine) as session:
            with log.quiet():
                live(lib, base, session)
            note(log, heard)
            end()
            with log.quiet():
                live(lib, base, session)
            note(log, heard)

    run.__name__ = "_".join((event, *options))
    return program(run)


def _of_mapping(event: str, **options: Any) -> Program:
    """A program that listens on a class before those that derive from it are mapped."""

    def run(lib: Any, engine: Any, log: Log) -> None:
        class Mixin:
            pass

        base = lib.orm.declarative_base(cls=Mixin)
        heard: Heard = []
        end = listen(lib, log, heard, Mixin, event, **options)

        class Thing(base):
            __tablename__ = "things"
            id = lib.Column(lib.Integer, primary_key=True)
            name = lib.Column(lib.String)

        note(log, heard)
        base.registry.configure()
        note(log, heard)
        Thing(), Thing()
        note(log, heard)
        base.registry.dispose()
        note(log, heard)
        end()

    run.__name__ = "_".join((event, *options))
    return program(run)


def work(lib: Any, engine: Any, table: Any, with_savepoints: bool) -> None:
    """Do what an engine may be asked for."""
    with engine.connect().execution_options(mine=1) as connection:
        connection.execute(lib.insert(table), {"id": 1, "name": "one"})
        connection.execute(lib.insert(table), [{"id": 2, "name": "two"}, {"id": 3, "name": "three"}])
        connection.exec_driver_sql("SELECT 1")
        connection.commit()
        connection.execute(lib.select(table.c.name).where(table.c.id == 1)).all()
        if with_savepoints:
            with connection.begin_nested():
                connection.execute(lib.select(table.c.name).where(table.c.id == 1)).all()
            nested = connection.begin_nested()
            connection.execute(lib.select(table.c.name).where(table.c.id == 1)).all()
            nested.rollback()
        try:
            connection.execute(lib.insert(table), {"id": 1, "name": "one"})
        except lib.exc.IntegrityError:
            connection.rollback()
        connection.execute(lib.delete(table))
        connection.commit()
    engine.execution_options(other=2)


def _of_engine(event: str, on: str) -> Program:
    def run(lib: Any, engine: Any, log: Log) -> None:
        table = lib.Table(
            "things", lib.MetaData(), lib.Column("id", lib.Integer, primary_key=True), lib.Column("name", lib.String)
        )
        heard: Heard = []
        with log.quiet():
            other = lib.create_engine("sqlite://", poolclass=pools(lib).StaticPool)
            end = listen(lib, log, heard, lib.Engine if on == "class" else other, event, False)
            with other.connect() as connection:
                table.create(connection)
                connection.commit()
            work(lib, other, table, "savepoint" in event)
            other.dispose()
        note(log, heard)
        end()
        with log.quiet():
            with other.connect() as connection:
                table.create(connection)
                connection.commit()
            work(lib, other, table, "savepoint" in event)
            other.dispose()
        note(log, heard)

    run.__name__ = f"{event}__{on}"
    return program(run)


def _of_pool(event: str, on: str) -> Program:
    def run(lib: Any, engine: Any, log: Log) -> None:
        heard: Heard = []
        other = lib.create_engine("sqlite://", poolclass=pools(lib).QueuePool)
        target = {"engine": other, "pool": other.pool, "class": pools(lib).Pool}[on]
        end = listen(lib, log, heard, target, event)

        def use() -> None:
            with other.connect() as connection:
                connection.exec_driver_sql("SELECT 1")
            connection = other.connect()
            connection.invalidate()
            connection.close()
            raw = other.raw_connection()
            raw.invalidate(soft=True)
            raw.close()
            connection = other.connect()
            connection.detach()
            connection.close()
            with other.connect():
                pass
            other.dispose()

        use()
        note(log, heard)
        end()
        use()
        note(log, heard)

    run.__name__ = f"{event}__{on}"
    return program(run)


def _of_tables(event: str, on: str) -> Program:
    def run(lib: Any, engine: Any, log: Log) -> None:
        metadata = lib.MetaData()
        table = lib.Table("things", metadata, lib.Column("id", lib.Integer, primary_key=True))
        lib.Table("others", metadata, lib.Column("id", lib.ForeignKey("things.id"), primary_key=True))
        heard: Heard = []
        end = listen(lib, log, heard, {"table": table, "metadata": metadata, "class": lib.Table}[on], event)
        metadata.create_all(engine)
        metadata.create_all(engine)
        note(log, heard)
        metadata.drop_all(engine)
        note(log, heard)
        table.create(engine)
        table.drop(engine)
        note(log, heard)
        end()

    run.__name__ = f"{event}__{on}"
    return program(run)


def _of_attaching(event: str, kind: str) -> Program:
    def run(lib: Any, engine: Any, log: Log) -> None:
        heard: Heard = []
        end = listen(lib, log, heard, getattr(lib, kind), event)
        lib.Table(
            "things",
            lib.MetaData(),
            lib.Column("id", lib.Integer, primary_key=True),
            lib.Column("name", lib.String, unique=True, index=True),
            lib.Column("other", lib.ForeignKey("things.id")),
            lib.CheckConstraint("id > 0"),
        )
        note(log, heard)
        end()

    run.__name__ = f"{event}__{kind}"
    return program(run)


def _of_queries(event: str, on: str) -> Program:
    def run(lib: Any, engine: Any, log: Log) -> None:
        base = mapped(lib)
        with log.quiet():
            base.metadata.create_all(engine)

        class Own(lib.orm.Query):  # type: ignore[misc]
            pass

        heard: Heard = []
        end = listen(lib, log, heard, Own if on == "class" else lib.orm.Query, event)
        with lib.orm.Session(engine, query_cls=Own) as session:
            live(lib, base, session)
            note(log, heard)
            end()
            with log.quiet():
                live(lib, base, session)
            note(log, heard)

    run.__name__ = f"{event}__{on}"
    return program(run)


for _number, _event in enumerate(SESSION):
    _of_session(_event, ("session", "maker", "class", "scoped")[_number % 4])
for _event in (*ROWS, *OBJECTS):
    _of_class(_event)
    _of_class(_event, propagate=True)
    _of_class(_event, propagate=True, raw=True)
for _event in (*MAPPING, *CLASSES):
    _of_mapping(_event, propagate=True)
for _number, _event in enumerate((*CONNECTION, *DIALECT)):
    _of_engine(_event, ("engine", "class")[_number % 2])
for _number, _event in enumerate(POOL):
    _of_pool(_event, ("engine", "pool", "class")[_number % 3])
for _number, _event in enumerate(TABLES):
    _of_tables(_event, ("table", "metadata")[_number % 2])
for _event in ATTACHED:
    for _kind in (
        "Column",
        "Table",
        "Index",
        "UniqueConstraint",
        "PrimaryKeyConstraint",
        "ForeignKeyConstraint",
        "CheckConstraint",
    ):
        _of_attaching(_event, _kind)
for _number, _event in enumerate(QUERIES):
    _of_queries(_event, "class")
