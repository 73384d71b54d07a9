"""What statements tell of themselves, on both libraries: columns, FROM elements, criteria, descriptions, equality."""

from collections.abc import Callable
from typing import Any

import pytest

import holdfast
import holdfast.orm
from tests.differential.test_statements import dialect_of

sqlalchemy = pytest.importorskip("sqlalchemy")


class World:
    """A table, a class, and statements on them, made by one library."""

    def __init__(self, lib: Any) -> None:
        self.lib = lib
        column = lib.Column
        self.metadata = lib.MetaData()
        self.t = lib.Table(
            "t", self.metadata, column("id", lib.Integer, primary_key=True), column("x", lib.String, server_default="q"),
            column("y", lib.Integer, onupdate=lib.text("5")),
        )  # fmt: skip
        orm = holdfast.orm if lib is holdfast else __import__("sqlalchemy.orm").orm

        class Base(orm.DeclarativeBase):  # type: ignore[misc, name-defined]
            pass

        class User(Base):
            __tablename__ = "u"
            id = orm.mapped_column(lib.Integer, primary_key=True)
            n = orm.mapped_column("nn", lib.String)

        self.User = User
        t = self.t
        self.selected = lib.select(t.c.id, t.c.x.label("b"), lib.func.max(t.c.y)).where(t.c.id == 1)
        self.textual = lib.text("select id, x from t where id=:i").columns(t.c.id, lib.column("x", lib.String))

    def sql(self, statement: Any, dialect: str = "sqlite") -> str:
        """Return the text of a statement."""
        return str(statement.compile(dialect=dialect_of(self.lib, dialect)))


Case = Callable[[World], Any]
CASES: dict[str, Case] = {
    "inline": lambda w: [w.sql(w.lib.insert(w.t).inline().values(x="a"), d) for d in ("sqlite", "postgresql")],
    "defaults of an INSERT": lambda w: w.sql(w.lib.insert(w.t).return_defaults().values(y=1)),
    "one default of an INSERT": lambda w: w.sql(w.lib.insert(w.t).return_defaults(w.t.c.x).values(y=1), "postgresql"),
    "defaults of an UPDATE": lambda w: w.sql(w.lib.update(w.t).return_defaults().values(x="1")),
    "one default of an UPDATE": lambda w: w.sql(w.lib.update(w.t).return_defaults(w.t.c.x).values(x=w.lib.func.foo())),
    "defaults of a DELETE": lambda w: w.sql(w.lib.delete(w.t).return_defaults(w.t.c.x)),
    "defaults and RETURNING": lambda w: w.sql(w.lib.insert(w.t).returning(w.t.c.id).return_defaults()),
    "hint of an UPDATE": lambda w: w.sql(w.lib.update(w.t).with_hint("HINT").values(x=1)),
    "entity of an UPDATE": lambda w: sorted(w.lib.update(w.User).entity_description),
    "table of an UPDATE": lambda w: sorted(w.lib.update(w.t).entity_description),
    "exported by RETURNING": lambda w: w.lib.insert(w.t).returning(w.t.c.id, w.t.c.x.label("b")).exported_columns.keys(),
    "criteria": lambda w: str(w.lib.update(w.t).where(w.t.c.id == 5).where(w.t.c.x == "a").whereclause),
    "no criteria": lambda w: w.lib.delete(w.t).whereclause,
    "FROM of the columns": lambda w: [str(source) for source in w.selected.columns_clause_froms],
    "exported": lambda w: w.selected.exported_columns.keys(),
    "inner columns": lambda w: [str(column) for column in w.selected.inner_columns],
    "corresponding column": lambda w: w.selected.corresponding_column(w.t.c.id).key,
    "no corresponding column": lambda w: w.selected.corresponding_column(w.lib.column("z")),
    "derived": lambda w: [w.selected.is_derived_from(w.t), w.selected.is_derived_from(w.t.alias())],
    "reduced": lambda w: w.sql(_reduced(w)),
    "union grouped": lambda w: w.sql(w.lib.union(w.selected, w.selected).group_by("b")),
    "union locked": lambda w: w.sql(w.lib.union(w.selected, w.selected).with_for_update(), "postgresql"),
    "text as a subquery": lambda w: w.sql(w.lib.select(w.textual.subquery("s"))),
    "text in IN": lambda w: w.sql(w.lib.select(w.t.c.id).where(w.t.c.id.in_(w.textual))),
    "columns of a text": lambda w: w.textual.selected_columns.keys(),
    "text as a CTE": lambda w: w.sql(w.lib.select(w.textual.cte("c"))),
    "text as a value": lambda w: w.sql(w.textual.scalar_subquery().label("q")),
    "text under a name": lambda w: w.sql(w.lib.select(w.textual.alias())),
    "text with a value": lambda w: w.textual.bindparams(i=5).compile(dialect=dialect_of(w.lib, "sqlite")).params,
    "text in EXISTS": lambda w: w.sql(w.lib.exists(w.textual)),
    "text with types": lambda w: w.sql(w.lib.select(w.lib.text("a").columns(x=w.lib.Integer).subquery().c.x)),
    "text has no label": lambda w: w.lib.text("a").label("q"),
    "parameters": lambda w: _compiled(w).construct_params({"q": 3}),
    "names of parameters": lambda w: sorted(_compiled(w).bind_names.values()),
    "kind": lambda w: [_compiled(w).isinsert, w.lib.insert(w.t).compile().isinsert, w.lib.delete(w.t).compile().isdelete],
    "columns given": lambda w: w.lib.insert(w.t).compile(column_keys=["x"]).column_keys,
    "equal": lambda w: [left.compare(right) for left, right in _pairs(w)],
    "children": lambda w: [str(child) for child in (w.t.c.id == w.t.c.y).get_children()],
    "names of elements": lambda w: [w.t.alias("a").description, w.t.alias("a").named_with_column, w.t.description],
    "original": lambda w: w.t.alias("a").alias("b").original is w.t,
}  # fmt: skip


