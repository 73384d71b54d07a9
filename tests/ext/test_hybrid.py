"""Hybrids: Python on an instance, SQL on the class, in every place where an attribute may stand."""

from typing import Any

import pytest

from holdfast import String, create_engine, exc, func, inspect, select, update
from holdfast.ext.hybrid import Comparator, HybridExtensionType, hybrid_method, hybrid_property
from holdfast.orm import DeclarativeBase, Mapped, Session, aliased, mapped_column


class Base(DeclarativeBase):
    """Base of the test's classes."""


class CaseInsensitive(Comparator):
    """Compares in lower case."""

    def __eq__(self, other: object) -> Any:
        return func.lower(self.__clause_element__()) == func.lower(other)


class Interval(Base):
    """An interval with what can be said of it."""

    __tablename__ = "i"
    id: Mapped[int] = mapped_column(primary_key=True)
    start: Mapped[int | None]
    end: Mapped[int | None]
    name: Mapped[str | None] = mapped_column(String)

    @hybrid_property
    def length(self) -> int:
        """How long it is."""
        return self.end - self.start

    @length.inplace.setter
    def _set_length(self, value: int) -> None:
        self.end = self.start + value

    @length.inplace.update_expression
    def _update_length(cls, value: int) -> Any:
        return [(cls.end, cls.start + value)]

    @hybrid_method
    def contains(self, point: int) -> bool:
        """Whether a point is inside."""
        return (self.start <= point) & (point < self.end)

    @hybrid_property
    def called(self) -> str:
        """The name under another name."""
        return self.name

    @called.setter
    def called(self, value: str) -> None:
        self.name = value

    @hybrid_property
    def radius(self) -> float:
        """Half of the length."""
        return abs(self.length) / 2

    @radius.expression
    def radius(cls) -> Any:
        return func.abs(cls.length) / 2

    @hybrid_property
    def lower(self) -> str:
        """The name in lower case."""
        return self.name.lower()

    @lower.comparator
    def lower(cls) -> Any:
        return CaseInsensitive(cls.name)

    @hybrid_property
    def plain(self) -> int:
        """What is no SQL at the class."""
        return 5


TEXTS = {
    "selected": (lambda: select(Interval.length), 'SELECT i."end" - i.start AS length FROM i'),
    "several": (
        lambda: select(Interval.id, Interval.radius, Interval.called),
        'SELECT i.id, abs(i."end" - i.start) / CAST(:abs_1 AS NUMERIC) AS radius, i.name FROM i',
    ),
    "compared and ordered": (
        lambda: select(Interval.id).where(Interval.length > 5).order_by(Interval.length),
        'SELECT i.id FROM i WHERE i."end" - i.start > :param_1 ORDER BY i."end" - i.start',
    ),
    "a method": (
        lambda: select(Interval.id).where(Interval.contains(5)),
        'SELECT i.id FROM i WHERE i.start <= :start_1 AND i."end" > :end_1',
    ),
    "a comparator": (
        lambda: select(Interval.id).where(Interval.lower == "A"),
        "SELECT i.id FROM i WHERE lower(i.name) = lower(:lower_1)",
    ),
    "by name": (
        lambda: select(Interval.id).select_from(Interval).filter_by(length=5),
        'SELECT i.id FROM i WHERE i."end" - i.start = :param_1',
    ),
    "labelled": (
        lambda: select(Interval.length.label("q")).group_by("q"), 'SELECT i."end" - i.start AS q FROM i GROUP BY q',
    ),
    "in a function": (lambda: select(func.max(Interval.length)), 'SELECT max(i."end" - i.start) AS max_1 FROM i'),
    "of an alias": (
        lambda: select(aliased(Interval).length), 'SELECT i_1."end" - i_1.start AS length FROM i AS i_1',
    ),
    "updated": (lambda: update(Interval).values({Interval.length: 5}), 'UPDATE i SET "end"=(i.start + :start_1)'),
    "updated by name": (lambda: update(Interval).values(length=5), 'UPDATE i SET "end"=(i.start + :start_1)'),
    "another name updated": (lambda: update(Interval).values({Interval.called: "x"}), "UPDATE i SET name=:name"),
}  # fmt: skip


@pytest.mark.parametrize("case", TEXTS)
def test_text(case: str) -> None:
    """The function's code gives the SQL; the name of the hybrid is that of the column."""
    make, expected = TEXTS[case]
    assert " ".join(str(make()).split()) == expected


def test_on_instances_and_in_rows() -> None:
    """Getter, setter, constructor; values of rows under the hybrid's name; UPDATE keeps loaded objects in step."""
    one = Interval(start=3, length=6, called="Ab")
    assert (one.end, one.name, one.contains(5), one.radius, one.lower) == (9, "Ab", True, 3.0, "ab")
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add_all([one, Interval(start=2, end=20, name="cd")])
        session.commit()
        result = session.execute(select(Interval.length, Interval.called))
        assert list(result.keys()) == ["length", "called"]
        assert result.all() == [(6, "Ab"), (18, "cd")]
        assert session.scalars(select(Interval.id).where(Interval.lower == "AB")).all() == [1]
        assert session.query(Interval.length).filter(Interval.contains(10)).all() == [(18,)]
        session.execute(update(Interval).where(Interval.length > 10).values({Interval.length: 1}))
        assert [each.length for each in session.scalars(select(Interval).order_by(Interval.id))] == [6, 1]


def test_what_inspection_tells() -> None:
    """Hybrids are among the class's descriptors, by kind."""
    found = inspect(Interval).all_orm_descriptors
    assert found["length"].extension_type is HybridExtensionType.HYBRID_PROPERTY
    assert found["contains"].extension_type is HybridExtensionType.HYBRID_METHOD
    assert (str(Interval.length), Interval.length.key, Interval.length.__doc__) == (
        "Interval.length",
        "length",
        "How long it is.",
    )


def test_a_subclass_changes_one_side() -> None:
    """`overrides` gives the hybrid of the base class."""

    class Tagged:
        @hybrid_property
        def tag(self) -> str:
            return self.name + "!"

    class Thing(Tagged, Base):
        __tablename__ = "thing"
        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[str]

        @Tagged.tag.overrides.expression
        def tag(cls) -> Any:
            return func.tagged(cls.name)

    assert Thing(name="a").tag == "a!"
    assert str(select(Thing.tag)).split("\n")[0] == "SELECT tagged(thing.name) AS tagged_1 "


MISTAKES = {
    "no setter": (lambda: setattr(Interval(), "radius", 3), AttributeError, "Interval.radius: the hybrid has no setter"),
    "no deleter": (lambda: delattr(Interval(), "length"), AttributeError, "Interval.length: the hybrid has no deleter"),
    "UPDATE of an expression": (
        lambda: update(Interval).values({Interval.radius: 3}), exc.ArgumentError, "give the hybrid an update_expression",
    ),
    "no SQL": (lambda: Interval.plain == 5, exc.InvalidRequestError, "give the hybrid an expression"),
}  # fmt: skip


@pytest.mark.parametrize("case", MISTAKES)
def test_mistakes(case: str) -> None:
    """What to do stands in the message."""
    act, kind, words = MISTAKES[case]
    with pytest.raises(kind, match=words):
        act()
