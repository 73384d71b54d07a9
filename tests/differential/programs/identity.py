"""The identity map: one key, one object; what get answers without a query."""

import gc
from typing import Any

from tests.differential.log import Log
from tests.differential.programs.shop import full_shop, session_on
from tests.differential.registry import program


@program
def get(lib: Any, engine: Any, log: Log) -> None:
    s = full_shop(lib, engine, log)
    with session_on(lib, engine) as session:
        ann = session.get(s.Customer, 1)
        log("again, without a query", session.get(s.Customer, 1) is ann)
        log("not there", session.get(s.Customer, 99))
        log("by tuple", session.get(s.Customer, (1,)) is ann)
        log("by dict", session.get(s.Customer, {"id": 1}) is ann)
        log("string key", session.get(s.Document, "A").pages)
        log.error("two values", lambda: session.get(s.Customer, (1, 2)))
        log.error("get_one", lambda: session.get_one(s.Customer, 99))


@program
def get_of_a_deleted_object(lib: Any, engine: Any, log: Log) -> None:
    s = full_shop(lib, engine, log)
    with session_on(lib, engine) as session:
        tag = session.get(s.Tag, 3)
        session.delete(tag)
        log("marked", session.get(s.Tag, 3) is tag)
        session.flush()
        log("flushed", session.get(s.Tag, 3))


@program
def get_of_an_expired_object(lib: Any, engine: Any, log: Log) -> None:
    s = full_shop(lib, engine, log)
    with session_on(lib, engine) as session:
        ann = session.get(s.Customer, 1)
        session.commit()
        log("same", session.get(s.Customer, 1) is ann)
        log.loaded(ann)


@program
def composite_key(lib: Any, engine: Any, log: Log) -> None:
    class Base(lib.orm.DeclarativeBase):  # type: ignore[misc]
        pass

    class Seat(Base):
        __tablename__ = "seats"
        row = lib.Column(lib.Integer, primary_key=True)
        place = lib.Column(lib.String, primary_key=True)
        taken = lib.Column(lib.Boolean, default=False)

    with log.quiet():
        Base.metadata.create_all(engine)
    with session_on(lib, engine) as session:
        session.add_all([Seat(row=1, place="b"), Seat(row=1, place="a"), Seat(row=2, place="a")])
        session.commit()
        seat = session.get(Seat, (1, "a"))
        log("identity", lib.inspect(seat).identity)
        log("by dict", session.get(Seat, {"place": "a", "row": 1}) is seat)
        seat.taken = True
        session.commit()
        session.delete(session.get(Seat, (2, "a")))
        session.commit()


@program
def one_key_one_object(lib: Any, engine: Any, log: Log) -> None:
    s = full_shop(lib, engine, log)
    with session_on(lib, engine) as session:
        first = session.scalars(lib.select(s.Customer).where(s.Customer.name == "ann")).one()
        second = session.get(s.Customer, 1)
        third = session.scalars(lib.select(s.Order).where(s.Order.id == 1)).one().customer
        log("same", first is second is third)
        again = session.scalars(lib.select(s.Customer).order_by(s.Customer.id)).all()[0]
        log("same again", again is first)


@program
def sessions_share_nothing(lib: Any, engine: Any, log: Log) -> None:
    s = full_shop(lib, engine, log)
    with session_on(lib, engine) as session:
        first = session.get(s.Customer, 1)
    with session_on(lib, engine) as session:
        second = session.get(s.Customer, 1)
        log("two objects", first is not second)
        second.name = "anna"
    log("untouched", first.name)


@program
def rows_do_not_overwrite_objects(lib: Any, engine: Any, log: Log) -> None:
    s = full_shop(lib, engine, log)
    with session_on(lib, engine) as session:
        ann, bob = session.get(s.Customer, 1), session.get(s.Customer, 2)
        session.execute(lib.text("UPDATE customers SET name = 'x'"))
        session.expire(bob)
        names = [each.name for each in session.scalars(lib.select(s.Customer).order_by(s.Customer.id))]
        log("names", names)
        fresh = session.scalars(lib.select(s.Customer).execution_options(populate_existing=True)).all()
        log("populate_existing", [each.name for each in fresh])
        log("objects", (ann.name, bob.name))


@program
def changes_survive_queries(lib: Any, engine: Any, log: Log) -> None:
    s = full_shop(lib, engine, log)
    with session_on(lib, engine) as session:
        ann = session.get(s.Customer, 1)
        ann.name = "unsaved"
        with session.no_autoflush:
            log("queried", session.scalars(lib.select(s.Customer).where(s.Customer.id == 1)).one().name)
        log.session(session)


