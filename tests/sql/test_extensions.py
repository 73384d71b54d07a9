"""Clauses of programs in statements, statements made by functions, names in filter_by, and further small things."""

import pytest

from holdfast import (
    Column,
    ForeignKey,
    Integer,
    MetaData,
    NotNullable,
    Nullable,
    Table,
    bitwise_not,
    create_engine,
    delete,
    exc,
    insert,
    lambda_stmt,
    outparam,
    select,
    update,
)
from holdfast.dialects import postgresql, sqlite
from holdfast.ext.compiler import compiles
from holdfast.sql import ClauseElement, SyntaxExtension

METADATA = MetaData()
A = Table("a", METADATA, Column("id", Integer, primary_key=True), Column("x", Integer))
B = Table(
    "b", METADATA, Column("id", Integer, primary_key=True), Column("a_id", ForeignKey("a.id")), Column("y", Integer)
)


class Qualify(SyntaxExtension, ClauseElement):
    """``QUALIFY criterion``, in the place that it is told."""

    def __init__(self, criterion, point):
        self.criterion = criterion
        self.point = point

    def apply_to_select(self, select_stmt):
        select_stmt.apply_syntax_extension_point(lambda existing: [*existing, self], self.point)

    apply_to_insert = apply_to_update = apply_to_delete = apply_to_select


class Last(SyntaxExtension, ClauseElement):
    """``LAST``, once."""

    def apply_to_select(self, select_stmt):
        select_stmt.apply_syntax_extension_point(self.append_replacing_same_type, "post_body")


@compiles(Qualify)
def write_qualify(element, compiler, **keywords):
    return f"QUALIFY {compiler.process(element.criterion, **keywords)}"


@compiles(Last)
def write_last(element, compiler, **keywords):
    return "LAST"


WHOLE = select(A.c.x).distinct().where(A.c.x == 1).group_by(A.c.x).having(A.c.x > 2).order_by(A.c.x)


@pytest.mark.parametrize(
    ("point", "text"),
    {
        "post_select": "SELECT QUALIFY a.x > :x_1 DISTINCT a.x \nFROM a \nWHERE a.x = :x_2 GROUP BY a.x \nHAVING a.x > :x_3 "
        "ORDER BY a.x",
        "pre_columns": "SELECT DISTINCT QUALIFY a.x > :x_1 a.x \nFROM a \nWHERE a.x = :x_2 GROUP BY a.x \nHAVING a.x > :x_3 "
        "ORDER BY a.x",
        "post_criteria": "SELECT DISTINCT a.x \nFROM a \nWHERE a.x = :x_1 GROUP BY a.x \nHAVING a.x > :x_2 \n"
        "QUALIFY a.x > :x_3 ORDER BY a.x",
        "post_body": "SELECT DISTINCT a.x \nFROM a \nWHERE a.x = :x_1 GROUP BY a.x \nHAVING a.x > :x_2 ORDER BY a.x "
        "QUALIFY a.x > :x_3",
    }.items(),
)
def test_places_in_select(point, text):
    """Four places, with the parameters in the order of the text."""
    assert str(WHOLE.ext(Qualify(A.c.x > 7, point))) == text


def test_places_in_changes():
    """One place each."""
    clause = Qualify(A.c.x > 7, "post_criteria")
    assert str(update(A).values(x=1).where(A.c.x == 1).ext(clause)) == (
        "UPDATE a SET x=:x WHERE a.x = :x_1 QUALIFY a.x > :x_2"
    )
    assert str(delete(A).where(A.c.x == 1).ext(clause)) == "DELETE FROM a WHERE a.x = :x_1 QUALIFY a.x > :x_2"
    added = insert(A).values(x=1).returning(A.c.id).ext(Qualify(A.c.x > 7, "post_values"))
    assert str(added) == "INSERT INTO a (x) VALUES (:x) QUALIFY a.x > :x_1 RETURNING a.id"


def test_an_extension_in_the_place_of_another():
    """`append_replacing_same_type`; the statement before stays as it was."""
    once = select(A.c.x).ext(Last())
    assert str(once.ext(Last())) == str(once) == "SELECT a.x \nFROM a LAST"
    assert str(select(A.c.x)) == "SELECT a.x \nFROM a"


