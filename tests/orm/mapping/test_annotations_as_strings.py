"""The same with every annotation a string: what `from __future__ import annotations` makes of a module."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Optional

import pytest

from holdfast import ForeignKey, exc, orm
from holdfast.orm import DeclarativeBase, Mapped, mapped_column, relationship
from holdfast.orm.mapping.annotations import read_annotation

if TYPE_CHECKING:
    from tests.orm.elsewhere import Absent


class Base(DeclarativeBase):
    """Base of these classes."""


class Parent(Base):
    """Refers to a class below, and has an attribute named as its type."""

    __tablename__ = "strings_parent"

    limit: ClassVar[int] = 3
    id: orm.Mapped[int] = mapped_column(primary_key=True)
    dt: Mapped[dt.date | None] = mapped_column()
    children: Mapped[list[Child]] = relationship(back_populates="parent")
    named: Mapped[Optional[Child]] = relationship(viewonly=True)  # noqa: UP045


class Child(Base):
    """Refers to a class above."""

    __tablename__ = "strings_child"

    id: Mapped[int] = mapped_column(primary_key=True)
    parent_id: Mapped[int] = mapped_column(ForeignKey("strings_parent.id"))
    parent: Mapped["Parent"] = relationship(back_populates="children")  # noqa: UP037


def test_names_below_and_above_are_found() -> None:
    parent = Parent(children=[Child()])
    assert parent.children[0].parent is parent
    assert Parent.__table__.c.dt.nullable and repr(Parent.dt.type) == "Date()"
    assert not Parent.named.property.uselist


def test_classes_of_a_function_are_found_by_their_names() -> None:
    class Left(Base):
        __tablename__ = "strings_left"
        id: Mapped[int] = mapped_column(primary_key=True)
        rights: Mapped[Sequence[Right]] = relationship(back_populates="left")

    class Right(Base):
        __tablename__ = "strings_right"
        id: Mapped[int] = mapped_column(primary_key=True)
        left_id: Mapped[int] = mapped_column(ForeignKey("strings_left.id"))
        left: Mapped[Left] = relationship(back_populates="rights")

    left = Left()
    assert Right(left=left).left.rights == left.rights != []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Mapped[list[Absent]]", (list, "Absent")),
        ("Mapped[set['Absent']]", (set, "Absent")),
        ("Mapped[dict[str, Absent]]", (dict, "Absent")),
        ("Mapped[Absent | None]", (None, "Absent")),
        ("Mapped['Absent | None']", (None, "Absent")),
        ("Mapped[Optional[Absent]]", (None, "Absent")),
        ("Mapped[models.Absent]", (None, "models.Absent")),
        ("orm.Mapped[Child]", (None, Child)),
        ("Mapped[Sequence[Child]]", (list, Child)),
    ],
)
def test_what_a_relationship_reads(text: str, expected: Any) -> None:
    annotation = read_annotation(Parent, "x", text)
    assert annotation.is_mapped and annotation.relation() == expected


def test_a_column_of_an_unknown_type_is_told() -> None:
    with pytest.raises(exc.MappedAnnotationError, match="Wrong.x uses Absent, which its module does not know"):

        class Wrong(Base):
            __tablename__ = "strings_wrong"
            id: Mapped[int] = mapped_column(primary_key=True)
            x: Mapped[Absent]


# A program writes it so where the class comes later, and an annotation would not find the name.
Itself = "Itself"


@pytest.mark.parametrize("text", ["Mapped[Itself]", "Mapped['Itself']"])
def test_a_name_that_is_its_own_text(text: str) -> None:
    """It means what the string says, and is not evaluated for ever."""
    assert read_annotation(Parent, "x", text).relation() == (None, "Itself")
