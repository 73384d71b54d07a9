"""What the server quotes of values in its messages is left out, unless the program asks for values."""

from __future__ import annotations

from typing import Any

import pytest

from holdfast import exc, make_url, text
from holdfast.dialects.postgresql.errors import without_values
from tests.dialects.drivers.available import tried
from tests.support.awaited import engine_on

pytestmark = pytest.mark.postgresql

SECRET = "sekret77"
DRIVERS = [
    pytest.param(driver.name, face, id=f"{driver.name}-{face}")
    for driver in tried()
    if driver.server == "postgresql"
    for face in driver.faces
]

QUOTED = {
    "integer": ("CAST(CAST(:value AS text) AS integer)", SECRET, 'invalid input syntax for type integer: "..."'),
    "small": ("CAST(CAST(:value AS text) AS smallint)", "7777777", 'value "..." is out of range for type smallint'),
    "date": ("CAST(CAST(:value AS text) AS date)", "2024-77-77", 'date/time field value out of range: "..."'),
    "array": ("CAST(CAST(:value AS text) AS integer[])", SECRET, 'malformed array literal: "..."'),
    "document": ("CAST(CAST(:value AS text) AS jsonb)", f"[{SECRET}", "invalid input syntax for type json"),
    "search": ("to_tsquery(CAST(:value AS text))", f"{SECRET} &", 'no operand in tsquery: "..."'),
    "marks": (
        "CAST(CAST(:value AS text) AS uuid)",
        f'"{SECRET}"\n"{SECRET}"',
        'invalid input syntax for type uuid: "..."',
    ),
}


@pytest.mark.parametrize("case", QUOTED)
@pytest.mark.parametrize(("driver", "face"), DRIVERS)
def test_values_that_the_server_could_not_read(postgresql_url: str, driver: str, face: str, case: str) -> None:
    """What is wrong with them is told, and not what they are; with `hide_parameters=False` that too."""
    expression, value, message = QUOTED[case]
    url = make_url(postgresql_url).set(drivername=f"postgresql+{driver}")
    for hides in (True, False):
        with engine_on(url, face, hide_parameters=hides) as engine, engine.connect() as connection:
            with pytest.raises(exc.DBAPIError) as caught:
                connection.execute(text(f"SELECT {expression}"), {"value": value})
            connection.rollback()
        hidden = value.strip('[&" ') not in str(caught.value) and SECRET not in str(caught.value)
        assert hidden is hides
        assert message in str(caught.value) or not hides


@pytest.mark.parametrize(("driver", "face"), DRIVERS)
def test_names_are_told(postgresql_url: str, driver: str, face: str) -> None:
    """Where the statement is wrong, names of it are what the message is about; a driver's values stand beside them."""
    url = make_url(postgresql_url).set(drivername=f"postgresql+{driver}")
    with engine_on(url, face) as engine, engine.connect() as connection:
        with pytest.raises(exc.ProgrammingError, match='column "nothing" does not exist') as caught:
            connection.execute(text("SELECT nothing FROM pg_class WHERE relname = :value"), {"value": SECRET})
        connection.rollback()
    assert SECRET not in str(caught.value)


REFUSED = {
    f"'{SECRET}' ('str' object cannot be interpreted as an integer)": " ('str' object cannot be interpreted as an integer)",
    f"{SECRET} (expected str, got int)": " (expected str, got int)",
    "7777777777 (value out of int32 range)": " (value out of int32 range)",
    f"'{SECRET}' (invalid UUID '{SECRET}': length must be between 32..36 characters, got 8)": "",
    f"'{SECRET} (or so)' ('{SECRET}' does not appear to be an IPv4 or IPv6 network)": "",
}


@pytest.mark.parametrize("told", REFUSED)
def test_what_asyncpg_refuses_by_itself(told: str) -> None:
    """It quotes the value, and its reason may do so too; a reason that names classes is kept."""
    message = without_values(Exception(f"invalid input for query argument $2: {told}"))
    assert message == f"invalid input for query argument $2: ...{REFUSED[told]}"


def test_what_copy_was_at() -> None:
    """COPY quotes the row that it was at, whatever the error is."""

    class Refused(Exception):
        sqlstate = "23502"

    row = 'null value\nDETAIL:  Failing row contains (1, sekret77).\nCONTEXT:  COPY box, line 1: "\\N\tsekret77"'
    assert without_values(Refused(row)) == (
        "null value\nDETAIL:  Failing row contains (...).\nCONTEXT:  COPY box, line 1: ..."
    )
    column = 'no\nCONTEXT:  COPY box, line 3, column whole: "sekret77"'
    assert without_values(Refused(column)) == "no\nCONTEXT:  COPY box, line 3, column whole: ..."


def test_what_the_parser_of_xml_quotes() -> None:
    """It quotes without marks."""

    class Refused(Exception):
        sqlstate = "2200N"

    told: Any = without_values(
        Refused("invalid XML content\nDETAIL:  line 1: Couldn't find end of Start Tag sekret77\n<sekret77")
    )
    assert told == "invalid XML content\nDETAIL:  ..."
