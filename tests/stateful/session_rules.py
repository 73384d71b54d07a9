"""Rules for the session: flush, commit in every mode, rollback, savepoints, expiry, close; and others that write meanwhile."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

import holdfast as hf
from holdfast import exc
from holdfast.orm import Session
from tests.stateful.mapped import CLASSES, Badge
from tests.stateful.plain_model import columns_of
from tests.stateful.reach import meet
from tests.stateful.world import AMOUNTS, NAMES, PLACES, World, has, relationships_of


class SessionRules(World):
    """What a program does with the whole session."""

    def compare_rows(self, committed: bool) -> None:
        """Hold the tables against the model: see `checks`."""
        raise NotImplementedError

    @rule()
    def flush(self) -> None:
        """What waits is written."""
        meet("flush", *self.model.known)
        self.write()

    @rule(synchronize=st.sampled_from([None, False, True, "evaluate"]))
    def commit(self, synchronize: Any = None) -> None:
        """The transaction is committed, in every mode: what objects have in memory then is as documented."""
        meet(f"commit {synchronize}", *self.model.known)
        given = {} if synchronize is None else {"synchronize_session": synchronize}
        before = {one: set(columns_of(one.kind)) & vars(one.instance).keys() for one in self.model.of("persistent")}
        self.do(lambda session: session.commit(**given))
        self.model.commit()
        for one in self.model.of("persistent"):
            columns = set(columns_of(one.kind))
            held = columns & vars(one.instance).keys()
            if synchronize is None:
                assert not held, "what is committed is expired"
            elif synchronize is True:
                assert held == columns, "every object has its row's values"
            elif one in before:
                assert held >= before[one], "nothing is dropped"
        self.nested.clear()
        self.had_values = None
        self.compare_rows(committed=True)

    @rule()
    def roll_back(self) -> None:
        """The transaction is rolled back."""
        meet("roll back", *self.model.known)
        self.do(lambda session: session.rollback())
        self.model.roll_back(whole=True)
        self.nested.clear()
        self.had_values = None
        self.compare_rows(committed=True)

    @precondition(lambda self: len(self.nested) < 3)
    @rule()
    def begin_nested(self) -> None:
        """A savepoint begins, after a flush."""
        if len(self.nested) > 5:
            return
        meet("begin a savepoint", *self.model.known)
        self.nested.append(self.do(lambda session: session.begin_nested()))
        self.model.begin_nested()

    @precondition(lambda self: self.nested)
    @rule(kept=st.booleans())
    def end_savepoint(self, kept: bool) -> None:
        """The innermost savepoint is released, or rolled back."""
        if not self.nested:
            return
        meet("release a savepoint" if kept else "roll back to a savepoint", *self.model.known)
        level = self.nested.pop()
        self.do(lambda session: level.commit() if kept else level.rollback())
        if not kept and self.had_values is not None:
            # As documented: what was read after a statement, inside of the savepoint, is the program's to expire.
            for one in self.model.of("persistent"):
                if id(one.instance) not in self.had_values and hf.inspect(one.instance).persistent:
                    self.do(lambda session, one=one: session.expire(one.instance))
        if not self.nested:
            self.had_values = None
        if kept:
            self.model.release()
        else:
            self.model.roll_back(whole=False)
            # A collection that was read inside of the savepoint, after a deletion, is the program's to expire too.
            self.stale = True

    @rule()
    def close(self) -> None:
        """The session is closed, and begins anew; what had a row is outside, and may come back."""
        meet("close", *self.model.known)
        self.do(lambda session: session.close())
        self.model.close()
        self.nested.clear()
        self.had_values = None
        outside = [one for one in self.model.of("detached") if one.root in ("badge", "parent", "tag")]
        kept = [one for one in outside if not relationships_of(one.instance)][:3]
        self.model.known = self.model.of("transient") + kept
        for one in self.model.of("detached"):
            one.refs, one.tags = dict.fromkeys(one.refs), set()

    @rule()
    def expire_all(self) -> None:
        """All values are dropped, after they are written."""
        meet("expire all", *self.model.known)
        self.write()
        self.do(lambda session: session.expire_all())

    # -- others ----------------------------------------------------------------------------------------------------------

    def is_between_transactions(self) -> bool:
        """The session has no transaction, and nothing that waits."""
        busy = self.session.in_transaction() or self.session.dirty or self.session.new or self.session.deleted
        return not busy and not self.model.of("pending", "deleting", "deleted")

    def others_wrote(self, root: str, key: Any, values: dict[str, Any]) -> None:
        """Note what somebody else has committed. What a commit has left in memory is expired, as such programs do."""
        for rows in (self.model.rows, self.model.levels[0].rows):
            rows[root][key].update(values)
        self.do(lambda session: session.expire_all())
        self.model.read_rows()
        self.do(lambda session: session.rollback())

    def rows_of(self, *roots: str) -> list[tuple[str, Any]]:
        """Return the rows that there are."""
        return [(root, key) for root in roots for key in sorted(self.model.rows[root])]

    @precondition(lambda self: self.is_between_transactions())
    @rule(place=PLACES, amount=AMOUNTS)
    def other_writer(self, place: int, amount: int) -> None:
        """Somebody else changes a row between two transactions, by bare SQL."""
        rows = self.rows_of("parent", "child", "tag", "badge") if self.is_between_transactions() else []
        if rows:
            root, key = rows[place % len(rows)]
            meet("write by another connection", *self.model.known)
            with self.engine.begin() as connection:
                connection.exec_driver_sql(f"UPDATE {root} SET amount = {amount:d} WHERE id = {key:d}")
            self.others_wrote(root, key, {"amount": amount})

    @precondition(lambda self: self.is_between_transactions())
    @rule(place=PLACES, name=NAMES, amount=AMOUNTS)
    def second_session(self, place: int, name: str, amount: int) -> None:
        """Another session reads a row as an object of its own, changes it, and makes one; it can not have ours."""
        rows = self.rows_of("parent", "child", "tag") if self.is_between_transactions() else []
        if not rows:
            return
        root, key = rows[place % len(rows)]
        meet("write in a second session", *self.model.known)
        ours = self.model.of("persistent")
        with Session(self.engine) as other:
            theirs = other.get_one(CLASSES[root], key)
            assert all(theirs is not one.instance for one in ours)
            if ours:
                with pytest.raises(exc.InvalidRequestError, match="already attached to session"):
                    other.add(ours[place % len(ours)].instance)
            theirs.name, theirs.amount = name, amount
            badge = Badge(name=name, amount=amount)
            other.add(badge)
            other.commit()
            made = badge.id
        for rows_ in (self.model.rows, self.model.levels[0].rows):
            rows_["badge"][made] = {"kind": "badge", "name": name, "amount": amount, "owner": None}
        self.others_wrote(root, key, {"name": name, "amount": amount})

    @has("persistent", kind="tag")
    @rule(place=PLACES, amount=AMOUNTS)
    def go_through_another_session(self, place: int, amount: int) -> None:
        """A tag is lent to another session, which changes it, and comes back."""
        one = self.choose(place, "persistent", kind="tag")
        if one is None or self.nested:
            return
        self.commit(None)
        if one.status != "persistent":
            return
        self.drop_relationships()
        self.do(lambda session: session.rollback())
        self.do(lambda session: session.expunge(one.instance))
        with Session(self.engine) as other:
            other.add(one.instance)
            one.instance.amount = amount
            other.commit()
            other.refresh(one.instance)
            other.expunge(one.instance)
        self.do(lambda session: session.add(one.instance))
        for rows in (self.model.rows, self.model.levels[0].rows):
            rows["tag"][one.key]["amount"] = amount
        self.model.read_row(one)
