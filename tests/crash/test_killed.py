"""Processes that are killed while they write SQLite files: what is found there is whole, and all that was acknowledged."""

from __future__ import annotations

import json
import random
import shutil
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from holdfast import create_engine, insert, update
from tests.crash.ledger import Base, Entry, Line
from tests.crash.script import Entries, after, draw
from tests.support.soak import note_figures, sized

KILLS = sized(24, 500)
"""Of each journal mode."""


@contextmanager
def victims() -> Iterator[subprocess.Popen[str]]:
    """Start the process that forks those that are killed."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.crash.victim"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        bufsize=1,
        cwd=Path(__file__).parents[2],
    )
    with process:
        yield process
        assert process.stdin is not None
        process.stdin.close()


def stored_in(path: Path) -> Entries:
    """Return what is in a file, by the bare driver, which has to mend it first."""
    with closing(sqlite3.connect(path)) as raw:
        assert raw.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert raw.execute("PRAGMA foreign_key_check").fetchall() == []
        entries = dict(raw.execute("SELECT number, size FROM entry"))
        lines: dict[int, list[str]] = {number: [] for number in entries}
        rows = raw.execute("SELECT number, text FROM line JOIN entry ON entry.id = entry_id ORDER BY line.id")
        for number, text in rows:
            lines[number].append(text)
    assert entries == {number: len(texts) for number, texts in lines.items()}
    return {number: tuple(texts) for number, texts in lines.items()}


def run_until_killed(process: subprocess.Popen[str], order: dict[str, Any], chance: random.Random) -> tuple[int, int]:
    """Let a child write until it is killed; returns the last transaction that it began to commit, and the last one done."""
    assert process.stdin is not None and process.stdout is not None
    process.stdin.write(json.dumps(order) + "\n")
    # After so many words, and then a while within the next transactions.
    patience, delay = chance.randint(0, 12), chance.uniform(0, 0.006)
    begun = done = 0
    is_alive = not order["steps"]
    while True:
        if is_alive and patience <= 0:
            time.sleep(delay)
            process.stdin.write("kill\n")
            is_alive = False
        word, number, *rest = process.stdout.readline().split()
        patience -= 1
        if word == "begin":
            begun = int(number)
        elif word == "done":
            begun = done = int(number)
        else:
            assert (word, number) == ("ended", "-9"), (word, number, *rest)
            return begun, done


@pytest.mark.parametrize("journal", ["wal", "delete"])
def test_a_killed_writer(tmp_path: Path, journal: str) -> None:
    """The file holds the transactions in order, up to the last acknowledged one, or that and the one under way."""
    path = tmp_path / "ledger.db"
    engine = create_engine(f"sqlite:///{path}", connect_args={"journal_mode": journal})
    Base.metadata.create_all(engine)
    engine.dispose()
    chance = random.Random(f"{journal} 11")
    stored: Entries = {}
    seen: Counter[str] = Counter()
    with victims() as process:
        kill = -1
        # Where a process is when its time has come is chance: a slow machine has some more, until both were seen.
        while (kill := kill + 1) < KILLS or (kill < 10 * KILLS and not both_were_seen(seen)):
            order = {
                "url": f"sqlite:///{path}",
                "face": chance.choice(("sync", "async")),
                "cache": chance.choice((4, 2000)),
                # Half of them die inside a statement, half at any moment, which mostly is inside of COMMIT.
                "steps": chance.choice((0, chance.randint(1, 1500))),
                "seed": f"{journal} {kill}",
            }
            order["url"] = order["url"].replace(
                "sqlite:", "sqlite+aiosqlite:" if order["face"] == "async" else "sqlite:"
            )
            begun, done = run_until_killed(process, order, chance)
            steps = random.Random(order["seed"])
            states = [stored]
            for _ in range(max(begun, done)):
                states.append(after(states[-1], *draw(steps, states[-1])))
            stored = stored_in(path)
            assert stored in states[done:], (kill, order, begun, done)
            seen["transactions"] += done
            in_flight = (
                "in COMMIT, " + ("done" if stored == states[-1] else "not done") if begun > done else "elsewhere"
            )
            seen[f"killed {in_flight}"] += 1
            # So that the file does not grow for ever.
            with closing(sqlite3.connect(path, isolation_level=None)) as raw:
                if len(stored) > 60:
                    raw.execute("PRAGMA foreign_keys = ON")
                    raw.executescript("BEGIN; DELETE FROM line; DELETE FROM entry; COMMIT")
                    stored = {}
    note_figures(f"killed writers, {journal}: {dict(sorted(seen.items()))}")
    assert both_were_seen(seen)


def both_were_seen(seen: Counter[str]) -> bool:
    """Return True if some were killed in COMMIT, and others elsewhere."""
    return seen["killed elsewhere"] > 0 and seen["killed in COMMIT, not done"] + seen["killed in COMMIT, done"] > 0


def test_a_savepoint_that_is_larger_than_the_cache(tmp_path: Path) -> None:
    """It is rolled back, and what is committed afterwards is found by who opens a copy, as after a crash.

    SQLite before 3.51.1 loses it, where pages of an open transaction may leave the cache.
    """
    path, copy = tmp_path / "ledger.db", tmp_path / "copy.db"
    engine = create_engine(f"sqlite:///{path}")
    Base.metadata.create_all(engine)
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA cache_size = 1")
        connection.rollback()
        for number in range(1, 4):
            connection.execute(insert(Entry).values(number=number, size=1))
            with connection.begin_nested() as savepoint:
                for place in range(9):
                    connection.execute(insert(Line).values(entry_id=1, text=f"{place}" * 4096))
                for _ in range(3):
                    connection.execute(update(Line).values(text=Line.text + "y"))
                savepoint.rollback()
            connection.execute(insert(Line).values(entry_id=1, text="kept" * 1024))
            connection.commit()
        for suffix in ("", "-wal"):
            shutil.copy(f"{path}{suffix}", f"{copy}{suffix}")
    engine.dispose()
    with closing(sqlite3.connect(copy)) as raw:
        assert raw.execute("SELECT count(*) FROM entry").fetchall() == [(3,)]
        assert raw.execute("SELECT count(*) FROM line").fetchall() == [(3,)]
