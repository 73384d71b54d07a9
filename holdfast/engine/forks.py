"""What a process does with the connections of the one that it was forked from: nothing.

Both hold the same sockets and files, so a byte sent by one of them is an answer that the other waits for, and a connection
closed politely in the child is closed for the parent. Python tells when a process has been forked (`os.fork`, and
`multiprocessing` where it forks): each pool is emptied in the child then, without a byte, and opens connections of its own.
The parent's are kept until the child ends, since some drivers close what is garbage. No connection is asked for its
process at its use, so nothing pays for this.
"""

from __future__ import annotations

import os
from typing import Any, NoReturn

from holdfast import exc
from holdfast._util.collections import WeakMembers

_pools: WeakMembers[Any] = WeakMembers()
_kept: list[Any] = []


def watch(pool: Any) -> None:
    """Have a pool emptied in processes that are forked from this one, by its `leave_to_parent`."""
    _pools.add(pool)


def leave_alone(entry: Any) -> None:
    """Let a pool's entry have nothing to do with its driver's connection any more: not even its end."""
    driver = entry.driver
    if driver is not None and not isinstance(driver, LeftAlone):
        _kept.append(driver)
        driver.__class__ = _left_class(type(driver))


class LeftAlone:
    """A driver's connection that belongs to another process: it sends nothing, and closing it does nothing.

    Connections hold their driver's, so what is exchanged is its class.
    """

    __slots__ = ()

    def _refuse(self, *arguments: Any, **keywords: Any) -> NoReturn:
        raise exc.InvalidRequestError(
            "This connection was opened by the process that this one was forked from, and belongs to that one. Close it "
            "here, which leaves it open there, and take another one from the engine."
        )

    run = run_essential = cursor = run_on = open_stream = begin_with_next = commit_with_next = fetch = _refuse

    async def run_many(self, *arguments: Any) -> NoReturn:
        """Refuse."""
        self._refuse()

    run_each = run_group = run_many

    def in_transaction(self) -> bool:
        """Return False: what is open there is not ours to end."""
        return False

    def is_closed(self) -> bool:
        """Return False: it is open, elsewhere."""
        return False

    def lend(self, to_program: bool) -> None:
        """Leave its mode as it is."""

    def roll_back_soon(self) -> None:
        """Leave its transaction as it is."""

    async def close(self) -> None:
        """Leave it open."""

    terminate = interrupt = roll_back_soon


_left_classes: dict[type, type] = {}


def _left_class(class_: type) -> type:
    """Return the class that a driver's connection gets: laid out like its own one."""
    found = _left_classes.get(class_)
    if found is None:
        found = _left_classes[class_] = type(f"LeftAlone{class_.__name__}", (LeftAlone, class_), {"__slots__": ()})
    return found


def _empty_pools() -> None:
    for pool in _pools:
        pool.leave_to_parent()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_empty_pools)