@program
def clean_objects_are_let_go(lib: Any, engine: Any, log: Log) -> None:
    s = full_shop(lib, engine, log)
    with session_on(lib, engine) as session:
        session.scalars(lib.select(s.Customer)).all()
        gc.collect()
        log("held", len(session.identity_map))
        session.get(s.Customer, 1).name = "changed"
        gc.collect()
        log("held while dirty", len(session.identity_map))
        session.flush()
        gc.collect()
        log("held after the flush", len(session.identity_map))


@program
def same_object_in_two_rows(lib: Any, engine: Any, log: Log) -> None:
    s = full_shop(lib, engine, log)
    with session_on(lib, engine) as session:
        joined = lib.select(s.Customer).join(s.Customer.orders)
        log("rows", session.scalars(joined).all())
        log("unique", session.scalars(joined).unique().all())


@program
def get_of_an_expired_object_whose_row_is_gone(lib: Any, engine: Any, log: Log) -> None:
    """None; the object counts as deleted, until a rollback brings it back, or a commit lets it go."""
    s = full_shop(lib, engine, log)
    log.without_reads()
    with session_on(lib, engine) as session:
        for name in ("persistent_to_deleted", "deleted_to_persistent", "deleted_to_detached"):
            lib.event.listen(session, name, lambda session, instance, name=name: log("event", name))
        for end in ("rollback to savepoint", "rollback", "commit"):
            item = session.get(s.Item, 3)
            if "savepoint" in end:
                session.begin_nested()
            gone = lib.delete(s.Item).where(s.Item.id == 3)
            session.execute(gone, execution_options={"synchronize_session": False})
            session.expire(item)
            log("found", session.get(s.Item, 3))
            log.error("get_one", lambda: session.get_one(s.Item, 3))
            log("in the session", item in session)
            log.state(item)
            if "savepoint" in end:
                session.get_nested_transaction().rollback()
            else:
                getattr(session, end)()
            log.state(item)
            if end != "commit":
                log("found again", session.get(s.Item, 3) is item)


@program
def keys_with_a_null(lib: Any, engine: Any, log: Log) -> None:
    """A composite key of which a part is NULL names an object, which is found again; nothing can be written by it."""
    orm = lib.orm

    class Base(orm.DeclarativeBase):
        pass

    class Place(Base):
        __tablename__ = "places"
        row = lib.Column(lib.Integer, primary_key=True)
        seat = lib.Column(lib.Integer, primary_key=True, nullable=True)
        kind = lib.Column(lib.String)
        name = lib.Column(lib.String)
        note = orm.deferred(lib.Column(lib.String))
        __mapper_args__ = {"polymorphic_on": kind, "polymorphic_identity": "place"}

    class Box(Place):
        __mapper_args__ = {"polymorphic_identity": "box"}

    class Whole(Base):
        __table__ = Place.__table__
        __mapper_args__ = {"allow_partial_pks": False, "include_properties": ["row", "seat"]}

    with log.quiet(), engine.begin() as connection:
        connection.execute(lib.text("CREATE TABLE places (row INTEGER, seat INTEGER, kind TEXT, name TEXT, note TEXT)"))
        given = [(1, None, "place"), (2, 3, "place"), (4, None, "box"), (None, None, "box")]
        rows = [{"row": row, "seat": seat, "kind": kind, "name": "n", "note": "x"} for row, seat, kind in given]
        connection.execute(Place.__table__.insert(), rows)

    def first(session: Any) -> Any:
        return session.scalars(lib.select(Place).where(Place.row == 1)).one()

    with orm.Session(engine) as session:
        log("all", session.scalars(lib.select(Place)).all())
        log("boxes", session.scalars(lib.select(Box)).all())
        log("whole", session.scalars(lib.select(Whole)).all())
    with orm.Session(engine) as session:
        place = session.get(Place, (1, None))
        log("get", [place, session.get(Place, {"row": 1, "seat": None}) is place, first(session) is place])
        log("locked", session.get(Place, (1, None), with_for_update=True) is place)
        session.expire(place)
        log("expired", place.name)
        session.refresh(place, ["name"])
        log("deferred", place.note)
        log("merged", session.merge(Place(row=4, seat=None, kind="box", name="m")))
        session.rollback()
        session.commit()
        log("after a commit", place.name)
    for act in (lambda session: setattr(first(session), "name", "z"), lambda session: session.delete(first(session))):
        with orm.Session(engine) as session:

            def write(session: Any = session, act: Any = act) -> None:
                act(session)
                kept = list(session.dirty)
                with log.quiet():
                    session.flush()
                log("kept", kept)

            log.error("write", write, message=True)
