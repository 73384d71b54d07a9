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
from holdfast import create_engine, defaults
from tests.differential.comparison import difference
from tests.differential.log import Log
from tests.differential.programs import PROGRAMS

_FAMILIES: defaultdict[str, list[str]] = defaultdict(list)
for _name in PROGRAMS:
    _subject, _first, *_rest = _name.split(".")
    if _subject == "edits_of_relationships":
        _FAMILIES[_first].append(_name)
    elif _subject in ("natural_keys", "mapped_joins"):
        _FAMILIES[_subject].append(_name)


def account(name: str, url: str) -> Log:
    """Run a program on an empty database and return what it wrote."""
    log = Log(holdfast)
    engine = create_engine(url)
    defaults.classic()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            PROGRAMS[name](holdfast, engine, log)
    except Exception as error:
        log.escaped(error)
    finally:
        defaults.native()
        if url != "sqlite://":
            _drop_all(engine)
        engine.dispose()
    return log


def _drop_all(engine: Any) -> None:
    metadata = holdfast.MetaData()
    metadata.reflect(engine)
    metadata.drop_all(engine)


@pytest.mark.postgresql
@pytest.mark.parametrize("family", _FAMILIES)
def test_same_as_on_sqlite_on_postgresql(family: str, clean_postgresql_url: str) -> None:
    """Rows, states and errors; which statements are sent may differ by what a database can."""
    for name in _FAMILIES[family]:
        differing = difference(account(name, "sqlite://"), account(name, clean_postgresql_url), with_sql=False)
        if differing:
            pytest.fail(f"{name} differs:\n{differing}", pytrace=False)
