"""Histories as values: before and now."""

import copy
import pickle

from holdfast.orm.history import BLANK, NO_VALUE, History, PendingChanges, collection_history


def test_the_sums_of_a_history() -> None:
    history = History([1], [2], [3])
    assert (history.sum(), history.non_deleted(), history.non_added()) == ([1, 2, 3], [1, 2], [2, 3])
    assert history.has_changes() and not history.empty()
    assert BLANK.empty() and not BLANK.has_changes() and not History((), [2], ()).has_changes()


def test_members_are_compared_by_identity() -> None:
    """Objects that compare by value may be equal and yet two rows."""
    one, other = [1], [1]
    assert collection_history([one], [other]) == ([other], [], [one])


def test_what_came_and_went_again_was_never_there() -> None:
    pending = PendingChanges()
    a, b, c = object(), object(), object()
    pending.add(a)
    pending.remove(a)
    pending.remove(b)
    pending.add(b)
    pending.add(c)
    pending.remove(object())
    assert (pending.added, len(pending.removed)) == ([c], 1)
    assert pending.apply([b]) == [b, c]
    assert pending.apply([b, c]) == [b, c]


def test_no_value_is_one_of_its_kind() -> None:
    assert pickle.loads(pickle.dumps(NO_VALUE)) is NO_VALUE
    assert copy.deepcopy(NO_VALUE) is NO_VALUE
    assert not NO_VALUE and repr(NO_VALUE) == "NO_VALUE"
