"""The classes that the flush's tests map."""

from __future__ import annotations

from typing import Any

from holdfast import Column, ForeignKey, Integer, MetaData, String, Table, text
from holdfast.orm import DeclarativeBase, Mapped, mapped_column, relationship


class Base(DeclarativeBase):
    """Base of the test's classes."""

    metadata = MetaData()


class Parent(Base):
    """Has children that stay when it goes."""

    __tablename__ = "p"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str | None]
    other: Mapped[str | None]
    cs: Mapped[list[Child]] = relationship(back_populates="p")


class Child(Base):
    """May have a parent."""

    __tablename__ = "c"

    id: Mapped[int] = mapped_column(primary_key=True)
    p_id: Mapped[int | None] = mapped_column(ForeignKey("p.id"))
    name: Mapped[str | None]
    p: Mapped[Parent | None] = relationship(back_populates="cs")


class Owner(Base):
    """Has parts that go with it, or when it lets go of them."""

    __tablename__ = "o"

    id: Mapped[int] = mapped_column(primary_key=True)
    parts: Mapped[list[Part]] = relationship(back_populates="owner", cascade="all, delete-orphan")


class Part(Base):
    """Belongs to an owner."""

    __tablename__ = "part"

    id: Mapped[int] = mapped_column(primary_key=True)
    o_id: Mapped[int] = mapped_column(ForeignKey("o.id"))
    owner: Mapped[Owner] = relationship(back_populates="parts")
    screws: Mapped[list[Screw]] = relationship(cascade="all")


class Screw(Base):
    """Belongs to a part; the part is not known from here."""

    __tablename__ = "screw"

    id: Mapped[int] = mapped_column(primary_key=True)
    part_id: Mapped[int] = mapped_column(ForeignKey("part.id"))


class Node(Base):
    """A tree of one table."""

    __tablename__ = "n"

    id: Mapped[int] = mapped_column(primary_key=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("n.id"))
    name: Mapped[str | None]
    children: Mapped[list[Node]] = relationship(back_populates="parent")
    parent: Mapped[Node | None] = relationship(back_populates="children", remote_side=[id])


post_tag = Table(
    "pt",
    Base.metadata,
    Column("post_id", ForeignKey("post.id"), primary_key=True),
    Column("tag_id", ForeignKey("tag.id"), primary_key=True),
)


class Post(Base):
    """Has tags, and tags have posts."""

    __tablename__ = "post"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str | None]
    tags: Mapped[list[Tag]] = relationship(secondary=post_tag, back_populates="posts")


class Tag(Base):
    """Has posts."""

    __tablename__ = "tag"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str | None]
    posts: Mapped[list[Post]] = relationship(secondary=post_tag, back_populates="tags")


def next_price(context: Any) -> int:
    """A default that looks at the row."""
    return int(context.get_current_parameters()["given"]) * 10


class Defaults(Base):
    """Columns that somebody else fills."""

    __tablename__ = "d"

    id: Mapped[int] = mapped_column(primary_key=True)
    given: Mapped[int] = mapped_column(default=5)
    made: Mapped[int] = mapped_column(default=lambda: 7)
    from_row: Mapped[int] = mapped_column(default=next_price)
    server: Mapped[int] = mapped_column(server_default="9")
    in_sql: Mapped[int | None] = mapped_column(default=text("3+4"))
    at_update: Mapped[int | None] = mapped_column(onupdate=lambda: 8)
    sql_at_update: Mapped[int | None] = mapped_column(onupdate=text("1+1"))


class Pair(Base):
    """A composite key."""

    __tablename__ = "k"

    a: Mapped[int] = mapped_column(primary_key=True)
    b: Mapped[str] = mapped_column(primary_key=True)
    v: Mapped[int | None]


class Named(Base):
    """A key that the program gives."""

    __tablename__ = "named"

    code: Mapped[str] = mapped_column(String(5), primary_key=True)
    v: Mapped[int | None] = mapped_column(Integer)
    lines: Mapped[list[NamedLine]] = relationship(back_populates="named")


class NamedLine(Base):
    """Its key begins with that of what it belongs to."""

    __tablename__ = "named_line"

    code: Mapped[str] = mapped_column(ForeignKey("named.code", onupdate="CASCADE"), primary_key=True)
    n: Mapped[int] = mapped_column(primary_key=True)
    named: Mapped[Named] = relationship(back_populates="lines")
