"""Measures what document C promises: adding 1 to a column of every row, by a loop over objects and by one statement.

`python -m bench.bulk_against_loop [--postgresql URL] [--sizes 100,1000]` prints the table of docs/how-to/many_rows.md:
milliseconds of processor and waiting time, BEGIN and COMMIT included, best of several turns; the ratio is loop / bulk.
A library that is not installed is left out.
"""

import argparse
import importlib
import importlib.util
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from time import perf_counter
from typing import Any

from bench.stores import database_folder

SIZES = (100, 1_000, 5_000, 20_000, 50_000)
SQL = "UPDATE bulk_stuff SET foo=foo + 1"
CREATE = "CREATE TABLE bulk_stuff (id INTEGER PRIMARY KEY, foo INTEGER NOT NULL, word VARCHAR(30) NOT NULL)"

Way = Callable[[], None]
"""One way of adding 1 to every row."""


def library_ways(name: str, url: str) -> Iterator[tuple[Way, Way]]:
    """Yield loop and bulk of a library with SQLAlchemy's interface."""
    lib: Any = importlib.import_module(name)
    orm: Any = importlib.import_module(f"{name}.orm")

    class Base(orm.DeclarativeBase):  # type: ignore[misc]
        pass

    class Stuff(Base):
        __tablename__ = "bulk_stuff"
        id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
        foo: orm.Mapped[int] = orm.mapped_column()
        word: orm.Mapped[str] = orm.mapped_column()

    engine = lib.create_engine(url)

    def loop() -> None:
        with orm.Session(engine) as session:
            for stuff in session.scalars(lib.select(Stuff)):
                stuff.foo += 1
            session.commit()

    def bulk() -> None:
        with orm.Session(engine) as session:
            session.execute(lib.update(Stuff).values(foo=Stuff.foo + 1))
            session.commit()

    yield loop, bulk
    engine.dispose()


def peewee_ways(name: str, url: str) -> Iterator[tuple[Way, Way]]:
    """Yield loop and bulk of Peewee, on SQLite."""
    peewee: Any = importlib.import_module(name)
    database = peewee.SqliteDatabase(url.removeprefix("sqlite:///"))
    fields = {"foo": peewee.IntegerField(), "word": peewee.CharField()}
    meta = type("Meta", (), {"database": database, "table_name": "bulk_stuff"})
    stuff_class: Any = type("Stuff", (peewee.Model,), {**fields, "Meta": meta})

    def loop() -> None:
        with database.atomic():
            for stuff in stuff_class.select():
                stuff.foo += 1
                stuff.save()

    def bulk() -> None:
        with database.atomic():
            stuff_class.update(foo=stuff_class.foo + 1).execute()

    yield loop, bulk
    database.close()


def django_ways(name: str, url: str) -> Iterator[tuple[Way, Way]]:
    """Yield loop and bulk of Django, on SQLite."""
    django: Any = importlib.import_module(name)
    conf: Any = importlib.import_module("django.conf")
    path = url.removeprefix("sqlite:///")
    if not conf.settings.configured:
        database = {"ENGINE": "django.db.backends.sqlite3", "NAME": path}
        conf.settings.configure(DATABASES={"default": database}, INSTALLED_APPS=[])
        django.setup()
    db: Any = importlib.import_module("django.db")
    db.connections["default"].close()
    db.connections["default"].settings_dict["NAME"] = path
    stuff_class, models = _django_model()

    def loop() -> None:
        with db.transaction.atomic():
            for stuff in stuff_class.objects.all():
                stuff.foo += 1
                stuff.save(update_fields=["foo"])

    def bulk() -> None:
        stuff_class.objects.update(foo=models.F("foo") + 1)

    yield loop, bulk
    db.connections["default"].close()


@cache
def _django_model() -> tuple[Any, Any]:
    """Return the model, made once, and Django's models."""
    models: Any = importlib.import_module("django.db.models")
    meta = type("Meta", (), {"app_label": "bench", "db_table": "bulk_stuff"})
    fields = {"foo": models.IntegerField(), "word": models.CharField(max_length=30)}
    return type("Stuff", (models.Model,), {**fields, "Meta": meta, "__module__": __name__}), models


