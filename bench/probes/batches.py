"""Probe: what a batch tells about its rows: stale versions, triggers, NULLs and arrays, and which statement failed.

Each function asks one question on a connection of its own table and returns plain data; ``main`` prints the answers.
Run it as ``python -m bench.probes.batches "host=127.0.0.1 dbname=test"``.
"""

from __future__ import annotations

import sys
from typing import Any

import psycopg

Connection = psycopg.Connection[tuple[Any, ...]]


def table(connection: Connection, columns: str, rows: list[tuple[Any, ...]]) -> None:
    """Make the table ``probe_rows`` afresh, for this connection only."""
    connection.execute("DROP TABLE IF EXISTS probe_rows")
    connection.execute(f"CREATE TEMPORARY TABLE probe_rows ({columns})")  # type: ignore[arg-type]
    marks = ", ".join(["%s"] * len(rows[0]))
    with connection.cursor() as cursor:
        cursor.executemany(f"INSERT INTO probe_rows VALUES ({marks})", rows)  # type: ignore[arg-type]


def stale_rows_of_executemany(connection: Connection) -> tuple[int, list[int]]:
    """Update three versioned rows of which one is stale, in a pipelined batch.

    Returns: the row count of the whole batch, and the row counts one by one.
    """
    table(connection, "id int PRIMARY KEY, version int", [(1, 1), (2, 7), (3, 1)])
    text = "UPDATE probe_rows SET version = 2 WHERE id = %s AND version = %s"
    with connection.cursor() as cursor:
        cursor.executemany(text, [(1, 1), (2, 1), (3, 1)])
        total = cursor.rowcount
    table(connection, "id int PRIMARY KEY, version int", [(1, 1), (2, 7), (3, 1)])
    counts = []
    with connection.cursor() as cursor:
        cursor.executemany(text + " RETURNING id", [(1, 1), (2, 1), (3, 1)], returning=True)
        while True:
            counts.append(cursor.rowcount)
            if not cursor.nextset():
                return total, counts


def stale_rows_of_unnest(connection: Connection) -> tuple[int, list[int]]:
    """Do the same in one UPDATE FROM unnest. Returns: its row count, and the keys that it returned."""
    table(connection, "id int PRIMARY KEY, version int", [(1, 1), (2, 7), (3, 1)])
    cursor = connection.execute(
        "UPDATE probe_rows AS t SET version = 2 FROM unnest(%s::int[], %s::int[]) AS d(id, version) "
        "WHERE t.id = d.id AND t.version = d.version RETURNING t.id",
        ([1, 2, 3], [1, 1, 1]),
    )
    return cursor.rowcount, sorted(row[0] for row in cursor.fetchall())


def doubled_key(connection: Connection) -> dict[str, tuple[int, int]]:
    """Send two changes of one row in one batch. Returns: row count and final value, by form."""
    found = {}
    table(connection, "id int PRIMARY KEY, value int", [(1, 0)])
    with connection.cursor() as cursor:
        cursor.executemany("UPDATE probe_rows SET value = value + %s WHERE id = %s", [(1, 1), (10, 1)])
        found["executemany"] = (cursor.rowcount, only_value(connection))
    table(connection, "id int PRIMARY KEY, value int", [(1, 0)])
    cursor = connection.execute(
        "UPDATE probe_rows AS t SET value = t.value + d.value FROM unnest(%s::int[], %s::int[]) AS d(id, value) "
        "WHERE t.id = d.id",
        ([1, 1], [1, 10]),
    )
    found["unnest"] = (cursor.rowcount, only_value(connection))
    return found


def only_value(connection: Connection) -> int:
    """Return the value of the table's only row."""
    row = connection.execute("SELECT value FROM probe_rows").fetchone()
    assert row is not None
    return int(row[0])


def row_dropped_by_trigger(connection: Connection) -> tuple[int, int]:
    """Let a BEFORE trigger drop the update of one of three rows. Returns: the row count of executemany, of unnest."""
    table(connection, "id int PRIMARY KEY, value int", [(1, 0), (2, 0), (3, 0)])
    connection.execute(
        "CREATE FUNCTION pg_temp.skip_two() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN IF NEW.id = 2 THEN RETURN NULL; END IF; RETURN NEW; END $$"
    )
    connection.execute(
        "CREATE TRIGGER skip BEFORE UPDATE ON probe_rows FOR EACH ROW EXECUTE FUNCTION pg_temp.skip_two()"
    )
    with connection.cursor() as cursor:
        cursor.executemany("UPDATE probe_rows SET value = %s WHERE id = %s", [(1, 1), (1, 2), (1, 3)])
        one_by_one = cursor.rowcount
    unnest = connection.execute(
        "UPDATE probe_rows AS t SET value = d.value FROM unnest(%s::int[], %s::int[]) AS d(id, value) "
        "WHERE t.id = d.id",
        ([1, 2, 3], [2, 2, 2]),
    ).rowcount
    return one_by_one, unnest


