"""What every mapped attribute is to its mapper: `MapperProperty`, and the one for columns, `ColumnProperty`."""

from __future__ import annotations

from typing import Any, ClassVar, TypeVar

from holdfast.inspection import register_inspector
from holdfast.orm.attribute_kinds import ComparedAttribute, ExpressionAttribute, QueryExpressionAttribute
from holdfast.orm.attributes import ColumnAttribute, InstrumentedAttribute
from holdfast.orm.comparator import PropComparator
from holdfast.orm.inspection_attr import InspectionAttrInfo
from holdfast.orm.mapping.base import Mapped
from holdfast.sql.constants import null

T = TypeVar("T")


class Unset:
    """The type of `UNSET`: an argument that was not given, where None says something."""

    def __repr__(self) -> str:
        return "<not given>"

    def __bool__(self) -> bool:
        return False


UNSET: Any = Unset()


class MapperProperty(InspectionAttrInfo):
    """The mapping of one attribute.

    Attributes:
        key: the attribute's name.
        parent: the mapper.
        uselist: whether values are collections.
        info: what the program wants to remember here.
        doc: a text for people.
        made_of: the attributes that the value is made of, if it is none of its own.
    """

    key: str
    parent: Any
    uselist: bool | None = False
    info: dict[str, Any]
    doc: str | None = None

    made_of: tuple[str, ...] = ()
    is_relationship: ClassVar[bool] = False
    is_property: ClassVar[bool] = True

    def attribute_of(self, entity: Any) -> Any:
        """Return the attribute as that of a mapper, or of an alias of its class."""
        raise NotImplementedError

    def copy(self) -> MapperProperty:
        """Return the same declaration for another class."""
        raise NotImplementedError

    def __reduce__(self) -> Any:
        return property_of_class, (self.parent.class_, self.key)

    @property
    def class_attribute(self) -> InstrumentedAttribute[Any]:
        """The attribute of the mapped class."""
        return getattr(self.parent.class_, self.key)  # type: ignore[no-any-return]

    def __str__(self) -> str:
        return f"{self.parent.class_.__name__}.{self.key}"

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self}>" if hasattr(self, "parent") else f"<{type(self).__name__}>"


class ColumnProperty(MapperProperty):
    """The mapping of one attribute to a column, or to a SQL expression that is loaded with the object.

    Attributes:
        columns: the column or expression, and further columns of the same value (of a mapping to a join).
        deferred: the column is loaded only when it is read.
        group: deferred columns of one group are loaded together.
        raiseload: reading the deferred column raises an error.
        active_history: the value before a change is loaded, if it is not there.
        expire_on_flush: the value of an expression is dropped when its row is written.
        is_stored: it is a column of the mapped table; otherwise an expression, which is only read.
        comparator_factory: class of the comparisons, or None for those of the column's type.
        use_existing_column: of a class without a table: the parent's table may have the column already.
    """

    Comparator: ClassVar[type[PropComparator]] = PropComparator

    def __init__(
        self,
        column: Any,
        *additional_columns: Any,
        deferred: bool = False,
        group: str | None = None,
        raiseload: bool = False,
        active_history: bool = False,
        expire_on_flush: bool = True,
        comparator_factory: Any = None,
        info: dict[str, Any] | None = None,
        doc: str | None = None,
        dataclass_options: dict[str, Any] | None = None,
        use_existing_column: bool = False,
    ) -> None:
        self.columns: list[Any] = [_expression_of(one) for one in (column, *additional_columns)]
        self.deferred = deferred
        self.group = group
        self.raiseload = raiseload
        self.active_history = active_history
        self.expire_on_flush = expire_on_flush
        self.comparator_factory = comparator_factory
        self.info = {} if info is None else info
        self.doc = doc
        self.dataclass_options = dataclass_options or {}
        self.is_stored = True
        self.use_existing_column = use_existing_column

    @property
    def column(self) -> Any:
        """The column or expression."""
        return self.columns[0]

    @property
    def expression(self) -> Any:
        """The column or expression."""
        return self.columns[0]

    def copy(self) -> ColumnProperty:
        """Return the same declaration for another class."""
        new = type(self).__new__(type(self))
        new.__dict__.update(self.__dict__)
        return new

    def attach(self, mapper: Any, key: str) -> None:
        """Make this the attribute `key` of the mapper's class."""
        self.key = key
        self.parent = mapper
        self.is_stored = any(mapper.stores(column) for column in self.columns)
        type.__setattr__(mapper.class_, key, self.attribute_of(mapper))

    def attribute_of(self, entity: Any) -> InstrumentedAttribute[Any]:
        """Return the attribute as that of a mapper, or of an alias of its class."""
        if not self.is_stored:
            return ExpressionAttribute(entity, self)
        kind = ColumnAttribute if self.comparator_factory is None else ComparedAttribute
        attribute = kind(entity, self)
        defaults = getattr(entity.class_, "_sa_dataclass_defaults", None)
        if defaults:
            attribute.missing = defaults.get(self.key)
        return attribute

    def same_value(self, before: Any, now: Any) -> bool:
        """Whether two values are the same to the database; SQL expressions never are."""
        if hasattr(now, "__clause_element__") or (hasattr(now, "_key") and hasattr(now, "visit_name")):
            return False
        compare = getattr(self.columns[0].type, "compare_values", None)
        return bool(before == now if compare is None else compare(before, now))


