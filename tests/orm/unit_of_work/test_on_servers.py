"""The mapping and flush programs of the differential suite, on servers: the same values, states and errors as on SQLite.

What is right on SQLite is said by the oracle; here only the database is another one.
"""

from __future__ import annotations

import warnings
from collections import defaultdict
from typing import Any

import pytest

import holdfast
import holdfast.orm
from holdfast import String, create_engine, defaults, event
from tests.differential.comparison import difference
from tests.differential.log import Log
from tests.differential.programs import PROGRAMS

_FAMILIES: defaultdict[str, list[str]] = defaultdict(list)
_EDITS: set[str] = set()
for _name in PROGRAMS:
    _subject, _first, *_rest = _name.split(".")
    if _subject in ("edits_of_relationships", "partings"):
        _FAMILIES[_first].append(_name)
        _EDITS.add(_first)
    elif _subject in ("natural_keys", "cascaded_keys", "composite_references", "mapped_joins"):
        _FAMILIES[_subject].append(_name)


def account(name: str, url: str) -> Log:
    """Run a program on an empty database and return what it wrote."""
    log = Log(holdfast)
    engine = create_engine(url)
    event.listen(holdfast.Table, "before_create", give_lengths)
    defaults.classic()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            PROGRAMS[name](holdfast, engine, log)
    except Exception as error:
        log.escaped(error)
    finally:
        defaults.native()
        event.remove(holdfast.Table, "before_create", give_lengths)
        if url != "sqlite://":
            _drop_all(engine)
        engine.dispose()
    return log


class NotHere(BaseException):
    """A program whose tables the database can not have."""


def give_lengths(table: Any, connection: Any, **keywords: Any) -> None:
    """Give texts a length, which MariaDB wants. It checks every key at once, and no cascade follows a table to itself."""
    if connection.dialect.capabilities.duplicate_key:
        for key in table.foreign_key_constraints:
            if key.deferrable or (key.onupdate and key.referred_table is table):
                raise NotHere
    for column in table.columns:
        if isinstance(column.type, String) and column.type.length is None:
            column.type = String(50)


def _drop_all(engine: Any) -> None:
    metadata = holdfast.MetaData()
    metadata.reflect(engine)
    metadata.drop_all(engine)


@pytest.mark.parametrize(
    "database", [pytest.param(name, marks=getattr(pytest.mark, name)) for name in ("postgresql", "mariadb")]
)
@pytest.mark.parametrize("family", _FAMILIES)
def test_same_as_on_sqlite(family: str, database: str, request: pytest.FixtureRequest) -> None:
    """Rows, states and errors; which statements are sent may differ by what a database can."""
    url = request.getfixturevalue(f"clean_{database}_url")
    # Every third one on MariaDB, whose tables take long to create.
    for name in _FAMILIES[family][:: 3 if database == "mariadb" and family in _EDITS else 1]:
        try:
            there = account(name, url)
        except NotHere:
            continue
        differing = difference(account(name, "sqlite://"), there, with_sql=False)
        if differing:
            pytest.fail(f"{name} differs:\n{differing}", pytrace=False)
