"""Units of work on PostgreSQL beside SQLAlchemy: round trips, and time with and without latency.

python -m bench.servers --database postgresql://postgres@127.0.0.1/postgres [--latency 0.001] [--rounds 20]

A proxy on loopback counts the trips and holds bytes back. Both libraries use psycopg 3; tables are made for the run and
dropped. Times are medians of elapsed milliseconds, contenders interleaved.
"""

from __future__ import annotations

import argparse
import importlib
import statistics
import time
from collections.abc import Callable
from typing import Any

from holdfast import make_url
from holdfast.testing import Proxy

PARENTS, CHILDREN, CHANGED = 50, 10, 300


class Contender:
    """A library with its mapped classes and an engine behind the proxy."""

    def __init__(self, library: str, url: str) -> None:
        self.name = library
        lib: Any = importlib.import_module(library)
        orm: Any = importlib.import_module(f"{library}.orm")
        base = type("Base", (orm.DeclarativeBase,), {})
        self.lib, self.orm = lib, orm
        self.parent = type("Parent", (base,), {
            "__tablename__": f"bench_parent_{library}",
            "id": orm.mapped_column(lib.Integer, primary_key=True),
            "number": orm.mapped_column(lib.Integer),
            "children": orm.relationship("Child", back_populates="parent"),
        })  # fmt: skip
        self.child = type("Child", (base,), {
            "__tablename__": f"bench_child_{library}",
            "id": orm.mapped_column(lib.Integer, primary_key=True),
            "number": orm.mapped_column(lib.Integer),
            "parent_id": orm.mapped_column(lib.ForeignKey(f"bench_parent_{library}.id")),
            "parent": orm.relationship("Parent", back_populates="children"),
        })  # fmt: skip
        self.metadata: Any = base.metadata  # type: ignore[attr-defined]
        self.engine = lib.create_engine(url)
        self.metadata.drop_all(self.engine)
        self.metadata.create_all(self.engine)

    def graph(self) -> None:
        """Insert parents with their children."""
        with self.orm.Session(self.engine) as session:
            session.add_all([
                self.parent(number=n, children=[self.child(number=m) for m in range(CHILDREN)]) for n in range(PARENTS)
            ])  # fmt: skip
            session.commit()

    def loop(self) -> None:
        """Change loaded objects in a loop."""
        with self.orm.Session(self.engine) as session:
            query = self.lib.select(self.child).order_by(self.child.id).limit(CHANGED)
            for child in session.scalars(query):
                child.number += 1
            session.commit()

    def small(self) -> None:
        """Commit one new object."""
        with self.orm.Session(self.engine) as session:
            session.add(self.parent(number=1))
            session.commit()

    def get(self) -> None:
        """Read one object by its key, in a session of its own."""
        with self.orm.Session(self.engine) as session:
            assert session.get(self.parent, 1) is not None

    def close(self) -> None:
        """Drop the tables."""
        self.metadata.drop_all(self.engine)
        self.engine.dispose()


ROWS = {
    f"insert a graph of {PARENTS} x {CHILDREN}": "graph",
    f"load {CHANGED} objects and change each": "loop",
    "commit one new object": "small",
    "get by key": "get",
}


def measure(work: Callable[[], None], proxy: Proxy) -> tuple[float, int]:
    """Return milliseconds and round trips."""
    start = time.perf_counter()
    with proxy.counting() as count:
        work()
    return (time.perf_counter() - start) * 1000, count.round_trips


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m bench.servers", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--database", required=True, help="address of a PostgreSQL database")
    parser.add_argument("--latency", type=float, default=0.0, help="seconds each way")
    parser.add_argument("--rounds", type=int, default=20)
    options = parser.parse_args()
    url = make_url(options.database).set(drivername="postgresql+psycopg")
    with Proxy(url.host or "127.0.0.1", url.port or 5432) as proxy:
        address = proxy.address(url).update_query_dict({"sslmode": "disable", "gssencmode": "disable"})
        proxy.latency = options.latency
        contenders = [Contender(name, address.render_as_string(False)) for name in ("holdfast", "sqlalchemy")]
        print(f"latency {options.latency * 1000:g} ms each way, {options.rounds} rounds; milliseconds (round trips)")
        for title, name in ROWS.items():
            found: dict[str, list[tuple[float, int]]] = {each.name: [] for each in contenders}
            for _ in range(options.rounds + 3):
                for each in contenders:
                    found[each.name].append(measure(getattr(each, name), proxy))
            cells = []
            for each in contenders:
                times, trips = zip(*found[each.name][3:], strict=True)
                cells.append(f"{each.name} {statistics.median(times):8.2f} ({statistics.median_low(trips)})")
            print(f"{title:36} " + "   ".join(cells), flush=True)
        for each in contenders:
            each.close()


if __name__ == "__main__":
    main()
