"""What all options of a statement say together, as a tree along the paths of relationships.

`Directions` belong to one entity at one place: which choice holds for each attribute there, and the directions at the
other end of each relationship. They are made once per set of options, and objects remember those of their place, so
that what they load later follows them too.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from holdfast import exc
from holdfast.orm.loading.choice import COLUMN_STRATEGIES, WHEN_READ, Choice, choice_of_mapping
from holdfast.orm.loading.options import Load
from holdfast.orm.loading.path import leads_on
from holdfast.orm.loading.settings import WILDCARD, Setting, UserDefinedOption, WithoutJoins
from holdfast.sql.traversal import iterate


class Everywhere:
    """What wildcards without a path say.

    Attributes:
        relationship, column: the choice for all relationships, for all columns; None: the mapping's.
        criteria: options that add conditions to entities wherever they stand (`with_loader_criteria`).
        lets_join: related objects may come by joins and subqueries; `Query.enable_eagerloads` switches that off.
        own: options that the program itself defined and that go with what objects load later.
    """

    __slots__ = ("column", "criteria", "lets_join", "own", "relationship")

    def __init__(self) -> None:
        self.relationship: Choice | None = None
        self.column: Choice | None = None
        self.criteria: tuple[Any, ...] = ()
        self.lets_join = True
        self.own: tuple[Any, ...] = ()

    @property
    def says_nothing(self) -> bool:
        """Whether there is none."""
        return (
            self.relationship is None and self.column is None and not self.criteria and self.lets_join and not self.own
        )

    def said(self) -> dict[str, Any]:
        """Return the attributes by name."""
        return {name: getattr(self, name) for name in self.__slots__}

    def copied(self) -> Everywhere:
        """Return what says the same."""
        found = Everywhere()
        for name, value in self.said().items():
            setattr(found, name, value)
        return found


class Directions:
    """What the options say about one entity at one place.

    Attributes:
        choices: attribute -> its choice.
        below: relationship -> directions where it leads.
        relationship, column: the choice for all other relationships, columns; None: the mapping's.
        groups: names of deferred columns that are loaded, by group.
        kinds: mappers of subclasses whose columns further statements load; None: the mapping's.
        everywhere: what wildcards without a path say.
    """

    __slots__ = (
        "__weakref__", "_of_expired", "_remembered", "below", "choices", "column", "everywhere", "groups", "kinds", "relationship",
    )  # fmt: skip

    def __init__(self, everywhere: Everywhere) -> None:
        self.choices: dict[str, Choice] = {}
        self.below: dict[str, Directions] = {}
        self.relationship: Choice | None = None
        self.column: Choice | None = None
        self.groups: frozenset[str] = frozenset()
        self.kinds: tuple[Any, ...] | None = None
        self.everywhere = everywhere
        self._of_expired: Directions | None = None
        self._remembered: Directions | None = None

    def __reduce_ex__(self, protocol: Any) -> Any:
        from holdfast.orm.loading.pickled_options import pickled_directions

        return pickled_directions(self)

    def said(self) -> dict[str, Any]:
        """Return all attributes by name, without what was worked out of them."""
        public = {name: getattr(self, name) for name in self.__slots__ if not name.startswith("_")}
        return {**public, "_of_expired": None, "_remembered": None}

    @property
    def says_nothing(self) -> bool:
        """Whether everything here is as the mapping has it."""
        return (
            not self.choices and self.relationship is None and self.column is None and not self.groups
            and self.kinds is None and self.everywhere.says_nothing
        )  # fmt: skip

    @property
    def concerns_present(self) -> bool:
        """Whether objects that the session has already are to know it too: how unloaded attributes are read."""
        general = (self.relationship, self.everywhere.relationship)
        return bool(self.everywhere.criteria) or any(
            choice is not None and choice.strategy in WHEN_READ for choice in (*self.choices.values(), *general)
        )

    def of_relationship(self, relationship: Any) -> Choice:
        """Return the choice for a relationship: its own, a wildcard's, the mapping's."""
        found = self.choices.get(relationship.key)
        if found is not None and found.strategy != "default":
            return found
        general = self.relationship or self.everywhere.relationship
        chosen = choice_of_mapping(relationship) if general is None else general
        if found is not None and (found.criteria is not None or found.target is not None):
            return chosen._replace(criteria=found.criteria, target=found.target)
        return chosen

    def of_column(self, prop: Any) -> Choice | None:
        """Return the choice for a column; None: the mapping's."""
        found = self.choices.get(prop.key)
        if found is None:
            group = getattr(prop, "group", None)
            if group is not None and group in self.groups:
                return Choice("undeferred")
            found = self.column or self.everywhere.column
        return None if found is not None and found.strategy == "mapped" else found

    def at(self, relationship: Any) -> Directions:
        """Return the directions where a relationship leads."""
        found = self.below.get(relationship.key)
        if found is not None:
            return found
        return NOTHING if self.everywhere.says_nothing else Directions(self.everywhere)

    def remembered(self) -> Directions:
        """Return what objects remember for what they load later.

        Conditions of this statement alone are left out, and what a wildcard says of columns: it is about what the
        statement itself brings.
        """
        criteria, column = self.everywhere.criteria, self.everywhere.column
        if column is None and (not criteria or all(option.propagates for option in criteria)):
            return self
        if self._remembered is None:
            everywhere = self.everywhere.copied()
            everywhere.criteria = tuple(option for option in criteria if option.propagates)
            everywhere.column = None
            self._remembered = self.copied(everywhere)
            self._remembered.column = self.column or column
        return self._remembered

    def of_expired(self) -> Directions:
        """Return what holds when an expired object is loaded again: all columns come, as the mapping has it."""
        if self.says_nothing or not self._defers():
            return self
        if self._of_expired is None:
            found = self._of_expired = Directions(self.everywhere)
            found.choices = {key: one for key, one in self.choices.items() if one.strategy not in COLUMN_STRATEGIES}
            found.below, found.relationship = self.below, self.relationship
            found.column = Choice("mapped") if self.everywhere.column is not None else None
        return self._of_expired

    def _defers(self) -> bool:
        return (
            self.column is not None
            or self.everywhere.column is not None
            or any(choice.strategy in COLUMN_STRATEGIES for choice in self.choices.values())
        )

    def copied(self, everywhere: Everywhere, known: dict[int, Directions] | None = None) -> Directions:
        """Return directions that say the same here and below.

        Args: known: what was copied already: a self-referential relationship may lead to its own place.
        """
        known = {} if known is None else known
        if id(self) in known:
            return known[id(self)]
        found = known[id(self)] = Directions(everywhere)
        found.choices, found.kinds, found.groups = dict(self.choices), self.kinds, self.groups
        found.relationship, found.column = self.relationship, self.column
        found.below = {key: place.copied(everywhere, known) for key, place in self.below.items()}
        return found

    def add(self, setting: Setting) -> None:
        """Take in a setting whose path ends here.

        Raises: InvalidRequestError: another strategy was chosen for the same relationship.
        """
        key, choice = setting.key, setting.choice
        if key == WILDCARD:
            if choice.fits_relationships:
                self.relationship = choice
            else:
                self.column = choice
        elif key.__class__ is tuple and key[0] == "kinds":
            self.kinds = (*(self.kinds or ()), *key[1])
        elif key.__class__ is tuple:
            self.groups |= {key[1]}
        else:
            self._add_named(key, choice, setting)

    def _add_named(self, key: str, choice: Choice, setting: Setting) -> None:
        present = self.choices.get(key)
        if present is not None and choice.fits_relationships and present.strategy != "default":
            if choice.strategy == "default":
                return
            if choice.strategy != present.strategy or choice.recursion_depth != present.recursion_depth:
                other = setting._replace(choice=present)
                raise exc.InvalidRequestError(
                    f"Loader strategy replacement {setting} is in conflict with existing strategy {other}"
                )
        if present is not None and _contradict(present, choice):
            other = setting._replace(choice=present)
            raise exc.InvalidRequestError(
                f"Loader strategy replacement {setting} is in conflict with existing strategy {other}"
            )
        self.choices[key] = choice
        if choice.recursion_depth:
            self._descend(key, choice)

    def _descend(self, key: str, choice: Choice) -> None:
        """Say for a self-referential relationship what holds one level down; `unroll` says it for the further levels."""
        depth: int = choice.recursion_depth  # type: ignore[assignment]
        below = self.below.setdefault(key, Directions(self.everywhere))
        if depth < 0:
            below.choices[key] = choice
            below.below[key] = below
        else:
            below.choices[key] = choice._replace(recursion_depth=depth - 1)

    def unroll(self) -> None:
        """Let what options say of the first level of a relationship with a depth hold at all its further levels."""
        waiting, seen = [self], {id(self)}
        while waiting:
            place = waiting.pop()
            for key, below in list(place.below.items()):
                if id(below) in seen:
                    continue
                seen.add(id(below))
                choice, next_one = place.choices.get(key), below.choices.get(key)
                depth = None if choice is None else choice.recursion_depth
                if depth and depth > 0 and next_one is not None:
                    below.below[key] = below._further(key, next_one)
                waiting.append(below)

    def _further(self, key: str, choice: Choice) -> Directions:
        """Return what holds a level below this one: the same, as far down as the relationship's depth says."""
        depth = choice.recursion_depth
        found = Directions(self.everywhere)
        found.choices = {name: one for name, one in self.choices.items() if name != key}
        found.below = {name: one for name, one in self.below.items() if name != key}
        found.relationship, found.column, found.groups, found.kinds = (
            self.relationship, self.column, self.groups, self.kinds,
        )  # fmt: skip
        if depth:
            found.choices[key] = choice._replace(recursion_depth=depth - 1)
        return found


