"""Runs random session programs on one library and gives back the account of each, step by step."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from tests.differential.harness import classic_defaults, library, listen_to_statements, warnings_into
from tests.differential.intended import prepare_engine
from tests.differential.log import Log
from tests.differential.session_events import listen_to_mapper, listen_to_session
from tests.differential.session_play import Play, Step, attempt
from tests.differential.session_world import LINKS, classes

EVENT = "  event "
"""Begins the line of an event."""


STEP = "step "
"""Begins the line of a step."""


class Stage:
    """One library's database and listeners, which all programs share: each finds it empty.

    Attributes:
        play: what is running; the listeners write to its log.
    """

    def __init__(self, lib: Any) -> None:
        self.lib = lib
        self.play: Play | None = None
        self.connections: list[Any] = []
        self.engine = lib.create_engine("sqlite://")
        prepare_engine(lib, self.engine, self.connections.append)
        mapped = classes(lib)
        mapped["metadata"].create_all(self.engine)
        listen_to_statements(lib, self.engine, lambda: self.play.log if self.play else None)
        self.session_class = type("Session", (lib.orm.Session,), {})
        listen_to_session(lib, self.session_class, self.note)
        for name in ("Owner", "Pet", "Toy", "Card", "Tag", "Rating"):
            listen_to_mapper(lib, mapped[name], self.note)
        self.tables = [table.name for table in reversed(mapped["metadata"].sorted_tables)]

    def note(self, name: str, instance: Any = None) -> None:
        """Write down an event."""
        if self.play is not None:
            if instance is not None and not self.play.heard(name, instance):
                return
            told = "" if instance is None else f" {self.play.names(instance)} {self.play.state_of(instance)}"
            self.play.log(EVENT + name + told)

    def run(self, steps: Sequence[Step]) -> Log:
        """Run a program and return its account, which ends with the rows."""
        log = Log(self.lib)
        log.any_order(LINKS)
        with warnings_into(log):
            session = self.session_class(self.engine)
            self.play = play = Play(self.lib, session, log, self.connections[0])
            for step in steps:
                log(f"{STEP}{' '.join(map(str, step))}")
                attempt(play, getattr(play, step.name), *step[1:])
                play.tell()
            log(f"{STEP}the end")
            attempt(play, session.commit)
            play.tell()
            session.close()
        self.play = None
        self._write_rows(log)
        return log

    def _write_rows(self, log: Log) -> None:
        (connection,) = self.connections
        for table in self.tables:
            log.rows(table, connection.execute(f"SELECT * FROM {table} ORDER BY rowid").fetchall())
        connection.execute("PRAGMA foreign_keys=OFF")
        for table in self.tables:
            connection.execute(f"DELETE FROM {table}")
        connection.execute("DELETE FROM sqlite_sequence")
        connection.execute("PRAGMA foreign_keys=ON")


@cache
def stage(name: str) -> Stage:
    """Return the stage of a library, made once."""
    with classic_defaults(name):
        return Stage(library(name))


def play(name: str, steps: Sequence[Step]) -> Log:
    """Run a program on a library.

    Args:
        name: "sqlalchemy" or "holdfast".
    """
    stage(name)
    with classic_defaults(name):
        return stage(name).run(steps)
