"""Attributes of instances: plain values, tracked writes, what a missing value means."""

from typing import Any

import pytest

from holdfast import exc
from holdfast.inspection import inspect
from holdfast.orm import attributes
from holdfast.orm.attributes import InstrumentedAttribute, instance_state
from holdfast.orm.history import NO_VALUE
from holdfast.orm.state import EXPIRED
from tests.orm.fakes import FakeMap
from tests.orm.family import Child, Parent


def test_the_values_stand_in_the_dict_beside_the_state() -> None:
    """Web frameworks serialise `vars(obj)` and skip the keys that begin with `_sa`."""
    parent = Parent(name="Ada", age=36)
    assert vars(parent) == {"_sa_instance_state": instance_state(parent), "name": "Ada", "age": 36}


def test_the_constructor_refuses_what_the_class_does_not_have() -> None:
    with pytest.raises(TypeError) as error:
        Parent(nmae="Ada")
    assert str(error.value) == "'nmae' is an invalid keyword argument for Parent. Did you mean 'name'?"


def test_the_constructor_sets_relationships_and_properties() -> None:
    child = Child()
    parent = Parent(name="Ada", children=[child])
    assert child.parent is parent


def test_a_new_object_has_none_for_columns_and_references_and_empty_collections() -> None:
    parent = Parent()
    assert (parent.id, parent.name, parent.passport, parent.children) == (None, None, None, [])
    assert "name" not in vars(parent)


def test_the_first_write_remembers_what_was_there_and_makes_the_object_dirty() -> None:
    holder = FakeMap()
    parent = holder.loaded(Parent, 1, id=1, name="Ada")
    parent.name = "Grace"
    parent.name = "Edith"
    parent.age = 36
    state = instance_state(parent)
    assert state.old == {"name": "Ada", "age": NO_VALUE}
    assert holder.dirty == {state: parent}


def test_objects_without_a_row_keep_no_history() -> None:
    holder = FakeMap()
    parent = Parent(name="Ada")
    instance_state(parent).holder = holder
    parent.name = "Grace"
    assert (instance_state(parent).old, holder.dirty) == (None, {})
    assert attributes.get_history(parent, "name") == (["Grace"], (), ())


def test_other_names_are_left_alone() -> None:
    parent = FakeMap().loaded(Parent, 1)
    parent.note = "mine"
    del parent.note
    assert instance_state(parent).old is None


def test_a_missing_value_is_loaded_by_the_session() -> None:
    holder = FakeMap()
    parent = holder.loaded(Parent, 1, id=1)
    holder.loadable[1, "name"] = "Ada"
    assert (parent.name, parent.name, holder.loads) == ("Ada", "Ada", [(1, "name")])


def test_a_detached_object_says_why_it_cannot_load() -> None:
    parent = FakeMap().loaded(Parent, 1)
    state = instance_state(parent)
    state.holder = None
    with pytest.raises(exc.DetachedInstanceError) as deferred:
        _ = parent.name
    assert str(deferred.value) == (
        f"Parent instance <Parent at {id(parent):#x}> is not bound to a Session; deferred load operation of attribute "
        "'name' cannot proceed. The query left it out. Three ways out: load it with the query, "
        "options(undefer(Parent.name)); read it while the session is open; or bring the object back with "
        "session.add(obj), session.merge(obj)."
    )
    state.flags |= EXPIRED
    with pytest.raises(exc.DetachedInstanceError) as column:
        _ = parent.name
    assert str(column.value) == (
        f"Instance <Parent at {id(parent):#x}> is not bound to a Session; attribute refresh operation cannot proceed. "
        "Parent.name has no value in memory, probably because a commit expired it before the session was closed. Three "
        "ways out: make the session with expire_on_commit=False; read the attribute while the session is open; or bring "
        "the object back with session.add(obj), session.merge(obj)."
    )
    with pytest.raises(exc.DetachedInstanceError) as relationship:
        _ = parent.children
    assert str(relationship.value) == (
        f"Parent instance <Parent at {id(parent):#x}> is not bound to a Session; lazy load operation of attribute "
        "'children' cannot proceed. Three ways out: load it with the query, "
        "select(Parent).options(selectinload(Parent.children)); read it while the session is open; or bring the object "
        "back with session.add(obj), session.merge(obj)."
    )


def test_an_object_of_a_session_that_is_gone_is_detached() -> None:
    holder = FakeMap()
    parent = holder.loaded(Parent, 1)
    holder.session = None
    with pytest.raises(exc.DetachedInstanceError):
        _ = parent.name


