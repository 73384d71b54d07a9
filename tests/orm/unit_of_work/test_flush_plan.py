"""The plan of a flush is data: which batches, of which rows, in which order; tested without a database."""

from __future__ import annotations

import warnings
from typing import Any

import pytest

from holdfast import exc
from holdfast.orm.unit_of_work.batches import InsertRows
from holdfast.orm.unit_of_work.changes import collect
from holdfast.orm.unit_of_work.flush_plan import FlushPlan, plan_flush
from holdfast.orm.unit_of_work.relations import follow
from tests.orm.unit_of_work.fakes import FakeHolder, FakeMapper


def plan_of(holder: FakeHolder) -> FlushPlan:
    """Plan what `holder` has collected."""
    changes = collect(holder)  # type: ignore[arg-type]
    follow(changes, holder)  # type: ignore[arg-type]
    return plan_flush(changes)


def lines(holder: FakeHolder) -> list[str]:
    """The printed plan, line by line, without the numbers."""
    return [line.partition(". ")[2] for line in str(plan_of(holder)).splitlines()]


@pytest.fixture
def holder() -> FakeHolder:
    """The lists of a session."""
    return FakeHolder()


def test_nothing_to_do(holder: FakeHolder) -> None:
    """An empty plan says so."""
    assert str(plan_of(holder)) == "(nothing to do)"


def test_a_parent_and_its_children(holder: FakeHolder) -> None:
    """Parents first, then their keys, then the children, whatever came first into the session."""
    parent, child = FakeMapper("Parent"), FakeMapper("Child")
    parent.relate("children", child, "ONETOMANY")
    kept = [child.make(holder), child.make(holder)]
    kept.append(parent.make(holder, children=kept[:2]))
    assert str(plan_of(holder)) == (
        "1. INSERT INTO parent (name): 1 row\n"
        "2. (keys) Child.children_id = Parent.id: 2 objects\n"
        "3. INSERT INTO child (name, children_id): 2 rows"
    )


def test_who_is_only_referred_to_counts_for_the_order(holder: FakeHolder) -> None:
    """A class between two others, none of whose rows is written: the rows that its rows may refer to still come first."""
    apple, basket, crate = FakeMapper("Apple"), FakeMapper("Basket"), FakeMapper("Crate")
    apple.relate("basket", basket, "MANYTOONE")
    basket.relate("crate", crate, "MANYTOONE")
    kept = [basket.make(holder, key=7), crate.make(holder)]
    kept.append(apple.make(holder, basket=kept[0]))
    assert lines(holder) == ["INSERT INTO crate (name): 1 row", "INSERT INTO apple (name, basket_id): 1 row"]


def test_a_known_key_is_set_at_once(holder: FakeHolder) -> None:
    """A parent with a row gives its key while planning; no step is needed."""
    parent, child = FakeMapper("Parent"), FakeMapper("Child")
    child.relate("parent", parent, "MANYTOONE")
    one = parent.make(holder, key=7)
    new = child.make(holder, parent=one)
    assert lines(holder) == ["INSERT INTO child (name, parent_id): 1 row"]
    assert new.parent_id == 7


def test_unrelated_mappers_go_by_name(holder: FakeHolder) -> None:
    """The same work gives the same order, whatever order the objects came in."""
    kept = [FakeMapper(name).make(holder) for name in ("Zebra", "Ant", "Mole")]
    assert lines(holder) == [f"INSERT INTO {name} (name): 1 row" for name in ("ant", "mole", "zebra")]
    del kept


def test_keys_given_and_not_given_are_batches_of_their_own(holder: FakeHolder) -> None:
    """A batch is a run of equal columns, in the order in which the objects came."""
    thing = FakeMapper("Thing")
    kept = [thing.make(holder, **values) for values in ({}, {"id": 5}, {"id": 4}, {"id": None}, {}, {"id": 9})]
    assert lines(holder) == [
        "INSERT INTO thing (name): 1 row",
        "INSERT INTO thing (id, name): 2 rows",
        "INSERT INTO thing (name): 2 rows",
        "INSERT INTO thing (id, name): 1 row",
    ]
    del kept


def test_updates_run_in_key_order_by_changed_columns(holder: FakeHolder) -> None:
    """Only what differs is written; a value set to what it was needs nothing."""
    thing = FakeMapper("Thing")
    thing.add_column("size")
    things = {key: thing.make(holder, key=key, name="n", size=1) for key in (3, 1, 2, 4, 5)}
    holder.change(things[3], name="x")
    holder.change(things[1], name="y")
    holder.change(things[2], size=2, name="z")
    holder.change(things[4], name="w")
    holder.change(things[5], name="v")
    holder.change(things[5], name="n")
    plan = plan_of(holder)
    assert str(plan) == (
        "1. UPDATE thing SET name: 1 row\n2. UPDATE thing SET name, size: 1 row\n3. UPDATE thing SET name: 2 rows"
    )
    assert [state.row_key for work in plan.works for state in work.states] == [1, 2, 3, 4]  # type: ignore[union-attr]


