"""Relationships: how the join is found, which way it goes, and what is known afterwards."""

from typing import Any, Optional

import pytest

from holdfast import Column, ForeignKey, ForeignKeyConstraint, Integer, Table, and_, exc, func
from holdfast.orm import DeclarativeBase, Mapped, backref, mapped_column, relationship
from holdfast.orm.mapping.join_request import MANYTOMANY, MANYTOONE, ONETOMANY
from tests.orm import family


def new_base() -> Any:
    class Base(DeclarativeBase):
        pass

    return Base


def pairs(found: Any) -> list[str]:
    return [f"{source} -> {key}" for source, key in found]


def described(attribute: Any) -> tuple[Any, ...]:
    """Direction, collection or not, condition, and pairs of columns."""
    attribute.parent.configure()
    prop = attribute.property
    return prop.direction, prop.uselist, str(prop.primaryjoin), pairs(prop.sync_pairs)


def test_one_to_many_and_back() -> None:
    assert described(family.Parent.children) == (
        ONETOMANY, True, "parent.id = child.parent_id", ["parent.id -> child.parent_id"],
    )  # fmt: skip
    assert described(family.Child.parent) == (
        MANYTOONE, False, "parent.id = child.parent_id", ["parent.id -> child.parent_id"],
    )  # fmt: skip
    assert family.Child.parent.property.load_by_key and not family.Parent.children.property.load_by_key
    assert family.Parent.children.property.reverse is family.Child.parent.property
    assert family.Child.parent.property.reverse is family.Parent.children.property


def test_local_and_remote_columns() -> None:
    parent, child = family.Parent.__table__, family.Child.__table__
    children, back = family.Parent.children.property, family.Child.parent.property
    assert (children.near_columns, children.remote_columns) == ((parent.c.id,), (child.c.parent_id,))
    assert (back.near_columns, back.remote_columns) == ((child.c.parent_id,), (parent.c.id,))
    assert back.remote_side == {parent.c.id}
    assert pairs(back.local_remote_pairs) == ["child.parent_id -> parent.id"]


def test_one_to_one_by_its_annotation() -> None:
    assert described(family.Parent.passport)[:2] == (ONETOMANY, False)


def test_many_to_many() -> None:
    friends = family.Parent.friends.property
    assert described(family.Parent.friends) == (
        MANYTOMANY, True, "parent.id = parent_friend.parent_id", ["parent.id -> parent_friend.parent_id"],
    )  # fmt: skip
    assert str(friends.secondaryjoin) == "friend.id = parent_friend.friend_id"
    assert pairs(friends.secondary_pairs) == ["friend.id -> parent_friend.friend_id"]
    assert friends.secondary is family.parent_friend


def test_a_table_that_refers_to_itself() -> None:
    assert described(family.Person.boss)[:2] == (MANYTOONE, False)
    assert described(family.Person.team)[:2] == (ONETOMANY, True)
    assert family.Person.boss.property.remote_columns == (family.Person.__table__.c.id,)
    assert family.Person.team.property.remote_columns == (family.Person.__table__.c.boss_id,)


def test_many_to_many_to_itself() -> None:
    Base = new_base()
    link = Table(
        "link", Base.metadata, Column("from_id", ForeignKey("node.id")), Column("to_id", ForeignKey("node.id"))
    )  # fmt: skip

    class Node(Base):
        __tablename__ = "node"
        id: Mapped[int] = mapped_column(primary_key=True)
        targets: Mapped[list["Node"]] = relationship(
            secondary=link,
            primaryjoin=lambda: Node.id == link.c.from_id,
            secondaryjoin="Node.id == link.c.to_id",
            back_populates="sources",
        )
        sources: Mapped[list["Node"]] = relationship(
            secondary="link",
            primaryjoin=id == link.c.to_id,
            secondaryjoin=id == link.c.from_id,
            back_populates="targets",
        )

    one, two = Node(), Node()
    one.targets.append(two)
    assert two.sources == [one]
    assert pairs(Node.targets.property.sync_pairs) == ["node.id -> link.from_id"]
    assert pairs(Node.targets.property.secondary_pairs) == ["node.id -> link.to_id"]


def test_two_ways_between_two_tables() -> None:
    Base = new_base()

    class Person(Base):
        __tablename__ = "person"
        id: Mapped[int] = mapped_column(primary_key=True)
        sent: Mapped[list["Letter"]] = relationship(foreign_keys="Letter.from_id", back_populates="sender")
        received: Mapped[list["Letter"]] = relationship(foreign_keys="[Letter.to_id]", back_populates="receiver")

    class Letter(Base):
        __tablename__ = "letter"
        id: Mapped[int] = mapped_column(primary_key=True)
        from_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
        to_id: Mapped[int] = mapped_column(ForeignKey(Person.id))
        sender: Mapped[Person] = relationship(foreign_keys=[from_id], back_populates="sent")
        receiver: Mapped[Person] = relationship(foreign_keys=lambda: Letter.to_id, back_populates="received")

    assert described(Person.sent)[2] == "person.id = letter.from_id"
    assert described(Letter.receiver)[2] == "person.id = letter.to_id"


