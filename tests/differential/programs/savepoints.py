"""Savepoints, of sessions and of connections."""

from typing import Any

from tests.differential.log import Log
from tests.differential.programs.shop import empty_shop, full_shop, session_on
from tests.differential.registry import program


@program
def kept(lib: Any, engine: Any, log: Log) -> None:
    s = empty_shop(lib, engine, log)
    with session_on(lib, engine) as session:
        session.add(s.Tag(label="before"))
        with session.begin_nested():
            session.add(s.Tag(label="inside"))
        session.add(s.Tag(label="after"))
        session.commit()


@program
def rolled_back(lib: Any, engine: Any, log: Log) -> None:
    s = full_shop(lib, engine, log)
    with session_on(lib, engine) as session:
        tag, other = session.get(s.Tag, 1), session.get(s.Tag, 2)
        other.label = "changed outside"
        nested = session.begin_nested()
        tag.label = "changed inside"
        new = s.Tag(label="new inside")
        session.add(new)
        session.flush()
        nested.rollback()
        log.state(tag, new)
        log("labels", (tag.label, other.label))
        session.commit()


@program
def rolled_back_by_an_error(lib: Any, engine: Any, log: Log) -> None:
    s = empty_shop(lib, engine, log)
    with session_on(lib, engine) as session:
        session.add(s.Tag(label="x"))
        session.flush()
        try:
            with session.begin_nested():
                session.add(s.Tag(label="x"))
        except lib.exc.IntegrityError as error:
            log.raised("came out", error)
        session.add(s.Tag(label="y"))
        session.commit()


@program
def rollback_inside_the_block(lib: Any, engine: Any, log: Log) -> None:
    s = empty_shop(lib, engine, log)
    with session_on(lib, engine) as session:
        with session.begin_nested() as nested:
            lost = s.Tag(label="lost")
            session.add(lost)
            session.flush()
            nested.rollback()
        log.state(lost)
        session.add(s.Tag(label="kept"))
        session.commit()


@program
def ended_inside_the_block(lib: Any, engine: Any, log: Log) -> None:
    """What stands behind in the block of an ended savepoint is refused, until the block is left."""
    s = full_shop(lib, engine, log)
    ends = {"rollback": lambda each: each.rollback(), "commit": lambda each: each.commit()}
    uses = {
        "get": lambda session, nested: session.get(s.Tag, 2),
        "query": lambda session, nested: session.scalars(lib.select(s.Tag.id).order_by(s.Tag.id)).all(),
        "flush": lambda session, nested: (session.add(s.Tag(label="x")), session.flush()),
        "connection": lambda session, nested: session.connection().closed,
        "another": lambda session, nested: session.begin_nested(),
        "facts": lambda session, nested: (
            session.in_transaction(), session.in_nested_transaction(), session.is_active, nested.is_active,
        ),
        "outer commit": lambda session, nested: session.commit(),
        "outer rollback": lambda session, nested: session.rollback(),
        "close": lambda session, nested: session.close(),
    }  # fmt: skip
    for end, act in ends.items():
        for use, attempt in uses.items():
            with session_on(lib, engine) as session:
                with session.begin_nested() as nested:
                    session.get(s.Tag, 1).label = f"{end} {use}"
                    session.flush()
                    act(nested)
                    log.error(f"{end}, {use}", lambda attempt=attempt: attempt(session, nested), message=True)
                log("outside", session.get(s.Tag, 2).label)
    with session_on(lib, engine) as session:
        with session.begin_nested() as outer:
            with session.begin_nested():
                outer.rollback()
                log.error("inside", lambda: session.get(s.Tag, 1), message=True)
            log.error("in the outer one", lambda: session.get(s.Tag, 1), message=True)
        log("outside", session.get(s.Tag, 1).label)


@program
def changed_after_a_failure(lib: Any, engine: Any, log: Log) -> None:
    """What was changed between a failed flush and the rollback is discarded; at the end of a block it stays."""
    s = full_shop(lib, engine, log)
    changes = {
        "add": lambda session, tag: session.add(s.Tag(label="added")),
        "set": lambda session, tag: setattr(tag, "label", "set"),
        "delete": lambda session, tag: session.delete(tag),
    }
    ways = ("rollback", "block of a savepoint", "savepoint rolled back in its block", "savepoint rolled back")
    for name, change in changes.items():
        for way in ways:
            log(f"{name}, {way}")
            with session_on(lib, engine) as session:
                session.add(s.Tag(label="late"))
                tag, first = s.Tag(label=f"{name} {way}"), session.get(s.Tag, 1)
                session.add(tag)
                session.commit()
                log("there", (tag.id, first.label))

                def fail(session: Any = session, change: Any = change, tag: Any = tag, first: Any = first) -> None:
                    session.add(s.Tag(label=first.label))
                    log.error("flush", session.flush)
                    change(session, tag)
                    log.session(session)

                if way == "rollback":
                    fail()
                    session.rollback()
                elif way == "savepoint rolled back":
                    nested = session.begin_nested()
                    fail()
                    nested.rollback()
                else:
                    with session.begin_nested() as nested:
                        fail()
                        if way != "block of a savepoint":
                            nested.rollback()
                log.session(session)
                session.commit()
                log("labels", session.scalars(lib.select(s.Tag.label).order_by(s.Tag.id)).all())
                session.execute(lib.delete(s.Tag).where(s.Tag.label.in_(["late", "added", "set", f"{name} {way}"])))
                session.commit()


