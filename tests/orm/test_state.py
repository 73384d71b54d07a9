"""The state of an instance: where it is in its life, what it has, what has changed."""

import gc
import weakref

import pytest

from holdfast import exc
from holdfast.inspection import inspect
from holdfast.orm.attributes import instance_state
from holdfast.orm.history import NO_VALUE
from holdfast.orm.state import EXPIRED, GONE, PARTLY_EXPIRED, WAS_DELETED, InstanceState
from tests.orm.fakes import FakeMap
from tests.orm.family import Child, Friend, Parent


def life(state: InstanceState) -> list[str]:
    return [name for name in ("transient", "pending", "persistent", "deleted", "detached") if getattr(state, name)]


def test_the_five_places_in_a_life() -> None:
    holder = FakeMap()
    state = inspect(Parent())
    keep = Parent()
    state = inspect(keep)
    seen = [life(state)]
    state.holder = holder
    seen.append(life(state))
    state.row_key = 1
    seen.append(life(state))
    state.flags = GONE
    seen.append(life(state))
    state.flags, state.holder = WAS_DELETED, None
    seen.append(life(state))
    assert seen == [["transient"], ["pending"], ["persistent"], ["deleted"], ["detached"]]
    assert state.was_deleted


def test_an_object_is_detached_when_its_session_is_gone() -> None:
    holder = FakeMap()
    parent = holder.loaded(Parent, 1)
    holder.session = None
    assert life(inspect(parent)) == ["detached"]
    assert inspect(parent).session is None


def test_identity() -> None:
    parent = FakeMap().loaded(Parent, 7)
    state = inspect(parent)
    assert (state.identity, state.identity_key, state.has_identity) == ((7,), (Parent, (7,), None), True)
    assert inspect(Parent()).identity is None
    assert (state.object, state.mapper, state.class_, state.dict) == (parent, Parent.__mapper__, Parent, vars(parent))


def test_what_is_loaded_and_what_was_set() -> None:
    parent = FakeMap().loaded(Parent, 7, id=7, name="Ada")
    parent.name = "Grace"
    state = inspect(parent)
    assert state.unloaded == {"age", "children", "passport", "friends"}
    assert state.modified and state.unmodified == {"id", "age", "children", "passport", "friends"}
    assert (state.attrs.name.value, state.attrs["name"].loaded_value) == ("Grace", "Grace")
    assert state.attrs.age.loaded_value is NO_VALUE
    with pytest.raises(AttributeError, match="nmae"):
        _ = state.attrs.nmae


def test_a_new_object_is_modified_once_something_was_set() -> None:
    parent = Parent()
    _ = parent.children
    assert not inspect(parent).modified
    parent.name = "Ada"
    assert inspect(parent).modified


def test_expired_attributes() -> None:
    parent = FakeMap().loaded(Parent, 7, id=7)
    inspect(parent).flags = EXPIRED
    assert inspect(parent).expired
    assert inspect(parent).expired_attributes == inspect(parent).unloaded >= {"name", "age"}
    parent = FakeMap().loaded(Parent, 7, id=7)
    inspect(parent).flags = PARTLY_EXPIRED
    assert inspect(parent).expired_attributes == {"name", "age"}


def test_a_state_is_a_weak_reference_to_its_object_and_equal_to_itself_alone() -> None:
    parent, other = Parent(), Parent()
    state = inspect(parent)
    assert isinstance(state, weakref.ref)
    assert state == state and state != inspect(other)
    assert len({state, inspect(other)}) == 2
    assert state() is parent
    del parent
    gc.collect()
    assert state() is None and state.dict == {}


def test_states_are_equal_to_themselves_though_their_objects_compare_by_value() -> None:
    """A plain weak reference compares and hashes by its object."""
    first, second = Friend(), Friend()
    assert inspect(first) != inspect(second)
    assert hash(inspect(first)) == object.__hash__(inspect(first))


def test_an_object_made_without_init_has_a_state_when_it_is_asked_for() -> None:
    child = Child.__new__(Child)
    assert "_sa_instance_state" not in vars(child)
    assert instance_state(child).transient
    assert vars(child) == {"_sa_instance_state": instance_state(child)}


@pytest.mark.parametrize("thing", ["text", Parent, [Parent()], object()])
def test_what_is_not_mapped_has_no_state(thing: object) -> None:
    with pytest.raises(exc.UnmappedInstanceError):
        instance_state(thing)
