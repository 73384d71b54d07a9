"""Attributes that are more than a column, as far as they differ from the documented ones or are ours alone."""

from dataclasses import dataclass
from typing import Any

import pytest

from holdfast import Engine, String, event, exc, func, inspect, select, text, update
from holdfast.orm import (
    DeclarativeBase,
    Mapped,
    Session,
    column_property,
    composite,
    deferred,
    mapped_column,
    query_expression,
    reconstructor,
    synonym,
    validates,
)


@dataclass
class Size:
    """Width and height."""

    width: int
    height: int


class Base(DeclarativeBase):
    """Base of these classes."""


class Box(Base):
    """Has every kind of attribute."""

    __tablename__ = "box"

    id: Mapped[int] = mapped_column(primary_key=True)
    label: Mapped[str] = mapped_column(String(20))
    note: Mapped[str | None] = mapped_column(deferred=True, deferred_raiseload=True)
    size: Mapped[Size] = composite()
    loud = column_property(func.upper(label))
    quiet = deferred(func.lower(label))
    name = synonym("label")
    weight: Mapped[int | None] = query_expression()

    @validates("label")
    def _check(self, key: str, value: str) -> str:
        if not value:
            raise ValueError("a box needs a label")
        return value

    @reconstructor
    def _loaded(self) -> None:
        self.came_from = "the database"


@pytest.fixture
def session(engine: Engine) -> Any:
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add(Box(id=1, label="a", note=None, size=Size(2, 3)))
        session.commit()
        yield session


def test_the_statements() -> None:
    """Expressions come first, deferred columns only where the class is a subquery."""
    assert str(select(Box)) == "SELECT upper(box.label) AS upper_1, box.id, box.label, box.width, box.height \nFROM box"
    assert str(select(select(Box).subquery())) == (
        "SELECT anon_1.upper_1, anon_1.id, anon_1.label, anon_1.note, anon_1.width, anon_1.height \n"
        "FROM (SELECT upper(box.label) AS upper_1, box.id AS id, box.label AS label, box.note AS note, "
        "box.width AS width, box.height AS height \nFROM box) AS anon_1"
    )
    assert str(update(Box).values(size=Size(1, 1), name="x")) == (
        "UPDATE box SET label=:label, width=:width, height=:height"
    )


def test_a_composite_follows_its_columns(session: Session) -> None:
    """Setting one column shows in the composite at once; equal columns leave the object as it is."""
    box = session.get_one(Box, 1)
    size = box.size
    assert size == Size(2, 3) and box.size is size
    box.width = 5  # type: ignore[attr-defined]
    assert box.size == Size(5, 3)
    session.rollback()
    assert "size" not in vars(box) and box.size == Size(2, 3)


def test_refresh_of_what_is_made_of_columns(session: Session) -> None:
    """The columns of a composite are read again, and what a synonym stands for; listeners are told of both."""
    box = session.get_one(Box, 1)
    assert box.size == Size(2, 3)
    session.connection().execute(text("UPDATE box SET label = 'b', width = 4"))
    told = []
    event.listen(Box, "refresh", lambda instance, context, names: told.append(names))
    session.refresh(box, ["size"])
    assert (box.size, box.label) == (Size(4, 3), "a")
    session.refresh(box, ["name"])
    assert (box.name, told) == ("b", [{"size", "width", "height"}, {"name", "label"}])


def test_raiseload_says_what_to_do(session: Session) -> None:
    with pytest.raises(exc.InvalidRequestError) as caught:
        _ = session.get_one(Box, 1).note
    assert str(caught.value) == (
        "'Box.note' is not available due to raiseload=True. Load it with the object: "
        "select(...).options(undefer(Box.note))."
    )


def test_validators_guard_the_constructor() -> None:
    """The fast way of new objects is not taken past a validator."""
    with pytest.raises(ValueError, match="needs a label"):
        Box(id=3, label="")


def test_loaded_objects_are_reconstructed(session: Session) -> None:
    """The method is called where ``__init__`` is not; who listens later is heard too."""
    session.expunge_all()
    heard: list[Any] = []
    assert session.get_one(Box, 1).came_from == "the database"
    event.listen(Box, "load", lambda box, context: heard.append(box.id))
    session.expunge_all()
    session.get_one(Box, 1)
    assert heard == [1]


def test_what_the_mapper_tells() -> None:
    mapper = inspect(Box)
    assert mapper.synonyms.keys() == ["name"]
    assert mapper.composites.keys() == ["size"]
    assert mapper.column_attrs.keys() == ["loud", "quiet", "weight", "id", "label", "note", "width", "height"]
    assert str(mapper.attrs.size.columns) == "[Column('width', Integer(), table=<box>, nullable=False), " + (
        "Column('height', Integer(), table=<box>, nullable=False)]"
    )


def test_validators_of_nothing_are_told() -> None:
    """A misspelt name would otherwise never be noticed."""
    with pytest.warns(exc.SAWarning, match="which is not a mapped attribute"):

        class Wrong(Base):
            __tablename__ = "wrong"
            id: Mapped[int] = mapped_column(primary_key=True)

            @validates("nmae")
            def _check(self, key: str, value: Any) -> Any:
                return value
