"""The registry: configured once, also by many threads; mappers as the SQL layer and programs see them."""

import threading

import pytest

from holdfast import ForeignKey, event, exc, inspect, select
from holdfast.orm import DeclarativeBase, Mapped, Mapper, class_mapper, configure_mappers, mapped_column, relationship
from holdfast.orm import mapper as classical_mapper
from holdfast.orm.mapping.registry import registry
from tests.orm.family import Base, Child, Parent


def test_many_threads_configure_once() -> None:
    """The first use may be in any thread: all of them see finished classes."""

    class OwnBase(DeclarativeBase):
        pass

    class Left(OwnBase):
        __tablename__ = "left"
        id: Mapped[int] = mapped_column(primary_key=True)
        rights: Mapped[list["Right"]] = relationship(backref="left")

    class Right(OwnBase):
        __tablename__ = "right"
        id: Mapped[int] = mapped_column(primary_key=True)
        left_id: Mapped[int] = mapped_column(ForeignKey("left.id"))

    barrier = threading.Barrier(8)
    results: list[bool] = []

    def use(number: int) -> None:
        barrier.wait()
        left = Left() if number % 2 else None
        right = Right(left=left or Left())
        results.append(right in right.left.rights)

    threads = [threading.Thread(target=use, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [True] * 8


def test_what_a_mapper_knows() -> None:
    mapper = inspect(Parent)
    assert isinstance(mapper, Mapper) and mapper is class_mapper(Parent) is Parent.__mapper__
    assert (mapper.class_, mapper.local_table, mapper.primary_key) == (
        Parent, Parent.__table__, (Parent.__table__.c.id,),
    )  # fmt: skip
    assert mapper.attrs.keys() == ["children", "passport", "friends", "id", "name", "age"]
    assert mapper.columns.keys() == ["id", "name", "age"] == mapper.column_attrs.keys()
    assert mapper.relationships.keys() == ["children", "passport", "friends"]
    assert mapper.relationships.children.mapper is Child.__mapper__
    assert mapper.get_property_by_column(Parent.__table__.c.age).key == "age"
    assert mapper.get_property("name").columns == [Parent.__table__.c.name]
    assert (str(mapper), mapper.entity_name) == ("Mapper[Parent(parent)]", "Parent")
    assert mapper.primary_key_from_instance(Parent(id=3)) == (3,)
    assert mapper.identity_key_from_instance(Parent(id=3)) == (Parent, (3,), None)


def test_a_mapper_is_an_entity_of_statements() -> None:
    assert str(select(Parent.__mapper__)) == str(select(Parent))


def test_what_a_mapper_does_not_know() -> None:
    with pytest.raises(exc.InvalidRequestError, match="Mapper 'Mapper\\[Parent\\(parent\\)\\]' has no property 'nmae'"):
        Parent.__mapper__.get_property("nmae")
    with pytest.raises(exc.UnmappedColumnError, match="No column child.id is configured on mapper"):
        Parent.__mapper__.get_property_by_column(Child.__table__.c.id)
    with pytest.raises(exc.UnmappedClassError, match="Class 'builtins.int' is not mapped"):
        class_mapper(int)


def test_the_registry_knows_its_classes() -> None:
    configure_mappers()
    assert Parent.__mapper__ in Base.registry.mappers
    assert Base.registry.metadata is Base.metadata is Parent.metadata


def test_the_classical_mapper_works_and_names_the_modern_form() -> None:
    from holdfast import Column, Integer, MetaData, Table

    table = Table("classical", MetaData(), Column("id", Integer, primary_key=True), Column("name", Integer))

    class Thing:
        pass

    with pytest.warns(exc.SADeprecationWarning, match=r"use registry\(\).map_imperatively\(Class, table"):
        classical_mapper(Thing, table)
    thing = Thing()
    thing.name = "x"  # type: ignore[attr-defined]
    assert inspect(thing).attrs.name.value == "x"


def test_a_forgotten_class_is_a_plain_one() -> None:
    """It is no mapped class any more, and may be mapped again."""
    mapping = registry()

    @mapping.mapped
    class Thing:
        __tablename__ = "forgotten"
        id: Mapped[int] = mapped_column(primary_key=True)

    mapping.dispose()
    assert not hasattr(Thing, "id") and inspect(Thing, raiseerr=False) is None
    with pytest.raises(TypeError, match="'id' is an invalid keyword argument for Thing"):
        Thing(id=3)  # type: ignore[call-arg]
    mapping.map_imperatively(Thing, Thing.__table__)  # type: ignore[attr-defined]
    thing = Thing()
    thing.id = 3
    assert inspect(thing).attrs.id.value == 3


def test_a_relationship_is_known_when_its_property_is_asked_for() -> None:
    """Libraries ask so before anything else was done with the class; a function of the mapping may do so too."""
    mapping = registry()

    @mapping.mapped
    class Parent:
        __tablename__ = "known_parent"
        id: Mapped[int] = mapped_column(primary_key=True)
        children: Mapped[list["Child"]] = relationship("Child", order_by=lambda: Child.parent.property.parent.c.id)

    @mapping.mapped
    class Child:
        __tablename__ = "known_child"
        id: Mapped[int] = mapped_column(primary_key=True)
        parent_id: Mapped[int] = mapped_column(ForeignKey("known_parent.id"))
        parent: Mapped[Parent] = relationship(Parent, overlaps="children")

    assert Parent.children.property.mapper is inspect(Child)


def test_listeners_hear_of_configuration() -> None:
    """Once for each class, and once for all of them."""
    heard: list[str] = []
    mapping = registry()

    def before() -> None:
        heard.append("before")

    def after() -> None:
        heard.append("after")

    event.listen(Mapper, "before_configured", before)
    event.listen(Mapper, "after_configured", after)
    try:

        @mapping.mapped
        class Thing:
            __tablename__ = "heard"
            id: Mapped[int] = mapped_column(primary_key=True)

        event.listen(Thing, "mapper_configured", lambda mapper, class_: heard.append(class_.__name__))
        mapping.configure()
    finally:
        event.remove(Mapper, "before_configured", before)
        event.remove(Mapper, "after_configured", after)
    assert heard == ["before", "Thing", "after"]
