"""References by a key of two columns, one of which may be NULL, to rows whose key may have a NULL, too."""

from collections.abc import Callable
from functools import partial
from typing import Any

from tests.differential.log import Log
from tests.differential.programs.shop import session_on
from tests.differential.registry import Program, program

Do = Callable[[Any, Any, Any, Any], Any]
"""Library, session, class of the places, class of the things."""


def places(lib: Any, engine: Any, log: Log, may_be: bool) -> tuple[Any, Any]:
    """Return a class whose key is a row and a shelf (perhaps NULL), and one that refers to it, with their tables."""
    orm = lib.orm

    class Base(orm.DeclarativeBase):  # type: ignore[misc]
        pass

    class Place(Base):
        __tablename__ = "places"
        __mapper_args__ = {"allow_partial_pks": may_be}
        row = orm.mapped_column(lib.Integer, primary_key=True, autoincrement=False)
        shelf = orm.mapped_column(lib.Integer, primary_key=True, autoincrement=False, nullable=True)
        things = orm.relationship("Thing", back_populates="place")

    class Thing(Base):
        __tablename__ = "things"
        __table_args__ = (lib.ForeignKeyConstraint(["row", "shelf"], ["places.row", "places.shelf"]),)
        id = orm.mapped_column(lib.Integer, primary_key=True)
        row = orm.mapped_column(lib.Integer)
        shelf = orm.mapped_column(lib.Integer)
        place = orm.relationship(Place, back_populates="things")

    with log.quiet():
        Base.metadata.create_all(engine)
        with engine.begin() as connection:
            connection.execute(lib.insert(Place.__table__), [{"row": 2, "shelf": 2}])
            connection.exec_driver_sql("INSERT INTO places (row) VALUES (1)")
            rows = [(1, 2, 2), (2, 1, None), (3, None, 2), (4, None, None), (5, 3, None)]
            connection.execute(
                lib.insert(Thing.__table__), [dict(zip(("id", "row", "shelf"), one, strict=True)) for one in rows]
            )
    return Place, Thing


def things(lib: Any, session: Any, Thing: Any, *options: Any) -> Any:
    return session.scalars(lib.select(Thing).order_by(Thing.id).options(*options)).unique().all()


def key(place: Any) -> Any:
    return None if place is None else (place.row, place.shelf)


def set_one(session: Any, thing: Any, place: Any) -> Any:
    thing.place = place
    session.flush()
    return key(thing.place)


CASES: dict[str, Do] = {
    "read": lambda lib, session, Place, Thing: [key(one.place) for one in things(lib, session, Thing)],
    "read_where_places_are_there": lambda lib, session, Place, Thing: (
        session.scalars(lib.select(Place)).all() and [key(one.place) for one in things(lib, session, Thing)]
    ),
    "joined": lambda lib, session, Place, Thing: [
        key(one.place) for one in things(lib, session, Thing, lib.orm.joinedload(Thing.place))
    ],
    "select_in": lambda lib, session, Place, Thing: [
        key(one.place) for one in things(lib, session, Thing, lib.orm.selectinload(Thing.place))
    ],
    "immediate": lambda lib, session, Place, Thing: [
        key(one.place) for one in things(lib, session, Thing, lib.orm.immediateload(Thing.place))
    ],
    "taken_away_unread": lambda lib, session, Place, Thing: [
        set_one(session, one, None) for one in things(lib, session, Thing)
    ],
    "taken_away_after_it_was_read": lambda lib, session, Place, Thing: [
        (key(one.place), set_one(session, one, None)) for one in things(lib, session, Thing)
    ],
    "half_of_the_key_goes": lambda lib, session, Place, Thing: [
        (setattr(one, "shelf", None), key(one.place), session.flush(), session.expire(one, ["place"]), key(one.place))
        for one in things(lib, session, Thing)
    ],
    "collections": lambda lib, session, Place, Thing: [
        [one.id for one in place.things] for place in session.scalars(lib.select(Place).order_by(Place.row))
    ],
    "no_place": lambda lib, session, Place, Thing: [
        session.scalars(lib.select(Thing.id).where(condition)).all()
        for condition in (Thing.place == None, Thing.place != None, ~Thing.place.has())  # noqa: E711
    ],
    "merged": lambda lib, session, Place, Thing: key(session.merge(Place(row=1, shelf=None))),
    "updated": lambda lib, session, Place, Thing: [
        setattr(place, "row", 7) or session.flush() for place in session.scalars(lib.select(Place).order_by(Place.row))
    ],
    "deleted": lambda lib, session, Place, Thing: [
        session.delete(place) or session.flush() for place in session.scalars(lib.select(Place).order_by(Place.row))
    ],
}  # fmt: skip


def _program(do: Do) -> Program:
    def run(lib: Any, engine: Any, log: Log) -> None:
        for may_be in (True, False):
            Place, Thing = places(lib, engine, log, may_be)
            with session_on(lib, engine) as session:
                log.error(f"keys may be NULL in part: {may_be}", partial(do, lib, session, Place, Thing), message=True)
                session.rollback()
            with log.quiet():
                Place.metadata.drop_all(engine)

    return run


for _name, _do in CASES.items():
    _run = _program(_do)
    _run.__name__, _run.__module__ = _name, __name__
    program(_run)
