"""Everything that can be done with related objects, on every kind of relationship: one program for each pair."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.differential.log import Log
from tests.differential.programs import kinds_of_relationship as kinds
from tests.differential.programs.kinds_of_relationship import Names, mapped
from tests.differential.registry import Program, program


class Play:
    """Two stored parents with two and one children, and what can be done with them."""

    def __init__(self, lib: Any, session: Any, log: Log, names: Names) -> None:
        self.lib, self.session, self.log, self.names = lib, session, log, names
        with log.quiet():
            self._store()
        self.p, self.q = (session.get(names.Parent, key) for key in (1, 2))
        order = names.Child.id if hasattr(names.Child, "id") else names.Child.name
        found = session.scalars(lib.select(names.Child).order_by(order)).all()
        self.a, self.b, self.c = [each for each in found if each.name in "abc"]

    def _store(self) -> None:
        names, session = self.names, self.session
        parents = [names.Parent(name="p"), names.Parent(name="q")]
        session.add_all(parents)
        session.flush()
        for parent, named in ((parents[0], "ab"), (parents[1], "c")):
            for name in named:
                child = self.child(name)
                with session.no_autoflush:
                    self.bring(parent, child, replace=False)
                    session.add(child)
                session.flush()
        session.commit()
        session.expunge_all()

    def child(self, name: str) -> Any:
        return self.names.Child(name=name)

    def parent(self, name: str) -> Any:
        return self.names.Parent(name=name)

    def is_scalar(self) -> bool:
        """Whether the parent holds one child."""
        return bool(self.names.many) and not self.lib.inspect(self.names.Parent).relationships[self.names.many].uselist

    def bring(self, parent: Any, child: Any, replace: bool = True) -> None:
        """Bring a child to a parent, by the parent's side if it has one."""
        names = self.names
        if not names.many:
            child.parent = parent
        elif self.is_scalar():
            if replace or parent.children is None:
                parent.children = child
        elif names.keyed:
            parent.children[child.name] = child
        elif isinstance(parent.children, set):
            parent.children.add(child)
        else:
            parent.children.append(child)

    def take(self, parent: Any, child: Any) -> None:
        """Take a child away from its parent, if it is there."""
        names = self.names
        if not names.many:
            child.parent = None
        elif self.is_scalar():
            parent.children = None
        elif names.keyed:
            parent.children.pop(child.name, None)
        elif child in parent.children:
            parent.children.remove(child)

    def assign(self, parent: Any, *children: Any) -> None:
        """Put other children in the place of those that a parent has."""
        names = self.names
        if not names.many:
            for child in children:
                child.parent = parent
        elif self.is_scalar():
            parent.children = children[-1] if children else None
        elif names.keyed:
            parent.children = {child.name: child for child in children}
        else:
            parent.children = set(children) if isinstance(parent.children, set) else list(children)

    def lead(self, child: Any, parent: Any) -> None:
        """Set a child's parent, by the child's side if it has one."""
        if not self.names.one:
            return
        if isinstance(child.parent, list):
            child.parent = [] if parent is None else [parent]
        else:
            child.parent = parent

    def tell(self, *objects: Any) -> None:
        """Write down the states, what the session holds, and what the objects refer to in memory."""
        for each in objects:
            self.log.state(each)
        self.log.session(self.session)

    def look(self) -> None:
        """Read all rows anew."""
        self.session.commit()
        names = self.names
        for parent in self.session.scalars(self.lib.select(names.Parent).order_by(names.Parent.id)).all():
            held = getattr(parent, names.many) if names.many else ()
            held = held.values() if names.keyed else held if hasattr(held, "__len__") else (held,)
            self.log(f"children of {parent.name}", sorted(each.name for each in held if each is not None))


def bring_a_new_child(play: Play) -> None:
    new = play.child("n")
    play.bring(play.p, new)
    play.tell(new)
    play.session.add(new)
    play.session.flush()
    play.tell(new)


def bring_a_child_to_a_new_parent(play: Play) -> None:
    new = play.parent("n")
    play.session.add(new)
    play.bring(new, play.a)
    play.session.flush()
    play.tell(new, play.a)


def a_new_family(play: Play) -> None:
    new = play.parent("n")
    for name in ("x", "y"):
        play.bring(new, play.child(name))
    play.session.add(new)
    play.tell(new)
    play.session.flush()


def a_new_child_with_its_parent(play: Play) -> None:
    new = play.child("n")
    play.lead(new, play.parent("m"))
    play.session.add(new)
    play.session.flush()
    play.tell(new)


def lead_a_child_away(play: Play) -> None:
    play.lead(play.a, play.q)
    play.session.flush()


def lead_a_child_to_none(play: Play) -> None:
    play.lead(play.a, None)
    play.session.flush()
    play.tell(play.a)


def take_a_child_away(play: Play) -> None:
    play.take(play.p, play.a)
    play.session.flush()
    play.tell(play.a)


def move_a_child(play: Play) -> None:
    play.take(play.p, play.a)
    play.bring(play.q, play.a)
    play.session.flush()
    play.tell(play.a)


def move_without_taking(play: Play) -> None:
    play.bring(play.q, play.a)
    play.session.flush()
    play.tell(play.a)


def take_and_bring_back(play: Play) -> None:
    play.take(play.p, play.a)
    play.bring(play.p, play.a)
    play.session.flush()


def replace_all(play: Play) -> None:
    play.assign(play.p, play.b, play.child("n"))
    play.session.flush()
    play.tell(play.a, play.b)


def replace_by_nothing(play: Play) -> None:
    play.assign(play.p)
    play.session.flush()
    play.tell(play.a, play.b)


def exchange(play: Play) -> None:
    play.assign(play.p, play.c)
    play.assign(play.q, play.a, play.b)
    play.session.flush()


