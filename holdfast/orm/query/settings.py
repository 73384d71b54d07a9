"""Methods of Query that say how it runs and loads; the rows stay the same."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Self

from holdfast import exc
from holdfast.orm.aliased import with_parent
from holdfast.orm.attributes import instance_state
from holdfast.orm.query.base import QueryBase
from holdfast.sql.coercions import resolve
from holdfast.sql.naming import LABEL_STYLE_TABLENAME_PLUS_COL

# Kept among the execution options of the statement, which the session reads; not shown as such.
_SETTINGS = frozenset({"populate_existing", "autoflush", "yield_per"})


class Settings(QueryBase):
    """How the query runs and what comes along."""

    def options(self, *args: Any) -> Self:
        """Add loader options."""
        return self._with(self._statement.options(*_flat(args)))

    def with_transformation(self, fn: Callable[[Any], Any]) -> Any:
        """Return what a function makes of the query."""
        return fn(self)

    def execution_options(self, **kwargs: Any) -> Self:
        """Set execution options."""
        return self._with(self._statement.execution_options(**kwargs))

    def get_execution_options(self) -> Mapping[str, Any]:
        """Return the execution options."""
        options = self._statement._execution_options
        return {name: value for name, value in options.items() if name not in _SETTINGS}

    def yield_per(self, count: int) -> Self:
        """Load and give this many objects at a time."""
        return self._with(self._statement.execution_options(yield_per=count))

    def populate_existing(self) -> Self:
        """Let rows replace the values of objects that are present, changes included."""
        return self._with(self._statement.execution_options(populate_existing=True))

    def autoflush(self, setting: bool) -> Self:
        """Switch the flush before this query on or off."""
        return self._with(self._statement.execution_options(autoflush=setting))

    def enable_eagerloads(self, value: bool) -> Self:
        """Switch joined eager loading on or off."""
        return self._with(_eagerloads=bool(value))

    def enable_assertions(self, value: bool) -> Self:
        """Switch off what is refused for the order of the methods, such as a criterion after LIMIT."""
        return self._with(_assertions=bool(value))

    def with_session(self, session: Any) -> Self:
        """Return the query with another session."""
        return self._with(session=session)

    def params(self, params: Mapping[str, Any] | None = None, /, **kw: Any) -> Self:
        """Give values for named parameters of the criteria."""
        return self._with(_params={**(self._params or {}), **(params or {}), **kw})

    def with_for_update(
        self,
        *,
        nowait: bool = False,
        read: bool = False,
        of: Any = None,
        skip_locked: bool = False,
        key_share: bool = False,
    ) -> Self:
        """Lock the rows that the query reads; see `Select.with_for_update`."""
        statement = self._statement.with_for_update(
            nowait=nowait, read=read, of=of, skip_locked=skip_locked, key_share=key_share
        )
        return self._with(statement)

    def prefix_with(self, *prefixes: Any, dialect: str = "*") -> Self:
        """Add words after SELECT; SQL text, used as it stands: never text from a user."""
        return self._with(self._statement.prefix_with(*prefixes, dialect=dialect))

    def suffix_with(self, *suffixes: Any, dialect: str = "*") -> Self:
        """Add words after the statement; SQL text, used as it stands: never text from a user."""
        return self._with(self._statement.suffix_with(*suffixes, dialect=dialect))

    def ext(self, extension: Any) -> Self:
        """Add an extension of a dialect; see `Select.ext`."""
        return self._with(self._statement.ext(extension))

    def with_hint(self, selectable: Any, text: str, dialect_name: str = "*") -> Self:
        """Add a hint on a table of FROM; see `Select.with_hint`."""
        return self._with(self._statement.with_hint(selectable, text, dialect_name))

    def with_statement_hint(self, text: str, dialect_name: str = "*") -> Self:
        """Add a hint after the whole statement; see `Select.with_statement_hint`."""
        return self._with(self._statement.with_statement_hint(text, dialect_name))

    def with_parent(self, instance: Any, property: Any = None, from_entity: Any = None) -> Self:
        """Add the criterion that rows are related to an object; the older form of `orm.with_parent`.

        Args:
            property: the relationship of the object's class, or its name; None: the one that leads to this query's class.
            from_entity: an alias of the related class whose rows are meant.

        Raises:
            UnmappedInstanceError: `instance` is no mapped object.
            InvalidRequestError: no relationship leads from it to this query's class.
        """
        exc.warn_legacy(
            "The Query.with_parent() method is considered legacy as of the 1.x series of SQLAlchemy and becomes a legacy "
            "construct in 2.0. Use the with_parent() standalone construct."
        )
        if isinstance(property, str):
            property = getattr(type(instance), property)
        entity = resolve(self._entities[0]) if from_entity is None else from_entity
        related = property if property is not None else _relationship_to(getattr(entity, "mapper", entity), instance)
        condition = with_parent(instance, related, from_entity)
        return self._with(self._statement.where(self._adapted(condition)))

    # -- names of columns ----------------------------------------------------------------------------------------------

    def set_label_style(self, style: Any) -> Self:
        """Set how `statement` and subqueries name their columns."""
        return self._with(self._statement.set_label_style(style), _labels=style)

    @property
    def get_label_style(self) -> Any:
        """How the columns are named."""
        return self._statement._label_style

    def with_labels(self) -> Self:
        """Let `statement` and subqueries put the table's name before each column's; the older form."""
        exc.warn_legacy(
            "The Query.with_labels() and Query.apply_labels() method is considered legacy as of the 1.x series of "
            "SQLAlchemy and becomes a legacy construct in 2.0. Use set_label_style(LABEL_STYLE_TABLENAME_PLUS_COL) instead."
        )
        return self._labelled()

    apply_labels = with_labels

    def _labelled(self) -> Self:
        return self.set_label_style(LABEL_STYLE_TABLENAME_PLUS_COL)


def _flat(options: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return the options of a call; lists of them are taken as the 1.x series took them."""
    return tuple(part for option in options for part in (option if isinstance(option, (list, tuple)) else (option,)))


def _relationship_to(mapper: Any, instance: Any) -> Any:
    """Return the relationship of an object's class that leads to a class.

    Raises: UnmappedInstanceError, InvalidRequestError
    """
    parent = instance_state(instance).mapper
    for prop in parent.relationships.values():
        if getattr(prop, "mapper", None) is mapper:
            return parent.attribute(prop.key)
    name = getattr(mapper, "class_name", mapper)
    raise exc.InvalidRequestError(
        f"Could not locate a property which relates instances of class '{name}' to instances of class "
        f"'{parent.class_name}'"
    )
