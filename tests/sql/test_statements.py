"""Statements are immutable data: each method gives a new one, equal structure is compiled once, values travel apart."""

import threading

import pytest

from holdfast import (
    Column,
    ForeignKey,
    Integer,
    MetaData,
    String,
    Table,
    and_,
    bindparam,
    case,
    create_engine,
    delete,
    exc,
    exists,
    func,
    insert,
    literal,
    not_,
    or_,
    select,
    text,
    union,
    update,
)

METADATA = MetaData()
USERS = Table(
    "users", METADATA, Column("id", Integer, primary_key=True), Column("name", String), Column("age", Integer)
)
POSTS = Table(
    "posts", METADATA, Column("id", Integer, primary_key=True), Column("user_id", ForeignKey("users.id")), Column("title", String)
)  # fmt: skip
LOOSE = Table("loose", METADATA, Column("id", Integer))
TWICE = Table(
    "twice",
    METADATA,
    Column("id", Integer),
    Column("one", ForeignKey("users.id")),
    Column("two", ForeignKey("users.id")),
)
u, p = USERS.c, POSTS.c
alias = USERS.alias("a")

TEXTS = {
    "where": (select(u.id).where(u.name == "x").where(u.age > 3), "SELECT users.id FROM users WHERE users.name = :name_1 AND users.age > :age_1"),
    "names once": (select(u.id).where(or_(u.age == 1, u.age == 2)), "SELECT users.id FROM users WHERE users.age = :age_1 OR users.age = :age_2"),
    "null": (select(u.id).where(u.name == None, u.age != None), "SELECT users.id FROM users WHERE users.name IS NULL AND users.age IS NOT NULL"),  # noqa: E711
    "precedence": (select((u.age + 1) * 2, u.age + u.id * 2), "SELECT (users.age + :age_1) * :param_1 AS anon_1, users.age + users.id * :id_1 AS anon_2 FROM users"),
    "not": (select(u.id).where(not_(and_(u.age == 1, u.id < 2))), "SELECT users.id FROM users WHERE NOT (users.age = :age_1 AND users.id < :id_1)"),
    "negated comparison": (select(u.id).where(~(u.age == 1)), "SELECT users.id FROM users WHERE users.age != :age_1"),
    "or in and": (select(u.id).where(or_(u.age == 1, u.age == 2), u.id == 3), "SELECT users.id FROM users WHERE (users.age = :age_1 OR users.age = :age_2) AND users.id = :id_1"),
    "in": (select(u.id).where(u.id.in_([1, 2])), "SELECT users.id FROM users WHERE users.id IN (__[POSTCOMPILE_id_1])"),
    "in a query": (select(u.id).where(u.id.in_(select(p.user_id))), "SELECT users.id FROM users WHERE users.id IN (SELECT posts.user_id FROM posts)"),
    "join along the key": (select(u.name, p.title).join(POSTS), "SELECT users.name, posts.title FROM users JOIN posts ON users.id = posts.user_id"),
    "outer join": (select(u.name).outerjoin(POSTS, p.user_id == u.id), "SELECT users.name FROM users LEFT OUTER JOIN posts ON posts.user_id = users.id"),
    "alias": (select(u.name).join(alias, alias.c.age == u.age), "SELECT users.name FROM users JOIN users AS a ON a.age = users.age"),
    "same names": (select(USERS, POSTS).join(POSTS), "SELECT users.id, users.name, users.age, posts.id AS id_1, posts.user_id, posts.title FROM users JOIN posts ON users.id = posts.user_id"),
    "subquery": (select(select(u.id).subquery().c.id), "SELECT anon_1.id FROM (SELECT users.id AS id FROM users) AS anon_1"),
    "scalar subquery, correlated": (select(u.name, select(func.count(p.id)).where(p.user_id == u.id).scalar_subquery()), "SELECT users.name, (SELECT count(posts.id) AS count_1 FROM posts WHERE posts.user_id = users.id) AS anon_1 FROM users"),
    "exists": (select(u.id).where(exists().where(p.user_id == u.id)), "SELECT users.id FROM users WHERE EXISTS (SELECT * FROM posts WHERE posts.user_id = users.id)"),
    "group": (select(u.age, func.count()).group_by(u.age).having(func.count() > 1), "SELECT users.age, count(*) AS count_1 FROM users GROUP BY users.age HAVING count(*) > :count_2"),
    "order by a label": (select(u.age.label("years")).order_by("years", u.id.desc()), "SELECT users.age AS years FROM users ORDER BY years, users.id DESC"),
    "page": (select(u.id).limit(5).offset(10), "SELECT users.id FROM users LIMIT :param_1 OFFSET :param_2"),
    "distinct": (select(u.age).distinct(), "SELECT DISTINCT users.age FROM users"),
    "case": (select(case((u.age > 1, "old"), else_="new")), "SELECT CASE WHEN (users.age > :age_1) THEN :param_1 ELSE :param_2 END AS anon_1 FROM users"),
    "union": (union(select(u.id), select(p.id)).order_by("id"), "SELECT users.id FROM users UNION SELECT posts.id FROM posts ORDER BY id"),
    "concatenation": (select(u.name + "!"), "SELECT users.name || :name_1 AS anon_1 FROM users"),
    "like": (select(u.id).where(u.name.startswith("a")), "SELECT users.id FROM users WHERE (users.name LIKE :name_1 || '%')"),
    "named parameter": (select(u.id).where(u.name == bindparam("who")), "SELECT users.id FROM users WHERE users.name = :who"),
    "text with a parameter": (text("SELECT :a, ':b', x::int"), "SELECT :a, ':b', x::int"),
    "insert": (insert(USERS).values(name="x", age=1), "INSERT INTO users (name, age) VALUES (:name, :age)"),
    "insert many": (insert(USERS).values([{"name": "x"}, {"name": "y"}]), "INSERT INTO users (name) VALUES (:name_m0), (:name_m1)"),
    "insert from select": (insert(LOOSE).from_select(["id"], select(u.id)), "INSERT INTO loose (id) SELECT users.id FROM users"),
    "insert all columns": (insert(LOOSE), "INSERT INTO loose (id) VALUES (:id)"),
    "update": (update(USERS).values(age=u.age + 1).where(u.id == 5), "UPDATE users SET age=(users.age + :age_1) WHERE users.id = :id_1"),
    "delete": (delete(USERS).where(u.id == 5), "DELETE FROM users WHERE users.id = :id_1"),
    "returning": (insert(USERS).values(name="x").returning(u.id), "INSERT INTO users (name) VALUES (:name) RETURNING users.id"),
}  # fmt: skip


