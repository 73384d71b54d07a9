"""Programs about objects that leave a parent which is then deleted itself, and about new ones that leave their parent."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.differential.log import Log
from tests.differential.programs import kinds_of_relationship as kinds
from tests.differential.programs.kinds_of_relationship import Names, mapped
from tests.differential.registry import Program, program

_KINDS = (
    kinds.both_sides, kinds.one_sided_collection, kinds.one_to_one, kinds.owned, kinds.owned_one_sided,
    kinds.deleted_by_the_flush, kinds.in_a_set, kinds.updated_afterwards, kinds.many_to_many, kinds.tree,
)  # fmt: skip


def _take(names: Names, parent: Any, child: Any) -> None:
    if names.many and isinstance(parent.children, (list, set)):
        parent.children.remove(child)
    else:
        parent.children = None


def _give(names: Names, parent: Any, child: Any) -> None:
    if isinstance(parent.children, list):
        parent.children.append(child)
    elif isinstance(parent.children, set):
        parent.children.add(child)
    else:
        parent.children = child


def take_then_delete_the_parent(names: Names, session: Any, p: Any, q: Any, a: Any) -> None:
    _take(names, p, a)
    session.delete(p)


def delete_the_parent_then_take(names: Names, session: Any, p: Any, q: Any, a: Any) -> None:
    session.delete(p)
    _take(names, p, a)


def move_then_delete_the_old_parent(names: Names, session: Any, p: Any, q: Any, a: Any) -> None:
    _take(names, p, a)
    _give(names, q, a)
    session.delete(p)


def take_then_delete_both(names: Names, session: Any, p: Any, q: Any, a: Any) -> None:
    _take(names, p, a)
    session.delete(a)
    session.delete(p)


def empty_then_delete_the_parent(names: Names, session: Any, p: Any, q: Any, a: Any) -> None:
    p.children = type(p.children)() if isinstance(p.children, (list, set)) else None
    session.delete(p)


def a_new_child_that_leaves(names: Names, session: Any, p: Any, q: Any, a: Any) -> None:
    new = names.Child(name="new")
    _give(names, p, new)
    _take(names, p, new)
    session.flush()


def a_new_child_that_leaves_and_comes_back(names: Names, session: Any, p: Any, q: Any, a: Any) -> None:
    new = names.Child(name="new")
    session.add(new)
    _give(names, p, new)
    _take(names, p, new)
    session.add(new)
    _give(names, p, new)


_ACTIONS = (
    take_then_delete_the_parent, delete_the_parent_then_take, move_then_delete_the_old_parent, take_then_delete_both,
    empty_then_delete_the_parent, a_new_child_that_leaves, a_new_child_that_leaves_and_comes_back,
)  # fmt: skip


def _enter(kind: Callable[[Any], Names], action: Callable[..., None]) -> None:
    def play(lib: Any, engine: Any, log: Log) -> None:
        log.any_order("links")
        log.without_reads()
        names = mapped(lib, kind)
        with log.quiet():
            names.Parent.metadata.create_all(engine)
        with lib.orm.Session(engine) as session:
            p, q, a = names.Parent(name="p"), names.Parent(name="q"), names.Child(name="a")
            session.add_all([p, q])
            session.flush()
            _give(names, p, a)
            session.commit()
            # Everything is loaded: what the oracle reads in between would make it flush.
            found = [p.name, q.name, a.name, p.children, q.children]
            log("before", len(found))
            log.error("the flush", lambda: action(names, session, p, q, a))
            log.session(session)
            log.error("the commit", session.commit)
            log.state(p, q, a)

    play.__name__ = f"{kind.__name__}.{action.__name__}"
    play.__module__ = __name__
    entered: Program = play
    program(entered)


for _kind in _KINDS:
    for _action in _ACTIONS:
        if _kind is kinds.updated_afterwards and _action in (a_new_child_that_leaves, move_then_delete_the_old_parent):
            continue  # SQLAlchemy writes NULL over NULL; Holdfast lets go of the old key before it writes the new one
        _enter(_kind, _action)