def test_composite_keys() -> None:
    Base = new_base()

    class Place(Base):
        __tablename__ = "place"
        country: Mapped[str] = mapped_column(primary_key=True)
        code: Mapped[int] = mapped_column(primary_key=True)

    class House(Base):
        __tablename__ = "house"
        id: Mapped[int] = mapped_column(primary_key=True)
        country: Mapped[str]
        code: Mapped[int]
        place: Mapped[Place] = relationship(backref="houses")
        __table_args__ = (ForeignKeyConstraint(["country", "code"], ["place.country", "place.code"]),)

    assert described(House.place) == (
        MANYTOONE, False, "place.country = house.country AND place.code = house.code",
        ["place.country -> house.country", "place.code -> house.code"],
    )  # fmt: skip
    assert House.place.property.load_by_key


def test_a_condition_with_more_in_it_is_not_loaded_by_key() -> None:
    Base = new_base()

    class Parent(Base):
        __tablename__ = "parent"
        id: Mapped[int] = mapped_column(primary_key=True)
        active: Mapped[bool]
        boys: Mapped[list["Child"]] = relationship(
            primaryjoin="and_(Parent.id == Child.parent_id, Child.kind == 'boy')", viewonly=True
        )

    class Child(Base):
        __tablename__ = "child"
        id: Mapped[int] = mapped_column(primary_key=True)
        kind: Mapped[str]
        parent_id: Mapped[int] = mapped_column(ForeignKey("parent.id"))
        active_parent: Mapped[Optional[Parent]] = relationship(  # noqa: UP045
            primaryjoin=lambda: and_(Parent.id == Child.parent_id, Parent.active), viewonly=True
        )

    assert described(Parent.boys)[2] == "parent.id = child.parent_id AND child.kind = :kind_1"
    assert described(Child.active_parent)[0] is MANYTOONE
    assert not Child.active_parent.property.load_by_key


def test_a_column_that_is_no_foreign_key_in_the_schema() -> None:
    Base = new_base()

    class Parent(Base):
        __tablename__ = "parent"
        id: Mapped[int] = mapped_column(primary_key=True)
        children: Mapped[list["Child"]] = relationship(
            primaryjoin="Parent.id == Child.number", foreign_keys="Child.number"
        )

    class Child(Base):
        __tablename__ = "child"
        id: Mapped[int] = mapped_column(primary_key=True)
        number: Mapped[int]

    assert described(Parent.children) == (
        ONETOMANY, True, "parent.id = child.number", ["parent.id -> child.number"],
    )  # fmt: skip


def test_order_by() -> None:
    Base = new_base()

    class Parent(Base):
        __tablename__ = "parent"
        id: Mapped[int] = mapped_column(primary_key=True)
        a: Mapped[list["Child"]] = relationship(order_by="Child.name", overlaps="b,c")
        b: Mapped[list["Child"]] = relationship(order_by="desc(Child.name)", overlaps="a,c")
        c: Mapped[list["Child"]] = relationship(order_by=lambda: [func.lower(Child.name), Child.id.desc()])

    class Child(Base):
        __tablename__ = "child"
        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[str]
        parent_id: Mapped[int] = mapped_column(ForeignKey("parent.id"))

    Parent.__mapper__.configure()
    assert [[str(one) for one in getattr(Parent, name).property.order_by] for name in "abc"] == [
        ["child.name"],
        ["child.name DESC"],
        ["lower(child.name)", "child.id DESC"],
    ]


class TestBackref:
    """The other side made by one declaration."""

    def test_one_to_many(self) -> None:
        Base = new_base()

        class Parent(Base):
            __tablename__ = "parent"
            id: Mapped[int] = mapped_column(primary_key=True)
            children: Mapped[list["Child"]] = relationship(backref="parent", cascade="all, delete-orphan")

        class Child(Base):
            __tablename__ = "child"
            id: Mapped[int] = mapped_column(primary_key=True)
            parent_id: Mapped[int] = mapped_column(ForeignKey("parent.id"))

        parent = Parent()
        assert Child(parent=parent) in parent.children
        assert described(Child.parent)[:2] == (MANYTOONE, False)

    def test_one_to_one_with_options(self) -> None:
        Base = new_base()

        class Parent(Base):
            __tablename__ = "parent"
            id: Mapped[int] = mapped_column(primary_key=True)

        class Child(Base):
            __tablename__ = "child"
            id: Mapped[int] = mapped_column(primary_key=True)
            parent_id: Mapped[int] = mapped_column(ForeignKey("parent.id"))
            parent: Mapped[Parent] = relationship(backref=backref("child", uselist=False))

        Base.registry.configure()
        parent = Parent()
        child = Child(parent=parent)
        assert parent.child is child

    def test_a_table_that_refers_to_itself(self) -> None:
        Base = new_base()

        class Node(Base):
            __tablename__ = "node"
            id: Mapped[int] = mapped_column(primary_key=True)
            parent_id: Mapped[int | None] = mapped_column(ForeignKey("node.id"))
            children: Mapped[list["Node"]] = relationship(backref=backref("parent", remote_side=[id]))
            twin_id: Mapped[int | None]

        root = Node()
        assert Node(parent=root) in root.children

    def test_a_table_that_refers_to_itself_without_a_word_about_the_other_side(self) -> None:
        Base = new_base()

        class Node(Base):
            __tablename__ = "node"
            id: Mapped[int] = mapped_column(primary_key=True)
            parent_id: Mapped[int | None] = mapped_column(ForeignKey("node.id"))
            children: Mapped[list["Node"]] = relationship(backref="parent")

        root = Node()
        assert Node(parent=root) in root.children

    def test_many_to_many(self) -> None:
        Base = new_base()
        link = Table("link", Base.metadata, Column("a_id", ForeignKey("a.id")), Column("b_id", ForeignKey("b.id")))

        class A(Base):
            __tablename__ = "a"
            id: Mapped[int] = mapped_column(primary_key=True)
            bs: Mapped[list["B"]] = relationship(secondary=link, backref="as_")

        class B(Base):
            __tablename__ = "b"
            id: Mapped[int] = mapped_column(primary_key=True)

        a, b = A(), B()
        a.bs.append(b)
        assert b.as_ == [a]
        assert pairs(B.as_.property.sync_pairs) == ["b.id -> link.b_id"]
        assert pairs(B.as_.property.secondary_pairs) == ["a.id -> link.a_id"]