def _reduced(w: World) -> Any:
    other = w.t.alias("q")
    return w.lib.select(w.t, other).where(w.t.c.id == other.c.id).reduce_columns()


def _compiled(w: World) -> Any:
    statement = w.lib.select(w.t.c.id).where(w.t.c.x == w.lib.bindparam("q"), w.t.c.y == 5)
    return statement.compile(dialect=dialect_of(w.lib, "postgresql"))


def _pairs(w: World) -> list[tuple[Any, Any]]:
    lib, t = w.lib, w.t
    one, two = t.c.id == 1, t.c.y == 2
    return [
        (lib.select(t.c.id).where(t.c.x == "a"), lib.select(t.c.id).where(t.c.x == "a")),
        (lib.select(t.c.id).where(t.c.x == "a"), lib.select(t.c.id).where(t.c.x == "b")),
        (lib.select(t.c.id), lib.select(t.c.x)),
        (one, t.c.id == 1),
        (t.c.id, t.c.x),
        (t, t),
        (lib.func.foo(1), lib.func.foo(1)),
        (lib.and_(one, two), lib.and_(two, one)),
        (lib.and_(one, two), lib.or_(two, one)),
        (lib.and_(one, two), one),
        (t.alias("a"), t.alias("a")),
        (t.alias("a"), t.alias("b")),
        (lib.select(t.c.id).subquery(), lib.select(t.c.id).subquery()),
    ]


def told(lib: Any, case: str) -> Any:
    """Return what is told, or the kind of error."""
    try:
        return CASES[case](World(lib))
    except Exception as error:
        return type(error).__name__


@pytest.mark.parametrize("case", CASES)
def test_same_answers(case: str) -> None:
    """Names, texts, values."""
    assert told(holdfast, case) == told(sqlalchemy, case)


def values_made(lib: Any) -> Any:
    """Return what results tell of the values that the database made, on SQLite."""
    w = World(lib)
    engine = lib.create_engine("sqlite://")
    w.metadata.create_all(engine)
    found: list[Any] = []
    with engine.begin() as connection:
        result = connection.execute(lib.insert(w.t).return_defaults().values(y=1))
        found += [tuple(result.returned_defaults), tuple(result.inserted_primary_key)]
        result = connection.execute(lib.insert(w.t).return_defaults(w.t.c.x), [{"y": 1}, {"y": 2}])
        found.append([tuple(row) for row in result.returned_defaults_rows])
        with pytest.raises(lib.exc.InvalidRequestError, match="executemany"):
            result.returned_defaults
        result = connection.execute(lib.update(w.t).return_defaults().values(x="b").where(w.t.c.id == 1))
        found += [tuple(result.returned_defaults), result.rowcount]
        result = connection.execute(lib.insert(w.t).values(y=3))
        found += [result.returned_defaults, result.last_inserted_params(), [str(c) for c in result.postfetch_cols()]]
        result = connection.execute(lib.update(w.t).values(x="b"))
        found += [result.rowcount, [str(column) for column in result.postfetch_cols()], result.lastrow_has_defaults()]
    return found


def test_same_values_made() -> None:
    """Of one row, of many, of an UPDATE."""
    assert values_made(holdfast) == values_made(sqlalchemy)
