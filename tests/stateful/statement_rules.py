"""Rules for statements: UPDATE and DELETE with each way of synchronising, INSERT, upsert."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import rule

import holdfast as hf
from tests.stateful.mapped import CLASSES
from tests.stateful.plain_model import HERE, OUTSIDE, ROOTS, references_of
from tests.stateful.reach import meet
from tests.stateful.world import AMOUNTS, NAMES, PLACES, World


class StatementRules(World):
    """What a program does with many rows at once."""

    def meet_all(self, operation: str, kind: str) -> None:
        """Note that a statement meets all objects of a table."""
        meet(operation, *self.model.of(*HERE, *OUTSIDE, "deleted", kind=ROOTS[kind]))

    def send(self, statement: Any, strategy: Any) -> None:
        """Send a statement; what waits is written before."""
        self.do(lambda session: session.execute(statement, execution_options={"synchronize_session": strategy}))
        self.model.flush()

    @rule(
        kind=st.sampled_from(sorted(CLASSES)),
        least=AMOUNTS,
        strategy=st.sampled_from(["auto", "fetch", "evaluate", False]),
    )
    def update_many(self, kind: str, least: int, strategy: Any) -> None:
        """Rows are changed by one statement; the objects follow, or are as they were if they are not to."""
        root, class_ = ROOTS[kind], CLASSES[kind]
        # A statement writes one table: of a label the second one.
        name = "extra" if kind == "label" else "amount"
        column = getattr(class_, name)
        self.meet_all(f"update {strategy}", kind)
        self.write()
        self.note_values()
        held = {one: vars(one.instance).get(name) for one in self.model.of("persistent", kind=root)}
        self.send(hf.update(class_).where(column >= least).values({name: column - 1}), strategy)
        for key, row in self.model.rows[root].items():
            if kind in (root, row["kind"]) and row[name] is not None and row[name] >= least:
                row[name] -= 1
                one = self.model.find(root, key)
                if one is not None:
                    one.values[name] = row[name]
        if strategy is False:
            assert held == {one: vars(one.instance).get(name) for one in held}
            self.do(lambda session: session.expire_all())

    @rule(
        kind=st.sampled_from(["badge", "child", "infant", "rating"]),
        least=AMOUNTS,
        strategy=st.sampled_from(["auto", "fetch", "evaluate"]),
    )
    def delete_many(self, kind: str, least: int, strategy: str) -> None:
        """Rows are deleted by one statement; loaded collections are told by expiring them, as documented."""
        root, class_ = ROOTS[kind], CLASSES[kind]
        self.meet_all(f"delete {strategy}", kind)
        self.write()
        self.note_values()
        self.send(hf.delete(class_).where(class_.amount >= least), strategy)
        rows = self.model.rows[root].items()
        for key in [key for key, row in rows if kind in (root, row["kind"]) and row["amount"] >= least]:
            self.model.drop(root, key)
        for one in self.model.of("deleted", kind=root):
            if hf.inspect(one.instance).persistent:
                # What is expired is not evaluated: it is found out when it is read.
                one.status = "gone"
        self.model.forget_gone()
        self.stale = True

    def new_key(self, root: str) -> int:
        """Return a key that no row has, and that the database will not give for a long time."""
        used = [
            *self.model.rows[root],
            *[one.key for one in self.model.of(*HERE, *OUTSIDE, "deleted", kind=root) if one.key],
        ]
        return max([1_000_000_000, *used]) + 1

    @rule(kind=st.sampled_from(["badge", "parent"]), place=PLACES, name=NAMES, amount=AMOUNTS, returning=st.booleans())
    def upsert(self, kind: str, place: int, name: str, amount: int, returning: bool) -> None:
        """A row that may be there and one that is not: the first is changed and its object follows, the second is made."""
        self.meet_all("upsert", kind)
        self.write()
        self.note_values()
        keys = sorted(self.model.rows[kind])
        rows = [{"id": key, "name": name, "amount": amount} for key in (*keys[place : place + 1], self.new_key(kind))]
        result = self.do(lambda session: session.upsert(CLASSES[kind], rows, returning=returning))
        for row in rows:
            empty = {reference.name: None for reference in references_of(kind)}
            stored = self.model.rows[kind].setdefault(row["id"], {"kind": kind, **empty})
            stored.update(name=name, amount=amount)
            one = self.model.find(kind, row["id"])
            if one is not None:
                one.values.update(name=name, amount=amount)
        if returning:
            for row, each in zip(rows, result.objects, strict=True):
                self.meet_row(kind, row["id"], each)

    @rule(kind=st.sampled_from(["badge", "parent", "tag"]), name=NAMES, amount=AMOUNTS, returning=st.booleans())
    def insert_many(self, kind: str, name: str, amount: int, returning: bool) -> None:
        """Rows are inserted by one statement; their objects come with it or are met later."""
        class_ = CLASSES[kind]
        self.write()
        key = self.new_key(kind)
        rows = [{"id": key + place, "name": name, "amount": amount} for place in range(2)]
        statement = hf.insert(class_).returning(class_) if returning else hf.insert(class_)
        if kind == "tag":
            rows = [{**row, "kind": "tag"} for row in rows]
        found = self.do(
            lambda session: session.scalars(statement, rows).all() if returning else session.execute(statement, rows)
        )
        for row in rows:
            empty = {reference.name: None for reference in references_of(kind)}
            self.model.rows[kind][row["id"]] = {"kind": kind, "name": name, "amount": amount, **empty}
        for each in found if returning else ():
            self.meet_row(kind, each.id, each)
