"""Sorting into rounds, and finding circles."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast._util.topological import CycleError, cycles, rounds

EDGES = st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), max_size=40)


def test_what_does_not_depend_on_each_other_stands_in_one_round() -> None:
    """Rounds are as early as possible and sorted inside."""
    assert rounds("dcba", [("a", "c"), ("b", "c"), ("c", "d")], str) == [["a", "b"], ["c"], ["d"]]


def test_nothing_to_sort() -> None:
    """No nodes, no rounds."""
    assert rounds([], [], str) == []


def test_a_circle_is_an_error_that_names_its_nodes() -> None:
    """Nodes before the circle are not named; those behind it are, since they wait too."""
    with pytest.raises(CycleError) as raised:
        rounds("abcd", [("a", "b"), ("b", "c"), ("c", "b"), ("c", "d")], str)
    assert raised.value.nodes == ["b", "c", "d"]


def test_circles_are_found() -> None:
    """Groups that come before one another, and a node that comes before itself."""
    edges = [("a", "b"), ("b", "a"), ("b", "c"), ("c", "c"), ("c", "d")]
    assert sorted(map(sorted, cycles("abcd", edges))) == [["a", "b"], ["c"]]


def test_a_long_chain_needs_no_deep_stack() -> None:
    """A tree of objects may be deeper than Python's stack."""
    length = 50_000
    chain = [(number, number + 1) for number in range(length - 1)]
    assert cycles(range(length), chain) == []
    assert len(rounds(range(length), chain, int)) == length
    (circle,) = cycles(range(length), [*chain, (length - 1, 0)])
    assert len(circle) == length


@given(EDGES)
def test_every_edge_goes_to_a_later_round(edges: list[tuple[int, int]]) -> None:
    """Either all edges go forward, or there is a circle, and the two functions agree on it."""
    circles = cycles(range(13), edges)
    if circles:
        with pytest.raises(CycleError) as raised:
            rounds(range(13), edges, int)
        assert set().union(*circles) <= set(raised.value.nodes)
        return
    found = rounds(range(13), edges, int)
    place = {node: number for number, round_ in enumerate(found) for node in round_}
    assert len(place) == 13
    assert all(place[before] < place[after] for before, after in edges)


@given(EDGES)
def test_circles_are_those_that_reach_themselves(edges: list[tuple[int, int]]) -> None:
    """Compared with the definition, followed by brute force."""
    reach = {node: {after for before, after in edges if before == node} for node in range(13)}
    for _ in range(13):
        for node in reach:
            reach[node] |= {after for middle in reach[node] for after in reach[middle]}
    expected = {
        frozenset(other for other in reach[node] if node in reach[other]) for node in reach if node in reach[node]
    }
    assert {frozenset(group) for group in cycles(range(13), edges)} == expected
