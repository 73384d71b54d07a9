"""Addresses of networks as objects of `ipaddress`, or, where the engine is told so, as strings."""

import ipaddress
from typing import Any

import pytest

from holdfast import Column, Integer, MetaData, Table, insert, select, text
from holdfast.dialects.postgresql import ARRAY, CIDR, INET
from holdfast.engine import make_url
from tests.dialects.postgresql.conftest import DRIVERS
from tests.support.awaited import engine_on

TABLE = Table(
    "addresses",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("host", INET),
    Column("network", CIDR),
    Column("hosts", ARRAY(INET)),
)
OBJECTS: dict[str, Any] = {
    "host": ipaddress.ip_address("10.0.0.7"),
    "network": ipaddress.ip_network("10.0.0.0/8"),
    "hosts": [ipaddress.ip_address("::1")],
}
STRINGS = {"host": "10.0.0.7", "network": "10.0.0.0/8", "hosts": ["::1"]}


@pytest.mark.parametrize("driver_and_face", DRIVERS)
@pytest.mark.parametrize(("native", "expected"), [(None, OBJECTS), (True, OBJECTS), (False, STRINGS)])
def test_native_inet_types(clean_postgresql_url: str, driver_and_face: Any, native: bool | None, expected: Any) -> None:
    """Every driver takes both, and gives what the engine was told, in text() too."""
    driver, face = driver_and_face
    address = make_url(clean_postgresql_url).set(drivername=f"postgresql+{driver}")
    with engine_on(address, face, native_inet_types=native) as engine:
        with engine.begin() as connection:
            TABLE.create(connection)
            connection.execute(insert(TABLE), {"id": 1, **OBJECTS})
            connection.execute(insert(TABLE), {"id": 2, **STRINGS})
        with engine.connect() as connection:
            found = connection.execute(select(TABLE).order_by(TABLE.c.id)).mappings().all()
            assert [dict(row) for row in found] == [{"id": 1, **expected}, {"id": 2, **expected}]
            assert connection.scalar(text("SELECT host FROM addresses WHERE id = 1")) == expected["host"]
