"""Types by themselves: what they refuse, what they are equal to, what the generic form of each is."""

import datetime
import enum
import json
from typing import Any

import pytest

from holdfast import (
    ARRAY,
    JSON,
    VARCHAR,
    Boolean,
    Column,
    Date,
    DateTime,
    Enum,
    Float,
    Integer,
    Interval,
    LargeBinary,
    MetaData,
    Numeric,
    PickleType,
    String,
    Table,
    Text,
    Uuid,
    create_engine,
    exc,
    insert,
    literal,
    null,
    select,
    text,
)
from holdfast.compiler.default import DefaultDialect
from holdfast.dialects import mysql, postgresql, sqlite
from holdfast.dialects.postgresql import ENUM
from holdfast.orm import DeclarativeBase, Mapped, Session, mapped_column
from holdfast.types import NullType, TypeDecorator

SQLITE = sqlite.dialect()


class Color(enum.Enum):
    """Two colours."""

    red = 1
    green = 2


REFUSED: dict[str, tuple[Any, str]] = {
    "strings and classes": (lambda: Enum(Color, Color), "one enum class, or strings"),
    "a number": (lambda: Enum("a", 5), "strings or one class derived from enum.Enum, not a int"),
    "a short length": (lambda: Enum("abc", length=2, native_enum=False), "larger or equal than .* 2 < 3"),
    "too few names": (lambda: Enum(Color, values_callable=lambda c: ["x"]), "1 strings for the 2 members of Color"),
    "arrays of arrays": (lambda: ARRAY(ARRAY(Integer)), "Do not nest ARRAY types"),
    "a step": (lambda: Column("a", ARRAY(Integer))[1:5:2], "no step"),
    "a document as a whole": (lambda: Column("a", JSON).as_string(), r"col\['q'\].as_string\(\)"),
    "a dialect twice": (
        lambda: String().with_variant(Text(), "sqlite").with_variant(Text(), "sqlite"),
        "Dialect 'sqlite' is already present in the mapping for this String",
    ),
    "a variant with variants": (
        lambda: String().with_variant(Text().with_variant(Integer(), "mysql"), "sqlite"),
        "can't pass a type that already has variants",
    ),
    "two schemas": (lambda: Enum("a", schema="s", inherit_schema=True), "Ambiguously setting inherit_schema=True"),
    "no impl": (type("Empty", (TypeDecorator,), {}), "require a class-level variable 'impl'"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused(case: str) -> None:
    """At the earliest moment, with what to do."""
    make, message = REFUSED[case]
    with pytest.raises(
        (exc.ArgumentError, exc.InvalidRequestError, ValueError, TypeError, AttributeError), match=message
    ):
        make()


def test_wrong_values_are_named_without_their_value() -> None:
    """The error says which column and which values there are; what was given stays secret."""
    table = Table("t", MetaData(), Column("c", Enum(Color)), Column("s", Interval), Column("j", JSON))
    engine = create_engine("sqlite://")
    for values, message in (
        ({"c": 5555}, "t.c was given a int; .*"),
        ({"s": "5555"}, "t.s was given a str"),
        ({"j": {5555}}, "t.j was given a set"),
    ):
        with engine.connect() as connection:
            table.create(connection)
            with pytest.raises(exc.StatementError, match=message) as caught:
                connection.execute(insert(table).values(**values))
            assert "5555" not in str(caught.value)
            connection.rollback()
    with pytest.raises(
        exc.StatementError, match="is not among the defined enum values. Enum name: color. Possible values: red"
    ):
        with engine.connect() as connection:
            connection.execute(select(literal(7, Enum(Color))))


def test_a_row_with_an_unknown_member() -> None:
    """A string that is no member is an error when it is read, not another value."""
    engine = create_engine("sqlite://")
    with engine.connect() as connection, pytest.raises(LookupError, match="Possible values: red, green"):
        connection.execute(text("SELECT 'blue' AS c").columns(c=Enum(Color))).all()


def test_generic_forms() -> None:
    """`as_generic` finds the type that all databases know."""
    assert repr(VARCHAR(5).as_generic()) == "String(length=5)"
    assert repr(Enum("a", "b", name="e").as_generic()) == "Enum('a', 'b', name='e')"
    assert repr(ENUM(Color, name="c").as_generic()) == "Enum('red', 'green', name='c')"
    assert isinstance(PickleType().as_generic(), PickleType)
    assert repr(Integer().as_generic()) == "Integer()"


def test_evaluates_none() -> None:
    """A type may have a value for None: it is written, and left out only where the attribute was never set."""

    class Base(DeclarativeBase):
        pass

    class Thing(Base):
        __tablename__ = "thing"
        id: Mapped[int] = mapped_column(primary_key=True)
        doc: Mapped[dict[str, Any] | None] = mapped_column(JSON)
        maybe: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
        word: Mapped[str | None] = mapped_column(String(5).evaluates_none(), server_default="abc")

    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add_all([Thing(), Thing(doc=None, maybe=None, word=None), Thing(doc=null())])
        session.commit()
        assert session.execute(text("SELECT doc, maybe, word FROM thing ORDER BY id")).all() == [
            (None, None, "abc"),
            ("null", None, None),
            (None, None, "abc"),
        ]
        third = session.get_one(Thing, 3)
        third.doc = {"a": 1}
        session.commit()
        third.doc = None
        session.commit()
        assert session.scalar(text("SELECT doc FROM thing WHERE id = 3")) == "null"


def test_json_as_the_program_writes_it() -> None:
    """Functions of the engine's own; readable characters as they are; a key with a quotation mark is refused."""
    engine = create_engine(
        "sqlite://",
        json_serializer=lambda value: json.dumps(value, indent=1),
        json_deserializer=lambda value: ("read", value),
    )
    table = Table("t", MetaData(), Column("j", JSON))
    with engine.connect() as connection:
        table.create(connection)
        connection.execute(insert(table).values(j=[1]))
        assert connection.scalar(text("SELECT j FROM t")) == "[\n 1\n]"
        assert connection.scalar(select(table.c.j)) == ("read", "[\n 1\n]")
    engine = create_engine("sqlite://")
    document = {"é\\ñ": 1, "half": "\ud800", "n": 5.5}
    with engine.connect() as connection:
        table.create(connection)
        connection.execute(insert(table), [{"j": document}, {"j": {"é\\ñ": 2}}, {"j": 7}, {"j": "text"}])
        assert connection.scalars(select(table.c.j)).all() == [document, {"é\\ñ": 2}, 7, "text"]
        assert connection.scalars(select(table.c.j["é\\ñ"])).all()[1] == 2
        with pytest.raises(exc.StatementError, match="quotation mark"):
            connection.scalar(select(table.c.j['a"b']))


def test_spans_of_time() -> None:
    """Microseconds and negative spans are kept; literals read back equal."""
    spans = [datetime.timedelta(0), datetime.timedelta(days=-1, microseconds=1), datetime.timedelta(days=40000)]
    with create_engine("sqlite://").connect() as connection:
        for span in spans:
            assert connection.scalar(select(literal(span))) == span
            written = select(literal(span)).compile(dialect=SQLITE, compile_kwargs={"literal_binds": True})
            assert connection.scalar(text(str(written)).columns(anon_1=Interval)) == span


def test_pickles() -> None:
    """Any pickler, any comparison."""
    type_ = PickleType(pickler=json, comparator=lambda a, b: str(a) == str(b), impl=String)
    type_.protocol = None
    assert type_.compare_values(1, "1")
    assert PickleType().python_type is object


def test_enumerations_of_annotations() -> None:
    """A class or `Literal` in an annotation makes an Enum; a type map says with which arguments."""
    from typing import Literal

    class Base(DeclarativeBase):
        type_annotation_map = {enum.Enum: Enum(enum.Enum, native_enum=False, length=10)}

    class Thing(Base):
        __tablename__ = "thing"
        id: Mapped[int] = mapped_column(primary_key=True)
        color: Mapped[Color]
        size: Mapped[Literal["s", "m"]]
        span: Mapped[datetime.timedelta | None]

    columns = Thing.__table__.c
    assert repr(columns.color.type) == "Enum('red', 'green', name='color', native_enum=False, length=10)"
    assert repr(columns.size.type) == "Enum('s', 'm', native_enum=False)"
    assert repr(columns.span.type) == "Interval()"
    assert not columns.color.nullable


class YesNo(TypeDecorator[bool]):
    """Truth values as letters."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Any) -> Any:
        return "Y" if value else "N"


class Negated(TypeDecorator[bool]):
    """Truth values stored the other way round."""

    impl = Boolean
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Any) -> Any:
        return not value


def written(value: Any, type_: Any, dialect: Any = SQLITE) -> str:
    """Return a value as it stands in SQL text."""
    statement = select(literal(value, type_))
    text = str(statement.compile(dialect=dialect, compile_kwargs={"literal_binds": True}))
    return text.removeprefix("SELECT ").removesuffix(" AS anon_1")


def test_literals_of_truth_values() -> None:
    """What stands in the text is what would be sent: through the type, which may not store truth values at all."""
    standard = DefaultDialect()
    assert [written(value, Boolean(), standard) for value in (True, False, 1, 0)] == ["true", "false", "true", "false"]
    assert [written(value, Boolean()) for value in (True, False, 1, 0)] == ["1", "0", "1", "0"]
    assert [written(value, YesNo(), standard) for value in (True, False)] == ["'Y'", "'N'"]
    assert [written(value, Negated(), standard) for value in (True, False)] == ["false", "true"]
    assert written(True, Integer(), standard) == "1"


@pytest.mark.parametrize(
    ("value", "type_"),
    [("x", Integer()), ("x", Date()), ("x", LargeBinary()), (5, String()), ({1}, JSON()), ("z", Uuid()), ("1", Float()),
     ("x", Boolean()), (5, Boolean()), (5, DateTime()), (5, Interval()), (True, String()), (print, NullType())],
    ids=lambda each: getattr(each, "__name__", None) or repr(each),
)  # fmt: skip
def test_values_that_a_type_can_not_write(value: Any, type_: Any) -> None:
    """One class of error, which names the type and keeps the value to itself."""
    with pytest.raises(exc.CompileError, match=f"datatype {type(type_).__name__}"):
        written(value, type_)


def test_whole_numbers_of_a_numeric_column_are_floats() -> None:
    """SQLite keeps 2.0 as 2 there; a column of floats gives floats."""
    table = Table("t", MetaData(), Column("n", Numeric(9, 2, asdecimal=False)))
    with create_engine("sqlite://").connect() as connection:
        table.create(connection)
        connection.execute(insert(table), [{"n": 2.0}, {"n": 0.5}, {"n": None}])
        assert [repr(value) for value in connection.scalars(select(table.c.n))] == ["2.0", "0.5", "None"]


def test_none_of_a_document_as_its_own_value() -> None:
    """`evaluates_none` turns `none_as_null` back."""
    assert JSON(none_as_null=True).evaluates_none().should_evaluate_none
    assert JSON().evaluates_none().should_evaluate_none


def test_text_beside_bytes_is_refused() -> None:
    """The database would find it unequal to any bytes."""
    table = Table("t", MetaData(), Column("b", LargeBinary))
    with create_engine("sqlite://").connect() as connection:
        table.create(connection)
        with pytest.raises(exc.StatementError, match="memoryview"):
            connection.execute(select(table).where(table.c.b == "text"))


def test_a_uuid_that_is_not_the_server_s_own_is_text_there() -> None:
    """32 digits, as on every database without such a type."""
    dialect = postgresql.dialect()
    assert Uuid(native_uuid=False).compile(dialect=dialect) == "CHAR(32)"
    assert Uuid().compile(dialect=dialect) == "UUID"


@pytest.mark.parametrize("dialect", [DefaultDialect(), sqlite.dialect(), postgresql.dialect(), mysql.dialect()])
@pytest.mark.parametrize("type_", [String("x"), Numeric("1); --", 2), Numeric(5, "x"), String("5) --")])
def test_the_length_of_a_type_is_a_number(dialect: Any, type_: Any) -> None:
    """Nothing else becomes SQL text."""
    with pytest.raises(exc.CompileError, match="is a whole number"):
        type_.compile(dialect=dialect)


def test_enumerations_and_sets_keep_their_values_as_another_type() -> None:
    """`adapt` takes along what the other type has a place for: the values, or the class, and the name."""

    class Size(enum.Enum):
        small, large = "s", "l"

    for made in (mysql.ENUM("s", "l", charset="utf8mb4"), postgresql.ENUM("s", "l", name="size", create_type=False)):
        assert repr(made.adapt(type(made))) == repr(made)
        assert made.adapt(Enum).enums == ["s", "l"]
    named = postgresql.ENUM("s", name="size", schema="shop").adapt(postgresql.ENUM)
    assert (named.name, named.schema, named.create_type) == ("size", "shop", True)
    by_value = Enum(Size, values_callable=lambda members: [member.value for member in members])
    for class_ in (mysql.ENUM, postgresql.ENUM, Enum):
        found = by_value.adapt(class_)
        assert (type(found), found.enum_class, found.enums) == (class_, Size, ["s", "l"])
    assert mysql.SET("a", "b").adapt(mysql.SET).values == ("a", "b")
    assert Enum("one", "three").adapt(String).length == 5