def test_viewonly_changes_nothing_on_the_other_side() -> None:
    Base = new_base()

    class Parent(Base):
        __tablename__ = "parent"
        id: Mapped[int] = mapped_column(primary_key=True)
        seen: Mapped[list["Child"]] = relationship(viewonly=True, back_populates="parent")

    class Child(Base):
        __tablename__ = "child"
        id: Mapped[int] = mapped_column(primary_key=True)
        parent_id: Mapped[int] = mapped_column(ForeignKey("parent.id"))
        parent: Mapped[Parent] = relationship(back_populates="seen")

    parent = Parent()
    assert Child(parent=parent) not in parent.seen
    cascade = relationship("Child", viewonly=True, cascade="all").cascade
    assert sorted(cascade) == ["expunge", "merge", "refresh-expire"]


def test_cascades() -> None:
    children, files = family.Parent.children.property, family.Folder.files.property
    assert (repr(children.cascade), repr(files.cascade)) == (
        "CascadeOptions('merge,save-update')",
        "CascadeOptions('delete,delete-orphan,expunge,merge,refresh-expire,save-update')",
    )
    assert files.cascade.delete_orphan and not children.cascade.delete
    assert family.Folder.__mapper__.delete_names == ("files",)
    assert family.Parent.__mapper__.save_update_names == ("children", "passport", "friends")


@pytest.mark.parametrize("lazy", ["joined", "selectin", "raise", "dynamic", True, False, None])
def test_documented_ways_of_loading_are_kept(lazy: Any) -> None:
    expected = {True: "select", False: "joined", None: "noload"}.get(lazy, lazy)
    assert relationship("Child", lazy=lazy).lazy == expected


def test_an_unknown_way_of_loading_is_refused_at_once() -> None:
    with pytest.raises(exc.ArgumentError, match=r"relationship\(lazy='eager'\) is not a way of loading; known are: 's"):
        relationship("Child", lazy="eager")


def test_many_to_one_is_never_a_collection() -> None:
    """As the oracle does: the annotation does not turn the foreign key around."""
    Base = new_base()

    class Parent(Base):
        __tablename__ = "parent"
        id: Mapped[int] = mapped_column(primary_key=True)

    class Child(Base):
        __tablename__ = "child"
        id: Mapped[int] = mapped_column(primary_key=True)
        parent_id = mapped_column(Integer, ForeignKey("parent.id"))
        parents: Mapped[list[Parent]] = relationship()

    assert described(Child.parents)[:2] == (MANYTOONE, False)


def test_two_classes_of_one_name_in_two_modules() -> None:
    Base = new_base()

    def child(module: str) -> Any:
        body = {"__tablename__": f"child_{module}", "__module__": f"shop.{module}"}
        key, parent_id = mapped_column(Integer, primary_key=True), mapped_column(ForeignKey("parent.id"))
        return type("Child", (Base,), {**body, "id": key, "parent_id": parent_id})

    first, _second = child("a"), child("b")

    class Parent(Base):
        __tablename__ = "parent"
        id: Mapped[int] = mapped_column(primary_key=True)
        children = relationship("shop.a.Child")

    Parent.__mapper__.configure()
    assert Parent.children.property.mapper is first.__mapper__

    class Other(Base):
        __tablename__ = "other"
        id: Mapped[int] = mapped_column(ForeignKey("child_a.id"), primary_key=True)
        child = relationship("Child")

    with pytest.raises(exc.InvalidRequestError, match='Multiple classes .* "Child" .* shop.a.Child, shop.b.Child'):
        Other()
    Base.registry.dispose()
