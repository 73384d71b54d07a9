"""Puts things with 'before' relations into order: in rounds, so that what does not depend on each other stays together.

Source: Kahn, Topological sorting of large networks, 1962, taken round by round; Tarjan, Depth-first search and linear
graph algorithms, 1972, for the cycles. Both are linear in nodes and edges.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from typing import Any, TypeVar

N = TypeVar("N", bound=Hashable)


class CycleError(ValueError):
    """The relations go round in a circle.

    Attributes:
        nodes: those that are in a circle or behind one, in the order in which they were given.
    """

    def __init__(self, nodes: list[Any]) -> None:
        super().__init__(f"{len(nodes)} nodes can not be put into order")
        self.nodes = nodes


def rounds(nodes: Iterable[N], edges: Iterable[tuple[N, N]], sort_key: Callable[[N], Any]) -> list[list[N]]:
    """Sort `nodes` into rounds: a node stands in the first round in which all that come before it are done.

    Args:
        nodes: each once, in any order.
        edges: pairs (before, after); a pair may come twice, both ends must be nodes.
        sort_key: orders the nodes of one round, so that the result does not depend on the order of the arguments.

    Raises: CycleError: there is no such order.
    """
    followers: dict[N, list[N]] = {node: [] for node in nodes}
    waiting_for = dict.fromkeys(followers, 0)
    for before, after in set(edges):
        followers[before].append(after)
        waiting_for[after] += 1
    result: list[list[N]] = []
    ready = [node for node, count in waiting_for.items() if count == 0]
    while ready:
        ready.sort(key=sort_key)
        result.append(ready)
        following: list[N] = []
        for node in ready:
            del waiting_for[node]
            for after in followers[node]:
                waiting_for[after] -= 1
                if waiting_for[after] == 0:
                    following.append(after)
        ready = following
    if waiting_for:
        raise CycleError(list(waiting_for))
    return result


def cycles(nodes: Iterable[N], edges: Iterable[tuple[N, N]]) -> list[set[N]]:
    """Return the groups of nodes that come before one another in a circle; a node may be a group by itself.

    Args:
        nodes, edges: as for `rounds`.
    """
    followers: dict[N, list[N]] = {node: [] for node in nodes}
    own_circle: set[N] = set()
    for before, after in set(edges):
        followers[before].append(after)
        if before == after:
            own_circle.add(before)
    return [group for group in _components(followers) if len(group) > 1 or group & own_circle]


def _components(followers: dict[N, list[N]]) -> list[set[N]]:
    """Return the strongly connected components; with a stack of its own, since chains of objects may be long."""
    found: list[set[N]] = []
    number: dict[N, int] = {}
    lowest: dict[N, int] = {}
    open_nodes: list[N] = []
    is_open: set[N] = set()
    for start in followers:
        if start in number:
            continue
        work = [(start, iter(followers[start]))]
        number[start] = lowest[start] = len(number)
        open_nodes.append(start)
        is_open.add(start)
        while work:
            node, rest = work[-1]
            for after in rest:
                if after not in number:
                    number[after] = lowest[after] = len(number)
                    open_nodes.append(after)
                    is_open.add(after)
                    work.append((after, iter(followers[after])))
                    break
                if after in is_open:
                    lowest[node] = min(lowest[node], number[after])
            else:
                work.pop()
                if work:
                    above = work[-1][0]
                    lowest[above] = min(lowest[above], lowest[node])
                if lowest[node] == number[node]:
                    found.append(_take_component(node, open_nodes, is_open))
    return found


def _take_component(root: N, open_nodes: list[N], is_open: set[N]) -> set[N]:
    component: set[N] = set()
    while True:
        node = open_nodes.pop()
        is_open.discard(node)
        component.add(node)
        if node == root:
            return component
