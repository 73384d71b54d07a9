"""Every name that SQLAlchemy's documentation tells programs to import can be imported from the same place here."""

from importlib import import_module
from importlib.util import find_spec
from pkgutil import iter_modules, walk_packages
from types import ModuleType

import pytest

import holdfast
from tests.differential.documented_names import NAMES, NOT_HERE


def _missing(library: str, module: str, names: str) -> list[str]:
    found = import_module(f"{library}.{module}" if module else library)
    return [name for name in names.split() if not hasattr(found, name) and not _is_module(f"{found.__name__}.{name}")]


def _is_module(name: str) -> bool:
    try:
        return find_spec(name) is not None
    except ModuleNotFoundError:
        return False


@pytest.mark.parametrize("module", NAMES)
def test_the_names_are_there(module: str) -> None:
    """The oracle has them, so the table is right; so has Holdfast."""
    assert _missing("sqlalchemy", module, NAMES[module]) == []
    assert _missing("holdfast", module, NAMES[module]) == []


def test_a_module_takes_no_name_of_its_package() -> None:
    """Importing `dialects.postgresql.array` leaves the class `array` in the package, whoever comes first."""
    packages = [
        holdfast.__name__,
        *(found.name for found in walk_packages(holdfast.__path__, "holdfast.") if found.ispkg),
    ]
    for package in map(import_module, packages):
        for found in iter_modules(package.__path__):
            before = vars(package).get(found.name)
            if before is not None and not isinstance(before, ModuleType):
                import_module(f"{package.__name__}.{found.name}")
                assert vars(package)[found.name] is before, f"{package.__name__}.{found.name}"


def test_what_is_meant_to_be_missing_is_missing() -> None:
    """The list of what Holdfast does not have says the truth."""
    expression = import_module("holdfast.sql.expression")
    names = [name for listed in NOT_HERE for name in listed.split(", ")]
    assert [name for name in names if hasattr(expression, name)] == []


def test_a_star_brings_the_modules() -> None:
    """``from ... import *`` of the package gives the modules too: programs go on with event.listen and exc.IntegrityError."""
    names = set(import_module("holdfast").__all__)
    assert {"dialects", "engine", "event", "exc", "pool", "schema", "sql", "types"} <= names
