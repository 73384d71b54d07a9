"""Sessions on connections of others in every mode, and every call on a transaction in every situation it can be in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.differential.log import Log
from tests.differential.programs.shop import full_shop
from tests.differential.registry import Program, program

MODES = ("conditional_savepoint", "rollback_only", "control_fully", "create_savepoint")

Act = Callable[[Any, Any], None]
"""The shop's namespace, session."""


def _work(s: Any, session: Any, name: str) -> None:
    session.add(s.Tag(label=name))
    session.flush()


def commit(s: Any, session: Any) -> None:
    _work(s, session, "one")
    session.commit()


def commit_twice(s: Any, session: Any) -> None:
    _work(s, session, "one")
    session.commit()
    _work(s, session, "two")
    session.commit()


def rollback(s: Any, session: Any) -> None:
    _work(s, session, "one")
    session.rollback()


def commit_and_rollback(s: Any, session: Any) -> None:
    _work(s, session, "one")
    session.commit()
    _work(s, session, "two")
    session.rollback()


def rollback_and_commit(s: Any, session: Any) -> None:
    _work(s, session, "one")
    session.rollback()
    _work(s, session, "two")
    session.commit()


def close(s: Any, session: Any) -> None:
    _work(s, session, "one")
    session.close()


def nested_commit(s: Any, session: Any) -> None:
    _work(s, session, "one")
    with session.begin_nested():
        _work(s, session, "two")
    session.commit()


def nested_rollback(s: Any, session: Any) -> None:
    _work(s, session, "one")
    nested = session.begin_nested()
    _work(s, session, "two")
    nested.rollback()
    session.commit()


def failure(s: Any, session: Any) -> None:
    session.add(s.Tag(label="gift"))
    try:
        session.flush()
    except Exception:
        session.rollback()


ACTS: tuple[Act, ...] = (
    commit,
    commit_twice,
    rollback,
    commit_and_rollback,
    rollback_and_commit,
    close,
    nested_commit,
    nested_rollback,
    failure,
)
OUTER = ("none", "transaction", "savepoint")


def _joined(mode: str, outer: str, act: Act) -> Program:
    """Return the program of a session on a connection that may be in a transaction of its own."""

    def run(lib: Any, engine: Any, log: Log) -> None:
        s = full_shop(lib, engine, log)
        with engine.connect() as connection:
            root = connection.begin() if outer != "none" else None
            savepoint = connection.begin_nested() if outer == "savepoint" else None
            with lib.orm.Session(connection, join_transaction_mode=mode) as session:
                log.error(act.__name__, lambda: act(s, session))
                log("the session's", [session.in_transaction(), session.is_active])
            for name, level in (("savepoint", savepoint), ("root", root)):
                if level is not None:
                    log(f"{name} is active", level.is_active)
            log("connection", [connection.in_transaction(), connection.in_nested_transaction(), connection.closed])
            for name, level in (("savepoint", savepoint), ("root", root)):
                if level is not None and level.is_active:
                    log.error(f"{name} commits", level.commit)
            log("tags", list(connection.scalars(lib.select(s.Tag.label).order_by(s.Tag.label))))

    run.__module__ = __name__
    run.__name__ = f"{mode}__{outer}__{act.__name__}"
    return run


for _mode in MODES:
    for _outer in OUTER:
        for _act in ACTS:
            program(_joined(_mode, _outer, _act))


# -- every call in every situation -------------------------------------------------------------------------------------

Situation = Callable[[Any, Any], Any]
"""The shop's namespace, session -> the level in hand, or None."""


def fresh(s: Any, session: Any) -> Any:
    return None


def with_pending(s: Any, session: Any) -> Any:
    session.add(s.Tag(label="pending"))


def begun_by_itself(s: Any, session: Any) -> Any:
    session.get(s.Tag, 1)
    return session.get_transaction()


def begun(s: Any, session: Any) -> Any:
    return session.begin()


def with_change(s: Any, session: Any) -> Any:
    session.info["tag"] = session.get(s.Tag, 1)
    session.info["tag"].label = "changed"
    return session.get_transaction()


def in_savepoint(s: Any, session: Any) -> Any:
    _work(s, session, "outside")
    nested = session.begin_nested()
    session.add(s.Tag(label="inside"))
    return nested


def in_two_savepoints(s: Any, session: Any) -> Any:
    _work(s, session, "outside")
    outer = session.begin_nested()
    _work(s, session, "inside")
    session.begin_nested()
    _work(s, session, "innermost")
    return outer


def savepoint_released(s: Any, session: Any) -> Any:
    nested = session.begin_nested()
    _work(s, session, "inside")
    nested.commit()
    return nested


def savepoint_rolled_back(s: Any, session: Any) -> Any:
    _work(s, session, "outside")
    nested = session.begin_nested()
    _work(s, session, "inside")
    nested.rollback()
    return nested


def failed(s: Any, session: Any) -> Any:
    session.add(s.Tag(label="gift"))
    try:
        session.flush()
    except Exception:
        return session.get_transaction()


def failed_in_savepoint(s: Any, session: Any) -> Any:
    _work(s, session, "outside")
    nested = session.begin_nested()
    session.add(s.Tag(label="gift"))
    try:
        session.flush()
    except Exception:
        return nested


def failed_commit(s: Any, session: Any) -> Any:
    session.begin()
    session.add(s.Tag(label="gift"))
    level = session.get_transaction()
    try:
        session.commit()
    except Exception:
        return level


