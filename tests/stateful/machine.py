"""The rule machine: a session does what a program may do, in any order, and is held against `plain_model` at each step."""

from __future__ import annotations

import pickle
from collections import Counter
from collections.abc import Callable
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

import holdfast as hf
from holdfast.orm import Session
from tests.stateful.mapped import Base, Child, Parent, Tag
from tests.stateful.plain_model import COLUMNS, Known, PlainModel

CLASSES: dict[str, Any] = {"parent": Parent, "child": Child, "tag": Tag}
KINDS = st.sampled_from(sorted(CLASSES))
PLACES = st.integers(0, 7)
AMOUNTS = st.integers(0, 9)
NAMES = st.sampled_from(["", "a", "b", "'; --", "ä"])
STRATEGIES = st.sampled_from(["auto", "fetch", "evaluate"])
BARE = {
    "parent": "SELECT id, name, amount FROM parent",
    "child": "SELECT id, name, amount, parent_id FROM child",
    "tag": "SELECT id, name, amount FROM tag",
}


def has(*statuses: str, kind: str | None = None) -> Any:
    """Return the precondition: some known object has one of these statuses."""
    return precondition(lambda self: bool(self.model.of(*statuses, kind=kind)))


reached: Counter[tuple[str, str]] = Counter()
"""How often each operation met an object in each status: (status, operation)."""


