"""The objects that a random session program has met: how they are picked, what is read of them, how they are told of."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from tests.differential.log import Log
from tests.differential.session_company import OWNED, Company
from tests.differential.session_world import KINDS, SIDES, Side

REFERENCES = frozenset(side.name for side in SIDES if side.shape == "one")
OWNERS = {"Toy": "keeper", "Card": "holder", "Rating": "pet"}
"""Class that belongs to an owner -> the attribute that leads to it."""
LOOSE = "  perhaps "
"""Begins the line of a value that one library may know earlier than the other."""


class Cast(Company):
    """The objects met so far.

    Attributes:
        objects: in the order in which they were met; `places`: identity -> place among them.
        nested: the savepoints that are open; `rated`: identities of the two that a rating was made for.
        uncommitted: identities of objects that were inserted since the last commit; `gone`: of those whose row is deleted now.

    Args:
        rows: the bare driver's connection, which the session's transaction uses too.
    """

    def __init__(self, lib: Any, session: Any, log: Log, rows: Any) -> None:
        super().__init__(lib, session)
        self.log = log
        self.rows = rows
        self.objects: list[Any] = []
        self.places: dict[int, int] = {}
        self.nested: list[Any] = []
        self.rated: set[frozenset[int]] = set()
        self.uncommitted: set[int] = set()
        self.gone: set[int] = set()

    # -- how it is told ----------------------------------------------------------------------------------------------

    def fail_and_recover(self, error: BaseException, marked: Iterable[Any]) -> None:
        """Write down an error and roll everything back, as a program would.

        Args:
            marked: what was marked for deletion before: how far a flush came with it, and so what is left of it, is left open.
        """
        self.lost.update(map(id, marked))
        self.log.raised("failed", error)
        self.nested.clear()
        self.session.rollback()
        self._leave_without_row()

    def tell(self) -> None:
        """Write down the states of all objects, what they have in memory, and what the session holds."""
        for each in self.objects:
            self._tell_of(each)
        held = [sorted(self.names(list(getattr(self.session, name)))) for name in ("new", "dirty", "deleted")]
        self.log(f"  new, dirty, deleted: {held}")

    def state_of(self, instance: Any) -> str:
        """Name the state of an object; what was deleted and has no session any more is detached."""
        state = self.log.state_of(instance)
        if state == "deleted" and instance in self.session:
            # SQLAlchemy goes on calling so what has got another row since.
            return "persistent"
        return "detached" if state == "deleted" and id(instance) in self.let_go else state

    def names(self, value: Any) -> Any:
        """Name objects by their place among all that the program met, which is the same on both libraries."""
        if isinstance(value, dict):
            return {key: self.names(value[key]) for key in sorted(value, key=str)}
        if isinstance(value, set | frozenset):
            return sorted(self.names(each) for each in value)
        if isinstance(value, list):
            return [self.names(each) for each in value]
        if type(value).__name__ in KINDS:
            place = self.places.get(id(value))
            if place is not None:
                return f"{type(value).__name__}#{place}"
            return f"{type(value).__name__}{self.lib.inspect(value).identity}"
        return value

    def _tell_of(self, instance: Any) -> None:
        """Write down one object; what a library need not know by now, in lines of its own."""
        name, state, held = self.names(instance), self.state_of(instance), vars(instance)
        loose = {key for key in held if key in REFERENCES or key.endswith("_id")} | {"note"}
        if state != "persistent":
            # SQLAlchemy gives a foreign key also to some objects that are not in the session.
            held = {key: value for key, value in held.items() if not key.endswith("_id")}
        if state in ("transient", "pending"):
            # Which one a flush that failed has given is left open; the next INSERT gives the first.
            held = {key: value for key, value in held.items() if key != "version"}
            if id(instance) in self.deleted | self.lost:
                # Whether it is read again when a savepoint gives its row back is left open.
                held = {}
        shown = {key: self.names(held[key]) for key in sorted(held) if key[0] != "_"}
        self.log(f"  {name} {state} { ({key: value for key, value in shown.items() if key not in loose}) }")
        for key in shown:
            if key in loose:
                self.log(f"{LOOSE}{name}.{key}", shown[key])

    def heard(self, event: str, instance: Any) -> bool:
        """Hear an event of an object's life; say whether it is one to write down."""
        place = id(instance)
        if event == "pending_to_persistent":
            self.uncommitted.add(place)
        elif event == "persistent_to_deleted":
            self.deleted.add(place)
            self.gone.add(place)
        if event in ("persistent_to_detached", "deleted_to_detached", "expire") and place not in self.places:
            # Whether an object that the program never saw is still there is up to the collector.
            return False
        # SQLAlchemy tells so also of what was only marked for deletion.
        is_told = event != "deleted_to_persistent" or place in self.gone
        if event == "deleted_to_persistent":
            self.gone.discard(place)
        return is_told

    def _leave_without_row(self) -> None:
        """Let second objects leave, whose row a rollback took: that of another one that left the session before.

        Their keys come again; they then give way in Holdfast.
        """
        for each in list(self.session.identity_map.values()):
            if not self._has_row(each):
                self.session.expunge(each)
                self.let_go.add(id(each))

    def _has_row(self, instance: Any) -> bool:
        """Ask the database, past the libraries, for a row of the identity of an object."""
        kind = type(instance).__name__
        table = {"Firm": "owner", "Dog": "pet"}.get(kind, kind.lower())
        wanted = " AND ".join(f"{name} = ?" for name in self._key_names(instance))
        identity = self.lib.inspect(instance).identity
        return bool(self.rows.execute(f"SELECT 1 FROM {table} WHERE {wanted}", identity).fetchall())

    # -- picking -----------------------------------------------------------------------------------------------------

    def _meet(self, instance: Any) -> None:
        """Remember an object that the program sees."""
        if instance is not None and id(instance) not in self.places:
            self.places[id(instance)] = len(self.objects)
            self.objects.append(instance)

    def _pick(self, number: int, kind: str = "") -> Any:
        usable = [one for one in self.objects if self._is_usable(one)]
        if kind:
            usable = [one for one in usable if isinstance(one, self.classes[kind])]
        return usable[number % len(usable)] if usable else None

    def _pair(self, first: int, second: int, third: int) -> tuple[Side, Any, Any] | None:
        self._flush_marked()
        side = SIDES[first % len(SIDES)]
        instance, other = self._pick(second, side.near), self._pick(third, side.far)
        # What is deleted is left alone.
        if instance is None or other is None:
            return None
        self._touch(*filter(self._is_usable, self.objects))
        member = instance if side.shape == "one" else other
        if side.reverse and self.lib.inspect(member).persistent:
            # Where it was is read before: SQLAlchemy tells only a parent that the member has in memory.
            parent = getattr(member, side.name if side.shape == "one" else side.reverse)
            if parent is not None and not self.lib.inspect(parent).persistent:
                return None
            if side.name == "holder" and parent is not None:
                # SQLAlchemy reads in the flush what the former owner had: what it was told that it lost.
                self._touch(parent.card)
        if not self._is_in_hand(instance) or not self._is_in_hand(other):
            return None
        if side.name in OWNED and not self._may_get_owner(side, instance, other):
            return None
        if side.near == side.far and not self._is_below(side, instance, other):
            return None
        return side, instance, other

    def _may_get_owner(self, side: Side, instance: Any, other: Any) -> bool:
        """Tell whether the owned one of two may be moved.

        SQLAlchemy lets a new one that had an owner leave the session, and calls one detached whose INSERT and change of key
        are rolled back.
        """
        if self.log.state_of(other if side.shape != "one" else instance) == "pending":
            return False
        owned = instance if type(instance).__name__ in OWNERS else other
        has_row = self.lib.inspect(owned).has_identity
        if side.name in ("ratings", "pet") and id(owned) in self.uncommitted:
            return False
        return bool(has_row or vars(owned).get(OWNERS[type(owned).__name__]) is None)

    def _displaces(self, side: Side, instance: Any, other: Any) -> bool:
        """Tell whether the other side of a one-to-one holds a third object, to which SQLAlchemy does not tell that it goes."""
        return side.name in ("card", "holder") and getattr(other, side.reverse) not in (None, instance)

    def _is_in_hand(self, instance: Any) -> bool:
        """Tell whether an object has its values, and is not deleted."""
        state, values = self.lib.inspect(instance), vars(instance)
        return "name" in values and (state.persistent or state.pending or (state.transient and "id" not in values))

    def _is_below(self, side: Side, instance: Any, other: Any) -> bool:
        """Tell whether a tree stays one: SQLAlchemy refuses rows that refer to each other in a circle also where it could."""
        boss, member = (other, instance) if side.shape == "one" else (instance, other)
        return self.places[id(boss)] < self.places[id(member)]

    def _settle_for_deletion(self, instance: Any) -> None:
        """Write before what would be written twice: a mark or new key of the object, and what it owns that is marked already.

        That an owner got its card, the session need not have asked the database, nor written, since.
        """
        marked = self.session.deleted
        owners = [vars(one).get(f"{OWNERS[type(one).__name__]}_id") for one in marked if type(one).__name__ in OWNERS]
        is_unwritten = not self.session.autoflush or isinstance(instance, self.classes["Card"])
        is_changed = instance in self.session.dirty and is_unwritten
        if instance in marked or vars(instance).get("id") in owners or is_changed:
            self.session.flush()

    def _known(self, instance: Any, name: str) -> Any:
        """Return an object that has a value, or a row to read it from; None for others, and for what is deleted."""
        if instance is not None and self.lib.inspect(instance).deleted:
            return None
        if instance is None or name in vars(instance) or self.lib.inspect(instance).has_identity:
            return instance
        return None

    def _touch(self, *instances: Any) -> None:
        """Read objects that are expired, and what they refer to: SQLAlchemy does so when a flush needs their keys.

        Holdfast has the keys. Two sides of a one-to-one lead to each other.
        """
        met: set[int] = set()
        waiting = list(reversed(instances))
        while waiting:
            each = waiting.pop()
            if each is None or id(each) in met:
                continue
            met.add(id(each))
            if self.lib.inspect(each).persistent:
                self._values(each)
            waiting += [vars(each)[name] for name in REFERENCES if name in vars(each)]

    def _touch_linked(self, instance: Any) -> None:
        """Read what an object is linked with by rows of their own, whose keys the flush needs."""
        for name in ("tags", "owners"):
            if self.lib.inspect(instance).persistent and hasattr(type(instance), name):
                self._touch(*getattr(instance, name))

    def _settle(self, chosen: Any = None) -> None:
        """Write what is new or marked for deletion: SQLAlchemy reads expired objects that this needs, Holdfast need not.

        Args:
            chosen: whose own changes may wait; of none given, those of one object.
        """
        changed = [one for one in self.session.dirty if one is not chosen]
        if self.session.new or self.session.deleted or len(changed) > (chosen is None):
            self.session.flush()

    def _values(self, instance: Any) -> list[Any]:
        """Read the columns of an object."""
        return [getattr(instance, name, None) for name in ("name", "amount", "level", "bark")]

    def _is_owned(self, instance: Any) -> bool:
        """Tell whether an object that belongs to an owner has one."""
        owner = OWNERS.get(type(instance).__name__)
        return owner is None or vars(instance).get(owner) is not None or self.lib.inspect(instance).has_identity

    def _flush_marked(self) -> None:
        """Let what is marked for deletion go, so that nothing is done with it."""
        if self.session.deleted:
            self.session.flush()

    def _holds(self, side: Side, instance: Any) -> bool:
        """Tell whether a side may be read: SQLAlchemy forgets an empty collection of an object that has no row yet."""
        return side.shape == "one" or side.name in vars(instance) or self.lib.inspect(instance).identity is not None
