"""What must hold after each step, and what is compared at steps of its own: states, values in memory, rows."""

from __future__ import annotations

from typing import Any

from hypothesis.stateful import invariant, rule

import holdfast as hf
from tests.stateful.mapped import BARE
from tests.stateful.plain_model import OUTSIDE, REFERENCES, Known, columns_of, references_of
from tests.stateful.world import World


class Checks(World):
    """The comparisons with the model."""

    @invariant()
    def statuses_agree(self) -> None:
        """Each known object is in the state that the model says."""
        for one in self.model.known:
            state = hf.inspect(one.instance)
            if one.status == "pending":
                assert state.pending, (one.kind, "is not pending")
            elif one.status == "persistent":
                assert state.persistent, (one.kind, one.key, state)
            elif one.status == "deleting":
                # An orphan is found by the flush.
                assert state.deleted or state.persistent, (one.kind, one.key, state)
            elif one.status == "deleted":
                assert state.deleted, (one.kind, one.key, state)
            else:
                assert getattr(state, one.status), (one.kind, one.key, state)

    @invariant()
    def loaded_values_agree(self) -> None:
        """What an object has in memory is what the program set or the row has; nothing is read for this."""
        for one in self.model.of("pending", "persistent", *OUTSIDE):
            held = vars(one.instance)
            for name in columns_of(one.kind):
                if name in held and (one.status != "detached" or name in one.changed):
                    assert held[name] == one.values[name], (one.kind, one.key, name, held[name], one.values[name])
        for one in self.model.of("pending", "persistent") if not self.stale else ():
            for reference in references_of(one.root):
                if reference.name in vars(one.instance):
                    self.is_same(one, reference.name)

    def is_same(self, one: Known, name: str) -> None:
        """Hold what an object refers to against the model."""
        found, wanted = getattr(one.instance, name), one.refs[name]
        if isinstance(wanted, Known):
            assert found is wanted.instance, (one.kind, one.key, name)
        else:
            assert (None if found is None else hf.inspect(found).identity[0]) == wanted, (one.kind, one.key, name)

    @rule()
    def read_everything(self) -> None:
        """Every attribute is read, lazily where it must; both sides of each relationship agree."""
        self.settle()

        def act(session: Any) -> None:
            for one in self.model.of("persistent"):
                self.read_all_of(one)

        self.do(act)

    def read_all_of(self, one: Known) -> None:
        """Read all attributes of an object."""
        for name in columns_of(one.kind):
            assert getattr(one.instance, name) == one.values[name], (one.kind, one.key, name)
        for reference in references_of(one.root):
            self.is_same(one, reference.name)
        for reference in REFERENCES:
            if reference.target == one.root:
                found = getattr(one.instance, reference.reverse)
                members = found if isinstance(found, list) else [found] if found is not None else []
                rows = self.model.rows[reference.kind].items()
                wanted = {key for key, row in rows if row[reference.name] == one.key}
                assert keys_of(members) == wanted, (one.kind, one.key, reference.reverse)
        if one.kind == "parent":
            assert keys_of(one.instance.tags) == {tag for parent, tag in self.model.pairs if parent == one.key}
        if one.root == "tag":
            assert keys_of(one.instance.parents) == {parent for parent, tag in self.model.pairs if tag == one.key}

    @rule()
    def compare_flushed_rows(self) -> None:
        """The rows that the transaction sees are the model's."""
        self.write()
        self.compare_rows(committed=False)

    def compare_rows(self, committed: bool) -> None:
        """Read the tables by bare SQL: by the session's own connection, or by another one what is committed."""
        if committed:
            with self.engine.connect() as connection:
                self.compare_tables(connection)
        else:
            self.do(lambda session: self.compare_tables(session.connection()))

    def compare_tables(self, connection: Any) -> None:
        """Hold all tables against the model."""
        for root, sql in BARE.items():
            names = [reference.name for reference in references_of(root)]
            found = {}
            for key, kind, name, amount, *rest in connection.exec_driver_sql(sql):
                row = {"kind": kind, "name": name, "amount": amount}
                if "extra" in columns_of(kind):
                    row["extra"] = rest[0]
                refs = dict(zip(names, rest[1:], strict=True))
                found[tuple(rest[1:]) if root == "rating" else key] = row | refs
            assert found == self.model.rows[root], root
        pairs = {tuple(row) for row in connection.exec_driver_sql("SELECT parent_id, tag_id FROM parent_tag")}
        assert pairs == self.model.pairs


def keys_of(instances: Any) -> set[Any]:
    """Return the primary keys of objects."""
    identities = [hf.inspect(each).identity for each in instances]
    return {identity[0] if len(identity) == 1 else tuple(identity) for identity in identities}
