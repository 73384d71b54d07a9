"""The tables that generated statements speak of, their rows, and the names that stand in the generated source."""

from __future__ import annotations

import datetime
import decimal
from typing import Any

ROWS = {
    "t": [
        {
            "id": number,
            "x": (number * 7) % 5 - 2,
            "y": None if number % 3 == 0 else number * 10,
            "f": number / 4,
            "n": decimal.Decimal(number * 125) / 100,
            "s": ("a", "b%", "c_d", "E'f", "", "a/b", "x y", "ä")[number - 1],
            "w": None if number % 4 == 0 else f"w{number % 3}",
            "flag": None if number == 5 else number % 2 == 0,
            "d": datetime.date(2024, number, number + 10),
            "dt": None if number == 2 else datetime.datetime(2024, 2, number + 3, 4, 5, number),
            "b": None if number == 1 else bytes([number, 0, 39]),
        }
        for number in range(1, 9)
    ],
    "u": [{"id": number, "t_id": None if number == 6 else number % 4 + 1, "x": number, "s": f"u{number}"} for number in range(1, 7)],
    "v q": [{"id": number, "parent": number // 2 or None, "Name": f"n{number}"} for number in range(1, 6)],
}  # fmt: skip


def tables(lib: Any) -> dict[str, Any]:
    """Return the tables of a library by the names that the source uses; the last one needs quotes everywhere."""
    metadata = lib.MetaData()
    return {
        "t": lib.Table(
            "t",
            metadata,
            lib.Column("id", lib.Integer, primary_key=True),
            lib.Column("x", lib.Integer, nullable=False),
            lib.Column("y", lib.Integer),
            lib.Column("f", lib.Float),
            lib.Column("n", lib.Numeric(10, 2)),
            lib.Column("s", lib.String(20)),
            lib.Column("w", lib.Text),
            lib.Column("flag", lib.Boolean),
            lib.Column("d", lib.Date),
            lib.Column("dt", lib.DateTime),
            lib.Column("b", lib.LargeBinary),
        ),
        "u": lib.Table(
            "u",
            metadata,
            lib.Column("id", lib.Integer, primary_key=True),
            lib.Column("t_id", lib.ForeignKey("t.id")),
            lib.Column("x", lib.Integer),
            lib.Column("s", lib.String(20)),
        ),
        "v": lib.Table(
            "v q",
            metadata,
            lib.Column("id", lib.Integer, primary_key=True),
            lib.Column("parent", lib.Integer),
            lib.Column("Name", lib.String(20), key="name"),
        ),
    }


def namespace(lib: Any) -> dict[str, Any]:
    """Return what the generated source may name: everything public of the library, the tables, two modules."""
    names = {name: getattr(lib, name) for name in dir(lib) if not name.startswith("_")}
    return {**names, **tables(lib), "datetime": datetime, "decimal": decimal}


def build(lib: Any, source: str, names: dict[str, Any] | None = None) -> Any:
    """Return the statement that a source makes on a library.

    Args:
        source: a Python expression of the grammar.
        names: what `namespace` gave; a new one by default.
    """
    return eval(source, namespace(lib) if names is None else names)


def fill(lib: Any, connection: Any, made: dict[str, Any]) -> None:
    """Create the tables and fill them with the rows."""
    made["t"].metadata.create_all(connection)
    for table in ("t", "u", "v"):
        rows = ROWS[made[table].name]
        columns = {column.name: column.key for column in made[table].c}
        connection.execute(
            lib.insert(made[table]), [{columns[name]: value for name, value in row.items()} for row in rows]
        )
