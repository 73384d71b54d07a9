"""Every difference from SQLAlchemy that is meant, with its reason and with how the comparison levels it.

A difference that is not in this table is a bug, of Holdfast or of a program here.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Intended:
    """One meant difference.

    Args:
        name: what differs.
        reason: why Holdfast differs.
        levelled: what the harness does so that the rest can be compared.
    """

    name: str
    reason: str
    levelled: str


INTENDED = (
    Intended(
        "foreign keys",
        "Holdfast checks them on SQLite by default: a constraint that is declared should hold.",
        "PRAGMA foreign_keys=ON on every connection of both libraries.",
    ),
    Intended(
        "BEGIN on SQLite",
        "Holdfast sends BEGIN itself, so that SAVEPOINT and DDL are transactional; SQLAlchemy leaves it to the driver "
        "unless its documented recipe of two listeners is used.",
        "The oracle's engine gets that recipe.",
    ),
    Intended(
        "lazy loading of peers",
        "By default the second lazy load among objects loaded together serves them all with one query.",
        "holdfast.defaults.classic() while the programs run: one query per object, as SQLAlchemy does.",
    ),
    Intended(
        "finer exceptions",
        "Holdfast raises documented subclasses, such as one for a unique violation, where SQLAlchemy raises "
        "IntegrityError.",
        "An exception is known by the first class of its MRO whose name SQLAlchemy documents, and by the documented "
        "names among its bases.",
    ),
    Intended(
        "longer messages",
        "Holdfast says after the known text what to do about an error.",
        "A message has to begin with the oracle's first line.",
    ),
    Intended(
        "names of savepoints",
        "No program can rely on a name that it never sees; SQLAlchemy's carries its own prefix.",
        "The part of the name before its number is taken away.",
    ),
    Intended(
        "order among queries in a row",
        "When a flush has to load something for several objects, SQLAlchemy takes them from a set: its order changes "
        "from run to run.",
        "Queries that are sent in a row are compared in the order of their text and values, warnings by their number. "
        "What is written is compared in the order sent.",
    ),
    Intended(
        "order of association rows",
        "Links that are made from both sides of a many-to-many in one flush are written in an order that SQLAlchemy "
        "takes from a set too.",
        "A program may say so of a table by log.any_order(); the rows are then compared without their order.",
    ),
    Intended(
        "columns that were not set",
        "What a new object did not set goes out as NULL and is known afterwards; SQLAlchemy asks the row again.",
        "Programs that look at what is loaded set every column.",
    ),
    Intended(
        "empty collections of new objects",
        "Who reads the empty collection of a new object holds the real one: after the flush it is still the object's, and "
        "known to be empty. SQLAlchemy gives another one and asks the database.",
        "Random sequences read collections of objects that have a row.",
    ),
    Intended(
        "SELECTs that tell nothing new",
        "SQLAlchemy loads an expired object before it updates one column of it, looks twice for an object that is gone, "
        "and asks for a key that is NULL; Holdfast does not.",
        "Such SELECTs are not logged, or there is no program of that kind.",
    ),
    Intended(
        "what is not mapped",
        "A string in place of an object is refused with an UnmappedInstanceError that names the attribute; SQLAlchemy "
        "fails with an AttributeError of its own inside.",
        "tests/orm/test_links.py shows it; there is no program.",
    ),
    Intended(
        "more warnings",
        "Holdfast warns of misuse that SQLAlchemy passes over, and of 1.x forms.",
        "Only warnings of the class SAWarning are compared.",
    ),
)

_SAVEPOINT = re.compile(r"^((?:ROLLBACK TO |RELEASE )?SAVEPOINT) \"?\w*?(\d+)\"?$")


def level_statement(text: str) -> str:
    """Take from the text of a statement what is meant to differ."""
    return _SAVEPOINT.sub(r"\1 \2", text)


def is_transaction_control(text: str) -> bool:
    """Tell the statements that a library may or may not send through a cursor: BEGIN and the connection's settings."""
    return text.split(None, 1)[0].upper() in {"BEGIN", "COMMIT", "ROLLBACK", "PRAGMA"} and "SAVEPOINT" not in text


def prepare_engine(library: Any, engine: Any, took: Callable[[Any], None]) -> None:
    """Level the connections of an engine.

    Args:
        library: the library's module.
        engine: an engine that has not connected yet.
        took: is given each bare driver connection.
    """
    oracle = library.__name__ == "sqlalchemy"

    def connected(connection: Any, _record: Any) -> None:
        if oracle:
            connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.close()
        took(connection)

    library.event.listen(engine, "connect", connected)
    if oracle:
        library.event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))
