"""Programs about relationships to an alias of a class, and about columns of this side that are part of no key."""

from __future__ import annotations

from typing import Any

from tests.differential.log import Log
from tests.differential.registry import program


def _class(lib: Any, base: Any, name: str, **body: Any) -> Any:
    key = {"__tablename__": name.lower(), "id": lib.Column(lib.Integer, primary_key=True)}
    return type(name, (base,), {**key, **body})


def _two(lib: Any) -> tuple[Any, Any]:
    """Map houses, and rooms that belong to one."""
    base = type("Base", (lib.orm.DeclarativeBase,), {})
    house = _class(lib, base, "House", kind=lib.Column(lib.String))
    room = _class(
        lib, base, "Room", house_id=lib.Column(lib.ForeignKey("house.id")), kind=lib.Column(lib.String),
        size=lib.Column(lib.Integer),
    )  # fmt: skip
    return house, room


def _stored(lib: Any, engine: Any, log: Log, house: Any, room: Any) -> Any:
    with log.quiet():
        house.metadata.create_all(engine)
        session = lib.orm.Session(engine)
        session.add_all([house(id=1, kind="x"), house(id=2, kind="y")])
        session.flush()
        for key, house_id, kind in ((1, 1, "x"), (2, 1, "y"), (3, 1, "x"), (4, 2, "x"), (5, 2, "y")):
            session.add(room(id=key, house_id=house_id, kind=kind, size=10 * key))
        session.commit()
    return session


def _loaded(lib: Any, session: Any, log: Log, class_: Any, attribute: Any) -> None:
    """Write down what each way of loading brings."""
    for way in ("lazyload", "selectinload", "joinedload"):
        session.expunge_all()
        statement = lib.select(class_).order_by(class_.id).options(getattr(lib.orm, way)(attribute))
        for one in session.scalars(statement).unique():
            log(way, (one.id, getattr(one, attribute.key)))
    session.close()


def _shown(lib: Any, engine: Any, log: Log, class_: Any, attribute: Any) -> None:
    """Write down what it means in statements."""
    log.text("join", lib.select(class_).join(attribute), engine)
    log.text("outer join", lib.select(class_).outerjoin(attribute), engine)
    exists = attribute.any() if attribute.property.uselist else attribute.has()
    log.text("exists", lib.select(class_).where(exists), engine)


@program
def an_alias_of_the_table(lib: Any, engine: Any, log: Log) -> None:
    house, room = _two(lib)
    other = lib.orm.aliased(room)
    condition = lib.and_(house.id == other.house_id, other.size > 10)
    house.rooms = lib.orm.relationship(other, primaryjoin=condition, viewonly=True, order_by=other.size.desc())
    prop = lib.inspect(house).relationships.rooms
    log("facts", (prop.direction.name, prop.uselist, prop.entity.is_aliased_class, prop.mapper is lib.inspect(room)))
    _shown(lib, engine, log, house, house.rooms)
    _loaded(lib, _stored(lib, engine, log, house, room), log, house, house.rooms)


@program
def the_first_rows_of_each(lib: Any, engine: Any, log: Log) -> None:
    """A window function numbers the members; the relationship takes the first ones."""
    house, room = _two(lib)
    number = lib.func.row_number().over(order_by=room.size.desc(), partition_by=room.house_id).label("number")
    numbered = lib.select(room, number).alias()
    largest = lib.orm.aliased(room, numbered)
    condition = lib.and_(largest.house_id == house.id, numbered.c.number < 3)
    house.largest = lib.orm.relationship(largest, primaryjoin=condition, viewonly=True)
    _shown(lib, engine, log, house, house.largest)
    _loaded(lib, _stored(lib, engine, log, house, room), log, house, house.largest)


@program
def a_reference_through_a_join(lib: Any, engine: Any, log: Log) -> None:
    house, room = _two(lib)
    inner = lib.select(house).join(room, room.house_id == house.id).where(room.kind == house.kind).distinct().subquery()
    good = lib.orm.aliased(house, inner)
    room.good_house = lib.orm.relationship(good, primaryjoin=room.house_id == good.id, viewonly=True)
    _shown(lib, engine, log, room, room.good_house)
    _loaded(lib, _stored(lib, engine, log, house, room), log, room, room.good_house)


