"""Listening to attributes, objects and mappers: what listeners are told, what they may change, and what it costs."""

from __future__ import annotations

import pickle
from typing import Any

import pytest

from holdfast import Engine, ForeignKey, String, event, exc, inspect
from holdfast.orm import (
    DeclarativeBase,
    Mapped,
    Mapper,
    Session,
    configure_mappers,
    mapped_column,
    registry,
    relationship,
    validates,
)
from holdfast.orm.attributes import flag_modified
from holdfast.orm.heard_links import HeardLink
from holdfast.orm.interfaces import EXT_SKIP


class Pickled(DeclarativeBase):
    """Base of a class that can be pickled: it stands in a module."""


class Letter(Pickled):
    """Pickled by a test."""

    __tablename__ = "letters"
    id: Mapped[int] = mapped_column(primary_key=True)


def classes() -> Any:
    """Map a parent and its children anew, for each test."""

    class Base(DeclarativeBase):
        # MariaDB wants a length.
        type_annotation_map = {str: String(50)}

    class Parent(Base):
        __tablename__ = "parents"
        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[str | None]
        note: Mapped[str | None]
        children: Mapped[list[Any]] = relationship("Child", back_populates="parent")

    class Child(Base):
        __tablename__ = "children"
        id: Mapped[int] = mapped_column(primary_key=True)
        parent_id: Mapped[int | None] = mapped_column(ForeignKey("parents.id"))
        parent: Mapped[Any] = relationship("Parent", back_populates="children")

    configure_mappers()
    return Base, Parent, Child


def test_what_a_listener_returns_is_set() -> None:
    """With `retval` the value that a listener returns is set, in the constructor, too; without, it is ignored."""
    _, parent, _ = classes()
    event.listen(parent.name, "set", lambda target, value, old, token: value.upper(), retval=True)
    event.listen(parent.note, "set", lambda target, value, old, token: "ignored")
    made = parent(name="ann", note="n")
    assert (made.name, made.note) == ("ANN", "n")
    made.name = "ben"
    assert made.name == "BEN"


def test_an_exchanged_member_is_related() -> None:
    """When a listener puts another object into the collection, that one gets the parent."""
    _, parent, child = classes()
    wanted, other = child(id=1), child(id=2)
    event.listen(parent.children, "append", lambda target, value, token: other, retval=True)
    made = parent(id=1)
    made.children.append(wanted)
    assert made.children == [other]
    assert (wanted.parent, other.parent) == (None, made)


def test_a_listener_that_raises_leaves_all_as_it_was() -> None:
    """Listeners are told before anything changes."""
    _, parent, child = classes()

    def refuse(*_: Any) -> None:
        raise ValueError("no")

    event.listen(parent.name, "set", refuse)
    event.listen(parent.children, "remove", refuse)
    made = parent(children=[one := child()])
    for act in (lambda: setattr(made, "name", "x"), lambda: made.children.remove(one), made.children.clear):
        with pytest.raises(ValueError, match="no"):
            act()
    assert (made.name, made.children) == (None, [one])


def test_unlistened_classes_pay_nothing() -> None:
    """The generated methods and the links know of listeners only while there are any."""
    _, parent, child = classes()
    plain = parent.__setattr__.__source__
    assert "HEARD" not in plain
    assert type(inspect(parent).links["children"]) is not HeardLink

    def listener(*_: Any) -> None:
        pass

    event.listen(parent.name, "set", listener)
    assert "HEARD" in parent.__setattr__.__source__
    assert "HEARD" not in child.__setattr__.__source__
    assert event.contains(parent.name, "set", listener)
    event.remove(parent.name, "set", listener)
    assert parent.__setattr__.__source__ == plain
    assert not event.contains(parent.name, "set", listener)
    links = inspect(parent).links["children"], inspect(child).links["parent"]
    event.listen(parent.children, "append", listener)
    event.listen(child.parent, "set", listener)
    event.remove(parent.children, "append", listener)
    assert [type(link) for link in links] == [HeardLink, HeardLink]
    event.remove(child.parent, "set", listener)
    assert not any(isinstance(link, HeardLink) for link in links)
    assert parent(children=[made := child()]).children == [made]


def test_values_that_are_not_there() -> None:
    """`init_scalar` answers for a value that was never set, and may keep it."""
    _, parent, _ = classes()

    def make(target: Any, value: Any, dict_: dict[str, Any]) -> Any:
        dict_["note"] = "made"
        return "made"

    event.listen(parent.note, "init_scalar", make, retval=True)
    made = parent()
    assert (made.note, vars(made)["note"], made.name) == ("made", "made", None)