def test_updates_come_before_inserts_of_one_mapper(holder: FakeHolder) -> None:
    """So a unique value can be freed and taken again in one flush."""
    thing = FakeMapper("Thing")
    old = thing.make(holder, key=1, name="a")
    holder.change(old, name="b")
    new = thing.make(holder, name="a")
    assert lines(holder) == ["UPDATE thing SET name: 1 row", "INSERT INTO thing (name): 1 row"]
    del new


def test_keys_that_can_not_be_sorted(holder: FakeHolder) -> None:
    """Rows are locked in key order, so keys of one class must compare."""
    thing = FakeMapper("Thing")
    things = [thing.make(holder, key=key, name="n") for key in (1, "one")]
    for one in things:
        holder.change(one, name="x")
    with pytest.raises(exc.InvalidRequestError, match="Could not sort objects by primary key; primary key values must"):
        plan_of(holder)


def tree() -> FakeMapper:
    """A mapper whose objects have a parent and children of the same class."""
    node = FakeMapper("Node")
    children, parent = node.relate("children", node, "ONETOMANY"), node.relate("parent", node, "MANYTOONE")
    children.reverse, parent.reverse = parent, children
    children.sync_pairs = parent.sync_pairs
    return node


def test_a_tree_goes_level_by_level(holder: FakeHolder) -> None:
    """One batch per level; rows without a parent go with the roots."""
    node = tree()
    root, lone = node.make(), node.make(holder, name="lone")
    middle = [node.make(parent=root) for _ in range(2)]
    leaves = [node.make(holder, parent=one) for one in middle for _ in range(2)]
    for one in (*middle, root):
        holder.new[one._sa_instance_state] = one
        one._sa_instance_state.holder = holder
    works = plan_of(holder).works
    levels = [work.objects for work in works if isinstance(work, InsertRows)]
    assert levels == [[lone, root], middle, leaves]


def test_rows_of_a_tree_are_deleted_leaves_first(holder: FakeHolder) -> None:
    """Also when the relationship is not loaded: the foreign keys are known."""
    node = tree()
    nodes = [node.make(holder, key=key, parent_id=parent) for key, parent in ((1, None), (2, 1), (3, 2), (4, 1))]
    for one in nodes:
        holder.delete(one)
    works: list[Any] = plan_of(holder).works
    assert [[state.row_key for state in work.states] for work in works] == [[3, 4], [2], [1]]


def test_objects_that_need_each_other(holder: FakeHolder) -> None:
    """Two new rows that refer to each other can not be inserted; the error names them and the way out."""
    node = tree()
    one, other = node.make(holder), node.make(holder)
    one.parent, other.parent = other, one
    with pytest.raises(exc.CircularDependencyError, match="Circular dependency detected") as raised:
        plan_of(holder)
    assert str(raised.value).count("save <Node at 0x") == 2
    assert "post_update=True" in str(raised.value)


def test_two_mappers_that_refer_to_each_other(holder: FakeHolder) -> None:
    """As long as the objects are not in a circle, their mappers may be."""
    left, right = FakeMapper("Left"), FakeMapper("Right")
    left.relate("right", right, "MANYTOONE")
    right.relate("left", left, "MANYTOONE")
    first = left.make(holder)
    middle = right.make(holder, left=first)
    last = left.make(holder, right=middle)
    assert [line for line in lines(holder) if not line.startswith("(")] == [
        "INSERT INTO left (name, right_id): 1 row",
        "INSERT INTO right (name, left_id): 1 row",
        "INSERT INTO left (name, right_id): 1 row",
    ]
    del last


def test_an_object_outside_of_the_session_is_not_followed(holder: FakeHolder) -> None:
    """The row is written without it, and a warning says so."""
    parent, child = FakeMapper("Parent"), FakeMapper("Child")
    child.relate("parent", parent, "MANYTOONE")
    stranger = parent.make()
    new = child.make(holder, parent=stranger)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        assert lines(holder) == ["INSERT INTO child (name, parent_id): 1 row"]
    assert [str(one.message) for one in caught] == [
        "Object of type <Parent> not in session, add operation along 'Child.parent' won't proceed"
    ]
    del new


def test_deleted_and_added_again_under_the_same_key(holder: FakeHolder) -> None:
    """The new object takes over the row: one UPDATE, no DELETE and INSERT of one key."""
    thing = FakeMapper("Thing")
    old = thing.make(holder, key=1, name="old")
    holder.delete(old)
    new = thing.make(holder, id=1, name="new")
    assert lines(holder) == ["UPDATE thing SET name: 1 row"]
    del new


def test_the_order_of_mappers_is_worked_out_once(holder: FakeHolder) -> None:
    """The same combination of mappers gives the very same steps again."""
    from holdfast.orm.unit_of_work.dependencies import order_steps

    parent, child = FakeMapper("Parent"), FakeMapper("Child")
    child.relate("parent", parent, "MANYTOONE")
    kept = [parent.make(holder), child.make(holder)]
    first, second = (order_steps(collect(holder)) for _ in range(2))  # type: ignore[arg-type]
    assert first is second
    del kept
