"""Hierarchies whose mapping says how subclasses come: ``polymorphic_load`` inline and select-in, ``with_polymorphic``."""

from collections.abc import Callable
from typing import Any

from tests.differential.log import Log
from tests.differential.programs.staff import LAYOUTS, full_staff, session_on
from tests.differential.registry import program

Make = Callable[[Any, Any, Any], Any]
"""(library, its orm module, staff) -> a statement."""

WAYS = {"inline": ("inline", ""), "selectin": ("selectin", ""), "star": ("", "*")}

STATEMENTS: dict[str, Make] = {
    "base": lambda lib, o, s: lib.select(s.Person),
    "subclass": lambda lib, o, s: lib.select(s.Engineer),
    "column": lambda lib, o, s: lib.select(s.Person.name),
    "where_of_subclass": lambda lib, o, s: lib.select(s.Person).where(s.Manager.title == "boss"),
    "aliased": lambda lib, o, s: lib.select(o.aliased(s.Person)),
    "join": lambda lib, o, s: lib.select(s.Company).join(s.Company.people),
    "join_and_columns": lambda lib, o, s: lib.select(s.Company.name, s.Person.name).join(s.Company.people),
    "joined": lambda lib, o, s: lib.select(s.Company).options(o.joinedload(s.Company.people)),
    "selectin": lambda lib, o, s: lib.select(s.Company).options(o.selectinload(s.Company.people)),
    "any": lambda lib, o, s: lib.select(s.Company.name).where(s.Company.people.any(s.Person.name == "bob")),
    "limit": lambda lib, o, s: lib.select(s.Person).order_by(s.Person.id).limit(2),
    "count": lambda lib, o, s: lib.select(lib.func.count(s.Person.id).label("n")),
    "option_of_subclass": lambda lib, o, s: lib.select(s.Person).options(o.joinedload(s.Engineer.machines)),
}


def _case(name: str, layout: str, way: str, make: Make) -> None:
    def run(lib: Any, engine: Any, log: Log) -> None:
        s = full_staff(lib, engine, log, layout, *WAYS[way])
        with session_on(lib, engine) as session:
            found = session.execute(make(lib, lib.orm, s)).unique().all()
            log("found", sorted(repr([_shown(log, part) for part in row]) for row in found))

    run.__name__ = f"{name}_{layout}_{way}"
    run.__module__ = __name__
    program(run)


def _shown(log: Log, value: Any) -> Any:
    if not hasattr(value, "_sa_instance_state"):
        return value
    return (log.show(value), sorted(name for name in vars(value) if not name.startswith("_")))


def _objects(layout: str, way: str) -> None:
    def run(lib: Any, engine: Any, log: Log) -> None:
        s = full_staff(lib, engine, log, layout, *WAYS[way])
        log("mappers", [str(mapper) for mapper in lib.inspect(s.Person).with_polymorphic_mappers])
        with session_on(lib, engine) as session:
            log("get", session.get(s.Person, 3))
            manager = session.get(s.Manager, 4)
            session.expire(manager)
            log("expired", manager.golf)
            session.refresh(manager)
            company = session.get(s.Company, 1)
            log("people", company.people)

    run.__name__ = f"objects_{layout}_{way}"
    run.__module__ = __name__
    program(run)


for _layout in LAYOUTS:
    for _way in WAYS:
        _objects(_layout, _way)
        for _name, _make in STATEMENTS.items():
            _case(_name, _layout, _way, _make)
