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
