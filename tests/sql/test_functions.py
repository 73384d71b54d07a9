"""Functions: what programs register, how calls are cached, what the parts of a call keep when they are replaced."""

from typing import Any

import pytest

from holdfast import (
    Boolean,
    DateTime,
    Integer,
    Sequence,
    String,
    aggregate_order_by,
    bindparam,
    column,
    create_engine,
    exc,
    func,
    literal,
    quoted_name,
    select,
    table,
)
from holdfast.dialects import postgresql
from holdfast.sql import replace
from holdfast.sql.functions import (
    AnsiFunction,
    Function,
    FunctionElement,
    GenericFunction,
    ReturnTypeFromArgs,
    generic,
    register_function,
)

T = table("t", column("x", Integer), column("y", String))
x, y = T.c.x, T.c.y


@pytest.fixture(autouse=True)
def _registry(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a test registers is gone after it."""
    known = {package: dict(functions) for package, functions in generic._REGISTRY.items()}
    monkeypatch.setattr(generic, "_REGISTRY", known)


# -- classes -----------------------------------------------------------------------------------------------------------


def test_a_class_is_known_by_its_name() -> None:
    """In any case, with the type of its result."""

    class as_utc(GenericFunction[Any]):
        type = DateTime()
        inherit_cache = True

    call = func.AS_UTC(3)
    assert type(call) is as_utc
    assert isinstance(call.type, DateTime)
    assert str(call) == "as_utc(:as_utc_1)"


def test_a_class_in_a_package() -> None:
    """`identifier` and `package` say where it stands below `func`, `name` how it is written."""

    class Buffer(GenericFunction[Any]):
        type = String()
        package = "geo"
        name = "ST_Buffer"
        identifier = "buffer"
        inherit_cache = True

    assert str(func.geo.buffer(1)) == "ST_Buffer(:ST_Buffer_1)"
    assert isinstance(func.geo.Buffer(1), Buffer)
    assert str(func.geo.ST_Buffer(1)) == "geo.ST_Buffer(:ST_Buffer_1)"
    assert str(func.a.geo.buffer(1)) == "a.geo.buffer(:buffer_1)"
    assert not isinstance(func.buffer(1), Buffer)


def test_a_quoted_name() -> None:
    """The name of a function is written as it is, unless it says that it stands in quotes."""

    class low(GenericFunction[Any]):
        name = quoted_name("low", True)
        inherit_cache = True

    assert str(func.low(1)) == '"low"(:low_1)'
    assert str(func.Low_Er(1)) == "Low_Er(:Low_Er_1)"
    assert str(getattr(func, 'x"; drop')(1)) == '"x""; drop"(:x_drop_1)'


def test_a_subclass_has_its_own_place() -> None:
    """Neither name nor package is inherited; the type is."""

    class first(GenericFunction[Any]):
        type = String()
        package = "p"
        name = "one"
        inherit_cache = True

    class second(first):
        inherit_cache = True

    assert type(func.second(1)) is second
    assert str(func.second(1)) == "second(:second_1)"
    assert isinstance(func.second(1).type, String)


def test_a_second_registration_warns() -> None:
    """The last one counts."""

    class twice(GenericFunction[Any]):
        inherit_cache = True

    with pytest.warns(
        exc.SAWarning, match="The GenericFunction 'twice' is already registered and is going to be overridden"
    ):
        register_function("twice", lambda value: value * 2)
    assert str(func.twice(x)) == "t.x * :x_1"
    assert twice.name == "twice"


def test_any_callable_can_be_registered() -> None:
    """It gives an expression."""
    register_function("literally", lambda value: literal(value), package="pk")
    assert str(func.pk.literally(1)) == ":param_1"


def test_own_arguments() -> None:
    """A class may check and change its arguments; `type_` of one call goes before its type."""

    class at(GenericFunction[Any]):
        type = Integer()
        inherit_cache = True

        def __init__(self, value: Any, place: int = 3, **keywords: Any) -> None:
            super().__init__(value, literal(place), **keywords)

    assert str(func.at(x)) == "at(t.x, :param_1)"
    assert isinstance(func.at(x).type, Integer)
    assert isinstance(func.at(x, 4, type_=Boolean).type, Boolean)


def test_a_type_from_the_arguments() -> None:
    """The first argument that has a type gives it."""

    class best(ReturnTypeFromArgs[Any]):
        inherit_cache = True

    assert isinstance(func.best(None, y).type, String)


def test_an_ansi_function_of_a_program_has_parentheses() -> None:
    """Only the standard's own words stand without."""

    class ansi(AnsiFunction[Any]):
        inherit_cache = True

    assert str(func.ansi()) == "ansi()"
    assert str(func.current_timestamp()) == "CURRENT_TIMESTAMP"
    assert str(func.current_timestamp(3)) == "CURRENT_TIMESTAMP(:current_timestamp_1)"


def test_a_plain_element() -> None:
    """A name and nothing else is no SQL: a program writes it, for each database or for all."""

    class plain(FunctionElement[Any]):
        name = "plain"
        type = Integer()

    with pytest.raises(exc.UnsupportedCompilationError, match="element of type plain"):
        str(plain(x, 1))
    assert isinstance(plain().type, Integer)


# -- caching -----------------------------------------------------------------------------------------------------------


def test_a_class_that_says_nothing_of_caching_is_compiled_each_time() -> None:
    """Its text may depend on what the key does not hold: a wrong text would be worse than a slow one."""

    class silent(FunctionElement[Any]):
        name = "silent"

    class said(FunctionElement[Any]):
        name = "silent"
        inherit_cache = True

    assert silent(x)._key != silent(x)._key
    assert said(x)._key == said(x)._key
    assert said(x)._key != silent(x)._key


def test_values_travel_apart() -> None:
    """One text for all values; another name, package, quote or class is another text."""
    assert func.f(1)._key == func.f(2)._key
    assert len({func.f(1)._key, func.g(1)._key, func.p.f(1)._key, func.f(1, type_=String)._key}) == 4
    assert getattr(func, quoted_name("f", True))(1)._key != func.f(1)._key
    assert func.cube(x)._key != Function("cube", x)._key


def test_the_same_text_serves_other_values() -> None:
    """Run through the memory of texts."""
    with create_engine("sqlite://").connect() as connection:
        found = [connection.scalar(func.abs(number)) for number in (-1, -2)]
        strings = [connection.scalar(select(func.aggregate_strings(word, word))) for word in ("a", "b")]
    assert found == [1, 2]
    assert strings == ["a", "b"]


def test_two_sequences_are_two_texts() -> None:
    """The sequence is part of the key."""
    one, two = Sequence("one"), Sequence("two")
    assert func.next_value(one)._key == one.next_value()._key
    assert func.next_value(one)._key != func.next_value(two)._key
    assert func.next_value(one).compile(dialect=postgresql.dialect()).string == "nextval('one')"


# -- parts -------------------------------------------------------------------------------------------------------------

CALLS = {
    "call": (func.f(x, bindparam("p")), "f(t.y, :p)"),
    "window": (func.sum(x).over(order_by=x, rows=(-1, 1), exclude="TIES"), "sum(t.y) OVER (ORDER BY t.y ROWS BETWEEN :param_1 PRECEDING AND :param_2 FOLLOWING EXCLUDE TIES)"),
    "order": (func.array_agg(x).aggregate_order_by(x), "array_agg(t.y ORDER BY t.y)"),
    "argument's order": (func.f(postgresql.aggregate_order_by(x, x.desc())), "f(t.y ORDER BY t.y DESC)"),
    "comparison": (func.f(x, 1).as_comparison(1, 2), "f(t.y, :f_1)"),
    "column of a row": (func.f(x).scalar_table_valued("k"), "(f(t.y)).k"),
    "within group": (func.mode().within_group(x), "mode() WITHIN GROUP (ORDER BY t.y)"),
}  # fmt: skip


@pytest.mark.parametrize("case", CALLS)
def test_parts_can_be_replaced(case: str) -> None:
    """As the mapping does when it looks at a statement through an alias."""
    node, expected = CALLS[case]
    changed = replace(node, lambda part: y if part is x else None)
    assert str(changed) == expected
    assert replace(node, lambda part: None) is node


def test_parameters_can_be_given() -> None:
    """Inside of a call too."""
    assert func.f(bindparam("p"), 1).params(p=5).compile().params == {"p": 5, "f_1": 1}


def test_the_arguments_of_a_comparison() -> None:
    """They count from 1."""
    comparison = func.f(x, y).as_comparison(2, 1)
    assert comparison.left is y
    assert comparison.right is x
    with pytest.raises(exc.ArgumentError, match="no argument 3"):
        func.f(x).as_comparison(3, 1).left


WRONG = {
    "order without expressions": (lambda: func.mode().within_group(), TypeError, "at least one ORDER BY element is required"),
    "aggregate's order": (lambda: aggregate_order_by(func.f(x)), TypeError, "at least one ORDER BY element is required"),
    "two frames": (lambda: func.f().over(rows=(0, 1), groups=(0, 1)), exc.ArgumentError, "only one of"),
    "frame of one": (lambda: func.f().over(rows=1), exc.ArgumentError, "2-tuple expected"),
    "frame of words": (lambda: func.f().over(rows=("a", 1)), exc.ArgumentError, "Integer or None expected"),
    "range of fractions": (lambda: func.f().over(range_=(0.5, 1)), exc.ArgumentError, "use the FrameClause directly"),
    "exclude alone": (lambda: func.f().over(exclude="TIES"), exc.ArgumentError, "'exclude' requires"),
    "exclude anything": (lambda: func.f().over(rows=(0, 1), exclude="TIES; DROP"), exc.CompileError, "Unexpected SQL phrase"),
    "no sequence": (lambda: func.next_value(5), AssertionError, "accepts a Sequence object"),
    "a table": (lambda: func.f(T), exc.ArgumentError, "table_valued"),
    "two for count": (lambda: func.count(x, y), TypeError, "positional arguments"),
    "columns of a number": (lambda: func.f().table_valued(5), exc.ArgumentError, "Column expression or string key expected"),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_what_is_refused(case: str) -> None:
    """With a message that says what is expected."""
    call, error, message = WRONG[case]
    with pytest.raises(error, match=message):
        call()


# -- joined ------------------------------------------------------------------------------------------------------------


def test_a_call_is_joined() -> None:
    """A call that gives rows stands on the left of a join as well as on the right."""
    numbers = func.generate_series(1, 5)
    call = "generate_series(:generate_series_1, :generate_series_2)"
    for join, word in (
        (numbers.join(T, x > 1), "JOIN"),
        (numbers.outerjoin(T, x > 1), "LEFT OUTER JOIN"),
        (numbers.join(T, x > 1, full=True), "FULL OUTER JOIN"),
    ):
        assert str(select(x).select_from(join)) == f"SELECT t.x \nFROM {call} {word} t ON t.x > :x_1"
    with pytest.raises(exc.NoForeignKeysError, match="between 'generate_series' and 't'"):
        numbers.join(T)
