"""Mapped classes that are dataclasses."""

import dataclasses
import inspect as signatures
from typing import Any

import pytest

from holdfast import Engine, ForeignKey, String, exc, func, inspect
from holdfast.orm import DeclarativeBase, Mapped, MappedAsDataclass, Session, mapped_column, registry, relationship


class Base(MappedAsDataclass, DeclarativeBase):
    """Base of these classes."""


class Person(Base):
    """Every option once."""

    __tablename__ = "dc_person"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    name: Mapped[str]
    age: Mapped[int | None] = mapped_column(default=None, compare=False)
    code: Mapped[str] = mapped_column(String(3), default="abc", insert_default="xyz", kw_only=True)
    secret: Mapped[str | None] = mapped_column(default=None, repr=False)
    boss_id: Mapped[int | None] = mapped_column(ForeignKey("dc_person.id"), default=None, init=False, repr=False)
    team: Mapped[list["Person"]] = relationship(default_factory=list, repr=False, back_populates="boss")
    boss: Mapped["Person | None"] = relationship(
        default=None, repr=False, compare=False, remote_side=[id], back_populates="team"
    )


def test_the_constructor_is_that_of_the_dataclass() -> None:
    assert list(signatures.signature(Person.__init__).parameters) == [
        "self", "name", "age", "secret", "team", "boss", "code",
    ]  # fmt: skip
    ada = Person("Ada", 36, code="x")
    assert (ada.id, ada.name, ada.age, ada.code, ada.team, ada.boss) == (None, "Ada", 36, "x", [], None)
    assert inspect(ada).transient
    with pytest.raises(TypeError, match="missing 1 required positional argument: 'name'"):
        Person()  # type: ignore[call-arg]


def test_relationships_given_to_the_constructor_agree() -> None:
    ada, eve = Person("Ada"), Person("Eve")
    boss = Person("Grace", team=[ada])
    eve.boss = boss
    assert boss.team == [ada, eve] and ada.boss is boss


def test_repr_and_equality() -> None:
    ada = Person("Ada", secret="s")
    assert repr(ada) == "Person(id=None, name='Ada', age=None, code='abc')"
    assert ada == Person("Ada", 99, secret="s") and ada != Person("Ada")
    assert Person.__hash__ is None


def test_the_default_of_the_column() -> None:
    columns = Person.__table__.c
    assert columns.code.default.arg == "xyz" and not columns.name.nullable and columns.age.nullable


def test_an_argument_that_is_left_away_sets_nothing(engine: Engine) -> None:
    class OwnBase(MappedAsDataclass, DeclarativeBase):
        pass

    class Note(OwnBase):
        __tablename__ = "dc_note"
        id: Mapped[int] = mapped_column(primary_key=True, init=False)
        text: Mapped[str] = mapped_column(default="nothing yet")
        made: Mapped[str | None] = mapped_column(insert_default=func.lower("NOW"), default=None)
        kind: Mapped[str | None] = mapped_column(server_default="plain", default=None)
        size: Mapped[int] = mapped_column(init=False, default=1)
        shown: Mapped[str] = mapped_column(default="in Python", insert_default="in SQL")

    note = Note()
    assert {key for key in vars(note) if key != "_sa_instance_state"} == {"shown"}
    assert (note.text, note.made, note.kind, note.size, note.shown) == ("nothing yet", None, None, 1, "in Python")
    assert str(signatures.signature(Note)).startswith("(text: str = <default>, made")
    OwnBase.metadata.create_all(engine)
    with Session(engine) as session:
        session.add(note)
        session.commit()
        assert (note.text, note.made, note.kind, note.size, note.shown) == (
            "nothing yet",
            "now",
            "plain",
            1,
            "in Python",
        )


def test_the_helpers_of_dataclasses_work() -> None:
    ada = Person("Ada", 36)
    assert [field.name for field in dataclasses.fields(Person)] == [
        "id", "name", "age", "code", "secret", "boss_id", "team", "boss",
    ]  # fmt: skip
    eve = dataclasses.replace(ada, name="Eve")
    assert (eve.name, eve.age, inspect(eve).transient) == ("Eve", 36, True)


def test_options_of_the_class_statement() -> None:
    class Thing(Base, repr=False, eq=False, kw_only=True):
        __tablename__ = "dc_thing"
        id: Mapped[int] = mapped_column(primary_key=True, default=None)
        name: Mapped[str]

    thing = Thing(name="x")
    assert thing != Thing(name="x") and repr(thing).startswith("<") and hash(thing)


def test_a_mixin_that_is_a_dataclass() -> None:
    class Named(MappedAsDataclass):
        name: Mapped[str]
        note: Mapped[str] = mapped_column(default="", kw_only=True)

    class NamedThing(Named, Base):
        __tablename__ = "dc_named"
        id: Mapped[int] = mapped_column(primary_key=True, default=None)

    assert repr(NamedThing("x")).endswith("NamedThing(name='x', note='', id=None)")


def test_the_decorator() -> None:
    mapping = registry()

    @mapping.mapped_as_dataclass(unsafe_hash=True)
    class Thing:
        __tablename__ = "dc_decorated"
        id: Mapped[int] = mapped_column(primary_key=True, default=None)
        name: Mapped[str] = mapped_column(default="n")

    thing: Any = Thing(3)
    assert (thing.id, thing.name) == (3, "n") and hash(thing) == hash(Thing(3))


@pytest.mark.parametrize("option", ["frozen", "slots"])
def test_objects_that_cannot_change_or_have_no_dict_are_refused(option: str) -> None:
    mapping = registry()
    with pytest.raises(exc.InvalidRequestError, match=rf"cannot have the option\(s\) {option}; it takes init, repr"):

        @mapping.mapped_as_dataclass(**{option: True})
        class Thing:
            __tablename__ = "dc_wrong"
            id: Mapped[int] = mapped_column(primary_key=True)
