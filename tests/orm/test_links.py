"""Both sides of a relationship are equal in memory, whatever a program does to either of them, in whatever order."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast import exc
from holdfast.orm.attributes import history, instance_state
from holdfast.orm.history import NO_VALUE
from tests.orm.fakes import FakeMap
from tests.orm.family import Child, File, Folder, Friend, Parent, Passport, Person


def test_a_reference_puts_the_object_into_the_collection_of_the_other_side() -> None:
    parent, child = Parent(), Child()
    child.parent = parent
    assert parent.children == [child]


def test_a_collection_sets_the_reference_of_its_members() -> None:
    parent, first, second = Parent(), Child(), Child()
    parent.children.append(first)
    parent.children += [second]
    assert first.parent is parent and second.parent is parent


def test_a_new_parent_takes_the_child_from_the_old_one() -> None:
    old, new, child = Parent(), Parent(), Child()
    old.children.append(child)
    new.children.append(child)
    assert (old.children, new.children, child.parent) == ([], [child], new)


def test_a_removed_child_has_no_parent() -> None:
    parent, child = Parent(), Child()
    parent.children = [child]
    parent.children.remove(child)
    assert child.parent is None


def test_a_child_that_stands_twice_has_its_parent_until_both_are_gone() -> None:
    parent, child = Parent(), Child()
    parent.children = [child, child]
    del parent.children[0]
    assert child.parent is parent
    parent.children.clear()
    assert child.parent is None


def test_moving_a_child_that_stands_twice_takes_both_away() -> None:
    """SQLAlchemy leaves one of them; then both sides would contradict each other."""
    old, new, child = Parent(), Parent(), Child()
    old.children = [child, child]
    child.parent = new
    assert (old.children, new.children) == ([], [child])


def test_one_to_one_lets_both_former_partners_go() -> None:
    first, second = Parent(), Parent()
    one, two = Passport(parent=first), Passport(parent=second)
    first.passport = two
    assert (first.passport, two.parent, second.passport, one.parent) == (two, first, None, None)


def test_many_to_many_over_a_set_and_a_list() -> None:
    parent, friend = Parent(), Friend()
    parent.friends.add(friend)
    assert friend.parents == [parent]
    friend.parents.remove(parent)
    assert parent.friends == set()


def test_an_object_may_refer_to_itself() -> None:
    person = Person()
    person.boss = person
    assert person.team == [person]
    person.team.remove(person)
    assert person.boss is None


def test_replacing_a_collection_tells_only_who_comes_and_who_goes() -> None:
    holder = FakeMap()
    parent = holder.persist(Parent(), 1)
    stays, goes, comes = (holder.loaded(Child, key) for key in (1, 2, 3))
    for child in (stays, goes):
        child.__dict__["parent"] = parent
    comes.__dict__["parent"] = None
    instance_state(parent).mapper.links["children"].new_collection(instance_state(parent), parent, [stays, goes])
    parent.children = [stays, comes]
    assert history(instance_state(parent), parent, "children") == ([comes], [stays], [goes])
    assert (stays.parent, goes.parent, comes.parent) == (parent, None, parent)
    assert [state() for state in holder.dirty] == [parent, goes, comes]


def test_a_replaced_collection_is_a_plain_list() -> None:
    parent, child = Parent(), Child()
    former = parent.children
    parent.children = []
    former.append(child)
    assert child.parent is None


def test_an_unloaded_collection_is_not_loaded_by_what_happens_on_the_other_side() -> None:
    holder = FakeMap()
    parent = holder.persist(Parent(), 1)
    there, leaving, coming = holder.loaded(Child, 1), holder.loaded(Child, 2, parent=parent), Child()
    leaving.parent = None
    coming.parent = parent
    assert holder.loads == []
    assert history(instance_state(parent), parent, "children") == ([coming], (), [leaving])
    holder.loadable[1, "children"] = [there, leaving]
    assert parent.children == [there, coming]
    assert history(instance_state(parent), parent, "children") == ([coming], [there], [leaving])


def test_an_unloaded_reference_is_found_in_the_session_before_it_is_replaced() -> None:
    """So the former parent's collection loses the child, without a statement."""
    holder = FakeMap()
    old, new = (holder.persist(Parent(), key) for key in (1, 2))
    child = holder.loaded(Child, 7, id=7, parent_id=1)
    for parent, members in ((old, [child]), (new, [])):
        instance_state(parent).mapper.links["children"].new_collection(instance_state(parent), parent, members)
    child.parent = new
    assert (old.children, new.children, holder.loads) == ([], [child], [])


def test_a_one_to_one_value_is_replaced_unread() -> None:
    """The flush finds out who it was, and lets that one's row go: see `unit_of_work.cascades`."""
    holder = FakeMap()
    parent = holder.persist(Parent(), 1)
    former = holder.loaded(Passport, 5, parent=parent)
    holder.loadable[1, "passport"] = former
    parent.passport = None
    assert (holder.loads, former.parent) == ([], parent)
    assert instance_state(parent).old == {"passport": NO_VALUE}


def test_members_come_into_the_session_of_the_side_that_was_changed_alone() -> None:
    """The rule of the 2.x series: `child.parent = parent` does not bring the child into the parent's session."""
    holder = FakeMap()
    parent, child = holder.persist(Parent(), 1), Child()
    child.parent = parent
    assert holder.adopted == []
    other = Child()
    holder.loadable[1, "children"] = []
    parent.children.append(other)
    assert holder.adopted == [(parent, other)]


