"""Rules that bring rows to objects: expired, refreshed, merged, got, queried."""

from __future__ import annotations

import pickle

import pytest
from hypothesis.stateful import rule

import holdfast as hf
from holdfast import exc
from tests.stateful.mapped import CLASSES
from tests.stateful.plain_model import HERE, OUTSIDE, ROOTS, Known, columns_of, references_of
from tests.stateful.reach import meet, state_of
from tests.stateful.world import KINDS, NAMES, PLACES, World, has, relationships_of


class ReadingRules(World):
    """How an object gets what its row has."""

    @has("persistent", "deleting")
    @rule(place=PLACES)
    def expire(self, place: int) -> None:
        """Values are dropped, and what was set and not flushed; where that are relationships, they are written before."""
        one = self.choose(place, "persistent", "deleting")
        if one is None:
            return
        meet("expire", one)
        if one.status == "deleting" and hf.inspect(one.instance).deleted:
            return
        self.write_relationships(one)
        if one.status != "deleted":
            self.do(lambda session: session.expire(one.instance))
            self.forget_values(one)

    @has("persistent", "deleting")
    @rule(place=PLACES)
    def refresh(self, place: int) -> None:
        """An object is read again: what was set is gone, what others wait with is written; what is marked is deleted by that."""
        one = self.pick("refresh", place, "persistent", "deleting")
        if one is None:
            return
        if one.status == "deleting":
            with pytest.raises(exc.InvalidRequestError):
                self.do(lambda session: session.refresh(one.instance))
            self.write()
        else:
            self.write_relationships(one)
            self.forget_values(one)
            self.do(lambda session: session.refresh(one.instance))

    def write_relationships(self, one: Known) -> None:
        """Write what waits if an object's relationships have changed: one side would lose it, the other one not.

        So too if what it owns has changed, which loses that by the refresh-expire cascade.
        """
        owned = [member for name in ("children", "ratings") for member in vars(one.instance).get(name, ())]
        histories = (hf.inspect(one.instance).attrs[name].history for name in relationships_of(one.instance))
        if any(hf.inspect(member).modified for member in owned) or any(each.has_changes() for each in histories):
            self.write()

    def forget_values(self, one: Known) -> None:
        """Note that what was set and not written is lost."""
        row = self.model.rows[one.root][one.key]
        one.values = {name: row[name] for name in columns_of(one.kind)}

    @has("persistent", "deleting", "deleted", "detached")
    @rule(place=PLACES, name=NAMES)
    def merge(self, place: int, name: str) -> None:
        """A copy that came from elsewhere, by pickle, is merged; where the row is gone that makes a new one."""
        one = self.choose(place, "persistent", "deleting", "deleted", "detached")
        if one is None:
            return
        if one.status == "detached":
            self.merge_detached(one)
            return
        if one.status != "persistent" and one.root not in ("badge", "parent"):
            return
        meet("merge a copy", one)
        self.write()
        key = one.key if isinstance(one.key, tuple) else (one.key,)
        keys = dict(zip([column.key for column in hf.inspect(type(one.instance)).primary_key], key, strict=True))
        if one.kind == "rating":
            keys = {"parent_id": one.key[0], "tag_id": one.key[1]}
        values = {**one.values, "name": name}
        copy = pickle.loads(pickle.dumps(CLASSES[one.kind](**keys, **values)))
        merged = self.do(lambda session: session.merge(copy))
        current = self.model.find(one.root, one.key)
        if current is not None:
            assert merged is current.instance
            current.values.update(values)
        elif one.key in self.model.rows[one.root]:
            self.meet_row(one.root, one.key, merged).values.update(values)
        else:
            refs = {reference.name: None for reference in references_of(one.root)}
            self.model.known.append(Known(one.kind, merged, "pending", values, one.key, refs, made=True))
            self.write()

    def merge_detached(self, one: Known) -> None:
        """An object that was taken out is merged: the session's own gets what it has in memory, and it stays outside."""
        if one.key not in self.model.rows[one.root] or relationships_of(one.instance):
            return
        meet("merge a copy", one)
        self.write()
        if one.key not in self.model.rows[one.root]:
            return
        row, memory = self.model.rows[one.root][one.key], vars(one.instance)
        if any(memory.get(f"{each.name}_id", row[each.name]) != row[each.name] for each in references_of(one.root)):
            # It would bring its foreign key of then.
            return
        held = {name: vars(one.instance)[name] for name in columns_of(one.kind) if name in vars(one.instance)}
        merged = self.do(lambda session: session.merge(one.instance))
        assert merged is not one.instance and hf.inspect(one.instance).detached
        self.meet_row(one.root, one.key, merged).values.update(held)

    @has("persistent", "deleting", "deleted", "detached")
    @rule(place=PLACES)
    def get_known(self, place: int) -> None:
        """An object is asked for by its key: the one that is known, None where the row is gone, another one if it is outside."""
        one = self.choose(place, "persistent", "deleting", "deleted", "detached")
        if one is None:
            return
        current = self.model.find(one.root, one.key)
        if one.status == "detached" and current is not None and current.status == "deleting":
            return
        if state_of(one) == "marked" and not set(columns_of(one.kind)) <= vars(one.instance).keys():
            return
        meet("get", one)
        is_marked = state_of(one) == "marked"
        got = self.do(lambda session: session.get(CLASSES[one.kind], one.key))
        if is_marked and one.status == "deleting":
            assert got is one.instance
        elif one.key in self.model.rows[one.root]:
            self.meet_row(one.root, one.key, got)
        else:
            assert got is None

    @rule(kind=KINDS, place=PLACES)
    def get(self, kind: str, place: int) -> None:
        """A row is asked for by its key."""
        self.write()
        root = ROOTS[kind]
        keys = sorted(key for key, row in self.model.rows[root].items() if kind in (root, row["kind"]))
        if keys:
            key = keys[place % len(keys)]
            self.meet_row(root, key, self.do(lambda session: session.get(CLASSES[kind], key)))

    @rule(kind=KINDS)
    def query(self, kind: str) -> None:
        """All objects of a class are read, after what waits is written."""
        root, class_ = ROOTS[kind], CLASSES[kind]
        meet("query", *self.model.of(*HERE, *OUTSIDE, "deleted", kind=kind))
        self.note_flushed()
        found = self.do(lambda session: session.scalars(hf.select(class_)).all())
        self.model.flush()
        keys = [hf.inspect(each).identity for each in found]
        keys = [key[0] if len(key) == 1 else tuple(key) for key in keys]
        assert sorted(keys) == sorted(key for key, row in self.model.rows[root].items() if kind in (root, row["kind"]))
        for key, each in zip(keys, found, strict=True):
            self.meet_row(root, key, each)