def statement_triggers(connection: Connection) -> dict[str, int]:
    """Count how often an AFTER ... FOR EACH STATEMENT trigger fires for three rows, by form."""
    table(connection, "id int PRIMARY KEY, value int", [(1, 0), (2, 0), (3, 0)])
    connection.execute("CREATE TEMPORARY TABLE fired (n int)")
    connection.execute(
        "CREATE FUNCTION pg_temp.count_it() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN INSERT INTO fired VALUES (1); RETURN NULL; END $$"
    )
    connection.execute(
        "CREATE TRIGGER counted AFTER UPDATE ON probe_rows FOR EACH STATEMENT EXECUTE FUNCTION pg_temp.count_it()"
    )
    with connection.cursor() as cursor:
        cursor.executemany("UPDATE probe_rows SET value = %s WHERE id = %s", [(1, 1), (1, 2), (1, 3)])
    found = {"executemany": fired(connection)}
    connection.execute("TRUNCATE fired")
    connection.execute(
        "UPDATE probe_rows AS t SET value = d.value FROM unnest(%s::int[], %s::int[]) AS d(id, value) "
        "WHERE t.id = d.id",
        ([1, 2, 3], [2, 2, 2]),
    )
    found["unnest"] = fired(connection)
    return found


def fired(connection: Connection) -> int:
    """Return how often the counting trigger ran."""
    row = connection.execute("SELECT count(*) FROM fired").fetchone()
    assert row is not None
    return int(row[0])


def nulls(connection: Connection) -> dict[str, Any]:
    """Write NULLs by each form. Returns: the values read back, or the error's class name, by form."""
    found: dict[str, Any] = {}
    text_column = "id int PRIMARY KEY, value date"
    forms: dict[str, tuple[str, list[Any]]] = {
        "unnest, cast": (
            "UPDATE probe_rows AS t SET value = d.value FROM unnest(%s::int[], %s::date[]) AS d(id, value) "
            "WHERE t.id = d.id",
            [[1, 2], [None, None]],
        ),
        "VALUES, cast": (
            "UPDATE probe_rows AS t SET value = d.value FROM (VALUES (%s::int, %s::date), (%s::int, %s::date)) "
            "AS d(id, value) WHERE t.id = d.id",
            [1, None, 2, None],
        ),
        "VALUES, no cast": (
            "UPDATE probe_rows AS t SET value = d.value FROM (VALUES (%s, %s), (%s, %s)) AS d(id, value) "
            "WHERE t.id = d.id",
            [1, None, 2, None],
        ),
    }
    for name, (text, values) in forms.items():
        table(connection, text_column, [(1, "2020-01-01"), (2, "2020-01-01")])
        try:
            with connection.transaction():
                connection.execute(text, values)  # type: ignore[arg-type]
            found[name] = [row[0] for row in connection.execute("SELECT value FROM probe_rows ORDER BY id")]
        except psycopg.Error as error:
            found[name] = type(error).__name__
    return found


def arrays(connection: Connection) -> dict[str, Any]:
    """Write one array per row by each form. Returns: the values read back, or the error's class name, by form."""
    found: dict[str, Any] = {}
    table(connection, "id int PRIMARY KEY, value int[]", [(1, []), (2, [])])
    with connection.cursor() as cursor:
        cursor.executemany("UPDATE probe_rows SET value = %s WHERE id = %s", [([1, 2], 1), ([3, 4], 2)])
    found["executemany"] = [row[0] for row in connection.execute("SELECT value FROM probe_rows ORDER BY id")]
    try:
        with connection.transaction():
            connection.execute(
                "UPDATE probe_rows AS t SET value = d.value FROM unnest(%s::int[], %s::int[][]) AS d(id, value) "
                "WHERE t.id = d.id",
                ([1, 2], [[1, 2], [3, 4]]),
            )
        found["unnest"] = [row[0] for row in connection.execute("SELECT value FROM probe_rows ORDER BY id")]
    except psycopg.Error as error:
        found["unnest"] = type(error).__name__
    rows = connection.execute("SELECT * FROM unnest(ARRAY[1, 2], ARRAY[[1, 2], [3, 4]]) AS d(id, value)").fetchall()
    found["what unnest makes of them"] = rows
    return found


def failed_statement_of_executemany(connection: Connection) -> dict[str, Any]:
    """Insert five rows of which the third violates a key. Returns: what the driver's error says about it."""
    table(connection, "id int PRIMARY KEY", [(30,)])
    found: dict[str, Any] = {}
    try:
        with connection.transaction(), connection.cursor() as cursor:
            cursor.executemany("INSERT INTO probe_rows VALUES (%s)", [(10,), (20,), (30,), (40,), (50,)])
    except psycopg.errors.UniqueViolation as error:
        found["detail"] = error.diag.message_detail
        found["constraint"] = error.diag.constraint_name
        found["position in the batch"] = getattr(error, "index", None)
    return found


def failed_statement_of_pipeline(connection: Connection) -> list[str]:
    """Send the same five as separate statements of one pipeline.

    Returns: what each cursor that was used knows afterwards; the first without an answer is the one that failed.
    """
    table(connection, "id int PRIMARY KEY", [(30,)])
    cursors: list[psycopg.Cursor[Any]] = []
    try:
        with connection.transaction(), connection.pipeline():
            for key in (10, 20, 30, 40, 50):
                cursor = connection.cursor()
                cursor.execute("INSERT INTO probe_rows VALUES (%s)", (key,))
                cursors.append(cursor)
    except psycopg.errors.UniqueViolation:
        connection.rollback()
    return ["done" if cursor.statusmessage else "no answer" for cursor in cursors]


QUESTIONS = (
    stale_rows_of_executemany,
    stale_rows_of_unnest,
    doubled_key,
    row_dropped_by_trigger,
    statement_triggers,
    nulls,
    arrays,
    failed_statement_of_executemany,
    failed_statement_of_pipeline,
)


def main(conninfo: str) -> None:
    """Print the answer to every question."""
    for question in QUESTIONS:
        with psycopg.connect(conninfo, autocommit=True) as connection:
            print(f"{question.__name__:36} {question(connection)}")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "")
