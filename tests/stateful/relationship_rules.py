"""Rules for relationships: every kind of them, changed from either side."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import rule

from tests.stateful.mapped import Rating
from tests.stateful.plain_model import Known, references_of
from tests.stateful.reach import meet
from tests.stateful.world import AMOUNTS, NAMES, PLACES, World, has

(BADGE_OWNER,) = references_of("badge")


class RelationshipRules(World):
    """What a program does with two objects."""

    def two(self, first: str, place: int, second: str, other: int) -> tuple[Known, Known] | None:
        """Return an object of each kind that is in the session; nothing stale is in memory then."""
        if self.stale:
            self.settle()
        one = self.choose(place, "pending", "persistent", kind=first)
        two = self.choose(other, "pending", "persistent", kind=second)
        return None if one is None or two is None else (one, two)

    @has("pending", "persistent", kind="child")
    @rule(place=PLACES, other=PLACES, by_collection=st.booleans())
    def move_child(self, place: int, other: int, by_collection: bool) -> None:
        """One-to-many, many-to-one: a child goes to another parent, from either side."""
        found = self.two("child", place, "parent", other)
        if found is None:
            return
        child, parent = found
        meet("append to a collection", parent) if by_collection else meet("set a reference", child)

        def act(session: Any) -> None:
            if not by_collection:
                child.instance.parent = parent.instance
            elif child.instance not in parent.instance.children:
                parent.instance.children.append(child.instance)

        self.note_unknown(child, "parent")
        self.do(act)
        child.refs["parent"] = parent

    @has("persistent", kind="child")
    @rule(place=PLACES)
    def take_child_away(self, place: int) -> None:
        """A persistent child is removed from its parent: it is an orphan, which the flush deletes."""
        found = self.two("child", place, "parent", 0)
        if found is None or found[0].status != "persistent":
            return
        child = found[0]
        parent = child.refs["parent"]
        if isinstance(parent, Known) and parent.is_here:
            meet("remove from a collection", parent)
            self.do(lambda session: parent.instance.children.remove(child.instance))
            if child.status == "persistent":
                child.status = "deleting"

    @has("pending", "persistent", kind="badge")
    @rule(place=PLACES, other=PLACES, by_owner=st.booleans(), away=st.booleans())
    def give_badge(self, place: int, other: int, by_owner: bool, away: bool) -> None:
        """One-to-one: a badge goes to a parent, whose own one loses it; or a parent has none any more."""
        found = self.two("badge", place, "parent", other)
        if found is None:
            return
        badge, parent = found
        meet("set a one-to-one", parent if by_owner else badge)

        # Read before: who is displaced is known to those who have the old value in memory.
        before = self.do(lambda session: parent.instance.badge)
        if before is not None and before not in [each.instance for each in self.model.of("pending", "persistent")]:
            self.meet_row("badge", before.id, before)

        def act(session: Any) -> None:
            if by_owner:
                parent.instance.badge = None if away else badge.instance
            else:
                badge.instance.owner = None if away else parent.instance

        self.note_unknown(badge, "owner")
        self.do(act)
        if by_owner or not away:
            for one in self.model.referring(parent, BADGE_OWNER):
                one.refs["owner"] = None
        badge.refs["owner"] = (badge.refs["owner"] if by_owner else None) if away else parent
        if away and by_owner and badge.refs["owner"] is parent:
            badge.refs["owner"] = None

    @has("pending", "persistent", kind="parent")
    @rule(place=PLACES, other=PLACES, by_staff=st.booleans(), away=st.booleans())
    def change_boss(self, place: int, other: int, by_staff: bool, away: bool) -> None:
        """Self-referential: a parent gets a boss, or has none any more; from either side."""
        found = self.two("parent", place, "parent", other)
        if found is None:
            return
        one, boss = found
        if away:
            boss = one.refs["boss"]
            if not isinstance(boss, Known) or not boss.is_here:
                return
        elif self.is_above(one, boss):
            return
        meet("set a self-reference", one)
        if by_staff:
            meet("remove from a collection" if away else "append to a collection", boss)

        def act(session: Any) -> None:
            if not by_staff:
                one.instance.boss = None if away else boss.instance
            elif away:
                boss.instance.staff.remove(one.instance)
            elif one.instance not in boss.instance.staff:
                boss.instance.staff.append(one.instance)

        self.note_unknown(one, "boss")
        self.do(act)
        one.refs["boss"] = None if away else boss

    def is_above(self, one: Known, other: Any) -> bool:
        """Whether `one` is `other` or a boss of it: rows may not refer to each other in a circle."""
        while other is not None:
            if other is one or other == one.key:
                return True
            other = other.refs["boss"] if isinstance(other, Known) else self.model.rows["parent"][other]["boss"]
        return False

    @has("pending", "persistent", kind="tag")
    @rule(place=PLACES, other=PLACES, from_tag=st.booleans())
    def toggle_tag(self, place: int, other: int, from_tag: bool) -> None:
        """Many-to-many: a tag is put on a parent or taken off, from either side."""
        found = self.two("parent", place, "tag", other)
        if found is None:
            return
        parent, tag = found
        meet("change a many-to-many", tag if from_tag else parent)
        has_it = tag in parent.tags

        def act(session: Any) -> None:
            members, member = (
                (tag.instance.parents, parent.instance) if from_tag else (parent.instance.tags, tag.instance)
            )
            (members.discard if has_it else members.add)(member)

        self.do(act)
        (parent.tags.discard if has_it else parent.tags.add)(tag)

    @has("pending", "persistent", kind="tag")
    @rule(place=PLACES, other=PLACES, name=NAMES, amount=AMOUNTS)
    def associate(self, place: int, other: int, name: str, amount: int) -> None:
        """Association object: a parent rates a tag, unless it has."""
        found = self.two("parent", place, "tag", other)
        if found is None:
            return
        parent, tag = found
        is_there = any(
            one.refs["parent"] is parent and one.refs["tag"] is tag
            for one in self.model.of("pending", "persistent", "deleting", kind="rating")
        )
        if is_there or (parent.key, tag.key) in self.model.rows["rating"]:
            return
        meet("associate", parent, tag)
        values = {"name": name, "amount": amount}
        rating = Rating(**values)

        def act(session: Any) -> None:
            rating.tag = tag.instance
            parent.instance.ratings.append(rating)
            session.add(rating)

        with self.session.no_autoflush:
            self.do(act)
        refs = {"parent": parent, "tag": tag}
        self.model.known.append(Known("rating", rating, "pending", values, refs=refs, made=True))
        self.note_flushed()
