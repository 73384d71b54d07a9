"""What a step of a random session program does: three numbers pick the objects, the attribute and the value."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from tests.differential.session_cast import Cast
from tests.differential.session_world import KINDS, SIDES

_OWNER = {"boss_id": None, "favourite_id": None}
_PET = {"owner_id": None, "note": "x"}
OTHER_VALUES: dict[str, dict[str, Any]] = {
    "Owner": _OWNER, "Firm": {**_OWNER, "level": 1}, "Pet": _PET, "Dog": {**_PET, "bark": 1}, "Card": {"holder_id": None},
}  # fmt: skip
"""What a new object gets beside name and amount: every column, as `intended.py` has it of columns that were not set."""

STRATEGIES = (False, "fetch", "evaluate", "auto")


class Step(NamedTuple):
    """One edit: the name of a method of `Play`, and three numbers."""

    name: str
    first: int
    second: int
    third: int


class Play(Cast):
    """What a step can do with the objects met so far; a step that picks nothing does nothing."""

    # -- objects and values ------------------------------------------------------------------------------------------

    def make(self, first: int, second: int, third: int) -> None:
        """Make an object and add it."""
        made = self._made(first, second)
        if made is not None:
            self.session.add(made)

    def make_loose(self, first: int, second: int, third: int) -> None:
        """Make an object that only a cascade, or a later step, brings in."""
        self._made(first, second)

    def set_name(self, first: int, second: int, third: int) -> None:
        """Set the name of an object, which is read before; that of a toy is its key in a collection."""
        chosen = self._known(self._pick(first), "name")
        if chosen is not None and chosen.name != f"n{second}" and type(chosen).__name__ != "Toy":
            chosen.name = f"n{second}"

    def count_up(self, first: int, second: int, third: int) -> None:
        """Add to the amount of an object."""
        chosen = self._known(self._pick(first), "amount")
        if chosen is not None and second:
            chosen.amount += second

    def bring(self, first: int, second: int, third: int) -> None:
        """Let one side refer to an object."""
        found = self._pair(first, second, third)
        if found is None:
            return
        side, instance, other = found
        if not self._holds(side, instance):
            return
        held = getattr(instance, side.name)
        if side.shape == "one":
            if held is not other and not self._displaces(side, instance, other):
                setattr(instance, side.name, other)
        elif side.shape == "dict":
            if held.get(other.name) is not other:
                held[other.name] = other
        elif other not in held:
            (held.add if side.shape == "set" else held.append)(other)

    def take(self, first: int, second: int, third: int) -> None:
        """Let one side no longer refer to an object; a rating would have no key then."""
        found = self._pair(first, second, third)
        if found is None or "Rating" in (found[0].near, found[0].far):
            return
        side, instance, other = found
        if not self._holds(side, instance):
            return
        held = getattr(instance, side.name)
        if side.shape == "one":
            if held is not None:
                setattr(instance, side.name, None)
        elif side.shape == "dict":
            for key in [key for key, each in held.items() if each is other]:
                del held[key]
        elif other in held:
            held.remove(other)

    def assign(self, first: int, second: int, third: int) -> None:
        """Put one object in the place of all that a collection holds; it was not in it."""
        found = self._pair(first, second, third)
        if found is None or found[0].shape == "one" or not self._holds(*found[:2]):
            return
        side, instance, other = found
        held = getattr(instance, side.name)
        if other in (held.values() if side.shape == "dict" else held):
            return
        value: Any = {"list": [other], "set": {other}, "dict": {other.name: other}}[side.shape]
        setattr(instance, side.name, value)

    def read(self, first: int, second: int, third: int) -> None:
        """Read a relationship."""
        self._flush_marked()
        side = SIDES[first % len(SIDES)]
        instance = self._pick(second, side.near)
        if side.shape == "one" and side.far in ("Owner", "Pet"):
            # Whose class is not known before; SQLAlchemy remembers it of an object that is expired.
            self._touch(*filter(self._is_usable, self.objects))
        if instance is not None and self._holds(side, instance) and not self._is_deleted(instance):
            self.log("read", self.names(getattr(instance, side.name)))

    def read_values(self, first: int, second: int, third: int) -> None:
        """Read the columns of an object, the deferred one too."""
        chosen = self._pick(first)
        if chosen is not None:
            values = self._values(chosen)
            # What was expired, rolled back and added again has none; Holdfast knows that.
            is_known = "note" in vars(chosen) or id(chosen) not in self.uncommitted
            self.log("read", [*values, getattr(chosen, "note", None) if is_known else None])

    # -- objects and the session -------------------------------------------------------------------------------------

    def add(self, first: int, second: int, third: int) -> None:
        """Add any object, in whatever state it is, but for one that its owner has let go of."""
        chosen = self._pick(first)
        if chosen is not None and self._is_owned(chosen) and self._has_all_owned(chosen, or_elsewhere=True):
            self._touch(*self._coming_with(chosen))
            if self._may_be_added(chosen):
                self.session.add(chosen)
                # What was expired when it left is persistent now; reading it would flush first.
                with self.session.no_autoflush:
                    self._touch(*self._coming_with(chosen))

    def delete(self, first: int, second: int, third: int) -> None:
        """Delete any object that is not deleted: SQLAlchemy would send its DELETE again.

        What has loose ends outside of the session stays there.
        """
        chosen = self._pick(first)
        if chosen is not None and not self._is_deleted(chosen) and not self._has_loose_ends(chosen):
            self._touch(chosen)
            self._settle_for_deletion(chosen)
            is_there = "name" in vars(chosen) and not self._is_deleted(chosen)
            if is_there and self._has_all_owned(chosen, or_elsewhere=True):
                self._touch_linked(chosen)
                self.session.delete(chosen)

    def expunge(self, first: int, second: int, third: int) -> None:
        """Let any object leave; the order of rows is unsure where one of several new objects leaves and comes back."""
        self._settle(self._pick(first))
        chosen = self._pick(first)
        if chosen is not None and not self._is_deleted(chosen) and self._has_all_owned(chosen):
            self.session.expunge(chosen)

    def expire(self, first: int, second: int, third: int) -> None:
        """Expire any object, or one attribute of it."""
        self._settle(self._pick(first))
        chosen = self._pick(first)
        if chosen is not None and not (second % 2 and (chosen in self.session.dirty or id(chosen) in self.uncommitted)):
            self.session.expire(chosen, *([[("name", "amount")[third % 2]]] if second % 2 else []))

    def refresh(self, first: int, second: int, third: int) -> None:
        """Refresh any object."""
        self._settle(self._pick(first))
        self._with_session("refresh", first)

    def merge(self, first: int, second: int, third: int) -> None:
        """Merge a new object that has the key of one."""
        self._flush_marked()
        chosen = self._pick(first)
        if chosen is None or id(chosen) in self.deleted:
            return
        identity = self.lib.inspect(chosen).identity
        if identity is not None:
            key = dict(zip(self._key_names(chosen), identity, strict=True))
            self._touch(*filter(self._is_usable, self.objects))
            name = chosen.name if type(chosen).__name__ == "Toy" else f"n{second}"
            values = {"name": name, "amount": third} | OTHER_VALUES.get(type(chosen).__name__, {})
            self._meet(self.session.merge(type(chosen)(**key, **values)))

    def merge_itself(self, first: int, second: int, third: int) -> None:
        """Merge any object with all that it holds."""
        self._settle()
        chosen = self._pick(first)
        if chosen is not None and id(chosen) not in self.deleted:
            self._touch(*filter(self._is_usable, self.objects))
            if self._is_in_hand(chosen) and all(map(self._may_be_merged, self._coming_with(chosen))):
                self._meet(self.session.merge(chosen))

    def get(self, first: int, second: int, third: int) -> None:
        """Get an object by its key."""
        kind = KINDS[first % len(KINDS)]
        key = (second % 4 + 1, third % 4 + 1) if kind == "Rating" else second % 6 + 1
        # Of an object whose row is gone SQLAlchemy says that it is deleted, Holdfast when it is read.
        self._touch(*filter(self._is_usable, self.objects))
        self._meet(self.session.get(self.classes[kind], key))

    def query(self, first: int, second: int, third: int) -> None:
        """Read all objects of a class."""
        kind = self.classes[KINDS[first % len(KINDS)]]
        for each in self.session.scalars(self.lib.select(kind).order_by(*self.lib.inspect(kind).primary_key)).all():
            self._meet(each)
        self._touch(*filter(self._is_usable, self.objects))

    # -- statements --------------------------------------------------------------------------------------------------

    def update_many(self, first: int, second: int, third: int) -> None:
        """Change rows by one statement."""
        kind = self.classes[("Owner", "Pet", "Toy", "Card", "Tag", "Dog")[first % 6]]
        statement = self.lib.update(kind).where(kind.amount >= second).values(amount=kind.amount + 1)
        self._execute(statement, third)

    def delete_many(self, first: int, second: int, third: int) -> None:
        """Delete rows by one statement."""
        kind = self.classes[("Toy", "Card", "Rating")[first % 3]]
        self._execute(self.lib.delete(kind).where(kind.amount >= second), third)

    # -- the session -------------------------------------------------------------------------------------------------

    def flush(self, first: int, second: int, third: int) -> None:
        """Flush."""
        self.session.flush()

    def commit(self, first: int, second: int, third: int) -> None:
        """Commit; inside a savepoint that ends the savepoint."""
        if self.nested:
            self.nested.pop().commit()
        else:
            self.session.commit()
            self.uncommitted.clear()

    def roll_back(self, first: int, second: int, third: int) -> None:
        """Roll back to the innermost savepoint, or all."""
        if self.nested:
            self.nested.pop().rollback()
            self._leave_without_row()
            self._touch(*filter(self._is_usable, self.objects))
        else:
            self.session.rollback()
            self._leave_without_row()

    def begin_nested(self, first: int, second: int, third: int) -> None:
        """Begin a savepoint."""
        if len(self.nested) < 3:
            self.nested.append(self.session.begin_nested())

    def expire_all(self, first: int, second: int, third: int) -> None:
        """Expire everything."""
        self._settle()
        self.session.expire_all()

    def expunge_all(self, first: int, second: int, third: int) -> None:
        """Let everything leave; what is deleted stays with its transaction."""
        if not any(self._is_deleted(one) for one in self.objects if id(one) not in self.let_go):
            self.session.expunge_all()

    def close(self, first: int, second: int, third: int) -> None:
        """Close the session, and go on with it."""
        self.nested.clear()
        for one in self.objects:
            if self._is_deleted(one) or (id(one) in self.uncommitted and self.lib.inspect(one).has_identity):
                self.let_go.add(id(one))
        self.session.close()
        # What was read before its row was committed has none either.
        self.let_go.update(
            id(one) for one in self.objects if self.lib.inspect(one).has_identity and not self._has_row(one)
        )

    def switch_autoflush(self, first: int, second: int, third: int) -> None:
        """Let queries flush no longer, or again."""
        self.session.autoflush = not self.session.autoflush

    # -- how a step is done --------------------------------------------------------------------------------

    def _made(self, first: int, second: int) -> Any:
        kind = KINDS[first % len(KINDS)]
        values = {"name": f"n{second}", "amount": second} | OTHER_VALUES.get(kind, {})
        if kind == "Rating":
            values |= {"pet": self._pick(second, "Pet"), "tag": self._pick(second, "Tag")}
        elif kind == "Toy":
            # Under a key of its own: who is displaced from the other side keeps its keeper in SQLAlchemy.
            values |= {"keeper": self._pick(second, "Owner"), "name": f"n{len(self.objects)}"}
        if None in (values.get("pet", 0), values.get("tag", 0), values.get("keeper", 0)):
            return None
        partners = [values[name] for name in ("pet", "tag", "keeper") if name in values]
        self._touch(*partners)
        pair = frozenset(map(id, partners)) if kind == "Rating" else frozenset()
        if not all(self._is_in_hand(one) for one in partners) or (pair and pair in self.rated):
            return None
        self.rated.add(pair)
        made = self.classes[kind](**values)
        self._meet(made)
        return made

    def _execute(self, statement: Any, number: int) -> None:
        if not self.session.autoflush:
            self.session.flush()
        self._touch(*filter(self._is_usable, self.objects))
        strategy = STRATEGIES[number % len(STRATEGIES)]
        result = self.session.execute(statement, execution_options={"synchronize_session": strategy})
        self.log("rows", result.rowcount)
        self._touch(*filter(self._is_usable, self.objects))

    def _with_session(self, operation: str, number: int) -> None:
        chosen = self._pick(number)
        if chosen is not None:
            self._touch(chosen)
            getattr(self.session, operation)(chosen)


EDITS = tuple(name for name in vars(Play) if not name.startswith("_"))


def attempt(play: Play, action: Callable[..., None], *numbers: int) -> None:
    """Do a step; an error is written down and rolled back."""
    marked = list(play.session.deleted)
    try:
        action(*numbers)
    except Exception as error:
        play.fail_and_recover(error, marked)
