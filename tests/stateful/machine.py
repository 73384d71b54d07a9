"""The rule machine: a session does what a program may do, in any order, and is held against `plain_model` at each step."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule

from holdfast.ext.asyncio import AsyncSession
from holdfast.orm import Session
from tests.stateful.checks import Checks
from tests.stateful.mapped import Badge
from tests.stateful.object_rules import ObjectRules
from tests.stateful.outside_rules import OutsideRules
from tests.stateful.plain_model import Known
from tests.stateful.reach import REFUSED, RELATED, meet
from tests.stateful.reading_rules import ReadingRules
from tests.stateful.session_rules import SessionRules
from tests.stateful.statement_rules import StatementRules
from tests.stateful.world import AMOUNTS, LAST, NAMES, PLACES

AFTERWARDS: dict[str, tuple[str | None, str, dict[str, Any]]] = {
    **{
        name: (None, name, {"place": LAST})
        for name in ("add_again", "read", "count_up", "pickle", "expire", "refresh", "get_known")
    },
    **{
        name: (None, name, {})
        for name in ("flush", "roll_back", "begin_nested", "close", "expire_all", "read_everything")
    },
    **{f"commit {mode}": (None, "commit", {"synchronize": mode}) for mode in (None, False, True, "evaluate")},
    **{f"refused {pair}": (None, "is_refused", {"pair": pair, "place": LAST}) for pair in sorted(REFUSED)},
    **{
        f"update {mode}": (None, "update_many", {"kind": "its", "least": 0, "strategy": mode})
        for mode in ("auto", "fetch", "evaluate", False)
    },
    **{
        f"delete {mode}": ("badge", "delete_many", {"kind": "its", "least": 5, "strategy": mode})
        for mode in ("auto", "fetch", "evaluate")
    },
    "upsert": ("badge", "upsert", {"kind": "its", "place": 0, "name": "", "amount": 1, "returning": False}),
    "upsert a parent": ("parent", "upsert", {"kind": "its", "place": 0, "name": "", "amount": 1, "returning": True}),
    "query": (None, "query", {"kind": "its"}),
    "other writer": (None, "other_writer", {"place": 0, "amount": 1}),
    "second session": (None, "second_session", {"place": 0, "name": "", "amount": 1}),
    "others write": ("badge", "others_write_beside_what_waits", {"place": 0, "name": "", "amount": 1, "second": False}),
    "a second session writes": (
        "badge",
        "others_write_beside_what_waits",
        {"place": 0, "name": "", "amount": 1, "second": True},
    ),
    "expunge": ("badge", "expunge", {"place": LAST}),
    "expunge a parent": ("parent", "expunge", {"place": LAST}),
    "set": (None, "set_column", {"place": LAST, "column": "amount", "name": "", "amount": 3}),
    "delete": (None, "delete", {"place": LAST, "flushed": False}),
    "merge": ("badge", "merge", {"place": LAST, "name": "merged"}),
    "release a savepoint": (None, "end_savepoint", {"kept": True}),
    "roll back to a savepoint": (None, "end_savepoint", {"kept": False}),
    "move a child": ("child", "move_child", {"place": LAST, "other": LAST, "by_collection": False}),
    "take a child": ("parent", "move_child", {"place": 0, "other": LAST, "by_collection": True}),
    "be put on": ("tag", "toggle_tag", {"place": LAST, "other": LAST, "from_tag": True}),
    "get a boss": ("parent", "change_boss", {"place": LAST, "other": 0, "by_staff": False, "away": False}),
    "get staff": ("parent", "change_boss", {"place": 0, "other": LAST, "by_staff": True, "away": False}),
    "get and lose staff": ("parent", "lose_staff", {"kept": False}),
    "get, keep and lose staff": ("parent", "lose_staff", {"kept": True}),
    "get a badge": ("parent", "give_badge", {"place": LAST, "other": LAST, "by_owner": True, "away": False}),
    **{
        f"{operation}, then add": ("parent", "relate_new", {"operation": operation, "other": 1})
        for operation in RELATED
        if operation != "set a reference"
    },
    **{
        f"{operation}, and come back": ("parent", "relate_detached", {"operation": operation, "other": 0})
        for operation in RELATED
        if operation not in ("set a reference", "set a one-to-one")
    },
    "set a one-to-one, and come back": ("badge", "relate_detached", {"operation": "set a one-to-one", "other": 0}),
    "be rated": ("tag", "associate", {"place": 2, "other": LAST, "name": "", "amount": 1}),
}
"""What is done next: the kind of the object if not any, the rule and what it is given; the last place is that of the object."""

PREPARATIONS = {
    state: f"_{state}"
    for state in ("transient", "pending", "read", "changed", "expired", "marked", "deleted", "detached")
}
"""State -> the method that brings an object into it."""

THEN = st.sampled_from(sorted(AFTERWARDS))
Prepare = Callable[[str, int, int], Known | None]


class SessionMachine(Checks, ObjectRules, ReadingRules, OutsideRules, SessionRules, StatementRules):
    """All rules together."""

    @initialize(parents=st.integers(1, 3), children=st.integers(0, 3), tags=st.integers(0, 2), badges=st.integers(0, 2))
    def begin_with_rows(self, parents: int, children: int, tags: int, badges: int) -> None:
        """Most programs find rows."""
        kinds = ["parent"] * parents + ["child"] * children + ["tag", "label"][:tags] + ["badge"] * badges
        for number, kind in enumerate(kinds):
            self.add(kind, number, "first", number)
        for number in range(tags):
            self.toggle_tag(number, number, from_tag=False)
            self.associate(number, number, "first", number)
        for number in range(badges):
            self.give_badge(number, number, by_owner=False, away=False)
        self.commit()

    def one_after_the_other(self, prepare: Prepare, then: str, place: int, amount: int) -> None:
        """Bring an object into a state that seldom lasts, and do the next thing to it."""
        kind, name, arguments = AFTERWARDS[then]
        kind = kind or ("badge", "parent", "tag")[amount % 3]
        if name == "end_savepoint" and not self.nested:
            self.begin_nested()
        one = prepare(kind, place, amount)
        if one in self.model.known:
            self.model.known.remove(one)
            self.model.known.append(one)
            its = {"kind": kind} if "kind" in arguments else {}
            getattr(self, name)(**{**arguments, **its})

    def lose_staff(self, kept: bool) -> None:
        """The last parent gets staff, and loses it by its collection; at once, or after it was committed."""
        self.change_boss(0, LAST, by_staff=False, away=False)
        if kept:
            self.commit(True)
        self.change_boss(0, LAST, by_staff=True, away=True)

    @rule(place=PLACES, name=NAMES, amount=AMOUNTS, second=st.booleans())
    def others_write_beside_what_waits(self, place: int, name: str, amount: int, second: bool) -> None:
        """Somebody else writes the row of a changed object while nothing has been sent of this session: both are kept."""
        self.commit(True)
        one, marked = self.choose(place, "persistent", kind="badge"), self.choose(place + 1, "persistent", kind="badge")
        if one is None or marked is None or marked is one:
            return
        self.do(lambda session: setattr(one.instance, "name", f"{name}!"))
        self.delete_one(marked)
        self.add("badge", place, name, amount)
        meet("write in a second session" if second else "write by another connection", *self.model.known)
        with Session(self.engine) as other:
            if second:
                other.get_one(Badge, one.key).amount = amount
            else:
                other.connection().exec_driver_sql(f"UPDATE badge SET amount = {amount:d} WHERE id = {one.key:d}")
            other.commit()
        one.values.update(name=f"{name}!", amount=amount)
        self.commit(None)

    @rule(state=st.sampled_from(sorted(PREPARATIONS)), then=THEN, place=PLACES, amount=AMOUNTS)
    def prepared(self, state: str, then: str, place: int, amount: int) -> None:
        """Something is done to an object in a certain state."""
        self.one_after_the_other(getattr(self, PREPARATIONS[state]), then, place, amount)

    def _read(self, kind: str, place: int, amount: int) -> Known | None:
        self.commit(True)
        return self.choose(place, "persistent", kind=kind)

    def _expired(self, kind: str, place: int, amount: int) -> Known | None:
        self.expire_all()
        return self.choose(place, "persistent", kind=kind)

    def _pending(self, kind: str, place: int, amount: int) -> Known | None:
        self.add(kind, place, "new", amount)
        return next(reversed(self.model.of("pending")), None)

    def _transient(self, kind: str, place: int, amount: int) -> Known | None:
        if kind != "child":
            self.make_outside(kind, "new", amount)
        return next(reversed(self.model.of("transient")), None)

    def _changed(self, kind: str, place: int, amount: int) -> Known | None:
        one = self.choose(place, "persistent", kind=kind)
        if one is not None:
            self.do(lambda session: setattr(one.instance, "amount", amount + 20))
            one.values["amount"] = amount + 20
        return one

    def _marked(self, kind: str, place: int, amount: int) -> Known | None:
        self.settle()
        one = self.choose(place, "persistent", kind=kind)
        if one is not None:
            self.delete_one(one)
        return one

    def _deleted(self, kind: str, place: int, amount: int) -> Known | None:
        one = self._marked(kind, place, amount)
        self.write()
        return one

    def _detached(self, kind: str, place: int, amount: int) -> Known | None:
        one = self.choose(place, "persistent", kind=kind)
        if one is not None and not one.made and kind != "child":
            self.expunge_persistent(one)
        return one


class AwaitedMachine(SessionMachine):
    """The same programs on an AsyncSession: each step runs in its bridge."""

    loop: asyncio.AbstractEventLoop
    async_engine: Any

    def open_session(self) -> Any:
        """Open an AsyncSession; the machine sees the session inside."""
        self.awaited = AsyncSession(self.async_engine)
        return self.awaited.sync_session

    def carry_out(self, act: Callable[[Any], Any]) -> Any:
        """Call `act` inside `run_sync`."""
        return self.loop.run_until_complete(self.awaited.run_sync(act))
