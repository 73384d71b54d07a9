"""The programs over AsyncSession come to the same account as over Session: each method that waits is the asynchronous one's.

What is right on the synchronous face is said by the oracle; here only the face is another one.
"""

from __future__ import annotations

import fnmatch
from collections import Counter
from typing import Any
from unittest.mock import patch

import pytest

from holdfast import event
from holdfast.ext.asyncio import create_async_engine
from tests.differential.comparison import difference
from tests.differential.harness import run, run_on
from tests.differential.log import Log
from tests.differential.programs import PROGRAMS
from tests.support.awaited import Loop

MANY = 40
"""Subjects of more programs than these are generated: some of them are run here, of the others all."""

OTHERWISE = {
    "dialects.facts_of_a_dialect_in_use": "the driver has another name",
    "written_ddl.functions_without_a_text": "warns once in a process",
    "*_loads_more": "a listener of rows that are being read can not wait for a lazy load",
    "heard_loads.*__by_own_execute": "AsyncSession.get is called, not the `get` of the session's own class",
    "session_events.sql_after_*": "a session that has ended is refused by the synchronous call first",
    "event_registration.commit_inside_of_listeners": "a listener's synchronous commit is refused before its own reason",
    "event_targets.one_dialect": "the class of dialects is the asynchronous driver's, the other engines have another",
    "declared_forms.keys_beside_references_with_defaults": "asyncio shows the object in a task's repr, which reads it",
}
"""Patterns of names -> why the account is another one."""


def chosen() -> list[str]:
    """Return the names of the programs that are run: all of the subjects that are written, each tenth of the generated."""
    sizes = Counter(_subject(name) for name in PROGRAMS)
    seen: Counter[str] = Counter()
    found = []
    for name in PROGRAMS:
        seen[_subject(name)] += 1
        is_taken = sizes[_subject(name)] <= MANY or seen[_subject(name)] % 10 == 1
        if is_taken and not any(fnmatch.fnmatch(name, pattern) for pattern in OTHERWISE):
            found.append(name)
    return found


def _subject(name: str) -> str:
    return name.partition(".")[0]


def awaited(name: str) -> Log:
    """Run a program with an AsyncSession before each of its sessions; its listeners may use the session."""
    listen = event.listen

    def with_io(target: Any, what: str, function: Any, **options: Any) -> None:
        listen(target, what, function, **{"io": True, **options})

    with Loop() as loop, loop.every_session(), patch.object(event, "listen", with_io):
        engine = create_async_engine("sqlite+aiosqlite://")
        try:
            return run_on("holdfast", engine.sync_engine, PROGRAMS[name])
        finally:
            loop.call(engine.dispose)


@pytest.mark.parametrize("name", chosen())
def test_same_account_on_both_faces(name: str) -> None:
    """Values, states, errors, rows and SQL in the order sent."""
    differing = difference(run("holdfast", PROGRAMS[name]), awaited(name))
    if differing:
        pytest.fail(f"{name} differs:\n{differing}", pytrace=False)


def test_who_is_left_out_exists() -> None:
    """A reason stands for a program that there is."""
    assert [pattern for pattern in OTHERWISE if not fnmatch.filter(PROGRAMS, pattern)] == []
