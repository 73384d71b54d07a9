"""A value that the server of MySQL or MariaDB can not take is a DataError by each driver, also where the driver calls it otherwise."""

from __future__ import annotations

from typing import Any

import pytest

from holdfast import Column, Integer, MetaData, String, Table, exc, text
from tests.dialects.drivers.available import tried
from tests.support.awaited import engine_on
from tests.support.databases import by_driver

pytestmark = pytest.mark.mariadb

DRIVERS = [
    pytest.param(driver.name, face, id=f"{driver.name}-{face}")
    for driver in tried()
    if driver.server == "mariadb"
    for face in driver.faces
]

CASES: dict[str, dict[str, Any]] = {
    "no number": {"width": "many"},
    "too large": {"width": 2**40},
    "too long": {"name": "x" * 30},
    "no date": {"since": "2024-77-77"},
}


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize(("driver", "face"), DRIVERS)
def test_it_is_a_data_error(clean_mariadb_url: str, driver: str, face: str, case: str) -> None:
    """The message does not show it, and trying again is of no use."""
    shelf = Table("shelf", MetaData(), Column("width", Integer), Column("name", String(20)), mariadb_engine="InnoDB")
    [(name, value)] = CASES[case].items()
    with engine_on(by_driver(clean_mariadb_url, driver), face) as engine:
        with engine.begin() as connection:
            shelf.create(connection)
            connection.execute(text("ALTER TABLE shelf ADD since DATE"))
        with engine.connect() as connection, pytest.raises(exc.DataError) as refused:
            connection.execute(text(f"INSERT INTO shelf ({name}) VALUES (:{name})"), {name: value})
        assert type(refused.value) is exc.DataError
        assert not refused.value.retryable
        assert str(value) not in str(refused.value)
