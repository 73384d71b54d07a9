"""Sessions over two databases that share out the rows: `horizontal_shard`."""

import importlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from types import SimpleNamespace
from typing import Any

from tests.differential.intended import prepare_engine
from tests.differential.log import Log
from tests.differential.registry import program

SHARDS = ("north", "south")


@cache
def _reports(lib: Any) -> Any:
    orm = lib.orm
    base = type("Base", (orm.DeclarativeBase,), {})
    place = type("Place", (base,), {
        "__tablename__": "places", "id": orm.mapped_column(lib.Integer, primary_key=True),
        "name": orm.mapped_column(lib.String(20)), "side": orm.mapped_column(lib.String(10)),
        "reports": orm.relationship("Report", back_populates="place", order_by="Report.id"),
    })  # fmt: skip
    report = type("Report", (base,), {
        "__tablename__": "reports", "id": orm.mapped_column(lib.Integer, primary_key=True),
        "degrees": orm.mapped_column(lib.Integer), "place_id": orm.mapped_column(lib.ForeignKey("places.id")),
        "place": orm.relationship("Place", back_populates="reports"),
    })  # fmt: skip
    return SimpleNamespace(base=base, Place=place, Report=report)


@contextmanager
def _sharded(lib: Any, log: Log, m: Any) -> Iterator[Any]:
    """Open a session over two filled databases; statements are written down with their database."""
    sharding = importlib.import_module(f"{lib.__name__}.ext.horizontal_shard")
    engines = {name: lib.create_engine("sqlite://") for name in SHARDS}
    for name, engine in engines.items():
        prepare_engine(lib, engine, lambda connection: None)
        m.base.metadata.create_all(engine)

        def sent(
            connection: Any, cursor: Any, statement: str, values: Any, context: Any, many: bool, name: str = name
        ) -> None:
            if statement.split(None, 1)[0] not in ("BEGIN", "PRAGMA"):
                log(f"on {name}", f"{statement} {values!r}")

        lib.event.listen(engine, "before_cursor_execute", sent)

    def shard_chooser(mapper: Any, instance: Any, clause: Any = None) -> Any:
        if isinstance(instance, m.Report):
            return instance.place.side
        return instance.side if isinstance(instance, m.Place) else "north"

    def identity_chooser(mapper: Any, primary_key: Any, *, lazy_loaded_from: Any, **kw: Any) -> Any:
        return SHARDS if lazy_loaded_from is None else [lazy_loaded_from.identity_token]

    def execute_chooser(state: Any) -> Any:
        if state.is_select and state.lazy_loaded_from is not None:
            return [state.lazy_loaded_from.identity_token]
        return SHARDS

    maker = lib.orm.sessionmaker(
        class_=sharding.ShardedSession, shards=engines, shard_chooser=shard_chooser, identity_chooser=identity_chooser,
        execute_chooser=execute_chooser,
    )  # fmt: skip
    with maker() as session:
        with log.quiet():
            for name, side in (("a", "north"), ("b", "south"), ("c", "south")):
                place = m.Place(name=name, side=side)
                session.add(place)
                session.flush()
                session.add(m.Report(degrees=len(name) + ord(name), place=place))
                session.flush()
            session.commit()
            session.expunge_all()
        yield session
    for engine in engines.values():
        engine.dispose()


Action = Callable[[Any, Any, Log, Any], None]


def sharded(function: Action) -> Action:
    """Enter a program over two databases."""

    def run(lib: Any, engine: Any, log: Log) -> None:
        m = _reports(lib)
        with _sharded(lib, log, m) as session:
            function(lib, session, log, m)

    run.__name__, run.__module__ = function.__name__, __name__
    program(run)
    return function


def _key(lib: Any, instance: Any) -> Any:
    return lib.inspect(instance).identity_key[1:]


@sharded
def select_from_all(lib: Any, session: Any, log: Log, m: Any) -> None:
    found = session.scalars(lib.select(m.Place).order_by(m.Place.name)).all()
    log("found", [(one.name, _key(lib, one), lib.inspect(one).identity_token) for one in found])
    log("rows", session.execute(lib.select(m.Place.name, m.Place.side)).all())
    log("again", session.scalars(lib.select(m.Place)).all()[0] is found[0])


@sharded
def lazy_collections(lib: Any, session: Any, log: Log, m: Any) -> None:
    for place in session.scalars(lib.select(m.Place)).all():
        log(place.name, [(one.degrees, lib.inspect(one).identity_token) for one in place.reports])