def _contradict(one: Choice, other: Choice) -> bool:
    """Whether two choices for one column are about its coming with the row, and differ."""
    both = {one.strategy, other.strategy} <= {"deferred", "undeferred"}
    return both and (one.strategy != other.strategy or bool(one.raiseload) != bool(other.raiseload))


NOTHING = Directions(Everywhere())
"""Directions that say nothing."""


def directions_for(options: Iterable[Any], entries: Iterable[Any]) -> dict[Any, Directions]:
    """Return the directions of each entity of a statement.

    Args:
        options: loader options, as given.
        entries: what the statement selects: entities and columns.

    Raises: ArgumentError: an option that begins at none of the entities, or is no option.
    """
    entries = list(entries)
    everywhere = Everywhere()
    found = {entry: Directions(everywhere) for entry in entries if getattr(entry, "is_entity", False)}
    _take_all(options, found, everywhere, entries)
    return found


def with_options(directions: Directions, options: Iterable[Any], entries: Iterable[Any]) -> Directions:
    """Return the directions of the one entity of a statement with those of further options.

    Raises: ArgumentError: as `directions_for` does.
    """
    entries = list(entries)
    entity = next((entry for entry in entries if getattr(entry, "is_entity", False)), None)
    everywhere = directions.everywhere.copied()
    found = {} if entity is None else {entity: directions.copied(everywhere)}
    known = (*everywhere.criteria, *everywhere.own)
    _take_all([option for option in options if option not in known], found, everywhere, entries)
    return directions if entity is None else found[entity]


