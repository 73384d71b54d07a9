"""The contenders of `bench/` do the same work, in small: their answers are equal to the bare driver's. Nothing is timed."""

import json
import os
import subprocess
import sys
from functools import cache
from typing import Any

import pytest

from bench.answers import answers
from bench.contenders.registry import DEFAULT, ONLY_POSTGRESQL, RAW, is_installed
from bench.harness import ENVIRONMENT
from bench.rows import ROWS
from tests.servers.postgresql import driver_url

PEERS = [name for name in DEFAULT if name not in (RAW, "holdfast")]
Answers = dict[str, dict[str, Any]]

# Whether a commit has reached the disk is not asked here.
HASTY = {**ENVIRONMENT, "PGOPTIONS": "-c synchronous_commit=off"}


def answered(contender: str, *server: str) -> Answers:
    """What a contender comes to in a process of its own, since libraries configure themselves once."""
    if not is_installed(contender):
        pytest.skip(f"{contender} is not installed: pip install -e '.[bench]'")
    command = [sys.executable, "-m", "bench.answers", contender, *server]
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, **HASTY})
    assert done.returncode == 0, done.stderr[-3000:]
    found: Answers = json.loads(done.stdout)
    return found


@cache
def raw_on_sqlite() -> Answers:
    """What the bare drivers come to on SQLite."""
    return dict(answers(RAW, None))


@cache
def raw_on_postgresql(url: str) -> Answers:
    """What the bare drivers come to on PostgreSQL; asked once for each database."""
    return answered(RAW, url)


def assert_same(own: Answers, raw: Answers) -> None:
    """Each row is absent with a reason, or comes to what raw came to."""
    assert list(own) == [row.key for row in ROWS]
    for key, answer in own.items():
        if "absent" in answer:
            assert answer["absent"] not in ("", "not offered"), key
        else:
            assert answer["digest"] == raw[key]["digest"], f"{key}: {answer['beginning']}\n{raw[key]['beginning']}"


def test_holdfast_comes_to_the_same_as_the_bare_driver() -> None:
    """It may only be measured against raw when both come to the same result; it offers every row."""
    own = dict(answers("holdfast", None))
    assert_same(own, raw_on_sqlite())
    assert [key for key, answer in own.items() if "absent" in answer] == []


@pytest.mark.parametrize("contender", PEERS)
def test_others_come_to_the_same_as_the_bare_driver(contender: str) -> None:
    """Each as its documentation recommends; a dash has a reason."""
    assert_same(answered(contender), raw_on_sqlite())


@pytest.mark.parametrize("contender", ["holdfast", *PEERS, *ONLY_POSTGRESQL])
def test_the_same_on_postgresql(contender: str, clean_postgresql_url: str) -> None:
    """Each on its own tables in the test's database, after the bare drivers on theirs."""
    url = driver_url(clean_postgresql_url)
    assert_same(answered(contender, url), raw_on_postgresql(url))
