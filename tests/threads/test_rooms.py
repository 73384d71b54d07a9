"""Rooms that are entered at first use, by many threads at once: each in a fresh interpreter, where nothing is imported yet."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

import holdfast

FOLDER = Path(holdfast.__file__).parent.parent

FIRST_USES = """
import json, sys, threading
from holdfast import create_engine, func, insert, select, text, update
from holdfast.orm import DeclarativeBase, Mapped, Session, mapped_column, selectinload

class Base(DeclarativeBase): pass
class A(Base):
    __tablename__ = "a"
    id: Mapped[int] = mapped_column(primary_key=True)
    x: Mapped[int]

engine = create_engine("sqlite://", pool_size=40)

def flush():
    with Session(engine) as session:
        Base.metadata.create_all(session.connection())
        session.add_all([A(x=1), A(x=2)])
        session.commit()
        return [a.x for a in session.scalars(select(A).order_by(A.id))]

def by_statement():
    with Session(engine) as session:
        Base.metadata.create_all(session.connection())
        session.execute(insert(A), [{"x": 1}, {"x": 2}])
        session.execute(update(A).values(x=A.x + 1))
        return session.scalar(select(func.sum(A.x)))

def text_of_statements():
    return [str(select(A)), str(update(A).values(x=1))]

def query():
    with Session(engine) as session:
        Base.metadata.create_all(session.connection())
        return session.query(A).filter(A.x > 1).count()

USES = [flush, by_statement, text_of_statements, query]
"""

IN_THREADS = """
sys.setswitchinterval(1e-6)
start, found = threading.Barrier(32 if AT_ONCE else 1), [None] * 32
def run(number):
    start.wait(300)
    try:
        found[number] = USES[(number + ROUND) % len(USES)]()
    except BaseException as error:
        found[number] = f"{type(error).__name__}: {error}"
threads = [threading.Thread(target=run, args=(number,)) for number in range(32)]
for thread in threads:
    thread.start()
    if not AT_ONCE: thread.join()
for thread in threads: thread.join()
print(json.dumps(found))
"""


def told(program: str) -> object:
    """Return what a fresh interpreter prints."""
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=FOLDER, timeout=600)
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout)


@pytest.mark.parametrize("round", range(2))
def test_rooms_are_entered_whole(round: int) -> None:
    """32 threads that flush, load, compile and query for the first time get what one thread gets."""
    program = f"{FIRST_USES}\nROUND = {round}{IN_THREADS}"
    assert told(f"AT_ONCE = True\n{program}") == told(f"AT_ONCE = False\n{program}")


WHILE_THE_LOCK_IS_HELD = """
import importlib, json, os, threading, warnings
warnings.simplefilter("ignore")
import holdfast
from holdfast.event import setup_lock

def enter():
    for name in NAMES:
        try:
            importlib.import_module(name)
        except ImportError as error:
            missing.add(error.name)

missing = set()
setup_lock.acquire()
thread = threading.Thread(target=enter, daemon=True)
thread.start()
thread.join(300)
print(json.dumps([thread.is_alive(), [name for name in missing if name.startswith("holdfast")]]), flush=True)
os._exit(0)
"""


def test_no_module_waits_for_who_sets_up() -> None:
    """The thread that configures may enter a room that another thread is importing: so no import takes its lock.

    But for `ext.horizontal_shard`, which listens to its sessions, and the dialect suite's models; nothing enters these.
    """
    package = FOLDER / "holdfast"
    files = [path.relative_to(FOLDER).with_suffix("") for path in sorted(package.rglob("*.py"))]
    names = [".".join(path.parts).removesuffix(".__init__") for path in files]
    entered = [name for name in names if not name.endswith(("__main__", "horizontal_shard")) and ".testing" not in name]
    assert len(entered) > 400
    assert told(f"NAMES = {entered!r}\n{WHILE_THE_LOCK_IS_HELD}") == [False, []]
