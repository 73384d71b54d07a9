"""PostgreSQL's own types, constraints and INSERT on both libraries: names, texts, parameters and types of results."""

from __future__ import annotations

import importlib
import warnings
from typing import Any

import pytest

from tests.differential.postgresql_operators import OPERANDS, SURROUNDINGS
from tests.differential.postgresql_schema import BUILDS
from tests.differential.postgresql_types import EXPRESSIONS, TYPES, table
from tests.differential.test_statements import dialect_of

sqlalchemy = pytest.importorskip("sqlalchemy")

INTENDED = {
    "array part open": "the oracle's NULL gives no part at all; an end left away is meant",
    "array part open at the beginning": "the same",
    "array part with step": "a step that the oracle drops is refused",
    "array literal any": "the oracle fails with a TypeError of its own",
    "array literal of documents": "a value without a type of its own has that of the members; the driver refuses the oracle's",
    "jsonb has all": "the server has no such operator for the oracle's JSONB parameter; a list of keys is TEXT[]",
    "jsonb has any": "the same",
    "money": "the server has no operator between this type and the oracle's VARCHAR",
    "regclass": "the same",
    "query bound": "the same",
    "vector bound": "the same",
    "range equal to text": "the same",
    "range contains text": "the same",
    "span sum": "the time zone of the result is kept",
    "span common": "repr() shows the precision",
    "exclusion of a sum": "the server wants parentheses",
    "do update of an unknown name": "refused; the oracle warns and writes it",
}
"""Case -> why it differs."""


def both(name: str) -> tuple[Any, Any]:
    """Return a library and its dialect."""
    for part in ("types", "schema"):
        importlib.import_module(f"{name}.{part}")
    return importlib.import_module(name), importlib.import_module(f"{name}.dialects.postgresql")


def shown(build: Any, lib: Any, *arguments: Any) -> Any:
    """Return text, parameters and type of what is built; or the kind of error."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            made = build(*arguments)
            compiled = made.compile(dialect=dialect_of(lib, "postgresql"))
            parameters = {name: repr(value) for name, value in dict(getattr(compiled, "params", None) or {}).items()}
            return str(compiled), parameters, repr(getattr(made, "type", None))
        except Exception as error:
            return type(error).__name__


def test_same_names() -> None:
    """All that the oracle exports, and what its documents name beside."""
    oracle, ours = (both(name)[1] for name in ("sqlalchemy", "holdfast"))
    beside = ("MultiRange", "to_tsvector", "to_tsquery", "plainto_tsquery", "phraseto_tsquery", "websearch_to_tsquery",
              "ts_headline", "AbstractRange", "AbstractSingleRange", "AbstractMultiRange")  # fmt: skip
    assert [name for name in (*oracle.__all__, *beside) if not hasattr(ours, name)] == []
    sqlite = importlib.import_module("sqlalchemy.dialects.sqlite").__all__
    assert [name for name in sqlite if not hasattr(importlib.import_module("holdfast.dialects.sqlite"), name)] == []


@pytest.mark.parametrize("case", EXPRESSIONS)
def test_same_expressions(case: str) -> None:
    """Casts of parameters and parentheses included."""
    expected, got = [
        shown(lambda lib, pg: EXPRESSIONS[case](lib, pg, table(lib, pg).c), lib, lib, pg)
        for lib, pg in map(both, ("sqlalchemy", "holdfast"))
    ]
    assert (expected == got) is (case not in INTENDED), (expected, got)


@pytest.mark.parametrize("operand", OPERANDS)
def test_same_parentheses(operand: str) -> None:
    """Around an operator of PostgreSQL beside every other one."""
    texts: list[dict[str, Any]] = []
    for lib, pg in map(both, ("sqlalchemy", "holdfast")):
        columns = table(lib, pg).c
        built = {
            name: shown(lambda make: make(lib, OPERANDS[operand](columns), columns), lib, make)  # noqa: B023
            for name, make in SURROUNDINGS.items()
        }
        texts.append({name: one[:2] for name, one in built.items()})
    assert texts[0] == texts[1]


@pytest.mark.parametrize("case", BUILDS)
def test_same_statements(case: str) -> None:
    """CREATE, DROP, EXCLUDE and ON CONFLICT."""
    expected, got = [shown(BUILDS[case], lib, lib, pg) for lib, pg in map(both, ("sqlalchemy", "holdfast"))]
    assert (expected == got) is (case not in INTENDED), (expected, got)


@pytest.mark.parametrize("case", TYPES)
def test_same_types(case: str) -> None:
    """Their repr, their SQL, whether values can be looked up in a set, and their general form."""
    facts = []
    for lib, pg in map(both, ("sqlalchemy", "holdfast")):
        type_ = TYPES[case](lib, pg)
        try:
            generic = type(type_.as_generic()).__name__
        except NotImplementedError:
            generic = "none"
        text = type_.compile(dialect=dialect_of(lib, "postgresql"))
        facts.append((repr(type_), text, type_.hashable, generic, type_ is not type_.copy()))
    assert facts[0] == facts[1]