def committed(s: Any, session: Any) -> Any:
    level = session.begin()
    _work(s, session, "one")
    session.commit()
    return level


def rolled_back(s: Any, session: Any) -> Any:
    level = session.begin()
    _work(s, session, "one")
    session.rollback()
    return level


def closed(s: Any, session: Any) -> Any:
    level = session.begin()
    _work(s, session, "one")
    session.close()
    return level


SITUATIONS: tuple[Situation, ...] = (
    fresh,
    with_pending,
    begun_by_itself,
    begun,
    with_change,
    in_savepoint,
    in_two_savepoints,
    savepoint_released,
    savepoint_rolled_back,
    failed,
    failed_in_savepoint,
    failed_commit,
    committed,
    rolled_back,
    closed,
)

Call = Callable[[Any, Any, Any, Any], Any]
"""Library, namespace, session, level in hand."""

CALLS: dict[str, Call] = {
    "begin": lambda lib, s, session, level: session.begin().origin.name,
    "begin_nested": lambda lib, s, session, level: session.begin_nested().origin.name,
    "begin_of_a_nested_one": lambda lib, s, session, level: session.begin(nested=True).nested,
    "commit": lambda lib, s, session, level: session.commit(),
    "rollback": lambda lib, s, session, level: session.rollback(),
    "close": lambda lib, s, session, level: session.close(),
    "reset": lambda lib, s, session, level: session.reset(),
    "flush": lambda lib, s, session, level: session.flush(),
    "query": lambda lib, s, session, level: session.scalar(lib.select(lib.func.count(s.Tag.id))),
    "get": lambda lib, s, session, level: session.get(s.Tag, 2),
    "add": lambda lib, s, session, level: session.add(s.Tag(label="added")),
    "connection": lambda lib, s, session, level: session.connection().in_transaction(),
    "prepare": lambda lib, s, session, level: session.prepare(),
    "level_commit": lambda lib, s, session, level: level.commit(),
    "level_rollback": lambda lib, s, session, level: level.rollback(),
    "level_close": lambda lib, s, session, level: level.close(),
    "level_prepare": lambda lib, s, session, level: level.prepare(),
    "level_connection": lambda lib, s, session, level: level.connection(s.Tag).in_transaction(),
    "level_facts": lambda lib, s, session, level: [
        level.nested,
        level.parent is None,
        level.origin.name,
        level.is_active,
    ],
    "block": lambda lib, s, session, level: _block(s, session, None),
    "block_with_error": lambda lib, s, session, level: _block(s, session, ValueError("of the block")),
    "nested_block": lambda lib, s, session, level: _nested_block(s, session, None),
    "nested_block_with_error": lambda lib, s, session, level: _nested_block(s, session, ValueError("of the block")),
    "commit_in_block": lambda lib, s, session, level: _end_in_block(lib, s, session, "commit"),
    "rollback_in_block": lambda lib, s, session, level: _end_in_block(lib, s, session, "rollback"),
    "close_in_block": lambda lib, s, session, level: _end_in_block(lib, s, session, "close"),
    "level_as_block": lambda lib, s, session, level: _level_as_block(s, session, level),
}


def _block(s: Any, session: Any, error: Exception | None) -> None:
    with session.begin():
        session.add(s.Tag(label="in the block"))
        if error is not None:
            raise error


def _nested_block(s: Any, session: Any, error: Exception | None) -> None:
    with session.begin_nested():
        session.add(s.Tag(label="in the block"))
        if error is not None:
            raise error


def _end_in_block(lib: Any, s: Any, session: Any, end: str) -> Any:
    with session.begin_nested():
        session.add(s.Tag(label="in the block"))
        getattr(session, end)()
        return session.scalar(lib.select(lib.func.count(s.Tag.id)))


def _level_as_block(s: Any, session: Any, level: Any) -> None:
    with level:
        session.add(s.Tag(label="in the block"))


def facts(session: Any) -> list[Any]:
    """What a session says of its transaction."""
    root, nested = session.get_transaction(), session.get_nested_transaction()
    return [
        session.in_transaction(),
        session.in_nested_transaction(),
        session.is_active,
        root is not None and root.is_active,
        nested is not None and nested.is_active,
    ]


def _called(situation: Situation, name: str, call: Call) -> Program:
    """Return the program of one call in one situation."""

    def run(lib: Any, engine: Any, log: Log) -> None:
        s = full_shop(lib, engine, log)
        with lib.orm.Session(engine) as session:
            with log.quiet():
                level = situation(s, session)
            log("before", facts(session))
            if name.startswith("level") and level is None:
                return
            log.error(name, lambda: call(lib, s, session, level), message=True)
            log("after", facts(session))
            log.error("count", lambda: session.scalar(lib.select(lib.func.count(s.Tag.id))))
            log.error("commit", session.commit)
            log("at last", facts(session))

    run.__module__ = __name__
    run.__name__ = f"{situation.__name__}__{name}"
    return run


SKIPPED = {
    # `close()` of a level takes the changes of its objects back, as a rollback does.
    ("with_change", "level_close"),
    ("in_savepoint", "level_close"),
    ("in_two_savepoints", "level_close"),
    # The connection itself sends SAVEPOINT with its first statement.
    ("in_savepoint", "connection"),
    ("in_savepoint", "level_connection"),
}

for _situation in SITUATIONS:
    for _name, _call in CALLS.items():
        if (_situation.__name__, _name) not in SKIPPED:
            program(_called(_situation, _name, _call))
