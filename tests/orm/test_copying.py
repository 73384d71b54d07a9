"""Copies and pickles of mapped objects: never a shared state, both sides equal again."""

import copy
import pickle
from typing import Any

import pytest

from holdfast.inspection import inspect
from holdfast.orm.attributes import instance_state
from holdfast.orm.collections import InstrumentedList
from holdfast.orm.history import NO_VALUE
from holdfast.orm.state import EXPIRED
from tests.orm.fakes import FakeMap
from tests.orm.family import Child, Friend, Parent, Person
from tests.orm.test_collections import Book, Page, Shelf


def family() -> Parent:
    return Parent(id=1, name="Ada", children=[Child(id=1), Child(id=2)], friends={Friend(id=5)})


def test_a_copy_is_a_new_object_with_the_column_values() -> None:
    parent = FakeMap().persist(family(), 1)
    parent.note = "mine"
    copied = copy.copy(parent)
    assert inspect(copied).transient and instance_state(copied) is not instance_state(parent)
    assert (copied.id, copied.name, copied.note) == (1, "Ada", "mine")


def test_a_copy_leaves_related_objects_with_the_original() -> None:
    parent = family()
    copied = copy.copy(parent)
    assert (copied.children, copied.friends, copied.passport) == ([], set(), None)
    assert all(child.parent is parent for child in parent.children)
    assert copy.copy(parent.children[0]).parent is None


def test_a_copy_is_tracked_by_itself() -> None:
    parent = FakeMap().persist(family(), 1)
    copied = FakeMap().persist(copy.copy(parent), 2)
    copied.name = "Grace"
    assert instance_state(copied).old == {"name": "Ada"} and instance_state(parent).old is None


def test_an_expired_object_is_loaded_before_it_is_copied() -> None:
    """A copy has no row to take the values from."""
    holder = FakeMap()
    parent = holder.loaded(Parent, 1)
    instance_state(parent).flags = EXPIRED
    holder.loadable[1, "id"] = 1
    assert (copy.copy(parent).id, holder.loads[0]) == (1, (1, "id"))


def test_a_deep_copy_copies_the_loaded_graph() -> None:
    parent = FakeMap().persist(family(), 1)
    copied = copy.deepcopy(parent)
    assert inspect(copied).transient
    assert [child.id for child in copied.children] == [1, 2]
    assert all(child.parent is copied for child in copied.children)
    assert not {id(child) for child in copied.children} & {id(child) for child in parent.children}
    assert isinstance(copied.children, InstrumentedList)
    copied.children.append(extra := Child())
    assert extra.parent is copied and len(parent.children) == 2
    [friend] = copied.friends
    assert friend.parents == [copied]


def test_a_deep_copy_of_a_circle() -> None:
    boss = Person(id=1)
    boss.boss = boss
    copied = copy.deepcopy(boss)
    assert copied.boss is copied and copied.team == [copied]


def test_a_deep_copy_of_other_kinds_of_collections() -> None:
    book, shelf = Book(pages={"a": Page(title="a")}), Shelf()
    shelf.pages.append(Page(title="b"))
    copied_book, copied_shelf = copy.deepcopy([book, shelf])
    assert copied_book.pages["a"].book is copied_book
    assert copied_shelf.pages.titles() == ["b"] and copied_shelf.pages[0].shelf is copied_shelf


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_an_unpickled_object_is_detached_with_its_key_and_changes(protocol: int) -> None:
    parent = FakeMap().persist(family(), 1)
    parent.name = "Grace"
    parent.age = 36
    parent.children.pop()
    back = pickle.loads(pickle.dumps(parent, protocol))
    state = inspect(back)
    assert state.detached and state.identity == (1,)
    assert (state.old["name"], state.old["age"]) == ("Ada", NO_VALUE)
    assert [child.id for child in state.old["children"]] == [1, 2]
    assert (back.name, [child.id for child in back.children]) == ("Grace", [1])
    assert back.children[0].parent is back
    back.children.append(extra := Child())
    assert extra.parent is back


def test_a_new_object_is_new_after_pickling() -> None:
    assert inspect(pickle.loads(pickle.dumps(family()))).transient


def test_changes_of_an_unloaded_collection_are_pickled() -> None:
    holder = FakeMap()
    parent = holder.persist(Parent(), 1)
    child = Child(id=9, parent=parent)
    back = pickle.loads(pickle.dumps(parent))
    holder.persist(back, 1)
    assert [one.id for one in back.children] == [9]
    assert child.parent is parent


def test_a_collection_alone_is_pickled_with_its_owner() -> None:
    parent = family()
    back = pickle.loads(pickle.dumps(parent.children))
    assert [child.id for child in back] == [1, 2]
    assert back[0].parent.name == "Ada"


@pytest.mark.parametrize("class_", [Shelf, Book])
def test_other_kinds_of_collections_are_pickled(class_: Any) -> None:
    page = Page(title="b")
    owner = class_(pages=[page] if class_ is Shelf else {"b": page})
    back = pickle.loads(pickle.dumps(owner))
    assert type(back.pages) is type(owner.pages) and len(back.pages) == 1
    assert type(back) is type(owner)


def test_the_state_of_an_object_that_is_gone_is_not_pickled() -> None:
    state = instance_state(Parent())
    with pytest.raises(TypeError, match="state of a Parent that no longer exists"):
        pickle.dumps(state)