@sharded
def lazy_references(lib: Any, session: Any, log: Log, m: Any) -> None:
    for report in session.scalars(lib.select(m.Report)).all():
        log("of", (report.degrees, report.place.name))


@sharded
def joined_collections(lib: Any, session: Any, log: Log, m: Any) -> None:
    statement = lib.select(m.Place).options(lib.orm.joinedload(m.Place.reports))
    log("found", [(one.name, [each.degrees for each in one.reports]) for one in session.scalars(statement).unique()])


@sharded
def one_shard_by_option(lib: Any, session: Any, log: Log, m: Any) -> None:
    set_shard_id = importlib.import_module(f"{lib.__name__}.ext.horizontal_shard").set_shard_id
    for place in session.scalars(lib.select(m.Place).options(set_shard_id("south"))).all():
        log(place.name, [one.degrees for one in place.reports])


@sharded
def one_shard_by_bind_arguments(lib: Any, session: Any, log: Log, m: Any) -> None:
    found = session.scalars(lib.select(m.Place), bind_arguments={"shard_id": "south"})
    log("found", [one.name for one in found])


@sharded
def queries(lib: Any, session: Any, log: Log, m: Any) -> None:
    log("all", [one.name for one in session.query(m.Place).filter(m.Place.name > "a").all()])
    log("one", [one.name for one in session.query(m.Place).set_shard("north")])


@sharded
def get_with_a_token(lib: Any, session: Any, log: Log, m: Any) -> None:
    north = session.get(m.Place, 1, identity_token="north")
    south = session.get(m.Place, 1, identity_token="south")
    log("names", (north.name, south.name))
    log("same", session.get(m.Place, 1, identity_token="south") is south)
    log("none", session.get(m.Place, 99))


@sharded
def get_an_only_one(lib: Any, session: Any, log: Log, m: Any) -> None:
    found = session.get(m.Place, 2)
    log("found", (found.name, _key(lib, found)))
    log("again", session.get(m.Place, 2) is found)
    log.error("two", lambda: session.get(m.Place, 1))


@sharded
def changes_and_refreshes(lib: Any, session: Any, log: Log, m: Any) -> None:
    for name in ("a", "b"):
        place = session.scalars(lib.select(m.Place).where(m.Place.name == name)).one()
        place.name += "!"
        session.commit()
        log("name", place.name)
        session.refresh(place)
        session.expire(place, ["side"])
        log("side", place.side)


@sharded
def deletes(lib: Any, session: Any, log: Log, m: Any) -> None:
    report = session.scalars(lib.select(m.Report)).all()[1]
    log("key", _key(lib, report))
    session.delete(report)
    session.commit()
    log("left", session.scalars(lib.select(m.Report.degrees)).all())


@sharded
def writing_statements(lib: Any, session: Any, log: Log, m: Any) -> None:
    set_shard_id = importlib.import_module(f"{lib.__name__}.ext.horizontal_shard").set_shard_id
    done = session.execute(lib.update(m.Place).where(m.Place.name >= "b").values(name="w"))
    log("number", done.rowcount)
    session.execute(lib.delete(m.Report).where(m.Report.id == 2).options(set_shard_id("south")))
    log("names", session.scalars(lib.select(m.Place.name)).all())
    log("reports", session.scalars(lib.select(m.Report.id)).all())


@sharded
def rolled_back(lib: Any, session: Any, log: Log, m: Any) -> None:
    new = m.Place(name="new", side="south")
    session.add(new)
    session.flush()
    log("key", _key(lib, new))
    session.rollback()
    log.state(new)
    log("in it", new in session)
    log("names", session.scalars(lib.select(m.Place.name)).all())


@sharded
def let_go(lib: Any, session: Any, log: Log, m: Any) -> None:
    places = session.scalars(lib.select(m.Place).order_by(m.Place.id)).all()
    session.expunge(places[1])
    log.state(*places)
    session.add(places[1])
    log.state(places[1])
    log("number", len(session.identity_map.keys()))
    log("keys", sorted((key[1], key[2]) for key in list(session.identity_map)))


@sharded
def plain_tables(lib: Any, session: Any, log: Log, m: Any) -> None:
    log("rows", session.execute(lib.select(m.Place.__table__.c.name)).all())
