"""`tstring`: what stands in the braces of a template string is a parameter or an element of SQL, and never text."""

import sys
from collections.abc import Iterator
from typing import Any

import pytest

from holdfast import Integer, String, bindparam, column, create_engine, exc, func, select, table, tstring
from holdfast.dialects import postgresql
from holdfast.orm import DeclarativeBase, Session, aliased, mapped_column

# The classes of Python 3.14's string.templatelib, in their documented form, so that every Python runs this.


class Interpolation:
    """What stands in braces."""

    def __init__(self, value: Any, conversion: str | None = None, format_spec: str = "") -> None:
        self.value, self.conversion, self.format_spec, self.expression = value, conversion, format_spec, "value"


class Template:
    """A template string."""

    def __init__(self, *parts: Any) -> None:
        self._parts = parts

    def __iter__(self) -> Iterator[Any]:
        return iter([part for part in self._parts if part != ""])


Template.__module__ = Interpolation.__module__ = "string.templatelib"


def t(text: str, *values: Any) -> Template:
    """Return the template whose braces hold `values`."""
    strings = text.split("{}")
    parts: list[Any] = [strings[0]]
    for value, string in zip(values, strings[1:], strict=True):
        parts += [value if isinstance(value, Interpolation) else Interpolation(value), string]
    return Template(*parts)


ITEM = table("item", column("id", Integer), column("name", String))


@pytest.mark.parametrize(
    ("made", "text", "values"),
    [
        (t("SELECT {}, {}", 5, "x"), "SELECT :param_1, :param_2", [5, "x"]),
        (t("SELECT {}", "'; DROP TABLE item --"), "SELECT :param_1", ["'; DROP TABLE item --"]),
        (t("SELECT {} FROM {}", ITEM.c.id, ITEM), "SELECT item.id FROM item", []),
        (t("SELECT 1 WHERE {}", ITEM.c.id > 3), "SELECT 1 WHERE item.id > :id_1", [3]),
        (t("SELECT {}", func.lower("A")), "SELECT lower(:lower_1)", ["A"]),
        (t("SELECT {} IS {}", 1, None), "SELECT :param_1 IS NULL", [1]),
        (t("SELECT value={}", Interpolation(5, "r")), "SELECT value=:param_1", [5]),
        (t("SELECT ':a', :b, {}", 1), "SELECT ':a', :b, :param_1", [1]),
        (t("SELECT {}", t("x + {}", 3)), "SELECT x + :param_1", [3]),
        (t("SELECT {}", tstring(t("x + {}", 3))), "SELECT x + :param_1", [3]),
        (t("SELECT {}", bindparam("own", 7)), "SELECT :own", [7]),
        (t("SELECT {}", select(ITEM.c.id)), "SELECT (SELECT item.id \nFROM item)", []),
        (t("SELECT * FROM {}", select(ITEM.c.id).subquery("s")), "SELECT * FROM (SELECT item.id AS id \nFROM item) AS s", []),
    ],
)  # fmt: skip
def test_the_text_and_its_values(made: Template, text: str, values: list[Any]) -> None:
    """Values are parameters, elements are written as in any statement."""
    compiled = tstring(made).compile()
    assert str(compiled) == text
    assert list(compiled.params.values()) == values


def test_percent_signs_and_lists() -> None:
    """A percent sign is one for the driver too; a list parameter gets its parentheses."""
    assert str(tstring(t("SELECT '%', {}", 1)).compile(dialect=postgresql.dialect())).startswith(
        "SELECT '%%', %(param_1)s"
    )
    many = tstring(t("SELECT 1 WHERE 2 IN {}", bindparam("many", [1, 2], expanding=True)))
    with create_engine("sqlite://").connect() as connection:
        assert connection.scalar(many) == 1


def test_it_runs_and_is_remembered() -> None:
    """Two statements of one form with other values are compiled once, and give their own answers."""
    engine = create_engine("sqlite://")
    with engine.connect() as connection:
        assert connection.execute(tstring(t("SELECT {} AS a, {} AS b", 5, "x"))).one() == (5, "x")
        assert connection.execute(tstring(t("SELECT {} AS a, {} AS b", 6, "y"))).one() == (6, "y")
        typed = tstring(t("SELECT {} AS a", "7")).columns(column("a", Integer)).subquery()
        assert connection.scalar(select(typed.c.a)) == "7"
        assert connection.scalars(select(column("x")).select_from(tstring(t("(SELECT {} AS x)", 8)))).all() == [8]


@pytest.mark.parametrize(
    "given",
    [
        "SELECT 1",
        5,
        t("SELECT {}", Interpolation(1, "r")),
        t("SELECT value={}", Interpolation(1, "s")),
        t("{}", Interpolation(1, None, ".2")),
    ],
)
def test_what_is_refused(given: Any) -> None:
    """A plain string has lost its values; a format would make text of one."""
    with pytest.raises(exc.ArgumentError, match="pep-750 Tstring|format or a conversion"):
        tstring(given)


def test_a_label_is_ambiguous() -> None:
    """It could stand for the expression or for its name."""
    with pytest.raises(exc.CompileError, match="'n' in a template string could be the expression or its name"):
        tstring(t("SELECT {}", ITEM.c.id.label("n")))


def test_mapped_classes() -> None:
    """Classes, their aliases and attributes stand in braces; objects are loaded from the rows."""

    class Base(DeclarativeBase):
        pass

    class Thing(Base):
        __tablename__ = "thing"
        id = mapped_column(Integer, primary_key=True)
        name = mapped_column(String)

    short = aliased(Thing, name="short")
    made = tstring(t("SELECT {} FROM {} WHERE {} = {}", short.id, short, short.name, "a"))
    assert str(made) == "SELECT short.id FROM thing AS short WHERE short.name = :param_1"
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add_all([Thing(id=1, name="a"), Thing(id=2)])
        session.flush()
        by_name = tstring(t("SELECT {}, {} FROM {} WHERE {} IS NOT {}", Thing.id, Thing.name, Thing, Thing.name, None))
        assert [each.id for each in session.scalars(select(Thing).from_statement(by_name))] == [1]
        assert session.scalars(select(Thing.id).where(tstring(t("{} = {}", Thing.id, 2)))).all() == [2]


@pytest.mark.skipif(sys.version_info < (3, 14), reason="Python has template strings from 3.14 on")
def test_a_template_of_python() -> None:
    """The real thing."""
    made = eval('t"SELECT {number + 1}, {number=}"', {"number": 4})  # older Pythons can not read it
    assert str(tstring(made)) == "SELECT :param_1, number=:param_2"
    assert tstring(made).compile().params == {"param_1": 5, "param_2": 4}
