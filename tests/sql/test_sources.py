"""What stands in FROM beside tables: VALUES, functions, LATERAL, samples; how they are cached and replaced."""

from typing import Any

import pytest

from holdfast import (
    Integer,
    String,
    bindparam,
    column,
    create_engine,
    exc,
    func,
    lateral,
    quoted_name,
    select,
    table,
    tablesample,
    true,
    values,
)
from holdfast.sql import replace

T = table("t", column("x", Integer), column("y", String))
x, y = T.c.x, T.c.y


def rows(*data: Any, **how: Any) -> Any:
    """VALUES of one column."""
    return values(column("a", Integer), **how).data([(one,) for one in data])


def text(node: Any) -> str:
    """The SQL on one line."""
    return " ".join(str(node).split())


def test_values_are_immutable() -> None:
    """`data` gives a new object."""
    first = rows(1, name="v")
    second = first.data([(2,)])
    assert len(first.rows) == 1
    assert text(select(second)) == "SELECT v.a FROM (VALUES (:param_1), (:param_2)) AS v (a)"
    assert second.c.a.table is second


def test_values_travel_apart() -> None:
    """One text for equal shapes; the number of rows is part of the shape."""
    assert select(rows(1, name="v"))._key == select(rows(2, name="v"))._key
    assert select(rows(1, name="v"))._key != select(rows(1, 2, name="v"))._key
    assert select(rows(1, name="v"))._key != select(rows(1, name="w"))._key
    with create_engine("sqlite://").connect() as connection:
        found = [connection.scalars(select(rows(*data).cte("v"))).all() for data in ([1, 2], [3, 4], [5])]
    assert found == [[1, 2], [3, 4], [5]]


def test_values_in_the_text_are_never_mixed_up() -> None:
    """Values that are written out are part of the text, so another object is another text."""
    assert select(rows(1, literal_binds=True))._key != select(rows(2, literal_binds=True))._key
    with create_engine("sqlite://").connect() as connection:
        found = [connection.scalars(select(rows(n, literal_binds=True).cte("v"))).all() for n in (1, 2)]
    assert found == [[1], [2]]
    assert text(select(values(column("a", String), name="v", literal_binds=True).data([("O'Hara",)]))) == (
        "SELECT v.a FROM (VALUES ('O''Hara')) AS v (a)"
    )


def test_rows_of_another_width_are_refused() -> None:
    """At once, where the program gives them."""
    with pytest.raises(exc.ArgumentError, match="Wrong number of elements for 1-tuple"):
        values(column("a")).data([(1, 2)])
    with pytest.raises(exc.ArgumentError, match="rows as tuples"):
        values(column("a")).data([{"a": 1}])


def test_parameters_in_values_can_be_given() -> None:
    """Like those anywhere in a statement."""
    statement = select(rows(bindparam("p"), name="v")).params(p=7)
    assert statement.compile().params == {"p": 7}


SOURCES = {
    "VALUES": (rows(x, name="v").lateral(), "LATERAL (VALUES (t.y)) AS v (a)"),
    "function": (func.f(x).table_valued("a", with_ordinality="o").render_derived("r"), "f(t.y) WITH ORDINALITY AS r(a, o)"),
    "lateral": (select(x).lateral("l"), "LATERAL (SELECT t.y AS y FROM t) AS l"),
    "sample": (select(x).subquery("s").tablesample(5, "q", seed=3), "(SELECT t.y AS y FROM t) AS q TABLESAMPLE system(:system_1) REPEATABLE (:param_1)"),
}  # fmt: skip


@pytest.mark.parametrize("case", SOURCES)
def test_parts_can_be_replaced(case: str) -> None:
    """The new element has columns of its own, and the statement names them."""
    source, expected = SOURCES[case]
    statement = select(func.count()).select_from(source)
    changed = replace(statement, lambda part: y if part is x else None)
    assert text(changed) == f"SELECT count(*) AS count_1 FROM {expected}"
    assert replace(statement, lambda part: None) is statement


def test_columns_follow_their_replaced_source() -> None:
    """A column of VALUES or of a function is that of the new element."""
    source = func.f(x).table_valued("a", name="q")
    changed = replace(select(source.c.a, source.column), lambda part: y if part is x else None)
    assert text(changed) == "SELECT q.a, q FROM f(t.y) AS q"


