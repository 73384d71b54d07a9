"""Rules for objects that go: deleted, with what they own, or taken out of the session; and how they come back."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import rule

import holdfast as hf
from holdfast import exc
from tests.stateful.plain_model import Known
from tests.stateful.reach import meet
from tests.stateful.world import PLACES, World, has, relationships_of


class LeavingRules(World):
    """How an object leaves, and comes back."""

    def is_only_mark(self, one: Known) -> bool:
        """Whether an object is all that is marked for deletion, and is not gone already."""
        return len(self.session.deleted) == 1 and one.instance in self.session.deleted

    @has("persistent", "deleting", "deleted", "detached")
    @rule(place=PLACES, flushed=st.booleans())
    def delete(self, place: int, flushed: bool) -> None:
        """An object is marked, with what it owns.

        Collections that hold it are as they were until they are expired: so it is documented. A tag that was just put
        on a parent and is deleted in the same flush fails by its foreign key, there as in SQLAlchemy: flushed before.
        """
        one = self.choose(place, "persistent", "deleting", "deleted", "detached")
        if one is None:
            return
        if one.status == "detached":
            self.settle()
            if self.come_back(one, "delete", lambda session: session.add(one.instance)):
                self.delete_one(one)
            return
        meet("delete", one)
        if one.status == "persistent" and one.root in ("parent", "tag"):
            self.settle()
        self.delete_one(one)
        if flushed:
            self.write()

    def delete_one(self, one: Known) -> None:
        """Delete an object, by the session and in the model."""
        self.do(lambda session: session.delete(one.instance))
        self.mark(one)
        self.stale = True

    def mark(self, one: Known) -> None:
        """Note that an object is going to be deleted, and what the cascade reaches."""
        if one.status != "persistent":
            return
        one.status = "deleting"
        for name in {"parent": ("child", "rating"), "tag": ("rating",)}.get(one.root, ()):
            for other in self.model.of("persistent", kind=name):
                if other.refs[one.root] is one:
                    self.mark(other)

    @has("pending", "persistent", "deleting", "deleted")
    @rule(place=PLACES)
    def expunge(self, place: int) -> None:
        """An object that nobody else refers to leaves; from then on the program has it, and the session may read another."""
        one = self.choose(place, "pending", "persistent", "deleting", "deleted")
        if one is None:
            return
        is_free_kind = one.root in ("badge", "parent", "tag")
        if one.status == "pending":
            is_alone = not relationships_of(one.instance) and is_free_kind and not any(one.refs.values())
            if is_alone and not self.is_referred_to(one):
                meet("expunge", one)
                self.do(lambda session: session.expunge(one.instance))
                one.status, one.made = "transient", False
        elif one.status == "persistent":
            if is_free_kind and not one.made:
                self.expunge_persistent(one)
        elif one.root in ("badge", "child") and (one.status == "deleted" or self.is_only_mark(one)):
            meet("expunge", one)
            self.do(lambda session: session.expunge(one.instance))
            self.model.leave(one)
            one.status, self.stale = "gone", True
            self.model.forget_gone()

    def is_referred_to(self, one: Known) -> bool:
        """Whether a known object refers to one."""
        return any(one in other.tags or one in other.refs.values() for other in self.model.known)

    def expunge_persistent(self, one: Known) -> None:
        """Take an object out after nobody has it in memory any more, its own changes being written or kept."""
        meet("expunge", one)
        self.write()
        # Another object that is read for its row holds what was written, whatever becomes of the savepoint.
        self.note_values()
        self.drop_relationships()
        if one.status == "persistent":
            self.do(lambda session: session.expunge(one.instance))
            assert hf.inspect(one.instance).detached and one.instance not in self.session
            self.model.leave(one)
            one.status = "detached"

    def come_back(self, one: Known, operation: str, act: Any) -> bool:
        """A detached object comes into the session; what was not set outside is read again. Says whether it could."""
        if one.key not in self.model.rows[one.root] or relationships_of(one.instance):
            return False
        meet(operation, one)
        if not self.is_free(one):
            with pytest.raises(exc.InvalidRequestError, match="another instance with key"):
                self.do(act)
            return False

        def bring(session: Any) -> None:
            act(session)
            self.expire_unchanged(session, one)

        self.do(bring)
        self.model.come(one)
        return True