@program
def columns_of_this_side(lib: Any, engine: Any, log: Log) -> None:
    """A condition may compare columns of this side that are no keys, with columns or with values."""
    for label in ("column", "value"):
        house, room = _two(lib)
        further = house.kind == (room.kind if label == "column" else "x")
        condition = lib.and_(house.id == room.house_id, further)
        house.rooms = lib.orm.relationship(room, primaryjoin=condition, viewonly=True, order_by=room.id)
        _shown(lib, engine, log, house, house.rooms)
        session = _stored(lib, engine, log, house, room)
        _loaded(lib, session, log, house, house.rooms)
        with log.quiet():
            house.metadata.drop_all(engine)


@program
def columns_of_this_side_before_a_secondary(lib: Any, engine: Any, log: Log) -> None:
    house, room = _two(lib)
    between = lib.Table(
        "links", house.metadata, lib.Column("house_id", lib.ForeignKey("house.id")),
        lib.Column("room_id", lib.ForeignKey("room.id")),
    )  # fmt: skip
    condition = lib.and_(house.id == between.c.house_id, house.kind == "x")
    house.linked = lib.orm.relationship(room, secondary=between, primaryjoin=condition, viewonly=True, order_by=room.id)
    session = _stored(lib, engine, log, house, room)
    with log.quiet():
        session.execute(between.insert(), [{"house_id": one, "room_id": 3} for one in (1, 2)])
        session.commit()
    _loaded(lib, session, log, house, house.linked)


@program
def keys_that_overlap(lib: Any, engine: Any, log: Log) -> None:
    """One column is a part of two keys; `foreign` says which of them a relationship writes."""
    orm = lib.orm
    base = type("Base", (orm.DeclarativeBase,), {})
    magazine = _class(lib, base, "Magazine")
    writer = type("Writer", (base,), {
        "__tablename__": "writer", "id": lib.Column(lib.Integer, primary_key=True),
        "magazine_id": lib.Column(lib.ForeignKey("magazine.id"), primary_key=True),
    })  # fmt: skip
    join = "and_(Writer.id == foreign(Article.writer_id), Writer.magazine_id == Article.magazine_id)"
    article = _class(
        lib, base, "Article", magazine_id=lib.Column(lib.ForeignKey("magazine.id")), writer_id=lib.Column(lib.Integer),
        __table_args__=(lib.ForeignKeyConstraint(["writer_id", "magazine_id"], ["writer.id", "writer.magazine_id"]),),
        magazine=orm.relationship("Magazine"), writer=orm.relationship("Writer", primaryjoin=join, backref="articles"),
    )  # fmt: skip
    base.metadata.create_all(engine)
    with orm.Session(engine) as session:
        first = magazine(id=1)
        session.add_all([first, writer(id=5, magazine_id=1)])
        session.flush()
        session.add(article(id=1, magazine=first, writer=session.get(writer, (5, 1))))
        session.commit()
        found = session.get(article, 1)
        log("keys", (found.magazine_id, found.writer_id, found.writer.articles == [found]))
    _shown(lib, engine, log, article, article.writer)
    _loaded(lib, orm.Session(engine), log, article, article.writer)
    with orm.Session(engine) as session:
        found = session.get(article, 1)
        log("loaded", found.writer)
        found.writer = None
        session.commit()
        log("keys", (found.magazine_id, found.writer_id))


@program
def joins_that_start_from_aliases(lib: Any, engine: Any, log: Log) -> None:
    """A relationship of the class is meant as that of its alias, where this stands on the left; never as another's."""
    orm = lib.orm
    house, room = _two(lib)
    house.rooms = orm.relationship(room, backref=orm.backref("house", order_by=room.id))
    orm.configure_mappers()
    a, b, other = orm.aliased(house), orm.aliased(room), orm.aliased(house)
    log("backref", house.rooms.property.backref[0])
    joins = {
        "both": lambda: orm.join(a, b, house.rooms),
        "to the class": lambda: orm.outerjoin(a, room, house.rooms),
        "back": lambda: orm.join(b, a, room.house),
        "own": lambda: orm.join(a, b, a.rooms),
        "of a join": lambda: orm.join(orm.join(a, other, a.id == other.id), b, house.rooms),
        "selected": lambda: lib.select(a).select_from(orm.join(a, b, house.rooms)),
    }
    for name, made in joins.items():
        log(name, str(made()))
    lefts = {"class": house, "alias": a, "other": other, "room": room, "table": house.__table__}
    for name, left in lefts.items():
        for what, relationship in (("class's", house.rooms), ("alias's", a.rooms)):
            joined = lambda left=left, relationship=relationship: lib.select(a.id).join_from(left, b, relationship)  # noqa: E731
            log.error(f"{name} {what}", lambda joined=joined: str(joined()))