def test_the_same_token_for_all_that_follows() -> None:
    """Events on the other side carry what began the change; a flag has one of its own."""
    _, parent, child = classes()
    told: list[Any] = []
    event.listen(parent.children, "append", lambda target, value, token: told.append(token))
    event.listen(child.parent, "set", lambda target, value, old, token: told.append(token))
    event.listen(parent.name, "modified", lambda target, token: told.append(token))
    made = parent(name="n")
    child(parent=made)
    flag_modified(made, "name")
    assert [(token.key, token.op.name) for token in told] == [
        ("parent", "REPLACE"), ("parent", "REPLACE"), ("name", "MODIFIED"),
    ]  # fmt: skip
    assert told[0] is told[1]


def test_collections_that_come_and_go() -> None:
    """Who listens hears of each collection that an attribute gets, and of the one that it loses."""
    _, parent, child = classes()
    told: list[Any] = []
    event.listen(
        parent.children, "init_collection", lambda t, collection, adapter: told.append(("new", len(collection)))
    )
    event.listen(parent.children, "dispose_collection", lambda t, old, adapter: told.append(("old", list(old))))
    made = parent()
    made.children.append(one := child())
    made.children = []
    assert told == [("new", 0), ("new", 0), ("old", [one])]


def test_validators_are_asked_once() -> None:
    """A relationship with a validator and a listener asks the validator once for each change."""

    class Base(DeclarativeBase):
        pass

    asked: list[Any] = []

    class Parent(Base):
        __tablename__ = "parents"
        id: Mapped[int] = mapped_column(primary_key=True)
        children: Mapped[list[Any]] = relationship("Child", back_populates="parent")

        @validates("children")
        def check(self, key: str, value: Any) -> Any:
            asked.append(value)
            return value

    class Child(Base):
        __tablename__ = "children"
        id: Mapped[int] = mapped_column(primary_key=True)
        parent_id: Mapped[int | None] = mapped_column(ForeignKey("parents.id"))
        parent: Mapped[Any] = relationship("Parent", back_populates="children")

    event.listen(Child.parent, "set", lambda *_: None)
    made = Parent()
    made.children.append(one := Child())
    assert asked == [one]
    Child(parent=made)
    assert len(asked) == 2


def test_keyword_arguments_may_be_changed() -> None:
    """`init` gets the constructor's arguments; `init_failure` hears of the error; removing both restores the class."""
    _, parent, _ = classes()
    told: list[Any] = []

    def give(target: Any, args: Any, kwargs: dict[str, Any]) -> None:
        kwargs.setdefault("name", "given")

    def fail(target: Any, args: Any, kwargs: dict[str, Any]) -> None:
        told.append(kwargs)

    plain = parent.__init__.__source__
    event.listen(parent, "init", give)
    event.listen(parent, "init_failure", fail)
    assert parent().name == "given"
    with pytest.raises(TypeError, match="'nonsense' is an invalid keyword"):
        parent(nonsense=1)
    assert told == [{"nonsense": 1, "name": "given"}]
    event.remove(parent, "init", give)
    event.remove(parent, "init_failure", fail)
    assert parent.__init__.__source__ == plain


def test_classes_that_are_mapped_later() -> None:
    """A listener with `propagate` on an unmapped base or mixin hears of all classes below, there or to come."""

    class Base(DeclarativeBase):
        pass

    class Mixin:
        pass

    heard: list[Any] = []

    class Early(Mixin, Base):
        __tablename__ = "early"
        id: Mapped[int] = mapped_column(primary_key=True)

    @event.listens_for(Mixin, "init", propagate=True)
    def note(target: Any, args: Any, kwargs: Any) -> None:
        heard.append(type(target).__name__)

    class Late(Mixin, Base):
        __tablename__ = "late"
        id: Mapped[int] = mapped_column(primary_key=True)

    class Other(Base):
        __tablename__ = "other"
        id: Mapped[int] = mapped_column(primary_key=True)

    Early(), Late(), Other()
    assert heard == ["Early", "Late"]
    event.remove(Mixin, "init", note)
    Early()
    assert heard == ["Early", "Late"]


def test_listening_to_each_attribute_of_a_base() -> None:
    """The documented recipe: a listener for every column of every class, put up when the attribute is there."""

    class Base(DeclarativeBase):
        pass

    heard: list[Any] = []

    @event.listens_for(Base, "attribute_instrument")
    def listen_to_columns(class_: Any, key: str, inst: Any) -> None:
        if hasattr(inst.property, "columns"):
            event.listen(inst, "set", lambda target, value, old, token: heard.append((key, value)))

    class User(Base):
        __tablename__ = "users"
        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[str]

    User(id=1, name="Ann")
    assert heard == [("id", 1), ("name", "Ann")]


