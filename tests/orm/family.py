"""Mapped classes in every kind of relationship, for the tests beside."""

from holdfast.orm import DeclarativeBase, Mapped, mapped_column, relationship
from holdfast.schema import Column, ForeignKey, Table


class Base(DeclarativeBase):
    """Base of these classes."""


parent_friend = Table(
    "parent_friend",
    Base.metadata,
    Column("parent_id", ForeignKey("parent.id"), primary_key=True),
    Column("friend_id", ForeignKey("friend.id"), primary_key=True),
)


class Parent(Base):
    """Has many children, one passport, and friends who have other friends."""

    __tablename__ = "parent"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str | None]
    age: Mapped[int | None]

    children: Mapped[list["Child"]] = relationship(back_populates="parent")
    passport: Mapped["Passport | None"] = relationship(back_populates="parent")
    friends: Mapped[set["Friend"]] = relationship(secondary=parent_friend, back_populates="parents")


class Child(Base):
    """Has one parent, or none."""

    __tablename__ = "child"

    id: Mapped[int] = mapped_column(primary_key=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("parent.id"))
    name: Mapped[str | None]

    parent: Mapped["Parent | None"] = relationship(back_populates="children")


class Passport(Base):
    """Belongs to one parent."""

    __tablename__ = "passport"

    id: Mapped[int] = mapped_column(primary_key=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("parent.id"))

    parent: Mapped["Parent | None"] = relationship(back_populates="passport")


class Friend(Base):
    """Knows many parents."""

    __tablename__ = "friend"

    id: Mapped[int] = mapped_column(primary_key=True)

    parents: Mapped[list["Parent"]] = relationship(secondary=parent_friend, back_populates="friends")


class Person(Base):
    """Refers to other persons: a boss and a team."""

    __tablename__ = "person"

    id: Mapped[int] = mapped_column(primary_key=True)
    boss_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    boss: Mapped["Person | None"] = relationship(remote_side=[id], back_populates="team")
    team: Mapped[list["Person"]] = relationship(back_populates="boss")


class Folder(Base):
    """Owns its files: a file without a folder is an orphan."""

    __tablename__ = "folder"

    id: Mapped[int] = mapped_column(primary_key=True)

    files: Mapped[list["File"]] = relationship(
        back_populates="folder", cascade="all, delete-orphan", single_parent=True
    )


class File(Base):
    """Belongs to a folder."""

    __tablename__ = "file"

    id: Mapped[int] = mapped_column(primary_key=True)
    folder_id: Mapped[int] = mapped_column(ForeignKey("folder.id"))

    folder: Mapped["Folder"] = relationship(back_populates="files")