class QueryExpressionProperty(ColumnProperty):
    """An attribute whose expression a statement gives: `with_expression`. Without one its value is that of its default.

    Args:
        default: the expression where a statement gives none; None: nothing is loaded.
    """

    def __init__(self, default: Any = None, **keywords: Any) -> None:
        super().__init__(null() if default is None else default, deferred=default is None, **keywords)

    def attribute_of(self, entity: Any) -> InstrumentedAttribute[Any]:
        return QueryExpressionAttribute(entity, self)


def column_property(
    column: Any,
    *additional_columns: Any,
    group: str | None = None,
    deferred: bool = False,
    raiseload: bool = False,
    comparator_factory: Any = None,
    init: bool = UNSET,
    repr: bool = UNSET,
    default: Any = UNSET,
    default_factory: Any = UNSET,
    compare: bool = UNSET,
    kw_only: bool = UNSET,
    hash: bool | None = UNSET,
    active_history: bool = False,
    expire_on_flush: bool = True,
    info: dict[str, Any] | None = None,
    doc: str | None = None,
    dataclass_metadata: Any = UNSET,
) -> MappedSQLExpression[Any]:
    """Map an attribute to a column or to a SQL expression, which is loaded with the object.

    Args:
        column: a column, an expression, or a SELECT as a scalar subquery.
        additional_columns: further columns that always have the same value: of a mapping to a join.
        deferred: load it only when it is read; with others of the same `group`. `raiseload`: reading raises.
        comparator_factory: class of the comparisons; see `PropComparator`.
        active_history: the value before a change is loaded, if it is not there.
        expire_on_flush: drop the value of an expression when the object's row is written.
        init, repr, default, default_factory, compare, kw_only, hash, dataclass_metadata: for dataclasses.
        info, doc: for the program and for people.
    """
    return MappedSQLExpression(
        column,
        *additional_columns,
        deferred=deferred or group is not None or raiseload,
        group=group,
        raiseload=raiseload,
        active_history=active_history,
        expire_on_flush=expire_on_flush,
        comparator_factory=comparator_factory,
        info=info,
        doc=doc,
        dataclass_options=dataclass_options(
            init=init, repr=repr, default=default, default_factory=default_factory, compare=compare,
            kw_only=kw_only, hash=hash, metadata=dataclass_metadata,
        ),
    )  # fmt: skip


class MappedSQLExpression(ColumnProperty, Mapped[T]):
    """What `column_property` returns."""


def deferred(
    column: Any, *additional_columns: Any, group: str | None = None, raiseload: bool = False, **keywords: Any
) -> MappedSQLExpression[Any]:
    """Map an attribute to a column or expression that is loaded only when it is read; see `column_property`."""
    keywords.setdefault("deferred", True)
    return column_property(column, *additional_columns, group=group, raiseload=raiseload, **keywords)


class MappedQueryExpression(QueryExpressionProperty, Mapped[T]):
    """What `query_expression` returns."""


def query_expression(
    default_expr: Any = None,
    *,
    repr: bool = UNSET,
    compare: bool = UNSET,
    expire_on_flush: bool = True,
    info: dict[str, Any] | None = None,
    doc: str | None = None,
) -> MappedQueryExpression[Any]:
    """Map an attribute to an expression that each statement gives by `with_expression`.

    Args:
        default_expr: the expression where a statement gives none; None: the attribute is then None.
        repr, compare: for dataclasses.
        expire_on_flush: drop the value when the object's row is written.
        info, doc: for the program and for people.
    """
    return MappedQueryExpression(
        default_expr,
        expire_on_flush=expire_on_flush,
        info=info,
        doc=doc,
        dataclass_options=dataclass_options(init=False, repr=repr, compare=compare) if repr is not UNSET else {},
    )


def dataclass_options(**given: Any) -> dict[str, Any]:
    """Return the options for `dataclasses.field` that were given."""
    return {name: value for name, value in given.items() if value is not UNSET}


def _expression_of(given: Any) -> Any:
    """Return the expression for an argument: a SELECT is its one value, an attribute its column."""
    if getattr(given, "is_select", False):
        return given.scalar_subquery()
    if isinstance(given, ColumnAttribute):
        return given.column
    return given


def property_of_class(class_: type[Any], key: str) -> Any:
    """Return the property of an attribute: for unpickling."""
    return class_.__mapper__.by_name[key]  # type: ignore[attr-defined]


register_inspector(MapperProperty, lambda prop: prop)
