"""The mapped classes of the machine: every kind of relationship, single and joined inheritance."""

from __future__ import annotations

from typing import Any

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
    """It owns its children and ratings: who is taken from it is deleted. Badges, tags and staff are lent to it."""

    __tablename__ = "parent"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    amount: Mapped[int]
    boss_id: Mapped[int | None] = mapped_column(hf.ForeignKey("parent.id"))
    boss: Mapped[Parent | None] = relationship(back_populates="staff", remote_side=[id])
    staff: Mapped[list[Parent]] = relationship(back_populates="boss")
    children: Mapped[list[Child]] = relationship(back_populates="parent", cascade="all, delete-orphan")
    badge: Mapped[Badge | None] = relationship(back_populates="owner")
    tags: Mapped[set[Tag]] = relationship(secondary=parent_tag, back_populates="parents")
    ratings: Mapped[list[Rating]] = relationship(back_populates="parent", cascade="all, delete-orphan")


class Child(Base):
    """It has a parent as long as it has a row."""

    __tablename__ = "child"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    name: Mapped[str]
    amount: Mapped[int]
    parent_id: Mapped[int] = mapped_column(hf.ForeignKey("parent.id"))
    parent: Mapped[Parent] = relationship(back_populates="children")
    __mapper_args__: Any = {"polymorphic_on": "kind", "polymorphic_identity": "child"}


class Infant(Child):
    """A child in the same table, with a column of its own."""

    extra: Mapped[int | None]
    __mapper_args__: Any = {"polymorphic_identity": "infant"}


class Tag(Base):
    """It is shared by parents; its row stays when they go."""

    __tablename__ = "tag"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    name: Mapped[str]
    amount: Mapped[int]
    parents: Mapped[set[Parent]] = relationship(secondary=parent_tag, back_populates="tags")
    ratings: Mapped[list[Rating]] = relationship(back_populates="tag", cascade="all, delete-orphan")
    __mapper_args__: Any = {"polymorphic_on": "kind", "polymorphic_identity": "tag"}


class Label(Tag):
    """A tag with a row in a second table."""

    __tablename__ = "label"

    id: Mapped[int] = mapped_column(hf.ForeignKey("tag.id"), primary_key=True)
    extra: Mapped[int | None]
    __mapper_args__: Any = {"polymorphic_identity": "label"}


class Badge(Base):
    """One parent has it, or nobody."""

    __tablename__ = "badge"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    amount: Mapped[int]
    owner_id: Mapped[int | None] = mapped_column(hf.ForeignKey("parent.id"))
    owner: Mapped[Parent | None] = relationship(back_populates="badge")


class Rating(Base):
    """An association object: what a parent thinks of a tag. Its key is made of theirs."""

    __tablename__ = "rating"

    parent_id: Mapped[int] = mapped_column(hf.ForeignKey("parent.id"), primary_key=True)
    tag_id: Mapped[int] = mapped_column(hf.ForeignKey("tag.id"), primary_key=True)
    name: Mapped[str]
    amount: Mapped[int]
    parent: Mapped[Parent] = relationship(back_populates="ratings")
    tag: Mapped[Tag] = relationship(back_populates="ratings")


CLASSES: dict[str, Any] = {
    "parent": Parent, "child": Child, "infant": Infant, "tag": Tag, "label": Label, "badge": Badge, "rating": Rating,
}  # fmt: skip

BARE = {
    "parent": "SELECT id, 'parent', name, amount, NULL, boss_id FROM parent",
    "child": "SELECT id, kind, name, amount, extra, parent_id FROM child",
    "tag": "SELECT tag.id, kind, name, amount, label.extra FROM tag LEFT JOIN label ON label.id = tag.id",
    "badge": "SELECT id, 'badge', name, amount, NULL, owner_id FROM badge",
    "rating": "SELECT 0, 'rating', name, amount, NULL, parent_id, tag_id FROM rating",
}
"""How the bare driver reads the rows: key, kind, columns, then the references in the order of `plain_model.REFERENCES`."""
