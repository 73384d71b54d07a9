"""Types with names, constraints and INSERTs of PostgreSQL alone, built by the same function on both libraries."""

from collections.abc import Callable
from typing import Any

from tests.differential.postgresql_types import Color

Build = Callable[[Any, Any], Any]
"""(library, its postgresql dialect) -> statement, type or constraint."""


def rooms(lib: Any, pg: Any, *constraints: Any) -> Any:
    """Return a table with constraints."""
    column = lib.Column
    return lib.Table(
        "rooms", lib.MetaData(), column("id", lib.Integer, primary_key=True), column("room", lib.String),
        column("during", pg.TSRANGE), column("odd name", lib.Integer), *constraints,
    )  # fmt: skip


def excluded(*elements: Any, **how: Any) -> Build:
    """Return a builder of CREATE TABLE with one exclusion constraint."""

    def build(lib: Any, pg: Any) -> Any:
        given = [(each(lib) if callable(each) else each, operator) for each, operator in elements]
        return lib.schema.CreateTable(rooms(lib, pg, pg.ExcludeConstraint(*given, **how)))

    return build


def _added(lib: Any, pg: Any) -> Any:
    table = rooms(lib, pg)
    constraint = pg.ExcludeConstraint(
        (table.c.during, "&&"), (lib.func.lower(table.c.room), "="), name="x", where=table.c.id > 5
    )
    table.append_constraint(constraint)
    return lib.schema.AddConstraint(constraint)


def _copied(lib: Any, pg: Any) -> Any:
    table = rooms(lib, pg, pg.ExcludeConstraint(("during", "&&"), name="x", using="spgist", where=lib.text("id > 5")))
    return lib.schema.CreateTable(table.to_metadata(lib.MetaData()))


def _conventional(lib: Any, pg: Any) -> Any:
    metadata = lib.MetaData(naming_convention={"ex": "ex_%(table_name)s_%(column_0_name)s"})
    table = lib.Table("t", metadata, lib.Column("r", pg.INT4RANGE), pg.ExcludeConstraint(("r", "&&")))
    return lib.schema.CreateTable(table)


def domain(*args: Any, **how: Any) -> Build:
    """Return a builder of CREATE DOMAIN."""

    def build(lib: Any, pg: Any) -> Any:
        given = {name: value(lib) if callable(value) else value for name, value in how.items()}
        name, type_ = args
        return pg.CreateDomainType(pg.DOMAIN(name, type_(lib, pg), **given))

    return build


def on_conflict(use: Callable[[Any, Any, Any, Any], Any]) -> Build:
    """Return a builder of an INSERT with ON CONFLICT; `use` gets (library, statement, columns, table)."""

    def build(lib: Any, pg: Any) -> Any:
        table = lib.Table(
            "users", lib.MetaData(), lib.Column("id", lib.Integer, primary_key=True), lib.Column("name", lib.String(50)),
            lib.Column("odd name", lib.String, key="odd"), lib.Column("count", lib.Integer, onupdate=7),
            lib.UniqueConstraint("name", name="uq_name"), lib.UniqueConstraint("odd"),
            lib.Index("ix_lower", lib.text("lower(name)"), unique=True, postgresql_where=lib.text("id > 5")),
        )  # fmt: skip
        return use(lib, pg.insert(table), table.c, table)

    return build


def _index(table: Any) -> Any:
    return next(iter(table.indexes))


def _unique(table: Any, name: Any) -> Any:
    return next(one for one in table.constraints if one.__class__.__name__ == "UniqueConstraint" and one.name == name)


