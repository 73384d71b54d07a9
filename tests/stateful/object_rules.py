"""Rules for one object: made, added, set, read, pickled; deleted and added again; and what is refused."""

from __future__ import annotations

import pickle
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import rule

import holdfast as hf
from holdfast import exc
from tests.stateful.leaving_rules import LeavingRules
from tests.stateful.mapped import CLASSES
from tests.stateful.plain_model import HERE, OUTSIDE, ROOTS, Known, columns_of, references_of
from tests.stateful.reach import REFUSED, meet, state_of
from tests.stateful.world import AMOUNTS, FREE_KINDS, NAMES, PLACES, has


class ObjectRules(LeavingRules):
    """What a program does with one object."""

    def make(self, kind: str, name: str, amount: int, status: str) -> Known:
        """Return a new object that is known; nobody has it yet."""
        values: dict[str, Any] = {"name": name, "amount": amount}
        if "extra" in columns_of(kind):
            values["extra"] = amount + 1
        refs = {reference.name: None for reference in references_of(ROOTS[kind])}
        one = Known(kind, CLASSES[kind](**values), status, values, refs=refs, made=True)
        self.model.known.append(one)
        return one

    @rule(kind=FREE_KINDS, name=NAMES, amount=AMOUNTS)
    def make_outside(self, kind: str, name: str, amount: int) -> None:
        """A new object is made, and added later or never."""
        if len(self.model.of("transient")) < 3:
            self.make(kind, name, amount, "transient")

    @rule(
        kind=st.sampled_from(["badge", "child", "infant", "label", "parent", "tag"]),
        place=PLACES,
        name=NAMES,
        amount=AMOUNTS,
    )
    def add(self, kind: str, place: int, name: str, amount: int) -> None:
        """A new object comes into the session; a child comes with a parent."""
        parents = self.model.of("pending", "persistent", kind="parent")
        is_child = ROOTS[kind] == "child"
        if is_child and not parents:
            return
        one = self.make(kind, name, amount, "transient")
        meet("add", one)
        if is_child:
            meet("set a reference", one)

        def act(session: Any) -> None:
            if is_child:
                one.instance.parent = one.refs["parent"].instance
            session.add(one.instance)

        if is_child:
            one.refs["parent"] = parents[place % len(parents)]
        self.do(act)
        one.status = "pending"
        self.note_flushed()

    @has("transient", "pending", "persistent", "deleting", "detached")
    @rule(place=PLACES)
    def add_again(self, place: int) -> None:
        """An object that was made, is there, is marked for deletion or was taken out, is added."""
        one = self.choose(place, "transient", "pending", "persistent", "deleting", "detached")
        if one is None:
            return
        if one.status == "deleting" and not self.is_only_mark(one):
            return
        if one.status == "detached":
            self.come_back(one, "add", lambda session: session.add(one.instance))
            return
        if self.stale and one.status == "persistent":
            # Its relationships in memory may lead to what is gone, which can not be added.
            self.settle()
        meet("add", one)
        self.do(lambda session: session.add(one.instance))
        if one.status == "deleting":
            assert one.instance not in self.session.deleted
            one.status = "persistent"
        if one.status == "transient":
            one.status, one.made = "pending", True

    @has(*HERE, *OUTSIDE, "deleted")
    @rule(place=PLACES, column=st.sampled_from(["name", "amount", "extra"]), name=NAMES, amount=AMOUNTS)
    def set_column(self, place: int, column: str, name: str, amount: int) -> None:
        """A value is set, wherever the object is."""
        one = self.pick("set", place, *HERE, *OUTSIDE, "deleted")
        if one is not None and column in columns_of(one.kind):
            value = name if column == "name" else amount
            self.do(lambda session: setattr(one.instance, column, value))
            one.values[column] = value
            if one.status == "detached":
                one.changed.add(column)

    @has("pending", "persistent")
    @rule(place=PLACES)
    def count_up(self, place: int) -> None:
        """A value is read and set."""
        one = self.pick("read", place, "pending", "persistent")
        if one is not None:

            def act(session: Any) -> None:
                one.instance.amount += 1

            self.do(act)
            one.values["amount"] += 1

    @has(*HERE, *OUTSIDE, "deleted")
    @rule(place=PLACES)
    def read(self, place: int) -> None:
        """A value is read; of a detached object only what is in memory."""
        one = self.choose(place, *HERE, *OUTSIDE, "deleted")
        if one is None:
            return
        is_held = "name" in vars(one.instance)
        if one.status in ("deleting", "deleted") and not is_held:
            return
        meet("read", one)
        if one.status == "detached" and not is_held:
            with pytest.raises(exc.SQLAlchemyError, match="is not bound to a Session"):
                self.do(lambda session: one.instance.name)
            return
        assert self.do(lambda session: one.instance.name) == one.values["name"]

    @has(*HERE, *OUTSIDE, "deleted")
    @rule(place=PLACES)
    def pickle(self, place: int) -> None:
        """An object goes out as a pickle: it stays as it is, and its copy has what it had in memory, in no session."""
        one = self.pick("pickle", place, *HERE, *OUTSIDE, "deleted")
        if one is not None:
            before = state_of(one)
            copy = pickle.loads(self.do(lambda session: pickle.dumps(one.instance)))
            assert copy is not one.instance and hf.inspect(copy).session is None
            held, wanted = vars(copy), vars(one.instance)
            names = [name for name in columns_of(one.kind) if name in wanted]
            assert {name: held.get(name) for name in names} == {name: wanted[name] for name in names}
            assert hf.inspect(copy).identity == hf.inspect(one.instance).identity
            assert state_of(one) == before

    @rule(pair=st.sampled_from(sorted(REFUSED)), place=PLACES)
    def is_refused(self, pair: tuple[str, str], place: int) -> None:
        """What can not be done is said, and changes nothing."""
        state, operation = pair
        found = [one for one in self.model.known if state_of(one) == state]
        if found:
            one = found[place % len(found)]
            meet(operation, one)
            with pytest.raises(exc.InvalidRequestError):
                self.do(lambda session: getattr(session, operation)(one.instance))
            assert state_of(one) == state
