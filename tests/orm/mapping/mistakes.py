"""Wrong mappings, one function each; `o` holds the public names of a library. Run over Holdfast and over its oracle."""

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