def test_mistakes_with_extensions():
    """Unknown places, statements that the extension does not know, things that are none."""
    with pytest.raises(ValueError, match="Unknown position 'nowhere' .* known positions: 'post_select', 'pre_columns'"):
        select(A).ext(Qualify(A.c.x > 7, "nowhere"))
    with pytest.raises(NotImplementedError, match="Extension Last cannot be applied to update"):
        update(A).ext(Last())
    with pytest.raises(exc.ArgumentError, match=r"An extension of SELECT has a method apply_to_select\(\); 5 has none"):
        select(A).ext(5)


def test_statements_made_by_functions():
    """The values are those of the time of the call; what is added by functions is criteria of the statement."""
    engine = create_engine("sqlite://")
    A.create(engine)

    def found(value):
        statement = lambda_stmt(lambda: select(A.c.x))
        statement += lambda statement: statement.where(A.c.x == value)
        return statement.add_criteria(lambda statement: statement.limit(1))

    with engine.begin() as connection:
        connection.execute(insert(A), [{"x": number} for number in range(4)])
        assert [connection.scalar(found(number)) for number in range(3)] == [0, 1, 2]
        limit = 2
        assert connection.scalars(select(A.c.x).where(lambda: A.c.x > limit)).all() == [3]
    engine.dispose()


def test_mistakes_with_functions():
    """Nothing but functions that return statements."""
    with pytest.raises(exc.ArgumentError, match="takes a function that returns a statement"):
        lambda_stmt(select(A))
    with pytest.raises(exc.ArgumentError, match="returned 5, which is no statement"):
        lambda_stmt(lambda: 5)
    with pytest.raises(TypeError):
        select(A) + 5


def test_names_in_filter_by():
    """They are looked for in all entities, and may be in one alone."""
    joined = select(A.c.x).join(B, A.c.id == B.c.a_id)
    assert str(joined.filter_by(x=1, y=2)).endswith("WHERE a.x = :x_1 AND b.y = :y_1")
    with pytest.raises(exc.AmbiguousColumnError, match='Attribute name "id" is ambiguous; it exists in multiple FROM'):
        joined.filter_by(id=1)
    with pytest.raises(exc.InvalidRequestError, match='None of the FROM clause entities have a property "q"'):
        joined.filter_by(q=1)
    with pytest.raises(exc.InvalidRequestError, match='None of the FROM clause entities have a property "q"'):
        update(A).filter_by(q=1)


def test_distinct_by_expressions_is_postgresql_s():
    """The older form is warned of, and again where the database leaves it out."""
    with pytest.warns(exc.SADeprecationWarning, match=r"Use instead the ``postgresql.distinct_on`` function"):
        statement = select(A.c.id).distinct(A.c.x)
    assert str(statement.compile(dialect=postgresql.dialect())) == "SELECT DISTINCT ON (a.x) a.id \nFROM a"
    with pytest.warns(
        exc.SADeprecationWarning, match="DISTINCT ON is currently supported only by the PostgreSQL dialect"
    ):
        assert str(statement.compile(dialect=sqlite.dialect())) == "SELECT DISTINCT a.id \nFROM a"


def test_small_things():
    """Names for what there is otherwise, or for nothing at all."""
    assert str(bitwise_not(A.c.x)) == "~a.x"
    assert Nullable(A.c.x) is A.c.x
    assert NotNullable(A.c.x) is A.c.x
    with pytest.raises(exc.InvalidRequestError, match="No supported database has OUT parameters"):
        outparam("x", Integer)


def test_tables_are_made_in_the_order_of_the_metadata():
    """Those that foreign keys leave free stand as they were declared."""
    metadata = MetaData()
    for name in ("zeta", "alpha", "mid"):
        Table(name, metadata, Column("id", Integer, primary_key=True))
    Table("child", metadata, Column("id", ForeignKey("mid.id"), primary_key=True))
    engine = create_engine("sqlite://")
    metadata.create_all(engine)
    with engine.connect() as connection:
        names = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY rowid")
        assert names.scalars().all() == ["zeta", "alpha", "mid", "child"]
    engine.dispose()