@pytest.mark.parametrize("case_", TEXTS)
def test_text(case_):
    """The text that `str(statement)` shows; line breaks count as spaces."""
    statement, expected = TEXTS[case_]
    assert " ".join(str(statement).split()) == expected


def test_methods_return_new_statements():
    """The one they were called on stays as it was."""
    first = select(u.id)
    second = first.where(u.id == 1)
    third = second.order_by(u.id).limit(2)
    assert " ".join(str(first).split()) == "SELECT users.id FROM users"
    assert " ".join(str(second).split()) == "SELECT users.id FROM users WHERE users.id = :id_1"
    assert "LIMIT" in str(third)


REFUSED = {
    "no key between": (lambda: str(select(u.id).join(LOOSE)), exc.InvalidRequestError, "Don't know how to join to .*loose"),
    "two keys between": (lambda: str(select(u.id).join(TWICE)), exc.AmbiguousForeignKeysError, "more than one foreign key constraint relationship"),
    "text as a criterion": (lambda: select(u.id).where("x = 1"), exc.ArgumentError, "should be explicitly declared as text"),
    "text as a column": (lambda: select("x"), exc.ArgumentError, "should be explicitly declared with text"),
    "a truth value": (lambda: bool(u.id == u.age), None, None),
    "and": (lambda: bool(and_(u.id == 1, u.age == 2)), TypeError, "Boolean value of this clause is not defined"),
    "in with a number": (lambda: u.id.in_(5), exc.ArgumentError, "IN expression list, SELECT construct"),
    "less than NULL": (lambda: u.id < None, exc.ArgumentError, "Only '=', '!=', 'is_\\(\\)'"),
    "an unknown column": (lambda: u.nope, AttributeError, "nope"),
    "different widths": (lambda: str(union(select(u.id), select(u.id, u.name))), exc.CompileError, "identical numbers of columns"),
    "unknown column in values": (lambda: str(insert(USERS).values(nope=1)), exc.CompileError, "Unconsumed column names: nope"),
}  # fmt: skip


@pytest.mark.parametrize("case_", REFUSED)
def test_refused(case_):
    """At the earliest moment, with words."""
    call, error, words = REFUSED[case_]
    if error is None:
        assert call() is False
        return
    with pytest.raises(error, match=words):
        call()


def compiled(engine, statement):
    """Return the compiled form that the engine keeps."""
    return engine.compiled(statement)


def test_equal_structure_is_compiled_once():
    """Whatever the values are; another structure is another text."""
    engine = create_engine("sqlite://")

    def build(name, ages, limit):
        return select(u.id, func.lower(u.name)).where(u.name == name, u.age.in_(ages)).limit(limit)

    first = compiled(engine, build("a", [1, 2], 3))
    assert compiled(engine, build("b", [5], 1)) is first
    assert compiled(engine, build("b", [5], 1).offset(1)) is not first
    assert compiled(engine, build(None, [5], 1)) is not first
    sql, bound = first.bind(build("b", [7, 8, 9], 4)._values)
    assert (sql.count("?"), bound) == (6, ("b", 7, 8, 9, 4, 0))


def test_the_same_parameter_twice_is_one():
    """Two equal literals are two parameters, one object used twice is one: the text differs, so the structure does."""
    engine = create_engine("sqlite://")
    one = literal(5)
    same = select(one + u.age).group_by(one + u.age)
    two = select(literal(5) + u.age).group_by(literal(5) + u.age)
    assert compiled(engine, same) is not compiled(engine, two)
    assert str(same).count(":param_1") == 2
    assert ":param_2" in str(two)


def test_the_memory_of_texts_is_bounded():
    """5,000 different statements leave no more than the engine's size, and none is wrong."""
    engine = create_engine("sqlite://", query_cache_size=50)
    with engine.connect() as connection:
        for number in range(5_000):
            statement = select(literal(number).label(f"n{number}"))
            if number % 500 == 0:
                assert connection.execute(statement).mappings().one() == {f"n{number}": number}
            else:
                engine.compiled(statement)
    assert len(engine._cache) <= 75


def test_threads_compile_the_same_text():
    """Eight threads, one hundred structures, in different order: each gets the text that it would get alone."""
    engine = create_engine("sqlite://", query_cache_size=30)
    statements = [select(*[u.id.label(f"c{n}") for n in range(width)]).where(u.age > width) for width in range(1, 101)]
    expected = [str(statement.compile(engine)) for statement in statements]
    wrong = []

    def work(seed: int) -> None:
        for number in range(300):
            index = (number * (2 * seed + 1) + seed) % 100
            if engine.compiled(statements[index]).text != expected[index]:
                wrong.append(index)

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