def delete_the_parent(play: Play) -> None:
    play.session.delete(play.p)
    play.session.flush()
    play.tell(play.p, play.a)


def delete_the_parent_after_a_look(play: Play) -> None:
    if play.names.many:
        play.log("children", len(play.p.children) if hasattr(play.p.children, "__len__") else play.p.children)
    play.session.delete(play.p)
    play.session.flush()
    play.tell(play.p, play.a)


def delete_a_child(play: Play) -> None:
    play.session.delete(play.a)
    play.session.flush()
    play.tell(play.a)


def delete_a_child_after_a_look(play: Play) -> None:
    if play.names.many:
        play.log("children", len(play.p.children) if hasattr(play.p.children, "__len__") else play.p.children)
    if play.names.one:
        play.log("parent", play.a.parent)
    play.session.delete(play.a)
    play.session.flush()
    play.tell(play.a)


def delete_all(play: Play) -> None:
    for each in (play.p, play.c, play.a, play.q, play.b):
        if play.lib.inspect(each).persistent:
            play.session.delete(each)
    play.session.flush()


def move_and_delete_the_parent(play: Play) -> None:
    play.take(play.p, play.a)
    play.bring(play.q, play.a)
    play.session.delete(play.p)
    play.session.flush()
    play.tell(play.a, play.b)


def delete_and_make_anew(play: Play) -> None:
    play.session.delete(play.a)
    new = play.child("a2")
    play.bring(play.p, new)
    play.session.add(new)
    play.session.flush()


def roll_back(play: Play) -> None:
    new = play.child("n")
    play.bring(play.p, new)
    play.take(play.p, play.a)
    play.session.flush()
    play.session.rollback()
    play.tell(play.a, new)


def rename_and_move(play: Play) -> None:
    play.a.name = "a2"
    play.bring(play.q, play.a)
    play.q.name = "q2"
    play.session.flush()


def expire_and_bring(play: Play) -> None:
    play.session.expire_all()
    new = play.child("n")
    play.bring(play.p, new)
    play.session.add(new)
    play.session.flush()


def merge_a_copy(play: Play) -> None:
    copy = play.names.Parent(id=1, name="p2")
    if play.names.many:
        kept = play.names.Child(
            **{name: getattr(play.a, name) for name in play.lib.inspect(play.a).mapper.columns.keys()}  # noqa: SIM118
        )
        play.assign(copy, kept, play.child("n"))
    merged = play.session.merge(copy)
    play.log("same", merged is play.p)
    play.session.flush()
    play.tell(play.a, play.b)


def expunge_the_parent(play: Play) -> None:
    new = play.parent("n")
    child = play.child("x")
    play.session.add(new)
    play.bring(new, child)
    play.session.add(child)
    play.session.expunge(new)
    play.tell(new, child)
    play.log.error("flush", play.session.flush)
    play.session.rollback()


def history(play: Play) -> None:
    play.bring(play.q, play.a)
    for each, name in ((play.p, play.names.many), (play.q, play.names.many), (play.a, play.names.one)):
        if name:
            found = play.lib.inspect(each).attrs[name].history
            play.log(f"history of {name}", [sorted(play.log.show(one) for one in part or ()) for part in found])
    play.log("modified", [play.session.is_modified(each) for each in (play.p, play.q, play.a)])


EDITS: tuple[Callable[[Play], None], ...] = (
    bring_a_new_child, bring_a_child_to_a_new_parent, a_new_family, a_new_child_with_its_parent, lead_a_child_away,
    lead_a_child_to_none, take_a_child_away, move_a_child, move_without_taking, take_and_bring_back, replace_all,
    replace_by_nothing, exchange, delete_the_parent, delete_the_parent_after_a_look, delete_a_child,
    delete_a_child_after_a_look, delete_all, move_and_delete_the_parent, delete_and_make_anew, roll_back, rename_and_move,
    expire_and_bring, merge_a_copy, expunge_the_parent, history,
)  # fmt: skip


def _program(kind: Callable[[Any], Names], edit: Callable[[Play], None]) -> Program:
    def pair(lib: Any, engine: Any, log: Log) -> None:
        names = mapped(lib, kind)
        with log.quiet():
            names.Parent.metadata.create_all(engine)
        log.any_order("links")
        if kind in READ_LESS:
            log.without_reads()
        with lib.orm.Session(engine) as session:
            play = Play(lib, session, log, names)
            try:
                edit(play)
            except Exception as error:
                log.raised("the edit failed", error)
                session.rollback()
            try:
                play.look()
            except Exception as error:
                log.raised("the end failed", error)

    pair.__module__ = __name__
    pair.__name__ = f"{kind.__name__}.{edit.__name__}"
    return pair


READ_LESS = (kinds.one_to_one, kinds.by_a_unique_name, kinds.one_sided_reference)
"""Kinds of which SQLAlchemy reads more than it needs: see `intended.py`, "SELECTs that tell nothing new"."""

LEFT_OUT = {
    # Children in a set are inserted in the order in which Python keeps them.
    (kinds.in_a_set, a_new_family),
    # SQLAlchemy writes the key of the child that leaves before the parent goes, Holdfast after it: the same rows.
    (kinds.updated_afterwards, move_and_delete_the_parent),
    # SQLAlchemy splits the UPDATE of a tree by sets.
    (kinds.tree, move_and_delete_the_parent),
    # SQLAlchemy loads what was replaced when the history is read, Holdfast when it is flushed.
    (kinds.one_to_one, history),
}

for _kind in kinds.KINDS:
    for _edit in EDITS:
        if (_kind, _edit) not in LEFT_OUT:
            program(_program(_kind, _edit))
