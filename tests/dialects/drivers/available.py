"""Which drivers there are for each server, and which of them this run tries."""

import importlib.util
from typing import NamedTuple

from tests.servers.availability import skipping_is_forbidden


class Driver(NamedTuple):
    """One driver.

    Attributes:
        server: the fixture's product.
        name: behind ``+`` in the address.
        package: what is imported.
        faces: "sync", "async".
        has_wheel: the extra for tests brings it on every Python; otherwise it is tried where somebody installed it.
    """

    server: str
    name: str
    package: str
    faces: tuple[str, ...]
    has_wheel: bool = True


DRIVERS = (
    Driver("postgresql", "psycopg", "psycopg", ("sync", "async")),
    Driver("postgresql", "psycopg2", "psycopg2", ("sync",)),
    Driver("postgresql", "asyncpg", "asyncpg", ("async",)),
    Driver("mariadb", "pymysql", "pymysql", ("sync", "async")),
    Driver("mariadb", "asyncmy", "asyncmy", ("async",)),
    Driver("mariadb", "mysqldb", "MySQLdb", ("sync", "async"), has_wheel=False),
)


def is_installed(driver: Driver) -> bool:
    """True if the driver can be imported."""
    return importlib.util.find_spec(driver.package) is not None


def tried() -> list[Driver]:
    """The drivers of the matrix: those that are installed; where no skip is allowed all of which wheels exist."""
    return [driver for driver in DRIVERS if is_installed(driver) or (driver.has_wheel and skipping_is_forbidden())]


def not_tried() -> list[str]:
    """The names of drivers that this run leaves out."""
    return [f"{driver.server}+{driver.name}" for driver in DRIVERS if driver not in tried()]
