"""Declarations as users write them: mixins, dataclasses, Annotated, every kind of relationship, both type checkers strict."""

from datetime import datetime
from typing import Annotated, assert_type

from holdfast import Column, ForeignKey, Integer, String, Table, func
from holdfast.orm import (
    DeclarativeBase,
    InstrumentedAttribute,
    Mapped,
    MappedAsDataclass,
    backref,
    declared_attr,
    mapped_column,
    relationship,
)

Key = Annotated[int, mapped_column(primary_key=True)]
ShortText = Annotated[str, mapped_column(String(40))]


class Base(DeclarativeBase):
    """All classes but the dataclasses."""

    type_annotation_map = {str: String(80)}


class Stamped:
    """A mixin with a column, and with functions that make one and a name."""

    stamped: Mapped[datetime] = mapped_column(insert_default=func.now())

    @declared_attr.directive
    @classmethod
    def __tablename__(cls) -> str:
        return cls.__name__.lower()

    @declared_attr
    def note(cls) -> Mapped[str | None]:
        return mapped_column(String(200))


member_club = Table(
    "member_club",
    Base.metadata,
    Column("member_id", ForeignKey("member.id"), primary_key=True),
    Column("club_id", Integer, ForeignKey("club.id"), primary_key=True),
)


class Member(Stamped, Base):
    """Refers to its like, and to many clubs."""

    id: Mapped[Key]
    name: Mapped[ShortText]
    friend_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    friend: Mapped["Member | None"] = relationship(remote_side="Member.id", backref=backref("friends"))
    clubs: Mapped[set["Club"]] = relationship(secondary=member_club, back_populates="members")


class Club(Base):
    """Has many members."""

    __tablename__ = "club"

    id: Mapped[Key]
    members: Mapped[list[Member]] = relationship(
        secondary=lambda: member_club, back_populates="clubs", order_by=lambda: Member.name.desc()
    )


class DataBase(MappedAsDataclass, DeclarativeBase):
    """Base of the dataclasses."""


class Point(DataBase):
    """Its constructor is known to the type checker."""

    __tablename__ = "point"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    x: Mapped[int]
    y: Mapped[int] = mapped_column(default=0)
    label: Mapped[str | None] = mapped_column(default=None, kw_only=True)


def use() -> tuple[str, str]:
    """Use all of it without a database."""
    member = Member(name="Ada", clubs={Club()})
    assert_type(member.name, str)
    assert_type(member.note, str | None)
    assert_type(member.stamped, datetime)
    assert_type(member.friend, Member | None)
    assert_type(member.clubs, set[Club])
    assert_type(Member.note, InstrumentedAttribute[str | None])
    assert_type(Club.members, InstrumentedAttribute[list[Member]])
    member.friend = Member(name="Eve!")
    [club] = member.clubs
    point = Point(1, label="a")
    assert_type(point.y, int)
    return club.members[0].friend.name if club.members[0].friend else "", repr(point)
