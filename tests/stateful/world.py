"""What all rules of the machine stand on: the session, how something is done with it, how objects are picked and met."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition

import holdfast as hf
from holdfast import event
from holdfast.orm import Session
from tests.stateful.mapped import CLASSES, Base
from tests.stateful.plain_model import Known, PlainModel, columns_of
from tests.stateful.reach import meet

KINDS = st.sampled_from(sorted(CLASSES))
FREE_KINDS = st.sampled_from(["badge", "label", "parent", "tag"])
"""Kinds that need nobody else to have a row."""
LAST = 7
PLACES = st.integers(0, LAST)
AMOUNTS = st.integers(0, 9)
NAMES = st.sampled_from(["", "a", "b", "'; --", "ä"])


def has(*statuses: str, kind: str | None = None) -> Any:
    """Return the precondition: some known object has one of these statuses."""
    return precondition(lambda self: bool(self.model.of(*statuses, kind=kind)))


def relationships_of(instance: Any) -> list[str]:
    """Return the names of the relationships of an object that are in memory."""
    return [each.key for each in hf.inspect(type(instance)).relationships if each.key in vars(instance)]


class World(RuleBasedStateMachine):
    """A session on an empty database, and the model beside it. Subclasses say on which engine.

    Attributes:
        nested: the open savepoints.
        had_values: who had its values when the first statement of a savepoint changed rows; None: there was none.
        stale: collections in memory may hold what is gone, or lack what a statement did: so it is documented.
    """

    engine: ClassVar[Any]

    def __init__(self) -> None:
        super().__init__()
        self.empty_database()
        self.session: Any = self.open_session()
        self.model = PlainModel()
        self.nested: list[Any] = []
        self.stale = False
        self.has_flushed = False
        self.had_values: set[int] | None = None
        event.listen(self.session, "after_flush", self._note_flush)

    def _note_flush(self, *_: Any) -> None:
        self.has_flushed = True

    def open_session(self) -> Any:
        """Return the session that the machine looks at."""
        return Session(self.engine)

    def carry_out(self, act: Callable[[Any], Any]) -> Any:
        """Call `act` with the session, as the face under test does it."""
        return act(self.session)

    def do(self, act: Callable[[Any], Any]) -> Any:
        """Carry out what a rule does. A flush on the way, which wrote what waited before, is one of the model too."""
        try:
            return self.carry_out(act)
        finally:
            self.note_flushed()

    def note_flushed(self) -> None:
        """Let the model flush if the session did, also what a rule has just entered."""
        is_written = any(hf.inspect(one.instance).persistent for one in self.model.of("pending"))
        if self.has_flushed or is_written:
            self.has_flushed = False
            self.model.flush()

    def empty_database(self) -> None:
        """Bring the database to where it has tables and no rows."""
        with self.engine.begin() as connection:
            connection.execute(Base.metadata.tables["parent"].update().values(boss_id=None))
            for table in reversed(Base.metadata.sorted_tables):
                connection.execute(table.delete())

    def teardown(self) -> None:
        """End the session."""
        self.carry_out(lambda session: session.close())

    def pick(self, operation: str, place: int, *statuses: str, kind: str | None = None) -> Known | None:
        """Return one of the known objects that have a status, noting that the operation meets it."""
        chosen = self.choose(place, *statuses, kind=kind)
        if chosen is not None:
            meet(operation, chosen)
        return chosen

    def choose(self, place: int, *statuses: str, kind: str | None = None) -> Known | None:
        """Return one of the known objects that have a status; at the last place the one that the program met last."""
        found = self.model.of(*statuses, kind=kind)
        return found[-1 if place == LAST else place % len(found)] if found else None

    def write(self) -> None:
        """Write what waits."""
        self.do(lambda session: session.flush())
        self.model.flush()

    def settle(self) -> None:
        """Write what waits, and drop all relationships from memory if some may be stale."""
        self.write()
        if self.stale:
            self.drop_relationships()

    def drop_relationships(self) -> None:
        """Expire the relationships of all that is in the session."""

        def act(session: Any) -> None:
            for instance in list(session.identity_map.values()):
                names = relationships_of(instance)
                if names:
                    session.expire(instance, names)

        self.do(act)
        self.stale = False

    def meet_row(self, root: str, key: Any, found: Any) -> Known:
        """Compare what a read gave for a row with the object that is known; note it if it was not."""
        one = self.model.find(root, key)
        if one is None:
            one = Known(self.model.rows[root][key]["kind"], found, "persistent", {}, key)
            self.model.known.append(one)
            self.model.come(one)
        assert found is one.instance, f"{root} {key}: another object than the one in the session"
        assert type(found) is CLASSES[one.kind]
        return one

    def is_free(self, one: Known) -> bool:
        """Whether a detached object may come back: its row is there, and no other object for it."""
        if one.key not in self.model.rows[one.root]:
            return False
        return hf.inspect(one.instance).identity_key not in self.session.identity_map

    def expire_unchanged(self, session: Any, one: Known) -> None:
        """Let the columns be read again that were not set outside. No names at all would mean all of them."""
        names = [name for name in columns_of(one.kind) if name not in one.changed]
        if names:
            session.expire(one.instance, names)

    def note_unknown(self, one: Known, name: str) -> None:
        """Who refers to somebody, and has neither that nor the key in memory, leaves unheard: the other side may be stale.

        So it is documented: for a many-to-one nothing is read to learn its former value.
        """
        is_held = one.status == "persistent" and one.refs[name] is not None
        if is_held and not vars(one.instance).keys() & {name, f"{name}_id"}:
            self.stale = True

    def note_values(self) -> None:
        """Rows change past those who are known: note who is kept in step with it, should its savepoint be rolled back."""
        if self.nested and self.had_values is None:
            known = self.model.of("persistent")
            self.had_values = {
                id(one.instance) for one in known if vars(one.instance).keys() >= set(columns_of(one.kind))
            }
