"""Rows with versions: every way to count them, met by everything that checks or changes one: a program for each pair."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.differential.log import Log
from tests.differential.registry import program

Action = Callable[[Any, Any, Any, Log], None]
"""Library, the mapped class, session with three rows, log."""


def numbers(lib: Any) -> tuple[Any, dict[str, Any]]:
    return lib.Column(lib.Integer, nullable=False), {}


def words(lib: Any) -> tuple[Any, dict[str, Any]]:
    """Versions made by a function, which looks at the one before."""
    return lib.Column(lib.String, nullable=False), {"version_id_generator": lambda before: f"{before or ''}+"}


def own(lib: Any) -> tuple[Any, dict[str, Any]]:
    """Versions that the program sets."""
    return lib.Column(lib.Integer, nullable=False), {"version_id_generator": False}


def servers(lib: Any) -> tuple[Any, dict[str, Any]]:
    """Versions that the database makes."""
    column = lib.Column(lib.Integer, nullable=False, server_default="1", server_onupdate=lib.FetchedValue())
    return column, {"version_id_generator": False}


def renamed(lib: Any) -> tuple[Any, dict[str, Any]]:
    """A column whose name is not that of its attribute."""
    return lib.Column("revision", lib.Integer, nullable=False), {}


KINDS = (numbers, words, own, servers, renamed)
IN_TWO_TABLES = (numbers, words, own)


def column_of(lib: Any, c: Any) -> str:
    """Return the name of the column with the versions."""
    return lib.inspect(c).version_id_col.name  # type: ignore[no-any-return]


def behind(lib: Any, session: Any, sql: str) -> None:
    """Do what another session would have done meanwhile."""
    session.execute(lib.text(sql))


def shown(log: Log, *documents: Any) -> None:
    log("versions", [vars(each).get("version") for each in documents])


def one_change(lib: Any, c: Any, session: Any, log: Log) -> None:
    first = session.get(c, 1)
    first.name = "changed"
    session.flush()
    shown(log, first)
    session.commit()
    log("then", first.version)


def changes_in_a_row(lib: Any, c: Any, session: Any, log: Log) -> None:
    first = session.get(c, 1)
    for name in ("x", "y", "z"):
        first.name = name
        session.flush()
    shown(log, first)


def several_changes(lib: Any, c: Any, session: Any, log: Log) -> None:
    found = session.scalars(lib.select(c).order_by(c.id)).all()
    for each in found:
        each.name = "changed"
    found[1].body = "too"
    session.flush()
    shown(log, *found)


def nothing_changed(lib: Any, c: Any, session: Any, log: Log) -> None:
    first = session.get(c, 1)
    first.name = first.name
    session.flush()
    shown(log, first)


def set_by_hand(lib: Any, c: Any, session: Any, log: Log) -> None:
    first = session.get(c, 1)
    first.version = 50
    session.flush()
    shown(log, first)
    first.name, first.version = "changed", 60
    session.flush()
    shown(log, first)
    first.name = "again"
    session.flush()
    shown(log, first)


def set_to_none(lib: Any, c: Any, session: Any, log: Log) -> None:
    first = session.get(c, 1)
    first.version = None
    log.error("flush", session.flush)


def changed_meanwhile(lib: Any, c: Any, session: Any, log: Log) -> None:
    first = session.get(c, 1)
    behind(lib, session, f"UPDATE documents SET {column_of(lib, c)} = 99 WHERE id = 1")
    first.name = "late"
    log.error("flush", session.flush, message=True)
    session.rollback()
    log("name", first.name)


def one_of_several_changed_meanwhile(lib: Any, c: Any, session: Any, log: Log) -> None:
    found = session.scalars(lib.select(c).order_by(c.id)).all()
    behind(lib, session, f"UPDATE documents SET {column_of(lib, c)} = 99 WHERE id = 2")
    for each in found:
        each.name = "late"
    log.error("flush", session.flush, message=c.counts_in_one)


def gone_meanwhile(lib: Any, c: Any, session: Any, log: Log) -> None:
    first = session.get(c, 1)
    behind(lib, session, "DELETE FROM documents WHERE id = 1")
    first.name = "late"
    log.error("flush", session.flush, message=True)


def delete(lib: Any, c: Any, session: Any, log: Log) -> None:
    session.delete(session.get(c, 1))
    session.flush()


def delete_several(lib: Any, c: Any, session: Any, log: Log) -> None:
    for each in session.scalars(lib.select(c).order_by(c.id)).all():
        session.delete(each)
    session.commit()


def delete_changed_meanwhile(lib: Any, c: Any, session: Any, log: Log) -> None:
    found = session.scalars(lib.select(c).order_by(c.id)).all()
    behind(lib, session, f"UPDATE documents SET {column_of(lib, c)} = 99 WHERE id = 2")
    for each in found:
        session.delete(each)
    log.error("flush", session.flush, message=True)
    session.rollback()
    log.state(*found)


def delete_gone_meanwhile(lib: Any, c: Any, session: Any, log: Log) -> None:
    first = session.get(c, 1)
    behind(lib, session, "DELETE FROM documents WHERE id = 1")
    session.delete(first)
    log.error("flush", session.flush, message=True)


def delete_after_a_change(lib: Any, c: Any, session: Any, log: Log) -> None:
    first = session.get(c, 1)
    first.name = "changed"
    session.delete(first)
    session.flush()


def expired(lib: Any, c: Any, session: Any, log: Log) -> None:
    first = session.get(c, 1)
    session.expire(first, ["version"])
    first.name = "changed"
    session.flush()
    session.expire(first, ["version"])
    session.delete(first)
    session.flush()


def not_loaded(lib: Any, c: Any, session: Any, log: Log) -> None:
    first = session.scalars(lib.select(c).where(c.id == 1).options(lib.orm.load_only(c.name))).one()
    first.name = "changed"
    session.flush()
    shown(log, first)


def detached_and_back(lib: Any, c: Any, session: Any, log: Log) -> None:
    first = session.get(c, 1)
    session.expunge(first)
    first.name = "changed outside"
    behind(lib, session, f"UPDATE documents SET {column_of(lib, c)} = 99 WHERE id = 1")
    session.add(first)
    log.error("flush", session.flush, message=True)


def row_taken_over(lib: Any, c: Any, session: Any, log: Log) -> None:
    first = session.get(c, 1)
    session.delete(first)
    second = c(id=1, name="new", body="new", **({"version": 5} if c.is_given else {}))
    session.add(second)
    session.flush()
    shown(log, second)


def key_changed(lib: Any, c: Any, session: Any, log: Log) -> None:
    first = session.get(c, 1)
    first.id = 10
    session.flush()
    shown(log, first)
    session.commit()
    log("by the new key", session.get(c, 10).version)


def computed_value(lib: Any, c: Any, session: Any, log: Log) -> None:
    first = session.get(c, 1)
    first.name = lib.func.upper("text")
    session.flush()
    log("version", first.version)


def merge_of_the_same(lib: Any, c: Any, session: Any, log: Log) -> None:
    version = session.get(c, 1).version
    session.merge(c(id=1, name="merged", version=version))
    session.flush()


def merge_of_an_older_one(lib: Any, c: Any, session: Any, log: Log) -> None:
    log.error("merge", lambda: session.merge(c(id=1, name="merged", version=-1)), message=True)


def merge_without_version(lib: Any, c: Any, session: Any, log: Log) -> None:
    session.merge(c(id=1, name="merged"))
    session.flush()


def update_by_criteria(lib: Any, c: Any, session: Any, log: Log) -> None:
    session.execute(lib.update(c).where(c.id == 1).values(name="all at once"))
    session.query(c).filter_by(id=2).update({"name": "too"})
    session.query(c).filter_by(id=3).delete()


def rows_by_key(lib: Any, c: Any, session: Any, log: Log) -> None:
    if not c.is_given:
        version = session.get(c, 1).version
        session.expunge_all()
        session.execute(lib.update(c), [{"id": 1, "name": "row", "version": version}])
        session.bulk_update_mappings(c, [{"id": 2, "name": "row", "version": version}])
        log.error(
            "stale", lambda: session.bulk_update_mappings(c, [{"id": 3, "name": "row", "version": version + version}])
        )


def new_rows(lib: Any, c: Any, session: Any, log: Log) -> None:
    given = {"version": 3} if c.is_given else {}
    session.execute(lib.insert(c), [{"id": 11, "name": "row", **given}])
    session.bulk_insert_mappings(c, [{"id": 12, "name": "row", **given}])
    session.bulk_save_objects([c(id=13, name="object", **given)])


def saved_in_bulk(lib: Any, c: Any, session: Any, log: Log) -> None:
    if not c.is_given:
        first = session.get(c, 1)
        session.expunge(first)
        first.name = "changed"
        session.bulk_save_objects([first])


def savepoint_rolled_back(lib: Any, c: Any, session: Any, log: Log) -> None:
    first = session.get(c, 1)
    savepoint = session.begin_nested()
    first.name = "inner"
    session.flush()
    savepoint.rollback()
    log("version", first.version)
    first.name = "outer"
    session.flush()
    shown(log, first)


def set_in_a_listener(lib: Any, c: Any, session: Any, log: Log) -> None:
    lib.event.listen(c, "before_update", lambda mapper, connection, target: setattr(target, "body", "heard"))
    first = session.get(c, 1)
    first.name = "changed"
    session.flush()
    shown(log, first)


ACTIONS = (
    one_change, changes_in_a_row, several_changes, nothing_changed, set_by_hand, set_to_none, changed_meanwhile,
    one_of_several_changed_meanwhile, gone_meanwhile, delete, delete_several, delete_changed_meanwhile,
    delete_gone_meanwhile, delete_after_a_change, expired, not_loaded, detached_and_back, row_taken_over, key_changed,
    computed_value, merge_of_the_same, merge_of_an_older_one, merge_without_version, update_by_criteria, rows_by_key,
    new_rows, saved_in_bulk, savepoint_rolled_back, set_in_a_listener,
)  # fmt: skip

FOR_ONE_TABLE = (key_changed, update_by_criteria, rows_by_key, new_rows, saved_in_bulk)
"""Lists of rows and criteria for several tables are not written by one statement, and the key is a foreign key there."""


def _document(lib: Any, base: Any, kind: Any) -> Any:
    """Map documents: all in one table."""
    version, arguments = kind(lib)
    return type(
        "Document",
        (base,),
        {
            "__tablename__": "documents",
            "__mapper_args__": {"version_id_col": version, **arguments},
            "id": lib.Column(lib.Integer, primary_key=True),
            "name": lib.Column(lib.String),
            "body": lib.Column(lib.String),
            "version": version,
        },
    )


def _letter(lib: Any, base: Any, kind: Any) -> Any:
    """Map documents with a version, and letters, whose bodies stand in a table of their own."""
    version, arguments = kind(lib)
    parent = type(
        "Document",
        (base,),
        {
            "__tablename__": "documents",
            "__mapper_args__": {"version_id_col": version, **arguments},
            "id": lib.Column(lib.Integer, primary_key=True),
            "name": lib.Column(lib.String),
            "version": version,
        },
    )
    child = {
        "__tablename__": "letters",
        "id": lib.Column(lib.ForeignKey("documents.id", ondelete="CASCADE"), primary_key=True),
        "body": lib.Column(lib.String),
    }
    return type("Letter", (parent,), child)


def _program(kind: Callable[[Any], tuple[Any, dict[str, Any]]], action: Action, mapped: Any = _document) -> None:
    def run(lib: Any, engine: Any, log: Log) -> None:
        base = lib.orm.declarative_base()
        document = mapped(lib, base, kind)
        document.is_given = kind in (own, servers)
        document.counts_in_one = kind is not servers
        log.row_by_row("documents", "letters")
        with log.quiet():
            base.metadata.create_all(engine)
        with lib.orm.Session(engine) as session:
            given = {"version": 1} if kind is own else {}
            documents = [document(id=number, name="name", body="body", **given) for number in (1, 2, 3)]
            session.add_all(documents)
            session.commit()
            del documents
            action(lib, document, session, log)
            if session.is_active:
                session.commit()

    run.__name__ = f"{kind.__name__}_{action.__name__}" + ("" if mapped is _document else "_in_two_tables")
    program(run)


for _kind in KINDS:
    for _action in ACTIONS:
        _program(_kind, _action)
for _kind in IN_TWO_TABLES:
    for _action in ACTIONS:
        if _action not in FOR_ONE_TABLE:
            _program(_kind, _action, _letter)