def test_owned_objects_know_whether_they_have_a_parent() -> None:
    folder, file = Folder(), File()
    link = Folder.files.property.link
    assert not link.has_parent(instance_state(file))
    folder.files.append(file)
    assert link.has_parent(instance_state(file))
    file.folder = None
    assert not link.has_parent(instance_state(file))
    assert link.has_parent(instance_state(FakeMap().loaded(File, 1)))


def test_a_single_parent_is_enforced() -> None:
    first, second, file = Folder(), Folder(), File()
    first.files.append(file)
    with pytest.raises(exc.InvalidRequestError, match="already associated with an instance of .*Folder"):
        second.files.append(file)


@pytest.mark.parametrize(
    ("value", "error", "text"),
    [
        (
            "Anna",
            exc.UnmappedInstanceError,
            "'str' object has no attribute '_sa_instance_state'; Parent.children takes",
        ),
        (None, exc.UnmappedInstanceError, "Parent.children takes objects of the mapped class Child"),
        (Friend(), exc.ArgumentError, "Attribute 'children' on class 'Parent' doesn't handle objects of type"),
    ],
)
def test_what_cannot_be_related_is_refused_at_once(value: Any, error: type[Exception], text: str) -> None:
    parent = Parent()
    with pytest.raises(error, match=text):
        parent.children.append(value)
    with pytest.raises(error, match=text):
        parent.children = [value]
    assert parent.children == []


@pytest.mark.parametrize("value", [None, (), {}, Child()])
def test_a_collection_is_replaced_by_one_of_its_kind(value: Any) -> None:
    name = "None" if value is None else type(value).__name__
    with pytest.raises(TypeError, match=f"Incompatible collection type: {name} is not list-like"):
        Parent().children = value


# Every order of operations.

PEOPLE = st.integers(0, 3)
STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            ["assign", "append", "insert", "remove", "pop", "clear", "replace", "slice", "delete", "exchange", "extend",
             "befriend", "drop friend", "become friends", "friends replaced", "parents replaced", "passport", "owner"]
        ),
        PEOPLE,
        PEOPLE,
        st.booleans(),
    ),
    max_size=30,
)  # fmt: skip


class World:
    """Four of each class; some of them persistent, with or without loaded collections."""

    def __init__(self, persistent: bool, loaded: bool) -> None:
        holder = FakeMap()
        self.parents = [Parent() for _ in range(4)]
        self.children = [Child() for _ in range(4)]
        self.friends = [Friend() for _ in range(4)]
        self.passports = [Passport() for _ in range(4)]
        if persistent:
            for number in range(4):
                for group in (self.parents, self.children, self.friends, self.passports):
                    holder.persist(group[number], number)
        if loaded:
            for parent in self.parents:
                _ = parent.children, parent.friends, parent.passport

    def step(self, name: str, one: int, other: int, none: bool) -> None:
        parent, child = self.parents[one], self.children[other]
        friend, passport = self.friends[other], self.passports[other]
        if name == "assign":
            child.parent = None if none else parent
        elif name in ("append", "insert", "remove", "pop", "clear", "replace", "slice", "delete", "exchange", "extend"):
            self.change(parent.children, name, parent, child)
        elif name == "befriend":
            parent.friends.add(friend)
        elif name == "drop friend":
            parent.friends.discard(friend)
        elif name == "become friends":
            if parent not in friend.parents:
                friend.parents.append(parent)
        elif name == "friends replaced":
            parent.friends = set(self.friends[: other + 1])
        elif name == "parents replaced":
            friend.parents = self.parents[one:]
        elif name == "passport":
            parent.passport = None if none else passport
        else:
            passport.parent = None if none else parent

    def change(self, children: Any, name: str, parent: Parent, child: Child) -> None:
        if name == "append":
            children.append(child)
        elif name == "insert":
            children.insert(0, child)
        elif name == "remove":
            if child in children:
                children.remove(child)
        elif name == "pop":
            if children:
                children.pop()
        elif name == "clear":
            children.clear()
        elif name == "replace":
            parent.children = self.children[:2]
        elif name == "slice":
            children[0:2] = [child]
        elif name == "delete":
            del children[1:]
        elif name == "exchange":
            if children:
                children[0] = child
        else:
            children.extend(self.children)

    def check(self) -> None:
        for parent in self.parents:
            for child in self.children:
                assert (child in parent.children) == (child.parent is parent)
            for friend in self.friends:
                assert (friend in parent.friends) == (parent in friend.parents)
            for passport in self.passports:
                assert (parent.passport is passport) == (passport.parent is parent)


@given(steps=STEPS, persistent=st.booleans(), loaded=st.booleans())
def test_both_sides_are_equal_after_any_operations(
    steps: list[tuple[str, int, int, bool]], persistent: bool, loaded: bool
) -> None:
    world = World(persistent, loaded)
    for step in steps:
        world.step(*step)
    world.check()


@given(steps=STEPS)
def test_both_sides_are_equal_after_each_operation(steps: list[tuple[str, int, int, bool]]) -> None:
    world = World(persistent=False, loaded=True)
    for step in steps:
        world.step(*step)
        world.check()