def driver_ways(name: str, url: str) -> Iterator[tuple[Way, Way]]:
    """Yield loop and bulk of the bare driver: rows read, and written by `executemany`."""
    connection, mark = _connect(url)

    def loop() -> None:
        cursor = connection.cursor()
        cursor.execute("BEGIN")
        cursor.execute("SELECT id, foo, word FROM bulk_stuff")
        rows = [(foo + 1, identity) for identity, foo, _ in cursor.fetchall()]
        cursor.executemany(f"UPDATE bulk_stuff SET foo={mark} WHERE id = {mark}", rows)
        cursor.execute("COMMIT")

    def bulk() -> None:
        cursor = connection.cursor()
        cursor.execute("BEGIN")
        cursor.execute(SQL)
        cursor.execute("COMMIT")

    yield loop, bulk
    connection.close()


CONTENDERS: dict[str, Callable[[str, str], Iterator[tuple[Way, Way]]]] = {
    "driver": driver_ways,
    "holdfast": library_ways,
    "sqlalchemy": library_ways,
    "django": django_ways,
    "peewee": peewee_ways,
}


def _connect(url: str) -> tuple[Any, str]:
    """Return a bare connection without transactions of its own, and its parameter mark."""
    if url.startswith("sqlite"):
        return sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None), "?"
    psycopg: Any = importlib.import_module("psycopg")
    return psycopg.connect(url.replace("postgresql+psycopg", "postgresql"), autocommit=True), "%s"


def measure(contender: str, url: str, size: int, turns: int) -> tuple[float, float] | None:
    """Return the best times of loop and bulk in milliseconds; None where the library is not there."""
    on_sqlite = url.startswith("sqlite")
    if contender != "driver" and importlib.util.find_spec(contender) is None:
        return None
    if contender in ("django", "peewee") and not on_sqlite:
        return None
    keeper, mark = _connect(url)
    cursor = keeper.cursor()
    cursor.execute("DROP TABLE IF EXISTS bulk_stuff")
    cursor.execute(CREATE)
    rows = [(number, number % 7, f"stuff {number}") for number in range(1, size + 1)]
    cursor.executemany(f"INSERT INTO bulk_stuff VALUES ({mark}, {mark}, {mark})", rows)
    with contextmanager(CONTENDERS[contender])(contender, url) as (loop, bulk):
        times = _best(loop, turns), _best(bulk, turns)
    cursor.execute("SELECT sum(foo) FROM bulk_stuff")
    [total] = cursor.fetchone()
    assert total == sum(row[1] for row in rows) + 2 * (turns + 1) * size, f"{contender} did not add 1 to every row"
    keeper.close()
    return times


def _best(way: Way, turns: int) -> float:
    way()
    best = float("inf")
    for _ in range(turns):
        start = perf_counter()
        way()
        best = min(best, perf_counter() - start)
    return best * 1000


def table(database: str, url: str, sizes: list[int], turns: int) -> str:
    """Return the table of one database in Markdown."""
    lines = [f"| {database}: rows | contender | loop, ms | bulk, ms | loop / bulk |", "|---|---|---|---|---|"]
    for size in sizes:
        for contender in CONTENDERS:
            found = measure(contender, url, size, turns)
            if found is not None:
                loop, bulk = found
                lines.append(f"| {size:,} | {contender} | {loop:.1f} | {bulk:.2f} | {loop / bulk:.0f} |")
    return "\n".join(lines)


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="python -m bench.bulk_against_loop", description=__doc__.splitlines()[0])
    parser.add_argument("--postgresql", help="URL of a database in which a table may be made: postgresql://...")
    parser.add_argument("--sizes", default=",".join(map(str, SIZES)), help="numbers of rows (default: %(default)s)")
    parser.add_argument("--turns", type=int, default=3, help="turns of each way (default: %(default)s)")
    options = parser.parse_args()
    sizes = [int(size) for size in options.sizes.split(",")]
    with tempfile.TemporaryDirectory(prefix="bench-", dir=database_folder()) as folder:
        print(table("SQLite", f"sqlite:///{Path(folder) / 'bulk.db'}", sizes, options.turns))
    if options.postgresql:
        print("\n" + table("PostgreSQL", options.postgresql, sizes, options.turns))


if __name__ == "__main__":
    main()
