"""Rules for relationships of what is outside of the session: a new object, or one that was taken out, which then comes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from holdfast.orm.exc import DetachedInstanceError
from tests.stateful.mapped import Rating
from tests.stateful.plain_model import Known
from tests.stateful.reach import meet
from tests.stateful.relationship_rules import RelationshipRules
from tests.stateful.world import LAST, relationships_of


class OutsideRules(RelationshipRules):
    """What a program does with an object outside of the session and one inside."""

    def relate_new(self, operation: str, other: int) -> None:
        """A new parent is related with what is in the session; then it is added, and that is written."""
        if self.stale:
            self.settle()
        one = self.choose(LAST, "transient", kind="parent")
        kinds = {"set a one-to-one": "badge", "change a many-to-many": "tag", "associate": "tag"}
        partner = self.choose(other, "persistent", kind=kinds.get(operation, "parent"))
        if one is None or partner is None:
            return
        meet(operation, one)
        relate: Callable[[Any, Any], Any] = {
            "append to a collection": lambda new, held: new.staff.append(held),
            "remove from a collection": lambda new, held: (new.staff.append(held), new.staff.remove(held)),
            "set a one-to-one": lambda new, held: setattr(new, "badge", held),
            "change a many-to-many": lambda new, held: new.tags.add(held),
            "set a self-reference": lambda new, held: setattr(new, "boss", held),
            "associate": lambda new, held: new.ratings.append(Rating(tag=held, name="", amount=1)),
        }[operation]

        def act(session: Any) -> None:
            with session.no_autoflush:
                relate(one.instance, partner.instance)
                session.add(one.instance)

        self.do(act)
        one.status, one.made = "pending", True
        if operation == "set a self-reference":
            one.refs["boss"] = partner
        elif operation == "set a one-to-one":
            partner.refs["owner"] = one
        elif operation == "change a many-to-many":
            one.tags.add(partner)
        elif operation == "associate":
            values, refs = {"name": "", "amount": 1}, {"parent": one, "tag": partner}
            self.model.known.append(Known("rating", one.instance.ratings[0], "pending", values, refs=refs, made=True))
        else:
            partner.refs["boss"] = None if "remove" in operation else one
        self.note_flushed()

    def relate_detached(self, operation: str, other: int) -> None:
        """What was taken out gets another reference, and comes back with it; its collections can not be read for that."""
        if self.stale:
            self.settle()
        one = self.choose(LAST, "detached")
        partner = self.choose(other, "persistent", kind="parent")
        if one is None or partner is None or relationships_of(one.instance):
            return
        collection = {"change a many-to-many": "tags", "associate": "ratings"}.get(operation, "staff")
        if operation not in ("set a one-to-one", "set a self-reference"):
            if one.kind == "parent":
                meet(operation, one)
                with pytest.raises(DetachedInstanceError, match="is not bound to a Session"):
                    self.do(lambda session: getattr(one.instance, collection))
            return
        name = {"parent": "boss", "badge": "owner"}.get(one.kind)
        wanted = "boss" if operation == "set a self-reference" else "owner"
        if name != wanted or (name == "boss" and self.is_above_row(one, partner)):
            return
        # Who is displaced is known to those who have the old value in memory.
        held = self.do(lambda session: partner.instance.badge) if name == "owner" else None
        displaced = None if held is None else self.meet_row("badge", held.id, held)
        if not self.is_free(one):
            return
        meet(operation, one)
        if displaced is not None:
            displaced.refs["owner"] = None

        def act(session: Any) -> None:
            with session.no_autoflush:
                setattr(one.instance, name, partner.instance)
                session.add(one.instance)
                self.expire_unchanged(session, one)

        self.do(act)
        self.model.come(one)
        one.refs[name] = partner

    def is_above_row(self, one: Known, other: Known) -> bool:
        """Whether the row of a detached object is that of `other` or of a boss of it."""
        return one.key == other.key or self.is_above(one, other)
