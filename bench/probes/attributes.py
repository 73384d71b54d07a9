"""What reading, writing and making mapped objects costs, one by one: the figures of docs/decisions/0001.

python -m bench.probes.attributes holdfast
python -m bench.probes.attributes sqlalchemy
"""

import importlib
import sys
import timeit
from collections.abc import Callable
from typing import Any

from bench.models import models

REPEATS = 15
"""Turns of which the best counts."""


class Plain:
    """An ordinary class with the same kind of constructor."""

    def __init__(self, **values: Any) -> None:
        self.__dict__.update(values)


def nanoseconds(loop: Callable[[], None], turns: int) -> float:
    """Return what one turn of a loop takes: the best of many runs, for the machine is shared."""
    return min(timeit.repeat(loop, number=1, repeat=REPEATS)) / turns * 1e9


def read(thing: Any) -> Callable[[], None]:
    """Return a loop that reads; a new one for each class, because the interpreter specialises code by class."""

    def loop() -> None:
        for _ in range(100_000):
            thing.name  # noqa: B018

    return _fresh(loop)


def write(thing: Any) -> Callable[[], None]:
    """Return a loop that writes the same attribute again and again."""

    def loop() -> None:
        for _ in range(100_000):
            thing.amount = 4

    return _fresh(loop)


def _fresh(loop: Callable[[], None]) -> Callable[[], None]:
    """Return the function with code of its own."""
    code = loop.__code__.replace()
    return type(loop)(code, loop.__globals__, loop.__name__, None, loop.__closure__)  # type: ignore[call-overload]


def first_writes(session: Any, select: Any, thing: Any) -> float:
    """Return what the first change of a clean object takes."""
    best = float("inf")
    for _ in range(7):
        things = list(session.scalars(select(thing)).all())

        def loop(things: list[Any] = things) -> None:
            for one in things:
                one.amount = 7

        best = min(best, timeit.timeit(loop, number=1) / len(things) * 1e9)
        session.expunge_all()
    return best


def measure(library: str) -> dict[str, float]:
    """Return nanoseconds by what is done."""
    lib: Any = importlib.import_module(library)
    orm: Any = importlib.import_module(f"{library}.orm")
    mapped = models(library)
    engine = lib.create_engine("sqlite://")
    mapped.Base.metadata.create_all(engine)
    values: dict[str, Any] = {"name": "x", "amount": 3, "created": None}
    session = orm.Session(engine, expire_on_commit=False)
    statement = lib.insert(mapped.Thing)
    moment = importlib.import_module("bench.data").moment(1)
    session.execute(statement, [{"name": "x", "amount": 3, "created": moment} for _ in range(2_000)])
    session.commit()
    loaded = session.scalars(lib.select(mapped.Thing).limit(1)).one()
    loaded.amount = 5
    figures = {
        "read, plain class": nanoseconds(read(Plain(**values)), 100_000),
        "read, loaded object": nanoseconds(read(loaded), 100_000),
        "write, plain class": nanoseconds(write(Plain(**values)), 100_000),
        "write, repeated": nanoseconds(write(loaded), 100_000),
    }
    session.rollback()
    session.expunge_all()
    figures["write, first"] = first_writes(session, lib.select, mapped.Thing)

    def make(class_: Any) -> Callable[[], None]:
        def loop() -> None:
            for _ in range(10_000):
                class_(name="x", amount=3, created=None)

        return loop

    def assign() -> None:
        parent = mapped.Parent()
        for _ in range(5_000):
            mapped.Child().parent = parent

    def append() -> None:
        parent = mapped.Parent()
        for _ in range(5_000):
            parent.children.append(mapped.Child())

    figures["new object, plain class"] = nanoseconds(make(Plain), 10_000)
    figures["new object, three keywords"] = nanoseconds(make(mapped.Thing), 10_000)
    figures["new object, reference assigned"] = nanoseconds(assign, 5_000)
    figures["new object, appended"] = nanoseconds(append, 5_000)
    return figures


def main() -> None:
    """Print the figures of the library that was named."""
    library = sys.argv[1] if len(sys.argv) > 1 else "holdfast"
    print(f"{library} on CPython {sys.version.split()[0]}")
    for words, figure in measure(library).items():
        print(f"{words:34} {figure:8.0f} ns")


if __name__ == "__main__":
    main()
