"""The row that counts bytes per loaded object, in one process per contender.

The figure is what the process's resident memory grew by, per object, while 200,000 objects of four columns and
their session are alive; where the system does not tell, it is what the interpreter's own allocations grew by, which
is about a tenth less. A process per contender, because a shared one would
hand out memory that another contender had given back.
"""

from __future__ import annotations

import gc
import resource
import subprocess
import sys
import tracemalloc
from pathlib import Path

from bench.data import thing_rows
from bench.operation import Counted
from bench.stores import LibraryStore

OBJECTS = 200_000

_STATEMENT_OF_MEMORY = Path("/proc/self/statm")


def _measure(libraries: list[str], _rounds: int) -> dict[str, float]:
    return {name: _in_own_process(name) for name in libraries}


def _in_own_process(library: str) -> float:
    done = subprocess.run(
        [sys.executable, "-m", "bench.operations.memory", library], check=True, capture_output=True, text=True
    )
    return float(done.stdout)


def bytes_per_object(library: str) -> float:
    """Load the objects in this process and count.

    Args:
        library: the module name of a library.
    Returns:
        bytes per object.
    """
    store = LibraryStore(library)
    store.fill("thing", thing_rows(OBJECTS))
    select, thing = store.lib.select, store.models.Thing
    with store.session() as session:
        session.scalars(select(thing).where(thing.id <= 10)).all()
    if not _STATEMENT_OF_MEMORY.exists():
        tracemalloc.start()
    gc.collect()
    session = store.session()
    before = _bytes_in_use()
    objects = session.scalars(select(thing)).all()
    gc.collect()
    grown = _bytes_in_use() - before
    count = len(objects)
    session.close()
    store.close()
    return grown / count


def _bytes_in_use() -> int:
    if tracemalloc.is_tracing():
        return tracemalloc.get_traced_memory()[0]
    resident_pages = int(_STATEMENT_OF_MEMORY.read_text().split()[1])
    return resident_pages * resource.getpagesize()


OPERATIONS = (Counted("bytes per loaded object of 4 columns", 520, 1_348, "bytes", _measure),)

if __name__ == "__main__":
    print(bytes_per_object(sys.argv[1]))
