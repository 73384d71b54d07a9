"""Which operators the types say they have: others are warned of, unless the type's comparator has its own."""

import importlib
from collections.abc import Callable
from typing import Any

from tests.differential.log import Log
from tests.differential.registry import program

_OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "like": lambda lib, c: c.like("x"),
    "not like": lambda lib, c: c.not_like("x"),
    "ilike": lambda lib, c: c.ilike("x"),
    "endswith": lambda lib, c: c.endswith("x"),
    "contains": lambda lib, c: c.contains("x"),
    "icontains": lambda lib, c: c.icontains("x"),
    "regular expression": lambda lib, c: c.regexp_match("x"),
    "replace": lambda lib, c: c.regexp_replace("a", "b"),
    "match": lambda lib, c: c.match("x"),
    "collate": lambda lib, c: c.collate("C"),
    "bits": lambda lib, c: c.bitwise_and(5),
    "shifted": lambda lib, c: c.bitwise_lshift(1),
    "all bits": lambda lib, c: c.bitwise_not(),
    "concat": lambda lib, c: c.concat(c),
    "plus": lambda lib, c: c + c,
    "minus": lambda lib, c: c - c,
    "times": lambda lib, c: c * c,
    "divided": lambda lib, c: c / c,
    "rest": lambda lib, c: c % c,
    "power": lambda lib, c: c**2,
    "power of": lambda lib, c: 2**c,
    "negative": lambda lib, c: -c,
    "less": lambda lib, c: c < c,
    "between": lambda lib, c: c.between(c, c),
    "descending": lambda lib, c: c.desc(),
    "nulls last": lambda lib, c: c.nulls_last(),
    "equal": lambda lib, c: c == c,
    "not equal": lambda lib, c: c != c,
    "in": lambda lib, c: c.in_([]),
    "is": lambda lib, c: c.is_(None),
    "distinct from": lambda lib, c: c.is_distinct_from(c),
    "op": lambda lib, c: c.op("@@")(c),
    "not": lambda lib, c: ~c,
    "and": lambda lib, c: c & c,
    "and_()": lambda lib, c: lib.and_(c, c),
}


def _all(lib: Any, log: Log, label: str, type_: Any) -> None:
    column = lib.column("c", type_)
    for name, apply in _OPERATORS.items():
        log(f"{label} {name}", type(apply(lib, column)).__name__ is not None)


@program
def operators_of_types(lib: Any, engine: Any, log: Log) -> None:
    names = (
        "Integer", "Numeric", "Float", "String", "Text", "Boolean", "Date", "DateTime", "Interval", "LargeBinary", "Uuid",
        "PickleType",
    )  # fmt: skip
    for name in names:
        type_ = getattr(lib, name)()
        log(name, sorted(one.name for one in type_.operator_classes))
        _all(lib, log, name, type_)
    _all(lib, log, "Enum", lib.Enum("a", "b"))
    _all(lib, log, "none", lib.types.NullType())
    postgresql = importlib.import_module(f"{lib.__name__}.dialects.postgresql")
    for name in ("INET", "OID", "TSQUERY", "BIT", "MONEY", "HSTORE", "JSONB"):
        log(name, sorted(one.name for one in getattr(postgresql, name)().operator_classes))


@program
def operators_of_own_types(lib: Any, engine: Any, log: Log) -> None:
    kinds = lib.types.OperatorClass
    for kind in kinds:
        log(kind.name, kind.value)
        body = {"operator_classes": kind, "get_col_spec": lambda self, **_: "OWN", "cache_ok": True}
        _all(lib, log, kind.name, type("Own", (lib.types.UserDefinedType,), body)())
    body = {"impl": lib.Integer, "cache_ok": True}
    decorated = type("Decorated", (lib.TypeDecorator,), body)
    log("of the type underneath", sorted(one.name for one in decorated().operator_classes))
    _all(lib, log, "decorated", decorated())
    more = type("More", (lib.TypeDecorator,), {**body, "operator_classes": kinds.INTEGER | kinds.STRING_MATCH})
    _all(lib, log, "decorated with more", more())
    _all(lib, log, "string of numbers", type("Numbers", (lib.String,), {"operator_classes": kinds.NUMERIC})())


@program
def operators_that_a_type_overrides(lib: Any, engine: Any, log: Log) -> None:
    kinds = lib.types.OperatorClass

    class Comparator(lib.types.UserDefinedType.Comparator):  # type: ignore[misc]
        def __add__(self, other: Any) -> Any:
            return self.op("join")(other)

    body = {"operator_classes": kinds.BASE, "comparator_factory": Comparator, "get_col_spec": lambda self, **_: "OWN"}
    column = lib.column("c", type("Own", (lib.types.UserDefinedType,), {**body, "cache_ok": True})())
    log("its own", str(column + column))
    log("not its own", str(column - column))


@program
def powers(lib: Any, engine: Any, log: Log) -> None:
    whole, number = lib.column("i", lib.Integer), lib.column("n", lib.Numeric)
    made = {
        "whole": whole**2,
        "number": number**2,
        "of": 2**whole,
        "sum": (whole + 1) ** whole,
        "product": whole**2 * 3,
    }
    for name in ("sqlite", "postgresql", "mysql"):
        dialect = importlib.import_module(f"{lib.__name__}.dialects.{name}").dialect()
        for label, expression in made.items():
            log(f"{name} {label}", (str(expression.compile(dialect=dialect)), repr(expression.type)))