class SessionMachine(RuleBasedStateMachine):
    """A session on an empty database, and the model beside it. Subclasses say on which engine."""

    engine: ClassVar[Any]

    def __init__(self) -> None:
        super().__init__()
        self.empty_database()
        self.session: Any = self.open_session()
        self.model = PlainModel()
        self.nested: list[Any] = []
        self.stale_collections = False
        # Who had its values when the first statement of a savepoint changed rows; None: there was none.
        self.had_values: set[int] | None = None

    # -- how a rule is carried out -----------------------------------------------------------------------------------

    def open_session(self) -> Any:
        """Return the session that the machine looks at."""
        return Session(self.engine)

    def do(self, act: Callable[[Any], Any]) -> Any:
        """Carry out what a rule does with the session."""
        return act(self.session)

    def empty_database(self) -> None:
        """Bring the database to where it has tables and no rows."""
        with self.engine.begin() as connection:
            for table in reversed(Base.metadata.sorted_tables):
                connection.execute(table.delete())

    def teardown(self) -> None:
        """End the session."""
        self.do(lambda session: session.close())

    def pick(self, operation: str, place: int, *statuses: str, kind: str | None = None) -> Known | None:
        """Return one of the known objects that have a status, noting that the operation met it."""
        found = self.model.of(*statuses, kind=kind)
        if not found:
            return None
        chosen = found[place % len(found)]
        reached[chosen.status, operation] += 1
        return chosen

    @initialize(parents=st.integers(1, 3), children=st.integers(0, 3), tags=st.integers(0, 2))
    def begin_with_rows(self, parents: int, children: int, tags: int) -> None:
        """Most programs find rows."""
        for number, kind in enumerate(["parent"] * parents + ["child"] * children + ["tag"] * tags):
            self.add(kind, number, "first", number)
        for number in range(tags):
            self.toggle_tag(number, number, from_tag=False)
        self.commit()

    # -- objects -----------------------------------------------------------------------------------------------------

    @rule(kind=KINDS, place=PLACES, name=NAMES, amount=AMOUNTS)
    def add(self, kind: str, place: int, name: str, amount: int) -> None:
        """A new object comes into the session; a child comes with a parent."""
        parent = (
            self.pick("give a child to", place, "pending", "persistent", kind="parent") if kind == "child" else None
        )
        if kind == "child" and parent is None:
            return
        instance = CLASSES[kind](name=name, amount=amount)

        def act(session: Any) -> None:
            if parent is not None:
                instance.parent = parent.instance
            session.add(instance)

        self.do(act)
        reached["transient", "add"] += 1
        self.model.known.append(
            Known(kind, instance, "pending", {"name": name, "amount": amount}, parent=parent, made=True)
        )

    @has("pending", "persistent")
    @rule(place=PLACES, column=st.sampled_from(COLUMNS), name=NAMES, amount=AMOUNTS)
    def set_column(self, place: int, column: str, name: str, amount: int) -> None:
        """A value is set."""
        one = self.pick("set", place, "pending", "persistent")
        if one is not None:
            value = name if column == "name" else amount
            self.do(lambda session: setattr(one.instance, column, value))
            one.values[column] = value

    @has("pending", "persistent")
    @rule(place=PLACES)
    def count_up(self, place: int) -> None:
        """A value is read and set."""
        one = self.pick("add to", place, "pending", "persistent")
        if one is not None:

            def act(session: Any) -> None:
                one.instance.amount += 1

            self.do(act)
            one.values["amount"] += 1

    @has("pending", "persistent", kind="child")
    @rule(place=PLACES, other=PLACES, by_collection=st.booleans())
    def move_child(self, place: int, other: int, by_collection: bool) -> None:
        """A child goes to another parent, from either side."""
        if self.stale_collections:
            self.flush()
            self.expire_collections()
        child = self.pick("move", place, "pending", "persistent", kind="child")
        parent = self.pick("take a child", other, "pending", "persistent", kind="parent")
        if child is None or parent is None:
            return

        def act(session: Any) -> None:
            if not by_collection:
                child.instance.parent = parent.instance
            elif child.instance not in parent.instance.children:
                parent.instance.children.append(child.instance)

        self.do(act)
        if by_collection:
            self.flushed_by_reading()
        child.parent = parent

    @has("persistent", kind="child")
    @rule(place=PLACES)
    def take_child_away(self, place: int) -> None:
        """A persistent child is removed from its parent: it is an orphan, which the flush deletes."""
        if self.stale_collections:
            self.flush()
            self.expire_collections()
        child = self.pick("remove from parent", place, "persistent", kind="child")
        if child is None or child.parent is None or not child.parent.is_here:
            return
        parent = child.parent
        self.do(lambda session: parent.instance.children.remove(child.instance))
        self.flushed_by_reading()
        if child.status == "persistent":
            child.status = "deleting"

    @has("pending", "persistent", kind="tag")
    @rule(place=PLACES, other=PLACES, from_tag=st.booleans())
    def toggle_tag(self, place: int, other: int, from_tag: bool) -> None:
        """A tag is put on a parent or taken off, from either side."""
        if self.stale_collections:
            self.flush()
            self.expire_collections()
        parent = self.pick("tag", place, "pending", "persistent", kind="parent")
        tag = self.pick("be put on", other, "pending", "persistent", kind="tag")
        if parent is None or tag is None:
            return
        has = tag in parent.tags

        def act(session: Any) -> None:
            members, member = (
                (tag.instance.parents, parent.instance)
                if from_tag
                else (
                    parent.instance.tags,
                    tag.instance,
                )
            )
            (members.discard if has else members.add)(member)

        self.do(act)
        self.flushed_by_reading()
        (parent.tags.discard if has else parent.tags.add)(tag)

    @has("persistent")
    @rule(place=PLACES, flushed=st.booleans())
    def delete(self, place: int, flushed: bool) -> None:
        """A persistent object is marked; a parent's children with it.

        Collections that hold it are as they were until they are expired: so it is documented. A tag that was just put
        on a parent and is deleted in the same flush fails by its foreign key, there as in SQLAlchemy: flushed before.
        """
        one = self.pick("delete", place, "persistent")
        if one is None:
            return
        if one.kind != "child":
            self.flush()
        self.do(lambda session: session.delete(one.instance))
        self.flushed_by_reading()
        self.mark(one)
        self.stale_collections = True
        if flushed:
            self.flush()

    def expire_collections(self) -> None:
        """Expire the collections that may hold deleted objects, once nothing waits in them."""
        if not self.stale_collections:
            return
        self.stale_collections = False
        for kind, names in (("parent", ["children", "tags"]), ("tag", ["parents"])):
            for one in self.model.of("persistent", kind=kind):
                self.do(lambda session, one=one, names=names: session.expire(one.instance, names))

    def mark(self, one: Known) -> None:
        """Note that an object is going to be deleted, and what the cascade reaches."""
        if one.status == "persistent":
            one.status = "deleting"
        elif one.status == "pending":
            one.status = "gone"
        for child in self.model.of("pending", "persistent", kind="child") if one.kind == "parent" else ():
            if child.parent is one:
                self.mark(child)
        self.model._forget_gone()

    @has("pending", kind="tag")
    @rule(place=PLACES)
    def expunge_pending(self, place: int) -> None:
        """A pending tag leaves before it was written."""
        one = self.pick("expunge", place, "pending", kind="tag")
        if one is None or any(one in parent.tags for parent in self.model.known):
            return
        self.do(lambda session: session.expunge(one.instance))
        one.status = "gone"
        self.model._forget_gone()

    @has("persistent", kind="tag")
    @rule(place=PLACES, amount=AMOUNTS)
    def leave_and_return(self, place: int, amount: int) -> None:
        """A tag leaves the session, is changed while it is detached, and comes back with the change."""
        self.flush()
        one = self.pick("expunge", place, "persistent", kind="tag")
        if one is None:
            return

        def act(session: Any) -> None:
            session.expunge(one.instance)
            assert hf.inspect(one.instance).detached and one.instance not in session
            one.instance.amount = amount
            session.add(one.instance)
            assert hf.inspect(one.instance).persistent

        self.do(act)
        reached["detached", "set"] += 1
        reached["detached", "add"] += 1
        one.values["amount"] = amount

    # -- the session ---------------------------------------------------------------------------------------------------

    def flushed_by_reading(self) -> None:
        """What was done may have read from the database, and flushed before that: the objects' states tell."""
        if any(hf.inspect(one.instance).persistent for one in self.model.of("pending")):
            self.model.flush()

    @rule()
    def flush(self) -> None:
        """What waits is written."""
        self.do(lambda session: session.flush())
        self.model.flush()

    @rule(synchronize=st.sampled_from([None, False, True, "evaluate"]))
    def commit(self, synchronize: Any = None) -> None:
        """The transaction is committed, in every mode: what objects have in memory then is as documented."""
        given = {} if synchronize is None else {"synchronize_session": synchronize}
        before = {one: set(COLUMNS) & one.instance.__dict__.keys() for one in self.model.of("persistent")}
        self.do(lambda session: session.commit(**given))
        self.model.commit()
        for one in self.model.of("persistent"):
            has = set(COLUMNS) & one.instance.__dict__.keys()
            if synchronize is None:
                assert not has, "what is committed is expired"
            elif synchronize is True:
                assert has == set(COLUMNS), "every object has its row's values"
            elif one in before:
                assert has >= before[one], "nothing is dropped"
            reached[one.status, f"commit {synchronize}"] += 1
        self.nested.clear()
        self.had_values = None
        self.compare_rows(committed=True)

    @rule()
    def roll_back(self) -> None:
        """The transaction is rolled back."""
        self.do(lambda session: session.rollback())
        self.model.roll_back(whole=True)
        self.nested.clear()
        self.had_values = None
        self.compare_rows(committed=True)

    @precondition(lambda self: len(self.nested) < 3)
    @rule()
    def begin_nested(self) -> None:
        """A savepoint begins."""
        self.nested.append(self.do(lambda session: session.begin_nested()))
        self.model.begin_nested()

    @precondition(lambda self: self.nested)
    @rule()
    def release(self) -> None:
        """The innermost savepoint is released."""
        level = self.nested.pop()
        self.do(lambda session: level.commit())
        if not self.nested:
            self.had_values = None
        self.model.release()

    @precondition(lambda self: self.nested)
    @rule()
    def roll_back_to_savepoint(self) -> None:
        """The innermost savepoint is rolled back."""
        level = self.nested.pop()
        self.do(lambda session: level.rollback())
        if self.had_values is not None:
            # As documented: what was read after a statement, inside of the savepoint, is the program's to expire.
            for one in self.model.of("persistent"):
                if id(one.instance) not in self.had_values and hf.inspect(one.instance).persistent:
                    self.do(lambda session, one=one: session.expire(one.instance))
        if not self.nested:
            self.had_values = None
        self.model.roll_back(whole=False)

    @rule()
    def close(self) -> None:
        """The session is closed; it begins anew."""
        self.do(lambda session: session.close())
        self.model.close()
        self.nested.clear()
        self.had_values = None

    @has("persistent")
    @rule(place=PLACES, whole=st.booleans())
    def expire(self, place: int, whole: bool) -> None:
        """Values are dropped; what was not flushed is lost by it, so it is flushed."""
        one = self.pick("expire", place, "persistent")
        self.flush()
        if one is not None and one.status == "persistent":
            self.do(lambda session: session.expire_all() if whole else session.expire(one.instance))

    @has("persistent")
    @rule(place=PLACES)
    def refresh(self, place: int) -> None:
        """An object is read again: what was set and not flushed is gone."""
        one = self.pick("refresh", place, "persistent")
        self.flush()
        if one is not None and one.status == "persistent":
            self.do(lambda session: session.refresh(one.instance))

    @rule(kind=KINDS, place=PLACES)
    def get(self, kind: str, place: int) -> None:
        """An object is found by its key: the one that is known, or a new one for a row."""
        self.flush()
        keys = sorted(self.model.rows[kind])
        if not keys:
            return
        key = keys[place % len(keys)]
        found = self.do(lambda session: session.get(CLASSES[kind], key))
        self.meet(kind, key, found)

    def meet(self, kind: str, key: int, found: Any) -> Known:
        """Compare what a read gave for a row with the object that is known; note it if it was not."""
        one = self.model.find(kind, key)
        if one is None:
            reached["unknown", "read"] += 1
            one = Known(kind, found, "persistent", {}, key)
            self.model.known.append(one)
            if kind == "child":
                parent_key = self.model.rows["child"][key]["parent"]
                self.meet("parent", parent_key, self.do(lambda session: session.get(Parent, parent_key)))
            if kind == "parent":
                for _, tag in sorted(pair for pair in self.model.pairs if pair[0] == key):
                    self.meet("tag", tag, self.do(lambda session, tag=tag: session.get(Tag, tag)))
            if kind == "tag":
                for parent, _ in sorted(pair for pair in self.model.pairs if pair[1] == key):
                    self.meet("parent", parent, self.do(lambda session, parent=parent: session.get(Parent, parent)))
            self.model.read_row(one)
            for other in self.model.of("persistent", kind="parent") if kind == "tag" else ():
                self.model.read_row(other)
        assert found is one.instance, f"{kind} {key}: another object than the one in the session"
        return one

    @rule(kind=KINDS)
    def query(self, kind: str) -> None:
        """All objects of a class are read."""
        found = self.do(lambda session: session.scalars(hf.select(CLASSES[kind]).order_by(CLASSES[kind].id)).all())
        self.model.flush()
        assert [each.id for each in found] == sorted(self.model.rows[kind])
        for each in found:
            self.meet(kind, each.id, each)

    @has("persistent")
    @rule(place=PLACES, name=NAMES)
    def merge(self, place: int, name: str) -> None:
        """A copy that came from elsewhere, by pickle, is merged."""
        self.flush()
        one = self.pick("merge", place, "persistent")
        if one is None:
            return
        given = CLASSES[one.kind](id=one.key, name=name, amount=one.values["amount"])
        copy = pickle.loads(pickle.dumps(given))
        merged = self.do(lambda session: session.merge(copy))
        assert merged is one.instance
        one.values["name"] = name

    # -- statements ----------------------------------------------------------------------------------------------------

    @rule(kind=KINDS, least=AMOUNTS, strategy=STRATEGIES)
    def update_many(self, kind: str, least: int, strategy: str) -> None:
        """Rows are changed by one statement; the objects follow."""
        class_ = CLASSES[kind]
        self.note_values()
        statement = hf.update(class_).where(class_.amount >= least).values(amount=class_.amount - 1)
        self.do(lambda session: session.execute(statement, execution_options={"synchronize_session": strategy}))
        self.model.flush()
        for key, row in self.model.rows[kind].items():
            if row["amount"] >= least:
                row["amount"] -= 1
                one = self.model.find(kind, key)
                if one is not None:
                    reached[one.status, "update by statement"] += 1
                    one.values["amount"] = row["amount"]

    def note_values(self) -> None:
        """A statement changes rows: note who is kept in step with it, should its savepoint be rolled back."""
        if self.nested and self.had_values is None:
            self.had_values = {
                id(one.instance) for one in self.model.of("persistent") if "amount" in one.instance.__dict__
            }

    @rule(least=AMOUNTS, strategy=STRATEGIES)
    def delete_children(self, least: int, strategy: str) -> None:
        """Rows are deleted by one statement; loaded collections are told by expiring them, as documented."""
        statement = hf.delete(Child).where(Child.amount >= least)
        self.do(lambda session: session.execute(statement, execution_options={"synchronize_session": strategy}))
        self.model.flush()
        for key in [key for key, row in self.model.rows["child"].items() if row["amount"] >= least]:
            self.model._drop("child", key)
        self.stale_collections = True

    @precondition(lambda self: not self.session_is_busy())
    @rule(kind=KINDS, place=PLACES, amount=AMOUNTS)
    def other_writer(self, kind: str, place: int, amount: int) -> None:
        """Somebody else changes a row between two transactions."""
        keys = sorted(self.model.rows[kind])
        if not keys or self.model.of("pending", "deleting"):
            return
        key = keys[place % len(keys)]
        table = CLASSES[kind].__table__
        with self.engine.begin() as connection:
            connection.execute(table.update().where(table.c.id == key).values(amount=amount))
        self.model.rows[kind][key]["amount"] = amount
        self.model.levels[0].rows[kind][key]["amount"] = amount
        one = self.model.find(kind, key)
        if one is not None:
            # A commit may have left values in memory; what others write is seen after they are expired.
            self.do(lambda session: session.expire_all())
            reached[one.status, "be written by another"] += 1
            self.model.read_row(one)

    def session_is_busy(self) -> bool:
        """The session has a transaction, or values that it holds for true."""
        return bool(self.session.in_transaction() or self.session.dirty or self.session.new or self.session.deleted)

    # -- what must hold ------------------------------------------------------------------------------------------------

    @invariant()
    def statuses_agree(self) -> None:
        """Each known object is in the state that the model says."""
        for one in self.model.known:
            state = hf.inspect(one.instance)
            if one.status == "pending":
                assert state.pending or state.persistent, (one.kind, "is not in the session")
            elif one.status in ("persistent", "deleting"):
                assert state.persistent or state.deleted or one.status == "deleting", (one.kind, one.key, state)

    @invariant()
    def loaded_values_agree(self) -> None:
        """What an object has in memory is what the program set or the row has; nothing is read for this."""
        for one in self.model.of("pending", "persistent"):
            held = one.instance.__dict__
            for name in COLUMNS:
                if name in held:
                    assert held[name] == one.values[name], (one.kind, one.key, name, held[name], one.values[name])
            if one.kind == "child" and held.get("parent") is not None and one.parent is not None:
                assert held["parent"] is one.parent.instance

    @rule()
    def read_everything(self) -> None:
        """Every attribute is read, lazily where it must; both sides of each relationship agree."""

        def act(session: Any) -> None:
            for one in self.model.of("persistent"):
                for name in COLUMNS:
                    assert getattr(one.instance, name) == one.values[name], (one.kind, one.key, name)
                if one.kind == "child":
                    assert one.parent is None or one.instance.parent is one.parent.instance
                if one.kind == "parent":
                    children = {each.id for each in one.instance.children}
                    rows = self.model.rows["child"].items()
                    assert children == {key for key, row in rows if row["parent"] == one.key}, (one.key, children)
                    tags = {each.id for each in one.instance.tags}
                    assert tags == {tag for parent, tag in self.model.pairs if parent == one.key}, (one.key, tags)
                if one.kind == "tag":
                    parents = {each.id for each in one.instance.parents}
                    assert parents == {parent for parent, tag in self.model.pairs if tag == one.key}

        self.flush()
        self.expire_collections()
        self.do(act)

    @rule()
    def compare_flushed_rows(self) -> None:
        """The rows that the transaction sees are the model's."""
        self.flush()
        self.compare_rows(committed=False)

    def compare_rows(self, committed: bool) -> None:
        """Read the tables by bare SQL: by the session's own connection, or by another one what is committed."""

        def read(connection: Any) -> None:
            for kind, sql in BARE.items():
                found = {}
                for key, name, amount, *rest in connection.exec_driver_sql(sql):
                    found[key] = {"name": name, "amount": amount, **({"parent": rest[0]} if rest else {})}
                assert found == self.model.rows[kind], kind
            pairs = {tuple(row) for row in connection.exec_driver_sql("SELECT parent_id, tag_id FROM parent_tag")}
            assert pairs == self.model.pairs

        if committed:
            with self.engine.connect() as connection:
                read(connection)
        else:
            self.do(lambda session: read(session.connection()))
