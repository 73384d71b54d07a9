"""Types of all kinds, built by the same function on both libraries, and expressions over columns of them."""

import datetime
import enum
from collections.abc import Callable
from typing import Any

Build = Callable[[Any, Any], Any]


class Color(enum.Enum):
    """Crimson is another name of red."""

    red = 1
    green = 2
    crimson = 1  # noqa: PIE796 - an alias is what is tested


def own_types(lib: Any) -> Any:
    """Return types of the program's own."""
    types = lib.types

    class Shouted(types.TypeDecorator):  # type: ignore[misc, name-defined]
        impl = types.String
        cache_ok = True

        def process_bind_param(self, value: Any, dialect: Any) -> Any:
            return "none" if value is None else value.upper()

        def process_result_value(self, value: Any, dialect: Any) -> Any:
            return None if value in ("none", None) else value.lower()

    class Lowered(types.UserDefinedType):  # type: ignore[misc, name-defined]
        cache_ok = True

        def get_col_spec(self, **keywords: Any) -> str:
            return "VARCHAR(5)"

        def bind_expression(self, bindvalue: Any) -> Any:
            return lib.func.lower(bindvalue)

        def column_expression(self, colexpr: Any) -> Any:
            return lib.func.upper(colexpr)

    class Odd(lib.Integer):  # type: ignore[misc, name-defined]
        class comparator_factory(lib.Integer.Comparator):  # type: ignore[misc, name-defined]
            def __add__(self, other: Any) -> Any:
                return self.op("goofy")(other)

            def __eq__(self, other: object) -> Any:
                return super().__eq__(other) & (self.expr > 0)

            __hash__ = None  # type: ignore[assignment]

            def log(self, base: Any) -> Any:
                return lib.func.log(base, self.expr)

    class Document(types.TypeDecorator):  # type: ignore[misc, name-defined]
        impl = types.JSON
        cache_ok = True

        def coerce_compared_value(self, op: Any, value: Any) -> Any:
            return self.impl.coerce_compared_value(op, value)

    return Shouted(20), Lowered(), Odd(), Document()


def table(lib: Any) -> Any:
    """Return a table with a column of each type."""
    shouted, lowered, odd, document = own_types(lib)
    column = lib.Column
    return lib.Table(
        "t", lib.MetaData(), column("id", lib.Integer, primary_key=True), column("doc", lib.JSON),
        column("maybe", lib.JSON(none_as_null=True)), column("numbers", lib.ARRAY(lib.Integer)),
        column("names", lib.ARRAY(lib.String, dimensions=2)), column("span", lib.Interval), column("moment", lib.DateTime),
        column("day", lib.Date), column("hour", lib.Time), column("word", lib.Enum("x", "y", name="word")),
        column("color", lib.Enum(Color)), column("thing", lib.PickleType), column("shouted", shouted),
        column("lowered", lowered), column("odd", odd), column("own", document),
    )  # fmt: skip


