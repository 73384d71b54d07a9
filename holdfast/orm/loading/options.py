"""`Load`: a loader option on its way along a path; what it says is data, read by `directions.py`.

An option is a path of relationships and settings along it. ``joinedload(User.orders).selectinload(Order.items)`` has two
settings; the chain stands at ``Order.items`` and goes on from there.
"""

from __future__ import annotations

from typing import Any, Self

from holdfast import exc
from holdfast.orm.loading.choice import COLUMN_STRATEGIES, RELATIONSHIP_STRATEGIES, Choice
from holdfast.orm.loading.path import Step, entity_given, leads_on, step_of
from holdfast.orm.loading.settings import WILDCARD, LoaderOption, Setting


class Load(LoaderOption):
    """A loader option on its way along a path; each method returns a longer one.

    Args:
        entity: the mapped class or alias that the path begins at.

    Raises: NoInspectionAvailable: `entity` is none.
    """

    def __init__(self, entity: Any) -> None:
        given = entity_given(entity)
        # A program may name next what the other side of a relationship makes.
        given.configure()
        self._set(given, (), ())

    def _set(self, root: Any, path: tuple[Step, ...], settings: tuple[Setting, ...]) -> None:
        self._root = root
        self._path = path
        self._settings = settings
        self._key = ("load", *[setting.structure for setting in settings])
        self._values = tuple([value for setting in settings for value in setting.values])

    def _with(self, path: tuple[Step, ...], *settings: Setting) -> Self:
        new = object.__new__(type(self))
        new._set(self._root, path, (*self._settings, *settings))
        return new

    # Relationships.

    def joinedload(self, attr: Any, innerjoin: Any = None) -> Self:
        """Load the related objects by a JOIN in the same statement.

        Args: innerjoin: use JOIN instead of LEFT OUTER JOIN; "unnested": only where no outer join stands before it.
        """
        return self._relationship(attr, Choice("joined", innerjoin=innerjoin))

    def selectinload(self, attr: Any, recursion_depth: int | None = None, chunksize: int | None = None) -> Self:
        """Load the related objects of all owners by a second statement with IN.

        Args:
            recursion_depth: for relationships of a class to itself: how many levels more; -1: until none are left.
            chunksize: keys per statement; 500 by default.
        """
        return self._relationship(attr, Choice("selectin", recursion_depth=recursion_depth, chunksize=chunksize))

    def subqueryload(self, attr: Any) -> Self:
        """Load the related objects of all owners by a second statement that holds the first one as a subquery."""
        return self._relationship(attr, Choice("subquery"))

    def lazyload(self, attr: Any) -> Self:
        """Load the related objects when the attribute is first read."""
        return self._relationship(attr, Choice("select"))

    def immediateload(self, attr: Any, recursion_depth: int | None = None) -> Self:
        """Load the related objects owner by owner, as reading would, but at once."""
        return self._relationship(attr, Choice("immediate", recursion_depth=recursion_depth))

    def noload(self, attr: Any) -> Self:
        """Leave the attribute empty."""
        exc.warn_deprecated(
            "The noload() option is deprecated and will be removed in a future release.  This option produces incorrect "
            "results by returning ``None`` for related items. Use raiseload() to see where an attribute is read."
        )
        return self._relationship(attr, Choice("noload"))

    def raiseload(self, attr: Any, sql_only: bool = False) -> Self:
        """Let reading the attribute raise an error, if it is not loaded.

        Args: sql_only: only if it would send SQL: objects that the session has may be referred to.
        """
        return self._relationship(attr, Choice("raise_on_sql" if sql_only else "raise"))

    def defaultload(self, attr: Any) -> Self:
        """Leave the attribute as it is and go on from there."""
        return self._relationship(attr, Choice("default"))

    def contains_eager(self, attr: Any, alias: Any = None) -> Self:
        """Take the related objects out of columns that the statement has by its own joins.

        Args: alias: the alias of the related table in the statement.
        """
        return self._relationship(attr, Choice("contains", alias=_alias_given(alias)))

    # Columns.

    def load_only(self, *attrs: Any, raiseload: bool = False) -> Self:
        """Load only these columns; the primary key always comes along.

        Args: raiseload: reading another one raises an error.
        """
        others = self._setting(WILDCARD, Choice("deferred", raiseload=raiseload, general=True))
        found = self._with(self._path, others)
        for attr in attrs:
            found = found._column(attr, Choice("undeferred"))
        # The columns that are named stand first, so that an error names one of them.
        named = found._settings[len(self._settings) + 1 :]
        others = found._settings[len(self._settings)]
        found._set(found._root, found._path, (*found._settings[: len(self._settings)], *named, others))
        return found

    def defer(self, key: Any, raiseload: bool = False) -> Self:
        """Load a column only when it is read.

        Args: raiseload: reading it raises an error.
        """
        return self._column(key, Choice("deferred", raiseload=raiseload))

    def undefer(self, key: Any) -> Self:
        """Load a column that the mapping defers with the object."""
        return self._column(key, Choice("undeferred"))

    def undefer_group(self, name: str) -> Self:
        """Load the deferred columns of a group with the object."""
        return self._with(self._path, self._setting(("group", name), Choice("undeferred")))

    def with_expression(self, key: Any, expression: Any) -> Self:
        """Load a `query_expression` attribute from this expression."""
        return self._column(key, Choice("expression", expression=expression))

    def selectin_polymorphic(self, classes: Any) -> Self:
        """Load the columns of subclasses by one further statement for each, with IN.

        Args: classes: the subclasses.
        """
        mappers = tuple(entity_given(one).mapper for one in classes)
        return self._with(self._path, self._setting(("kinds", mappers), Choice("undeferred")))

    def options(self, *opts: Any) -> Self:
        """Add options that begin where this one stands.

        Raises: ArgumentError: one does not fit there.
        """
        found = self
        for option in opts:
            root = option._settings[0].root
            if root is not None and not self._leads_to(root):
                raise exc.ArgumentError(
                    f'ORM mapped entity or attribute "{option._first()}" does not link from relationship "{self._place()}". '
                    "options() takes options that begin at the class where this one ends."
                )
            moved = [
                setting._replace(root=self._root, path=(*self._path, *setting.path)) for setting in option._settings
            ]
            found = found._with(self._path, *moved)
        return found

    # How it is done.

    def _setting(self, key: Any, choice: Choice) -> Setting:
        return Setting(self._root, self._path, key, choice)

    def _relationship(self, attr: Any, choice: Choice) -> Self:
        if isinstance(attr, str) and attr == WILDCARD:
            return self._with(self._path, self._setting(WILDCARD, choice._replace(general=True)))
        step = self._checked(attr)
        if not step.prop.is_relationship:
            raise _misfit(RELATIONSHIP_STRATEGIES[choice.strategy], step, "column property", "relationship property")
        self._check_recursion(step, choice)
        choice = choice._replace(target=_given_target(step), criteria=step.criteria)
        return self._rooted(step, (*self._path, step), choice)

    def _column(self, attr: Any, choice: Choice) -> Self:
        if isinstance(attr, str) and attr == WILDCARD:
            return self._with(self._path, self._setting(WILDCARD, choice._replace(general=True)))
        step = self._checked(attr)
        if step.prop.is_relationship:
            raise _misfit(COLUMN_STRATEGIES[choice.strategy], step, "relationship", "column property")
        return self._rooted(step, self._path, choice)

    def _rooted(self, step: Step, path: tuple[Step, ...], choice: Choice) -> Self:
        """Return this option with one setting more; its first attribute says where the path begins."""
        root = step.owner if self._root is None else self._root
        settings = [one._replace(root=root) if one.root is None else one for one in self._settings]
        new = object.__new__(type(self))
        new._set(root, path, (*settings, Setting(root, self._path, step.key, choice)))
        return new

    def _checked(self, attr: Any) -> Step:
        step = step_of(attr)
        if self._root is not None and not self._leads_to(step.owner):
            if self._path:
                raise exc.ArgumentError(
                    f'ORM mapped entity or attribute "{attr}" does not link from relationship "{self._path[-1]}".'
                )
            if any(setting.key == WILDCARD for setting in self._settings):
                raise exc.ArgumentError(
                    "Can't apply wildcard ('*') or load_only() loader option to multiple entities in the same option. "
                    "Use separate options per entity."
                )
            raise exc.ArgumentError(f'ORM mapped attribute "{attr}" does not link mapped class "{self._place()}"')
        return step

    def _leads_to(self, owner: Any) -> bool:
        return leads_on(owner, self._path[-1].target if self._path else self._root)

    def _first(self) -> str:
        """Return the name of the attribute that the option begins with."""
        first = self._settings[0]
        return str(first.path[0]) if first.path else f"{first.root.attribute_prefix}.{first.key}"

    def _place(self) -> str:
        return str(self._path[-1]) if self._path else str(self._root.attribute_prefix)

    def _check_recursion(self, step: Step, choice: Choice) -> None:
        if choice.recursion_depth is not None and not step.prop.mapper.isa(step.prop.parent):
            raise exc.InvalidRequestError(
                f"recursion_depth option on relationship {step.prop} not valid for non-self-referential relationship"
            )

    def __repr__(self) -> str:
        return f"<Load {', '.join(str(setting) for setting in self._settings)}>"


