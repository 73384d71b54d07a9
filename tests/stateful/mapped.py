"""The mapped classes of the machine: a parent with owned children and shared tags; a child may move, a tag may be shared."""

from __future__ import annotations

import holdfast as hf
from holdfast.orm import DeclarativeBase, Mapped, mapped_column, relationship


class Base(DeclarativeBase):
    """Base of the machine's classes."""


parent_tag = hf.Table(
    "parent_tag",
    Base.metadata,
    hf.Column("parent_id", hf.ForeignKey("parent.id"), primary_key=True),
    hf.Column("tag_id", hf.ForeignKey("tag.id"), primary_key=True),
)


class Parent(Base):
    """It owns its children: who is taken from it is deleted."""

    __tablename__ = "parent"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    amount: Mapped[int]
    children: Mapped[list[Child]] = relationship(back_populates="parent", cascade="all, delete-orphan")
    tags: Mapped[set[Tag]] = relationship(secondary=parent_tag, back_populates="parents")


class Child(Base):
    """It has a parent as long as it has a row."""

    __tablename__ = "child"

    id: Mapped[int] = mapped_column(primary_key=True)
    parent_id: Mapped[int] = mapped_column(hf.ForeignKey("parent.id"))
    name: Mapped[str]
    amount: Mapped[int]
    parent: Mapped[Parent] = relationship(back_populates="children")


class Tag(Base):
    """It is shared by parents; its row stays when they go."""

    __tablename__ = "tag"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    amount: Mapped[int]
    parents: Mapped[set[Parent]] = relationship(secondary=parent_tag, back_populates="tags")


CLASSES = (Parent, Child, Tag)