EXPRESSIONS: dict[str, Build] = {
    "key": lambda lib, c: c.doc["k"],
    "position": lambda lib, c: c.doc[5],
    "path": lambda lib, c: c.doc[("a", 1, "b")],
    "key of a column": lambda lib, c: c.doc[c.id],
    "key of a key": lambda lib, c: c.doc["a"]["b"],
    "path of a key": lambda lib, c: c.doc["a"][("b", 1)],
    "key equal": lambda lib, c: c.doc["k"] == 5,
    "key equal to text": lambda lib, c: c.doc["k"] == "x",
    "key equal to a document": lambda lib, c: c.doc["k"] == {"a": 1},
    "key is null": lambda lib, c: c.doc["k"] == None,  # noqa: E711
    "as string": lambda lib, c: c.doc["k"].as_string(),
    "as string of a path": lambda lib, c: c.doc[("a", "b")].as_string(),
    "as string compared": lambda lib, c: c.doc["k"].as_string() == "v",
    "as string of a key of a key": lambda lib, c: c.doc["a"]["b"].as_string(),
    "as integer": lambda lib, c: c.doc["k"].as_integer() < 7,
    "as float": lambda lib, c: c.doc["k"].as_float() + 1.5,
    "as numeric": lambda lib, c: c.doc["k"].as_numeric(10, 6),
    "as boolean": lambda lib, c: c.doc["k"].as_boolean() == True,  # noqa: E712
    "as json": lambda lib, c: c.doc["k"].as_json(),
    "no member": lambda lib, c: c.doc.as_string(),
    "member selected": lambda lib, c: lib.select(c.doc["k"], c.doc["k"].as_integer().label("n")),
    "document is null": lambda lib, c: c.doc.is_(None),
    "document not equal": lambda lib, c: c.doc["k"] != "x",
    "member in": lambda lib, c: c.doc["k"].in_([1, 2]),
    "member like": lambda lib, c: c.doc["k"].as_string().like("a%"),
    "member cast": lambda lib, c: lib.cast(c.doc["k"], lib.Integer),
    "member ordered": lambda lib, c: lib.select(c.id).order_by(c.doc["k"].as_integer().desc()),
    "document as literal": lambda lib, c: lib.literal({"a": 1}, lib.JSON),
    "own document": lambda lib, c: c.own["a"] == "x",
    "own document as integer": lambda lib, c: c.own["a"].as_integer() > 5,
    "array equal": lambda lib, c: c.numbers == [1, 2],
    "array joined": lambda lib, c: c.numbers + [1],  # noqa: RUF005 - an expression
    "array concat": lambda lib, c: c.numbers.concat([3]),
    "array any": lambda lib, c: lib.any_(c.numbers) == 5,
    "array any on the right": lambda lib, c: lib.any_(c.numbers) > 5,
    "array all": lambda lib, c: lib.all_(c.numbers) != 5,
    "array contains": lambda lib, c: c.numbers.contains([1]),
    "span": lambda lib, c: c.span < datetime.timedelta(1),
    "spans added": lambda lib, c: c.span + datetime.timedelta(1),
    "moment and span": lambda lib, c: c.moment + datetime.timedelta(1),
    "moments": lambda lib, c: (c.moment - c.moment) > datetime.timedelta(1),
    "day and hour": lambda lib, c: c.day + c.hour,
    "word": lambda lib, c: c.word == "x",
    "color": lambda lib, c: c.color == Color.red,
    "color in": lambda lib, c: c.color.in_([Color.green, Color.crimson]),
    "color added": lambda lib, c: c.color + "a",
    "shouted": lambda lib, c: c.shouted == "b",
    "shouted in": lambda lib, c: c.shouted.in_(["a", None]),
    "shouted added": lambda lib, c: c.shouted + "b",
    "shouted like": lambda lib, c: c.shouted.like("b%"),
    "shouted is null": lambda lib, c: c.shouted == None,  # noqa: E711
    "shouted cast": lambda lib, c: lib.cast(c.id, c.shouted.type),
    "lowered": lambda lib, c: lib.select(c.lowered, c.id).where(c.lowered == "A"),
    "lowered in a subquery": lambda lib, c: lib.select(lib.select(c.lowered).subquery()),
    "lowered in a union": lambda lib, c: lib.union(lib.select(c.lowered), lib.select(c.lowered)),
    "lowered ordered": lambda lib, c: lib.select(c.lowered).order_by(c.lowered),
    "lowered labelled": lambda lib, c: lib.select(c.lowered.label("q")),
    "odd sum": lambda lib, c: c.odd + 5,
    "odd equal": lambda lib, c: c.odd == 5,
    "odd method": lambda lib, c: c.odd.log(5),
    "odd label": lambda lib, c: c.odd.label("z") + 3,
    "no such method": lambda lib, c: c.id.log(3),
    "insert": lambda lib, c: lib.insert(c.id.table).values(shouted=None, lowered="x", color=Color.red),
    "update": lambda lib, c: lib.update(c.id.table).values(lowered="x", doc=None).where(c.lowered == "B"),
}

ON_POSTGRESQL: dict[str, Build] = {
    "array member": lambda lib, c: c.numbers[1] == 7,
    "array part": lambda lib, c: c.numbers[1:3],
    "array of arrays": lambda lib, c: c.names[1][2],
    "array cast": lambda lib, c: lib.cast(c.numbers, lib.ARRAY(lib.BigInteger)),
    "table": lambda lib, c: lib.schema.CreateTable(c.id.table),
}
