"""The answers of the probes behind docs/decisions/0003, asked again on the PostgreSQL at hand."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest

from bench.probes import batches, cut_commit, locks


@pytest.fixture
def conninfo(postgresql_url: str) -> str:
    """Connection string for the driver itself."""
    return postgresql_url.replace("postgresql+psycopg://", "postgresql://")


@pytest.fixture
def connection(conninfo: str) -> Iterator[batches.Connection]:
    """A connection of the bare driver, in autocommit mode."""
    with psycopg.connect(conninfo, autocommit=True) as found:
        yield found


def test_key_order_never_deadlocks(conninfo: str) -> None:
    """Batches whose rows are sorted by key take their locks in one order, whatever the planner does."""
    found = locks.measure(conninfo, locks.FORMS["executemany, key order"], sizes=(200, 50, 20))
    assert (found.committed, found.deadlocks, found.failures) == (120, 0, 0)


def test_a_batch_can_tell_which_row_was_stale(connection: batches.Connection) -> None:
    """The sum shows that a row is stale, the single counts show which."""
    assert batches.stale_rows_of_executemany(connection) == (2, [1, 0, 1])
    assert batches.stale_rows_of_unnest(connection) == (2, [1, 3])


def test_the_same_key_twice(connection: batches.Connection) -> None:
    """Row by row both changes are applied; in one statement only one of them is."""
    assert batches.doubled_key(connection)["executemany"] == (2, 11)
    assert batches.doubled_key(connection)["unnest"][0] == 1


def test_a_trigger_that_drops_a_row_looks_like_a_stale_row(connection: batches.Connection) -> None:
    """The row count is one short in both forms."""
    assert batches.row_dropped_by_trigger(connection) == (2, 2)


def test_statement_triggers(connection: batches.Connection) -> None:
    """One statement per row fires per row."""
    assert batches.statement_triggers(connection) == {"executemany": 3, "unnest": 1}


def test_nulls_and_arrays(connection: batches.Connection) -> None:
    """Every column of a one-statement form must be cast, and arrays do not fit into unnest."""
    assert batches.nulls(connection) == {
        "unnest, cast": [None, None],
        "VALUES, cast": [None, None],
        "VALUES, no cast": "DatatypeMismatch",
    }
    assert batches.arrays(connection) == {
        "executemany": [[1, 2], [3, 4]],
        "unnest": "DatatypeMismatch",
        "what unnest makes of them": [(1, 1), (2, 2), (None, 3), (None, 4)],
    }


def test_which_statement_failed(connection: batches.Connection) -> None:
    """The driver does not say which row of a batch failed; the server names the key."""
    found = batches.failed_statement_of_executemany(connection)
    assert found == {
        "detail": "Key (id)=(30) already exists.",
        "constraint": "probe_rows_pkey",
        "position in the batch": None,
    }


@pytest.mark.parametrize(
    ("where", "answer"),
    [
        ("never", cut_commit.Answer("", True, "committed")),
        ("before", cut_commit.Answer("OperationalError", False, "aborted")),
        ("after", cut_commit.Answer("OperationalError", True, "committed")),
    ],
)
def test_a_commit_cut_by_the_network(conninfo: str, where: str, answer: cut_commit.Answer) -> None:
    """The client gets the same error whether the COMMIT was carried out or not; the server knows."""
    assert cut_commit.commit_with_a_cut(conninfo, where) == answer
