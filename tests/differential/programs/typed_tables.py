"""Tables whose columns a class declares: `TypedColumns` and `Named`."""

import datetime
import decimal
import uuid
from typing import Any, Optional, Union

from tests.differential.log import Log
from tests.differential.registry import program


def _shown(table: Any) -> list[Any]:
    return [
        (column.key, column.name, repr(column.type), column.nullable, column.primary_key, column.unique, column.comment)
        for column in table.c
    ]


def _classes(lib: Any) -> dict[str, Any]:
    named, column = lib.Named, lib.Column

    class plain(lib.TypedColumns):  # type: ignore[name-defined,misc]
        name: named[str]
        id = column(lib.Integer, primary_key=True)
        age: named[Optional[int]]  # noqa: UP045 - the older form is read too
        weight: column[float | None]
        since: column[Union[datetime.datetime, None]]  # noqa: UP007
        code: named[uuid.UUID]
        price: named[decimal.Decimal] = column(default=5)

    class detailed(lib.TypedColumns):  # type: ignore[name-defined,misc]
        id: named[int] = column(primary_key=True)
        plain_id: named[int] = column(lib.ForeignKey("plain.id"), comment="whose")
        other: named[str] = column("in_sql", lib.String(30), nullable=True, unique=True)
        keyed: named[str] = column("zz", lib.Text, key="kk")
        always: named[int | None] = column(nullable=False)
        contradiction: named[int] = column(lib.String)

    class with_day(plain):
        day: named[datetime.date]
        id = column(lib.BigInteger, primary_key=True)

    return {"plain": plain, "detailed": detailed, "with_day": with_day}


@program
def tables_of_typed_columns(lib: Any, engine: Any, log: Log) -> None:
    metadata = lib.MetaData()
    classes = _classes(lib)
    for name, class_ in classes.items():
        table = lib.Table(name, metadata, class_)
        log(name, _shown(table))
    again = lib.Table(
        "again", metadata, classes["plain"], lib.Column("extra", lib.Integer), lib.UniqueConstraint("name")
    )
    log("with more", again.c.keys())
    log("columns of its own", again.c.id is metadata.tables["plain"].c.id)
    subquery = lib.select(again).subquery()
    log("the same element", [one.with_cols(classes["plain"]) is one for one in (again, again.alias(), subquery)])
    metadata.create_all(engine)
    with engine.begin() as connection:
        connection.execute(lib.insert(again), {"name": "a", "code": uuid.UUID(int=1)})
        log("rows", connection.execute(lib.select(again.c.name, again.c.price, again.c.weight)).all())


@program
def mistakes_in_typed_columns(lib: Any, engine: Any, log: Log) -> None:
    def table(**members: Any) -> Any:
        annotations = members.pop("annotations", {})
        class_ = type("columns", (lib.TypedColumns,), {**members, "__annotations__": annotations})
        return lib.Table("t", lib.MetaData(), class_).c.keys()

    log.error("no column", lambda: table(x=5))
    log.error("another annotation", lambda: table(annotations={"x": int}))
    log.error("no type", lambda: table(annotations={"x": lib.Column}))
    log.error("unknown type", lambda: table(annotations={"x": lib.Named[object]}))
    log.error("two types", lambda: table(annotations={"x": lib.Named[int | str]}))
    log.error("unknown name", lambda: table(annotations={"x": "Named[Nothing]"}))
    log.error("method", lambda: table(x=lambda self: 5))
    log.error("instance", lambda: lib.TypedColumns())
    log.error("no such class", lambda: lib.Table("t", lib.MetaData(), int))
    log.error("behind others", lambda: lib.Table("t", lib.MetaData(), lib.Column("x", lib.Integer), lib.TypedColumns))


@program
def typed_table_of_a_class(lib: Any, engine: Any, log: Log) -> None:
    base = lib.orm.declarative_base()

    class Boat(base):  # type: ignore[valid-type,misc]
        __tablename__ = "boats"
        id = lib.Column(lib.Integer, primary_key=True)

    log("its table", lib.orm.as_typed_table(Boat) is Boat.__table__)
