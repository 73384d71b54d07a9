"""Concrete classes whose keys repeat, tables that are read when classes are mapped, and unions that can not be."""

from typing import Any

import pytest

from holdfast import Column, ForeignKey, Integer, MetaData, String, Table, create_engine, inspect, select
from holdfast.exc import ArgumentError, InvalidRequestError
from holdfast.ext.declarative import AbstractConcreteBase, ConcreteBase, DeferredReflection
from holdfast.orm import (
    DeclarativeBase,
    Mapped,
    Session,
    configure_mappers,
    declared_attr,
    immediateload,
    joinedload,
    lazyload,
    mapped_column,
    polymorphic_union,
    relationship,
    selectinload,
    subqueryload,
)


def _staff(abstract: bool) -> Any:
    """Return a class that is read together with its concrete children, all classes that have rows, Firm and Note."""

    class Base(DeclarativeBase):
        pass

    class Firm(Base):
        __tablename__ = "firm"
        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[str]

    class Note(Base):
        __tablename__ = "note"
        id: Mapped[int] = mapped_column(primary_key=True)
        about: Mapped[str]

    def related(name: str) -> dict[str, Any]:
        return {
            "name": mapped_column(String(50)),
            "firm_id": mapped_column(ForeignKey("firm.id")),
            "firm": relationship(Firm),
            "notes": relationship(Note, primaryjoin=f"foreign(Note.about) == {name}.name", viewonly=True),
        }

    def concrete(called: str, *bases: Any, **body: Any) -> Any:
        key = {"id": mapped_column(Integer, primary_key=True)}
        arguments = {"polymorphic_identity": called.lower(), "concrete": True}
        return type(called, bases, {"__tablename__": called.lower(), **key, **body, "__mapper_args__": arguments})

    if abstract:
        names = ("name", "firm_id", "firm", "notes")
        body = {key: declared_attr(lambda cls, key=key: related(cls.__name__)[key]) for key in names}
        staff = type("Staff", (AbstractConcreteBase, Base), body)
        return staff, [concrete(name, staff) for name in ("Cook", "Porter")], Firm, Note
    staff = concrete("Staff", ConcreteBase, Base, **related("Staff"))
    return staff, [staff, *[concrete(name, staff, **related(name)) for name in ("Cook", "Porter")]], Firm, Note


@pytest.mark.parametrize("abstract", [False, True], ids=["with a table", "without"])
def test_all_strategies_tell_equal_keys_of_several_tables(abstract: bool) -> None:
    """Each object gets its own members, though objects of the other classes have the same key."""
    engine = create_engine("sqlite://")
    staff, classes, firm, note = _staff(abstract)
    configure_mappers()
    firm.metadata.create_all(engine)
    with Session(engine) as session:
        for number, class_ in enumerate(classes):
            session.add_all([class_(name=f"n{number}", firm=firm(name=f"f{number}")), note(about=f"n{number}")])
        session.commit()
    wanted = [(class_.__name__, 1, f"f{number}", [f"n{number}"]) for number, class_ in enumerate(classes)]
    for strategy in (selectinload, subqueryload, joinedload, immediateload, lazyload):
        with Session(engine) as session:
            statement = select(staff).order_by(staff.name).options(strategy(staff.firm), strategy(staff.notes))
            found = session.scalars(statement).unique().all()
            got = [(type(one).__name__, one.id, one.firm.name, [each.about for each in one.notes]) for one in found]
            assert wanted == got, strategy.__name__
    engine.dispose()


def test_deferred_reflection_reads_tables_between_and_tables_that_others_refer_to() -> None:
    """A table named by `secondary` is read too; one that another's foreign key brought along is the class's own table."""
    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        for body in (
            "song (id INTEGER NOT NULL PRIMARY KEY, name VARCHAR(9))",
            "mark (id INTEGER NOT NULL PRIMARY KEY, song_id INTEGER REFERENCES song (id))",
            "song_mark (song_id INTEGER REFERENCES song (id), mark_id INTEGER REFERENCES mark (id))",
        ):
            connection.exec_driver_sql(f"CREATE TABLE {body}")

    class Own(DeclarativeBase):
        pass

    class Mark(DeferredReflection, Own):
        __tablename__ = "mark"
        song: Mapped[Any] = relationship("Song")

    class Song(DeferredReflection, Own):
        __tablename__ = "song"
        name: Mapped[str] = mapped_column(String(7))
        marks: Mapped[list[Any]] = relationship("Mark", secondary="song_mark", viewonly=True)

    not_yet = "Mappings are not produced until the .prepare\\(\\) method is called"
    with pytest.raises(ArgumentError, match=not_yet):
        select(Song)
    with pytest.raises(InvalidRequestError, match=not_yet), Session(engine) as session:
        session.get(Song, 1)
    DeferredReflection.prepare(engine)
    assert inspect(Song).columns["name"].type.length == 7
    assert str(select(Song).join(Song.marks)) == (
        "SELECT song.id, song.name \nFROM song JOIN song_mark AS song_mark_1 ON song.id = song_mark_1.song_id "
        "JOIN mark ON mark.id = song_mark_1.mark_id"
    )
    engine.dispose()


MISTAKES = {
    "no tables": (lambda: polymorphic_union({}, "kind"), ArgumentError, "needs a table at least"),
    "a name that a table has": (
        lambda: polymorphic_union({"sheet": Table("sheet", MetaData(), Column("name", String))}, "name"),
        InvalidRequestError,
        "can't use 'name' as the discriminator column",
    ),
}


@pytest.mark.parametrize("case", MISTAKES)
def test_unions_that_can_not_be(case: str) -> None:
    """Each error says what is wrong with the union."""
    action, error, message = MISTAKES[case]
    with pytest.raises(error, match=message):
        action()


def test_a_child_without_a_table_of_its_own() -> None:
    """Its rows could not be told from those of its parent in the union of all."""

    class Own(DeclarativeBase):
        pass

    class Sheet(ConcreteBase, Own):
        __tablename__ = "sheet"
        id: Mapped[int] = mapped_column(primary_key=True)
        __mapper_args__ = {"polymorphic_identity": "sheet", "concrete": True}

    with pytest.raises(InvalidRequestError, match="Torn has no table of its own"):
        type("Torn", (Sheet,), {"__mapper_args__": {"polymorphic_identity": "torn"}})