def _take_all(options: Iterable[Any], found: dict[Any, Directions], everywhere: Everywhere, entries: list[Any]) -> None:
    for option in options:
        if isinstance(option, Load):
            for setting in option._settings:
                _take(setting, found, everywhere, entries)
        elif getattr(option, "is_loader_criteria", False):
            everywhere.criteria = (*everywhere.criteria, option)
        elif isinstance(option, WithoutJoins):
            everywhere.lets_join = False
        elif isinstance(option, UserDefinedOption) and option.propagate_to_loaders:
            everywhere.own = (*everywhere.own, option)
    for place in found.values():
        place.unroll()


def _take(setting: Setting, found: dict[Any, Directions], everywhere: Everywhere, entries: list[Any]) -> None:
    if setting.root is None:
        if setting.choice.fits_relationships:
            everywhere.relationship = setting.choice
        elif setting.key == WILDCARD:
            everywhere.column = setting.choice
        else:
            for place in found.values():
                place.add(setting)
        return
    roots = [entity for entity in found if leads_on(setting.root, entity)]
    if not roots:
        _check_applies(setting, found, entries)
    for root in roots:
        place = found[root]
        for step in setting.path:
            place = _below(place, step)
        place.add(setting)


def _below(place: Directions, step: Any) -> Directions:
    below = place.below.get(step.key)
    if below is None:
        below = place.below[step.key] = Directions(place.everywhere)
    return below


def _check_applies(setting: Setting, found: dict[Any, Directions], entries: list[Any]) -> None:
    """Raise what the caller should know; a statement that has nothing of the ORM takes any option.

    Raises: ArgumentError
    """
    if found:
        names = ", ".join(str(entity.attribute_prefix) for entity in found)
        raise exc.ArgumentError(
            f"Mapped class {setting.root.attribute_prefix} referenced in option {setting} does not apply to any of the root "
            f"entities in this query, e.g. {names}. Please specify the full path from one of the root entities to the "
            "target attribute. "
        )
    if any(getattr(part, "visit_name", "") == "attribute" for entry in entries for part in iterate(entry)):
        raise exc.ArgumentError(
            f"Query has only expression-based entities; attribute loader option {setting} can't be applied here."
        )
