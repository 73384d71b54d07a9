"""Wrong mappings, one function each; `o` holds the public names of a library. Run over Holdfast and over its oracle."""

import dataclasses
from collections.abc import Callable
from typing import Any, Optional

MISTAKES: dict[str, Callable[[Any], Any]] = {}


def mistake(function: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Enter a wrong mapping under the words of its name."""
    MISTAKES[function.__name__.replace("_", " ")] = function
    return function


def base(o: Any) -> Any:
    class Base(o.DeclarativeBase):  # type: ignore[misc,name-defined]
        pass

    return Base


def key(o: Any) -> Any:
    return o.mapped_column(o.Integer, primary_key=True)


@mistake
def no_primary_key(o: Any) -> None:
    class Note(base(o)):  # type: ignore[misc]
        __tablename__ = "note"
        text: o.Mapped[str]


@mistake
def no_table_name(o: Any) -> None:
    class Note(base(o)):  # type: ignore[misc]
        id: o.Mapped[int] = key(o)


@mistake
def mapping_the_base_itself(o: Any) -> None:
    class Note(o.DeclarativeBase):  # type: ignore[misc,name-defined]
        __tablename__ = "note"
        id: o.Mapped[int] = key(o)


@mistake
def no_foreign_key(o: Any) -> None:
    Base = base(o)

    class Parent(Base):
        __tablename__ = "parent"
        id: o.Mapped[int] = key(o)
        children: o.Mapped[list["Child"]] = o.relationship()

    class Child(Base):
        __tablename__ = "child"
        id: o.Mapped[int] = key(o)

    Parent.registry.configure()


@mistake
def no_foreign_key_to_the_secondary_table(o: Any) -> None:
    Base = base(o)
    link = o.Table("link", Base.metadata, o.Column("a", o.Integer), o.Column("b", o.Integer))

    class Parent(Base):
        __tablename__ = "parent"
        id: o.Mapped[int] = key(o)
        children: o.Mapped[list["Child"]] = o.relationship(secondary=link)

    class Child(Base):
        __tablename__ = "child"
        id: o.Mapped[int] = key(o)

    Parent.registry.configure()


@mistake
def two_foreign_keys(o: Any) -> None:
    Base = base(o)

    class Parent(Base):
        __tablename__ = "parent"
        id: o.Mapped[int] = key(o)
        children: o.Mapped[list["Child"]] = o.relationship()

    class Child(Base):
        __tablename__ = "child"
        id: o.Mapped[int] = key(o)
        mother_id: o.Mapped[int] = o.mapped_column(o.ForeignKey("parent.id"))
        father_id: o.Mapped[int] = o.mapped_column(o.ForeignKey("parent.id"))

    Parent.registry.configure()


@mistake
def a_foreign_key_to_no_table(o: Any) -> None:
    Base = base(o)

    class Parent(Base):
        __tablename__ = "parent"
        id: o.Mapped[int] = key(o)
        children: o.Mapped[list["Child"]] = o.relationship()

    class Child(Base):
        __tablename__ = "child"
        id: o.Mapped[int] = key(o)
        parent_id: o.Mapped[int] = o.mapped_column(o.ForeignKey("parents.id"))

    Parent.registry.configure()


@mistake
def an_unknown_class(o: Any) -> None:
    class Parent(base(o)):  # type: ignore[misc]
        __tablename__ = "parent"
        id: o.Mapped[int] = key(o)
        children: o.Mapped[list["Chidl"]] = o.relationship()  # noqa: F821

    Parent()


@mistake
def an_unmapped_class(o: Any) -> None:
    class Plain:
        pass

    class Parent(base(o)):  # type: ignore[misc]
        __tablename__ = "parent"
        id: o.Mapped[int] = key(o)
        plain = o.relationship(Plain)

    Parent.registry.configure()


@mistake
def a_relationship_to_nothing(o: Any) -> None:
    class Parent(base(o)):  # type: ignore[misc]
        __tablename__ = "parent"
        id: o.Mapped[int] = key(o)
        children = o.relationship()


@mistake
def a_column_without_type(o: Any) -> None:
    class Parent(base(o)):  # type: ignore[misc]
        __tablename__ = "parent"
        id = o.mapped_column(primary_key=True)


@mistake
def a_python_type_that_means_nothing(o: Any) -> None:
    class Colour:
        pass

    class Parent(base(o)):  # type: ignore[misc]
        __tablename__ = "parent"
        id: o.Mapped[int] = key(o)
        colour: o.Mapped[Colour]


@mistake
def a_union(o: Any) -> None:
    class Parent(base(o)):  # type: ignore[misc]
        __tablename__ = "parent"
        id: o.Mapped[int] = key(o)
        number: o.Mapped[int | str]


@mistake
def an_annotation_without_Mapped(o: Any) -> None:
    class Parent(base(o)):  # type: ignore[misc]
        __tablename__ = "parent"
        id: o.Mapped[int] = key(o)
        name: str = o.mapped_column()


@mistake
def an_annotation_without_Mapped_and_without_value(o: Any) -> None:
    class Parent(base(o)):  # type: ignore[misc]
        __tablename__ = "parent"
        id: o.Mapped[int] = key(o)
        name: Optional[str]  # noqa: UP045


@mistake
def an_annotation_that_is_no_Python(o: Any) -> None:
    class Parent(base(o)):  # type: ignore[misc]
        __tablename__ = "parent"
        id: o.Mapped[int] = key(o)
        name: "Mapped[str"  # type: ignore[syntax] # noqa: F722


@mistake
def an_annotation_of_an_unknown_name(o: Any) -> None:
    class Parent(base(o)):  # type: ignore[misc]
        __tablename__ = "parent"
        id: o.Mapped[int] = key(o)
        name: o.Mapped["Txet"]  # noqa: F821


@mistake
def back_populates_names_nothing(o: Any) -> None:
    Base = base(o)

    class Parent(Base):
        __tablename__ = "parent"
        id: o.Mapped[int] = key(o)
        children: o.Mapped[list["Child"]] = o.relationship(back_populates="parnet")

    class Child(Base):
        __tablename__ = "child"
        id: o.Mapped[int] = key(o)
        parent_id: o.Mapped[int] = o.mapped_column(o.ForeignKey("parent.id"))

    Parent.registry.configure()


@mistake
def back_populates_names_a_column(o: Any) -> None:
    Base = base(o)

    class Parent(Base):
        __tablename__ = "parent"
        id: o.Mapped[int] = key(o)
        children: o.Mapped[list["Child"]] = o.relationship(back_populates="parent_id")

    class Child(Base):
        __tablename__ = "child"
        id: o.Mapped[int] = key(o)
        parent_id: o.Mapped[int] = o.mapped_column(o.ForeignKey("parent.id"))

    Parent.registry.configure()


@mistake
def back_populates_names_a_relationship_to_another_class(o: Any) -> None:
    Base = base(o)

    class Parent(Base):
        __tablename__ = "parent"
        id: o.Mapped[int] = key(o)
        children: o.Mapped[list["Child"]] = o.relationship(back_populates="school")

    class School(Base):
        __tablename__ = "school"
        id: o.Mapped[int] = key(o)

    class Child(Base):
        __tablename__ = "child"
        id: o.Mapped[int] = key(o)
        parent_id: o.Mapped[int] = o.mapped_column(o.ForeignKey("parent.id"))
        school_id: o.Mapped[int] = o.mapped_column(o.ForeignKey("school.id"))
        school: o.Mapped["School"] = o.relationship()

    Parent.registry.configure()


@mistake
def both_sides_without_remote_side(o: Any) -> None:
    class Person(base(o)):  # type: ignore[misc]
        __tablename__ = "person"
        id: o.Mapped[int] = key(o)
        boss_id: o.Mapped[int] = o.mapped_column(o.ForeignKey("person.id"))
        boss: o.Mapped["Person"] = o.relationship(back_populates="team")
        team: o.Mapped[list["Person"]] = o.relationship(back_populates="boss")

    Person.registry.configure()


@mistake
def a_backref_over_an_attribute(o: Any) -> None:
    Base = base(o)

    class Parent(Base):
        __tablename__ = "parent"
        id: o.Mapped[int] = key(o)
        children: o.Mapped[list["Child"]] = o.relationship(backref="name")

    class Child(Base):
        __tablename__ = "child"
        id: o.Mapped[int] = key(o)
        name: o.Mapped[str]
        parent_id: o.Mapped[int] = o.mapped_column(o.ForeignKey("parent.id"))

    Parent.registry.configure()


@mistake
def backref_and_back_populates(o: Any) -> None:
    o.relationship("Child", backref="parent", back_populates="parent")


@mistake
def an_unknown_cascade(o: Any) -> None:
    o.relationship("Child", cascade="all, orphans")


@mistake
def delete_orphan_on_the_many_side(o: Any) -> None:
    class Person(base(o)):  # type: ignore[misc]
        __tablename__ = "person"
        id: o.Mapped[int] = key(o)
        boss_id: o.Mapped[int] = o.mapped_column(o.ForeignKey("person.id"))
        boss: o.Mapped["Person"] = o.relationship(remote_side="Person.id", cascade="all, delete-orphan")

    Person.registry.configure()


@mistake
def a_primaryjoin_without_foreign_key(o: Any) -> None:
    Base = base(o)

    class Parent(Base):
        __tablename__ = "parent"
        id: o.Mapped[int] = key(o)
        children: o.Mapped[list["Child"]] = o.relationship(primaryjoin="Parent.id == Child.number")

    class Child(Base):
        __tablename__ = "child"
        id: o.Mapped[int] = key(o)
        number: o.Mapped[int]

    Parent.registry.configure()


@mistake
def foreign_keys_that_are_none(o: Any) -> None:
    Base = base(o)

    class Parent(Base):
        __tablename__ = "parent"
        id: o.Mapped[int] = key(o)
        children: o.Mapped[list["Child"]] = o.relationship(foreign_keys="Child.number")

    class Child(Base):
        __tablename__ = "child"
        id: o.Mapped[int] = key(o)
        number: o.Mapped[int]
        parent_id: o.Mapped[int] = o.mapped_column(o.ForeignKey("parent.id"))

    Parent.registry.configure()


@mistake
def a_column_beside_the_given_table(o: Any) -> None:
    Base = base(o)

    class Parent(Base):
        __table__ = o.Table("parent", Base.metadata, o.Column("id", o.Integer, primary_key=True))
        name: o.Mapped[str] = o.mapped_column()


@mistake
def table_arguments_that_are_neither_tuple_nor_dict(o: Any) -> None:
    class Parent(base(o)):  # type: ignore[misc]
        __tablename__ = "parent"
        __table_args__ = "sqlite"
        id: o.Mapped[int] = key(o)


@mistake
def the_same_table_twice(o: Any) -> None:
    Base = base(o)

    class Parent(Base):
        __tablename__ = "parent"
        id: o.Mapped[int] = key(o)

    class Mother(Base):
        __tablename__ = "parent"
        id: o.Mapped[int] = key(o)


@mistake
def two_columns_of_one_name(o: Any) -> None:
    class Parent(base(o)):  # type: ignore[misc]
        __tablename__ = "parent"
        id: o.Mapped[int] = key(o)
        first: o.Mapped[str] = o.mapped_column("name")
        last: o.Mapped[str] = o.mapped_column("name")


@mistake
def a_relationship_in_a_mixin(o: Any) -> None:
    Base = base(o)

    class Owned:
        owner_id: o.Mapped[int] = o.mapped_column(o.ForeignKey("owner.id"))
        owner: o.Mapped["Owner"] = o.relationship("Owner")

    class Owner(Base):
        __tablename__ = "owner"
        id: o.Mapped[int] = key(o)

    class Thing(Owned, Base):
        __tablename__ = "thing"
        id: o.Mapped[int] = key(o)


@mistake
def an_unknown_keyword_of_a_column(o: Any) -> None:
    o.mapped_column(nulable=True)


@mistake
def a_dataclass_field_without_default_after_one_with(o: Any) -> None:
    class Base(o.MappedAsDataclass, o.DeclarativeBase):  # type: ignore[misc,name-defined]
        pass

    class Parent(Base):
        __tablename__ = "parent"
        id: o.Mapped[int] = o.mapped_column(primary_key=True, default=None)
        name: o.Mapped[str]


@mistake
def dataclass_options_on_a_class_that_is_none(o: Any) -> None:
    class Parent(base(o)):  # type: ignore[misc]
        __tablename__ = "parent"
        id: o.Mapped[int] = o.mapped_column(primary_key=True, init=False)


@mistake
def an_unknown_keyword_of_the_constructor(o: Any) -> None:
    class Parent(base(o)):  # type: ignore[misc]
        __tablename__ = "parent"
        id: o.Mapped[int] = key(o)
        name: o.Mapped[str]

    Parent(nmae="Ada")


@mistake
def secondary_names_no_table(o: Any) -> None:
    Base = base(o)

    class Parent(Base):
        __tablename__ = "parent"
        id: o.Mapped[int] = key(o)
        friends: o.Mapped[list["Parent"]] = o.relationship(secondary="friendships")

    Parent.registry.configure()


def _parent_and_child(o: Any, *, of_child: dict[str, Any] | None = None, **of_parent: Any) -> Any:
    """Map a parent with these attributes, and children that refer to it; configure."""
    base_ = base(o)
    columns = {"__tablename__": "parent", "id": o.Column(o.Integer, primary_key=True), "name": o.Column(o.String)}
    parent: Any = type("Parent", (base_,), {**columns, **of_parent})
    key = {"__tablename__": "child", "id": o.Column(o.Integer, primary_key=True)}
    key["parent_id"] = o.Column(o.ForeignKey("parent.id"))
    type("Child", (base_,), {**key, **(of_child or {})})
    parent.registry.configure()
    return parent


@mistake
def order_by_names_no_attribute(o: Any) -> None:
    _parent_and_child(o, children=o.relationship("Child", order_by="Child.nmae"))


@mistake
def foreign_keys_name_no_attribute(o: Any) -> None:
    _parent_and_child(o, children=o.relationship("Child", foreign_keys="Child.parnet_id"))


@mistake
def a_primaryjoin_that_is_no_Python(o: Any) -> None:
    _parent_and_child(o, children=o.relationship("Child", primaryjoin="Parent.id =="))


@mistake
def a_wrong_remote_side(o: Any) -> None:
    _parent_and_child(o, children=o.relationship("Child", remote_side="Child.id"))


@mistake
def a_mapped_class_as_secondary(o: Any) -> None:
    class Between(base(o)):  # type: ignore[misc]
        __tablename__ = "between"
        id: o.Mapped[int] = key(o)

    _parent_and_child(o, children=o.relationship("Child", secondary=lambda: Between))


@mistake
def passive_deletes_beside_delete(o: Any) -> None:
    _parent_and_child(o, children=o.relationship("Child", cascade="all", passive_deletes="all"))


@mistake
def a_secondary_join_to_no_table(o: Any) -> None:
    _parent_and_child(o, children=o.relationship("Child", secondaryjoin="Parent.id == Child.parent_id"))


@mistake
def a_backref_without_a_name(o: Any) -> None:
    _parent_and_child(o, children=o.relationship("Child", backref=5))


@mistake
def a_dynamic_reference(o: Any) -> None:
    _parent_and_child(o, of_child={"parent": o.relationship("Parent", lazy="dynamic")})


@mistake
def orphans_of_many_parents(o: Any) -> None:
    Base = base(o)
    link = o.Table("link", Base.metadata, o.Column("a", o.ForeignKey("a.id")), o.Column("b", o.ForeignKey("b.id")))
    type("Right", (Base,), {"__tablename__": "b", "id": o.Column(o.Integer, primary_key=True)})
    rights = o.relationship("Right", secondary=link, cascade="all, delete-orphan")
    type("Left", (Base,), {"__tablename__": "a", "id": o.Column(o.Integer, primary_key=True), "rights": rights})
    Base.registry.configure()


@mistake
def a_composite_of_too_few_columns(o: Any) -> None:
    @dataclasses.dataclass
    class Point:
        x: int
        y: int

    _parent_and_child(o, at=o.composite(Point, o.mapped_column("x", o.Integer)))
    o.configure_mappers()


@mistake
def a_function_in_the_place_of_its_call(o: Any) -> None:
    _parent_and_child(o, __annotations__={"size": o.Mapped[int]}, size=o.mapped_column)


@mistake
def a_type_in_the_place_of_a_column(o: Any) -> None:
    _parent_and_child(o, __annotations__={"title": o.Mapped[str]}, title=o.String(5))


@mistake
def validates_without_names(o: Any) -> None:
    def check(self: Any, key: str, value: Any) -> Any:
        return value

    _parent_and_child(o, check=o.validates(check))


@mistake
def a_key_that_names_a_class(o: Any) -> None:
    parent = _parent_and_child(o)
    type("Pet", (parent.__mro__[1],), {
        "__tablename__": "pet", "id": o.mapped_column(o.Integer, primary_key=True),
        "parent_id": o.mapped_column(o.ForeignKey("Parent.id")), "parent": o.relationship(parent),
    })  # fmt: skip
    o.configure_mappers()


@mistake
def a_composite_without_class(o: Any) -> None:
    _parent_and_child(o, at=o.composite(o.mapped_column("x", o.Integer)))


@mistake
def a_primary_key_of_no_column(o: Any) -> None:
    _parent_and_child(o, __mapper_args__={"primary_key": ["nmae"]})


@mistake
def a_column_of_another_table(o: Any) -> None:
    mapping = o.registry()
    other = o.Table("other", mapping.metadata, o.Column("id", o.Integer, primary_key=True))
    table = o.Table("thing", mapping.metadata, o.Column("id", o.Integer, primary_key=True))
    mapping.map_imperatively(type("Thing", (), {}), table, properties={"x": other.c.id})


@mistake
def two_validators_of_one_attribute(o: Any) -> None:
    _parent_and_child(
        o, one=o.validates("name")(lambda *given: given[-1]), two=o.validates("name")(lambda *given: given[-1])
    )


@mistake
def one_column_declared_by_two_subclasses(o: Any) -> None:
    parent = _parent_and_child(o)
    type("One", (parent,), {"size": o.Column(o.Integer)})
    type("Two", (parent,), {"size": o.Column(o.Integer)})


@mistake
def a_key_in_a_class_without_table(o: Any) -> None:
    type("One", (_parent_and_child(o),), {"number": o.Column(o.Integer, primary_key=True)})


@mistake
def a_relationship_to_a_base(o: Any) -> None:
    abstract = type("Abstract", (base(o),), {"__abstract__": True})
    _parent_and_child(o, children=o.relationship(abstract))


@mistake
def quotes_without_a_name(o: Any) -> None:
    o.mapped_column(quote=True)


@mistake
def a_mapped_attribute_that_is_taken_away(o: Any) -> None:
    del _parent_and_child(o).name


@mistake
def an_index_of_no_column(o: Any) -> None:
    _parent_and_child(o, __table_args__=(o.Index("ix", "nmae"),))


@mistake
def a_subclass_without_foreign_key(o: Any) -> None:
    type("One", (_parent_and_child(o),), {"__tablename__": "one", "number": o.Column(o.Integer, primary_key=True)})


@mistake
def a_reserved_name(o: Any) -> None:
    _parent_and_child(o, metadata=o.Column(o.String))


@mistake
def a_reserved_name_in_an_annotation(o: Any) -> None:
    class Note(base(o)):  # type: ignore[misc]
        __tablename__ = "note"
        id: o.Mapped[int] = key(o)
        metadata: o.Mapped[str]


@mistake
def a_reserved_name_in_a_mixin(o: Any) -> None:
    class Described:
        registry: o.Mapped[str]

    class Note(Described, base(o)):  # type: ignore[misc]
        __tablename__ = "note"
        id: o.Mapped[int] = key(o)


@mistake
def a_python_type_of_a_column(o: Any) -> None:
    class Note(base(o)):  # type: ignore[misc]
        __tablename__ = "note"
        id = key(o)
        size = o.mapped_column(int)


@mistake
def a_python_type_beside_an_annotation(o: Any) -> None:
    class Note(base(o)):  # type: ignore[misc]
        __tablename__ = "note"
        id: o.Mapped[int] = key(o)
        size: o.Mapped[str] = o.mapped_column("s", str)


@mistake
def a_truth_value_of_python_as_server_default(o: Any) -> None:
    class Note(base(o)):  # type: ignore[misc]
        __tablename__ = "note"
        id: o.Mapped[int] = key(o)
        is_read: o.Mapped[bool] = o.mapped_column(server_default=True)


@mistake
def a_function_of_python_as_server_default(o: Any) -> None:
    class Note(base(o)):  # type: ignore[misc]
        __tablename__ = "note"
        id: o.Mapped[int] = key(o)
        size: o.Mapped[int] = o.mapped_column(server_default=lambda: 5)


@mistake
def columns_of_one_name_in_a_join(o: Any) -> None:
    root = base(o)
    left = o.Table("one", root.metadata, o.Column("id", o.Integer, primary_key=True))
    right = o.Table("other", root.metadata, o.Column("id", o.Integer, o.ForeignKey("one.id"), primary_key=True))
    type("Both", (root,), {"__table__": left.join(right)})