BUILDS: dict[str, Build] = {
    "create enum": lambda lib, pg: pg.CreateEnumType(pg.ENUM("a", "b'c", "d%", name="e")),
    "create enum with a schema": lambda lib, pg: pg.CreateEnumType(pg.ENUM("a", name="Odd", schema="My schema")),
    "create enum of a class": lambda lib, pg: pg.CreateEnumType(pg.ENUM(Color)),
    "create common enum": lambda lib, pg: pg.CreateEnumType(lib.Enum("a", name="e")),
    "drop enum": lambda lib, pg: pg.DropEnumType(pg.ENUM("a", name="e", schema="s")),
    "create domain": domain("d", lambda lib, pg: lib.Integer()),
    "create domain with all": domain(
        "d", lambda lib, pg: lib.String(5), collation="de_DE", default="it's 5%", constraint_name="cn", not_null=True,
        check="VALUE <> '%'",
    ),
    "create domain with expressions": domain(
        "D", lambda lib, pg: lib.Integer(), schema="s", default=lambda lib: lib.text("5 + 1"),
        check=lambda lib: lib.text("VALUE > 0"), not_null=False,
    ),
    "create domain of an array": domain("d", lambda lib, pg: pg.ARRAY(lib.Integer)),
    "create domain with a column": domain(
        "d", lambda lib, pg: pg.NUMERIC(5, 2), check=lambda lib: lib.literal_column("VALUE") > 5
    ),
    "create domain with a number": domain("d", lambda lib, pg: lib.Integer(), default="5"),
    "create domain with a nameless constraint": domain("d", lambda lib, pg: lib.Integer(), check="VALUE > 1"),
    "create domain with a collation": domain("d", lambda lib, pg: lib.Text(), collation="C"),
    "drop domain": lambda lib, pg: pg.DropDomainType(pg.DOMAIN("d", lib.Integer, schema="s")),
    "exclusion": excluded(("room", "="), ("during", "&&")),
    "exclusion with all": excluded(
        ("during", "&&"), name="no_overlap", using="spgist", where=None, deferrable=True, initially="DEFERRED",
        ops={"during": "range_ops"},
    ),
    "exclusion where text": lambda lib, pg: excluded(("during", "&&"), where=lib.text("id > 5"))(lib, pg),
    "exclusion of an expression": excluded((lambda lib: lib.text("lower(room)"), "="), ("odd name", "=")),
    "exclusion of a column": excluded((lambda lib: lib.column("during"), "&&")),
    "exclusion of a function": excluded((lambda lib: lib.func.lower(lib.column("room")), "="), name="x"),
    "exclusion of a sum": excluded((lambda lib: lib.column("id") + 5, "=")),
    "exclusion of a cast": excluded((lambda lib: lib.cast(lib.column("room"), lib.Text), "=")),
    "exclusion added": _added,
    "exclusion copied": _copied,
    "exclusion by convention": _conventional,
    "exclusion with an operator of its own": excluded(("during", "OPERATOR(pg_catalog.&&)")),
    "do nothing": on_conflict(lambda lib, i, c, t: i.values(name="a").on_conflict_do_nothing()),
    "do nothing on names": on_conflict(lambda lib, i, c, t: i.on_conflict_do_nothing(index_elements=["name", "odd name"])),
    "do nothing on columns": on_conflict(lambda lib, i, c, t: i.on_conflict_do_nothing(index_elements=[c.name, c.odd])),
    "do nothing on a constraint": on_conflict(lambda lib, i, c, t: i.on_conflict_do_nothing(constraint="uq_name")),
    "do nothing on an object": on_conflict(lambda lib, i, c, t: i.on_conflict_do_nothing(constraint=_unique(t, "uq_name"))),
    "do nothing on a nameless one": on_conflict(lambda lib, i, c, t: i.on_conflict_do_nothing(constraint=_unique(t, None))),
    "do nothing on the key": on_conflict(lambda lib, i, c, t: i.on_conflict_do_nothing(constraint=t.primary_key)),
    "do nothing on an index": on_conflict(lambda lib, i, c, t: i.on_conflict_do_nothing(constraint=_index(t))),
    "do nothing where": on_conflict(
        lambda lib, i, c, t: i.on_conflict_do_nothing(index_elements=["name"], index_where=c.id > 5)
    ),
    "do nothing on an expression": on_conflict(
        lambda lib, i, c, t: i.on_conflict_do_nothing(index_elements=[lib.func.lower(c.name), lib.text("id DESC")])
    ),
    "do nothing twice": on_conflict(lambda lib, i, c, t: i.on_conflict_do_nothing().on_conflict_do_nothing()),
    "do nothing on both": on_conflict(
        lambda lib, i, c, t: i.on_conflict_do_nothing(constraint="x", index_elements=["name"])
    ),
    "do update": on_conflict(
        lambda lib, i, c, t: i.values(name="a").on_conflict_do_update(index_elements=["id"], set_={"name": "b"})
    ),
    "do update of the excluded": on_conflict(
        lambda lib, i, c, t: i.on_conflict_do_update(index_elements=[c.id], set_={"name": i.excluded.name, "odd": i.excluded.odd})
    ),
    "do update by columns": on_conflict(
        lambda lib, i, c, t: i.on_conflict_do_update(index_elements=[c.id], set_={c.odd: "x", c.name: lib.func.lower(i.excluded.name)})
    ),
    "do update of all": on_conflict(
        lambda lib, i, c, t: i.on_conflict_do_update(index_elements=[c.id], set_=i.excluded)
    ),
    "do update where": on_conflict(
        lambda lib, i, c, t: i.on_conflict_do_update(
            index_elements=["id"], set_={"name": c.name + i.excluded.name, "count": c.count + 1},
            where=(c.name != i.excluded.name) & (i.excluded.count > 5),
        )
    ),
    "do update on a constraint": on_conflict(
        lambda lib, i, c, t: i.values(id=5, name="q").on_conflict_do_update(constraint="uq_name", set_={"name": None})
    ),
    "do update on an index": on_conflict(
        lambda lib, i, c, t: i.on_conflict_do_update(constraint=_index(t), set_={"name": "b"})
    ),
    "do update where of the index": on_conflict(
        lambda lib, i, c, t: i.on_conflict_do_update(
            index_elements=["name"], index_where=c.name.like("a%"), set_={"name": "b"}, where=c.id == 3
        )
    ),
    "do update of a list": on_conflict(
        lambda lib, i, c, t: i.values([{"id": 1, "name": "a"}, {"id": 2, "name": "b"}]).on_conflict_do_update(
            index_elements=["id"], set_={"name": i.excluded.name}
        )
    ),
    "do update from select": on_conflict(
        lambda lib, i, c, t: i.from_select(["id", "name"], lib.select(c.id, c.name).where(c.id > 1)).on_conflict_do_update(
            index_elements=["id"], set_={"name": "x"}
        )
    ),
    "do update of a subquery": on_conflict(
        lambda lib, i, c, t: i.on_conflict_do_update(
            index_elements=["id"], set_={"name": lib.select(lib.func.max(c.name)).scalar_subquery()}
        )
    ),
    "do update of an unknown name": on_conflict(
        lambda lib, i, c, t: i.on_conflict_do_update(index_elements=["id"], set_={"nosuch": 5})
    ),
    "do update and return": on_conflict(
        lambda lib, i, c, t: i.values(id=1).on_conflict_do_update(index_elements=["id"], set_={"name": "b"}).returning(c.id)
    ),
    "do update of nothing": on_conflict(lambda lib, i, c, t: i.on_conflict_do_update(index_elements=["id"], set_={})),
    "do update without a target": on_conflict(lambda lib, i, c, t: i.on_conflict_do_update(set_={"name": "b"})),
    "do update of a list of pairs": on_conflict(
        lambda lib, i, c, t: i.on_conflict_do_update(index_elements=["id"], set_=[("name", "b")])
    ),
    "do update of a parameter": on_conflict(
        lambda lib, i, c, t: i.on_conflict_do_update(index_elements=["id"], set_={"name": lib.bindparam("new")})
    ),
    "do update of null": on_conflict(
        lambda lib, i, c, t: i.on_conflict_do_update(index_elements=["id"], set_={"name": lib.null(), "odd": None})
    ),
    "do update in a cte": on_conflict(
        lambda lib, i, c, t: lib.select(
            i.values(id=1).on_conflict_do_update(index_elements=["id"], set_={"name": "b"}).returning(c.id).cte("q").c.id
        )
    ),
}  # fmt: skip
"""Name -> how it is built."""