def test_a_mapper_that_waits() -> None:
    """A listener may put off a mapper's configuration; registries tell when they are configured."""
    heard: list[Any] = []
    held = registry()
    event.listen(held, "before_configured", lambda one: heard.append("before"))
    event.listen(held, "after_configured", lambda one: heard.append("after"))

    @held.mapped
    class Waiting:
        __tablename__ = "waiting"
        id: Mapped[int] = mapped_column(primary_key=True)

    mapper = Waiting.__mapper__  # type: ignore[attr-defined]

    def skip(mapper: Any, class_: Any) -> Any:
        return EXT_SKIP

    event.listen(mapper, "before_mapper_configured", skip, retval=True)
    held.configure()
    assert not mapper.configured
    event.remove(mapper, "before_mapper_configured", skip)
    held.configure()
    assert mapper.configured
    assert heard == ["before", "before", "after"]


def test_where_an_event_belongs() -> None:
    """A target that has no such event is refused with the target that has."""
    base, parent, _ = classes()
    with pytest.raises(exc.InvalidRequestError, match="No such event 'nonsense'"):
        event.listen(parent.name, "nonsense", print)
    with pytest.raises(exc.InvalidRequestError, match="belongs to all mappers or to a registry"):
        event.listen(type("Plain", (), {}), "before_configured", print)
    with pytest.raises(exc.InvalidRequestError, match="belongs to classes: listen on Parent"):
        event.listen(inspect(parent), "class_instrument", print)
    event.listen(base, "after_configured", print)
    assert event.contains(Mapper, "init", print) is False


def test_pickling_is_told() -> None:
    """`pickle` may add to what is kept of an object, `unpickle` finds it again."""
    found: list[Any] = []

    def keep(target: Any, state_dict: dict[str, Any]) -> None:
        state_dict["kept"] = 1

    def find(target: Any, state_dict: dict[str, Any]) -> None:
        found.append((type(target), state_dict["kept"]))

    event.listen(Letter, "pickle", keep)
    event.listen(Letter, "unpickle", find)
    copied = pickle.loads(pickle.dumps(Letter(id=1)))
    assert (copied.id, found) == (1, [(Letter, 1)])
    event.remove(Letter, "pickle", keep)
    event.remove(Letter, "unpickle", find)


def test_loads_are_told_with_their_session(engine: Engine) -> None:
    """Listeners of loading get the session; `raw` gives the state, `named` names the arguments."""
    base, parent, _ = classes()
    base.metadata.create_all(engine)
    heard: list[Any] = []
    event.listen(parent, "load", lambda target, context: heard.append(("load", context.session)))
    event.listen(parent, "load", lambda state, context: heard.append(("raw", state)), raw=True)
    event.listen(parent, "refresh", lambda **given: heard.append(("refresh", given["attrs"])), named=True)
    event.listen(parent, "expire", lambda target, attrs: heard.append(("expire", attrs)))
    with Session(engine) as session:
        session.add(parent(id=1, name="n"))
        session.commit()
        session.expunge_all()
        heard.clear()
        found = session.get_one(parent, 1)
        session.expire(found, ["name"])
        assert found.name == "n"
        session.commit()
        assert heard == [
            ("load", session), ("raw", inspect(found)), ("expire", ["name"]), ("refresh", {"name"}), ("expire", None),
        ]  # fmt: skip


def test_what_comes_too_late_in_a_flush(engine: Engine) -> None:
    """While rows are written the plan is made: who adds or deletes then is warned, and after it no longer."""
    base, parent, child = classes()
    base.metadata.create_all(engine)
    acts: list[Any] = []

    @event.listens_for(parent, "before_insert")
    def act(mapper: Any, connection: Any, target: Any) -> None:
        for each in acts:
            with pytest.warns(exc.SAWarning, match="not currently supported within the execution stage of the flush"):
                each(inspect(target).session, target)

    with Session(engine) as session:
        session.add(kept := parent(id=1))
        session.flush()
        acts.append(lambda session, target: session.add(child(id=1)))
        acts.append(lambda session, target: session.add_all([child(id=2)]))
        acts.append(lambda session, target: session.delete(kept))
        acts.append(lambda session, target: target.children.append(child(id=3)))
        session.add(parent(id=2))
        session.flush()
        acts.clear()
        session.add(child(id=4))
        session.commit()
        assert "add" not in vars(session)
        assert session.get(parent, 1) is None