class TestDeleting:
    """`del obj.name` is NULL at the next flush."""

    def test_a_column(self) -> None:
        parent = FakeMap().loaded(Parent, 1, name="Ada")
        del parent.name
        assert parent.name is None
        assert attributes.get_history(parent, "name") == ((), (), ["Ada"])

    def test_a_reference_lets_the_other_side_know(self) -> None:
        parent = Parent()
        child = Child(parent=parent)
        del child.parent
        assert (child.parent, parent.children) == (None, [])

    def test_a_collection_lets_its_members_go(self) -> None:
        child = Child()
        parent = FakeMap().loaded(Parent, 1)
        attributes.set_committed_value(parent, "children", [child])
        child.__dict__["parent"] = parent
        del parent.children
        assert (child.parent, parent.children) == (None, [])
        assert attributes.get_history(parent, "children") == ([], [], [child])

    @pytest.mark.parametrize("name", ["name", "passport", "children"])
    def test_nothing(self, name: str) -> None:
        with pytest.raises(AttributeError, match=f"Parent.{name} object does not have a value"):
            delattr(Parent(), name)


class TestHistory:
    """What `get_history` and `inspect(obj).attrs` tell."""

    @pytest.mark.parametrize(
        ("value", "expected"),
        [("Grace", (["Grace"], (), ["Ada"])), ("Ada", ((), ["Ada"], ())), (None, ([None], (), ["Ada"]))],
    )
    def test_a_changed_column(self, value: Any, expected: Any) -> None:
        parent = FakeMap().loaded(Parent, 1, name="Ada")
        parent.name = value
        assert attributes.get_history(parent, "name") == expected

    def test_a_column_whose_value_was_not_loaded(self) -> None:
        parent = FakeMap().loaded(Parent, 1)
        parent.name = "Ada"
        assert inspect(parent).attrs.name.history == (["Ada"], (), ())

    def test_a_sql_expression_is_always_a_change(self) -> None:
        parent = FakeMap().loaded(Parent, 1, age=3)
        parent.age = Parent.age + 1
        assert attributes.get_history(parent, "age").added == [parent.age]

    def test_an_unchanged_and_an_unloaded_column(self) -> None:
        parent = FakeMap().loaded(Parent, 1, name="Ada")
        assert inspect(parent).attrs.name.history == ((), ["Ada"], ())
        assert inspect(parent).attrs.age.history.empty()

    def test_a_name_that_is_not_mapped(self) -> None:
        with pytest.raises(exc.InvalidRequestError, match="Parent has no mapped attribute 'nmae'"):
            attributes.get_history(Parent(), "nmae")

    def test_a_value_changed_in_place_is_flagged(self) -> None:
        holder = FakeMap()
        parent = holder.loaded(Parent, 1, name="Ada")
        attributes.flag_modified(parent, "name")
        assert attributes.get_history(parent, "name") == (["Ada"], (), ())
        assert parent in holder.dirty.values()
        with pytest.raises(exc.InvalidRequestError, match="Can't flag attribute 'age' modified; it's not present"):
            attributes.flag_modified(parent, "age")

    def test_committing_forgets(self) -> None:
        parent = FakeMap().loaded(Parent, 1, name="Ada")
        parent.name = "Grace"
        Child(parent=parent)
        attributes.commit_state(instance_state(parent))
        assert (instance_state(parent).old, instance_state(parent).extra) == (None, {})


class TestCommittedValues:
    """Values that come from the database, or are to look so."""

    def test_a_column_has_no_history(self) -> None:
        parent = FakeMap().loaded(Parent, 1, name="Ada")
        parent.name = "Grace"
        attributes.set_committed_value(parent, "name", "Edith")
        assert (parent.name, attributes.get_history(parent, "name")) == ("Edith", ((), ["Edith"], ()))

    def test_a_collection_does_not_touch_its_members(self) -> None:
        parent, child = FakeMap().loaded(Parent, 1), Child()
        attributes.set_committed_value(parent, "children", [child])
        assert (parent.children, child.parent) == ([child], None)

    def test_a_loaded_collection_is_a_live_one(self) -> None:
        parent, child = FakeMap().loaded(Parent, 1), Child()
        attributes.set_committed_value(parent, "children", [])
        parent.children.append(child)
        assert child.parent is parent


class TestOnTheClass:
    """`Parent.name` is a column expression, `Parent.children` leads to related objects."""

    @pytest.mark.parametrize("attribute", [Parent.name, Parent.children])
    def test_it_is_an_instrumented_attribute(self, attribute: Any) -> None:
        assert isinstance(attribute, InstrumentedAttribute)

    def test_it_says_what_it_is(self) -> None:
        assert (str(Parent.name), str(Parent.children)) == ("Parent.name", "Parent.children")
        assert (Parent.name.key, Parent.name.class_, Parent.name.parent) == ("name", Parent, Parent.__mapper__)
        assert Parent.name.property.columns == [Parent.__table__.c.name]

    def test_the_column_shows_through(self) -> None:
        assert Parent.id.primary_key and not Parent.id.nullable
        with pytest.raises(AttributeError, match="associated with Parent.id has an attribute 'colour'"):
            _ = Parent.id.colour

    def test_setting_beside_the_class(self) -> None:
        parent, child = Parent(), Child()
        attributes.set_attribute(parent, "name", "Ada")
        attributes.set_attribute(child, "parent", parent)
        assert (parent.name, parent.children) == ("Ada", [child])
        assert attributes.is_instrumented(parent, "name") and not attributes.is_instrumented(Parent, "note")