def _given_target(step: Step) -> Any:
    """Return the entity that `of_type()` names, or None.

    Raises: ArgumentError: it has nothing to do with the related class.
    """
    if step.target is step.prop.entity:
        return None
    if step.target.mapper.base_mapper is not step.prop.mapper.base_mapper:
        raise exc.ArgumentError(
            f"{step} leads to {step.prop.mapper.class_name}; of_type() takes a subclass or an alias of it, not "
            f"{step.target.mapper.class_name}."
        )
    return step.target


def _alias_given(alias: Any) -> Any:
    if isinstance(alias, str):
        raise exc.ArgumentError(
            f"contains_eager(alias={alias!r}): a name alone does not tell which columns of the statement are meant. Pass the "
            f"alias itself: Word = aliased(Class, name={alias!r}), joined by join(Owner.words.of_type(Word))."
        )
    return alias if alias is None or getattr(alias, "is_selectable", False) else entity_given(alias)


def _misfit(strategy: str, step: Step, is_kind: str, wants_kind: str) -> exc.LoaderStrategyException:
    return exc.LoaderStrategyException(
        f'Can\'t apply "{strategy}" strategy to property "{step}", which is a "{is_kind}"; this loader strategy is '
        f'intended to be used with a "{wants_kind}".'
    )