def test_functions_in_from_are_cached_by_what_they_are() -> None:
    """Columns, ordinality, derived names and LATERAL make other texts."""
    call = func.f(1)
    kinds = [
        call.table_valued("a"),
        call.table_valued("b"),
        call.table_valued("a", name="n"),
        call.table_valued("a", with_ordinality="o"),
        call.table_valued("a").render_derived(),
        call.table_valued(column("a", Integer)).render_derived(with_types=True),
        call.table_valued("a").lateral(),
        call.alias(),
    ]
    assert len({select(kind)._key for kind in kinds}) == len(kinds)
    assert select(func.f(1).table_valued("a"))._key == select(func.f(2).table_valued("a"))._key
    assert select(call.column_valued("a"))._key != select(call.column_valued("b"))._key


def test_samples_are_cached_by_what_they_are() -> None:
    """Method and seed make other texts, the percentage does not."""
    assert select(T.tablesample(1, "q"))._key == select(T.tablesample(2, "q"))._key
    assert select(T.tablesample(1, "q"))._key != select(T.tablesample(func.bernoulli(1), "q"))._key
    assert select(T.tablesample(1, "q"))._key != select(T.tablesample(1, "q", seed=1))._key


def test_rows_of_a_function_on_sqlite() -> None:
    """`json_each` as a table, with the types that the program says."""
    each = func.json_each("[3, 4]").table_valued(column("value", Integer), "key")
    with create_engine("sqlite://").connect() as connection:
        found = connection.execute(select(each.c.value + 1, each.c.key).order_by(each.c.value.desc())).all()
    assert found == [(5, 1), (4, 0)]


def test_lateral_takes_selects_functions_values_and_tables() -> None:
    """And nothing else."""
    assert text(select(lateral(select(x), "l"))) == "SELECT l.x FROM LATERAL (SELECT t.x AS x FROM t) AS l"
    assert text(select(lateral(rows(1), "l"))) == "SELECT l.a FROM LATERAL (VALUES (:param_1)) AS l (a)"
    assert text(select(lateral(T, "l").c.x)) == "SELECT l.x FROM LATERAL t AS l"
    with pytest.raises(exc.ArgumentError, match="FROM expression"):
        lateral(5)


def test_lateral_looks_at_its_neighbours() -> None:
    """What the statement around it reads from is not read again inside."""
    u = table("u", column("id", Integer), column("t_x", Integer))
    newest = select(u.c.id).where(u.c.t_x == x).order_by(u.c.id.desc()).limit(1).lateral("newest")
    assert text(select(x, newest.c.id).select_from(T).outerjoin(newest, true())) == (
        "SELECT t.x, newest.id FROM t LEFT OUTER JOIN LATERAL (SELECT u.id AS id FROM u WHERE u.t_x = t.x "
        "ORDER BY u.id DESC LIMIT :param_1) AS newest ON true"
    )


def test_sample() -> None:
    """By percentage or by a method, repeatable with a seed."""
    assert text(select(tablesample(T, func.bernoulli(10), name="s", seed=7).c.x)) == (
        "SELECT s.x FROM t AS s TABLESAMPLE bernoulli(:bernoulli_1) REPEATABLE (:param_1)"
    )


def test_elements_show_what_they_are() -> None:
    """Outside of a statement."""
    assert text(rows(1, name="v")) == "VALUES (:param_1)"
    assert rows(1, name="v").compile().params == {"param_1": 1}
    assert text(func.f(1).table_valued("a")) == "f(:f_1)"
    assert text(select(x).subquery("s")) == "SELECT t.x FROM t"


def test_quoted_names() -> None:
    """A name says by itself whether it stands in quotes; equal spellings are not mixed up."""
    quoted, plain = column(quoted_name("abc", True)), column("abc")
    assert text(select(quoted, table(quoted_name("tt", True), column("q")).c.q)) == 'SELECT "abc", "tt".q FROM "tt"'
    assert quoted._key != plain._key
    assert (quoted_name("Ab", True).lower(), quoted_name("Ab", None).lower()) == ("Ab", "ab")