@program
def inside_each_other(lib: Any, engine: Any, log: Log) -> None:
    s = empty_shop(lib, engine, log)
    with session_on(lib, engine) as session:
        with session.begin_nested():
            session.add(s.Tag(label="one"))
            with session.begin_nested():
                session.add(s.Tag(label="two"))
            inner = session.begin_nested()
            session.add(s.Tag(label="three"))
            session.flush()
            inner.rollback()
            session.add(s.Tag(label="four"))
        session.commit()


@program
def nothing_inside(lib: Any, engine: Any, log: Log) -> None:
    s = empty_shop(lib, engine, log)
    with session_on(lib, engine) as session:
        with session.begin_nested():
            pass
        log("in nested", session.in_nested_transaction())
        session.add(s.Tag(label="x"))
        session.begin_nested()
        log("in nested", session.in_nested_transaction())
        session.commit()
        log("in nested", session.in_nested_transaction())
        session.commit()


@program
def outer_rollback(lib: Any, engine: Any, log: Log) -> None:
    s = empty_shop(lib, engine, log)
    with session_on(lib, engine) as session:
        outside = s.Tag(label="outside")
        session.add(outside)
        nested = session.begin_nested()
        inside = s.Tag(label="inside")
        session.add(inside)
        nested.commit()
        session.rollback()
        log.state(outside, inside)


@program
def deleted_inside(lib: Any, engine: Any, log: Log) -> None:
    s = full_shop(lib, engine, log)
    with session_on(lib, engine) as session:
        tag = session.get(s.Tag, 3)
        nested = session.begin_nested()
        session.delete(tag)
        session.flush()
        log.state(tag)
        nested.rollback()
        log.state(tag)
        log("label", tag.label)
        with session.begin_nested():
            session.delete(tag)
        log.state(tag)
        session.commit()
        log.state(tag)


@program
def expiry_inside(lib: Any, engine: Any, log: Log) -> None:
    """Leaving a savepoint expires nothing; rolling it back expires what was changed inside."""
    s = full_shop(lib, engine, log)
    with session_on(lib, engine) as session:
        first, second = session.get(s.Tag, 1), session.get(s.Tag, 2)
        with session.begin_nested():
            first.label = "one"
        log.loaded(first)
        log.loaded(second)
        nested = session.begin_nested()
        first.label = "two"
        session.flush()
        nested.rollback()
        log.loaded(first)
        log.loaded(second)
        log("label", first.label)


@program
def of_connections(lib: Any, engine: Any, log: Log) -> None:
    tags = empty_shop(lib, engine, log).Tag.__table__
    with engine.begin() as connection:
        connection.execute(lib.insert(tags).values(label="one"))
        savepoint = connection.begin_nested()
        connection.execute(lib.insert(tags).values(label="two"))
        savepoint.rollback()
        with connection.begin_nested():
            connection.execute(lib.insert(tags).values(label="three"))
        log("labels", connection.scalars(lib.select(tags.c.label)).all())


@program
def deleted_with_a_key_of_an_update_of_its_own(lib: Any, engine: Any, log: Log) -> None:
    """What `post_update` cleared before the DELETE is read again after the rollback; other objects keep their values."""
    orm: Any = lib.orm

    class Base(orm.DeclarativeBase):  # type: ignore[misc]
        pass

    class Pin(Base):
        __tablename__ = "pins"
        id = lib.Column(lib.Integer, primary_key=True)

    class Board(Base):
        __tablename__ = "boards"
        id = lib.Column(lib.Integer, primary_key=True)
        pin_id = lib.Column(lib.ForeignKey("pins.id"))
        pin = orm.relationship(Pin, post_update=True)

    with log.quiet():
        Base.metadata.create_all(engine)
        with session_on(lib, engine) as session:
            session.add(Pin(id=1))
            session.flush()
            session.add_all([Board(id=1, pin_id=1), Board(id=2)])
            session.commit()
    with session_on(lib, engine) as session:
        for strategy in ("flush", "fetch"):
            boards, pin = session.scalars(lib.select(Board).order_by(Board.id)).all(), session.get(Pin, 1)
            nested = session.begin_nested()
            if strategy == "flush":
                for one in (*boards, pin):
                    session.delete(one)
                session.flush()
            else:
                for class_ in (Board, Pin):
                    session.execute(lib.delete(class_), execution_options={"synchronize_session": "fetch"})
            nested.rollback()
            for one in (*boards, pin):
                log.state(one)
                log("held", sorted(name for name in vars(one) if name in ("id", "pin_id")))
            log("pins", [board.pin_id for board in boards])
