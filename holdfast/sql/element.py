"""`ClauseElement` and `ColumnElement`: what all pieces of SQL, and all expressions with a value, have in common.

How operators become nodes stands in `building.py`, how nodes become text in the compiler; both lie above this file and
enter themselves in `hooks`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, TypeVar

from holdfast.exc import warn_deprecated
from holdfast.inspection import register_inspector
from holdfast.sql import operators
from holdfast.sql.node import Key, Node, Values, next_serial
from holdfast.sql.operations import SQLCoreOperations
from holdfast.sql.operators import Operator

T = TypeVar("T")


class Hooks(Protocol):
    """Functions of higher files that methods of the elements need.

    Attributes:
        operate: (left, op, others, modifiers) -> expression. Filled by `building.py`.
        reverse_operate: (right, op, other, modifiers) -> expression. Filled by `building.py`.
        label: (element, name or None) -> Label. Filled by `labels.py`.
        cast: (element, type) -> Cast. Filled by `conversions.py`.
        replace_binds: (node, values by name) -> node. Filled by `traversal.py`.
        render: (node, dialect or None, compile keywords) -> compiled form. Filled by the compiler.
        null_type: of what has no known type. Filled by the types.
        as_run: (SELECT of mapped classes) -> the one that runs, with the joins of eager loading. Filled by `orm.statement_forms`.
        pickled: (statement, protocol) -> how it is pickled. Filled by `orm.statement_forms`.
        quantify: (word, expression) -> ANY or ALL of it. Filled by `quantified.py`.
        dispatch, dispatch_reverse: (comparator of a type, op, others, modifiers) -> expression. Filled by the types.
        member, member_as, array_part, quantified: expressions of members of documents and arrays. Filled by `building.py`.
        plain_comparator: the comparator of types that change nothing. Filled by the types.
    """

    operate: Callable[..., Any]
    reverse_operate: Callable[..., Any]
    label: Callable[..., Any]
    cast: Callable[..., Any]
    replace_binds: Callable[..., Any]
    render: Callable[..., Any]
    null_type: Any
    as_run: Callable[..., Any]
    pickled: Callable[..., Any]
    quantify: Callable[..., Any]
    dispatch: Callable[..., Any]
    dispatch_reverse: Callable[..., Any]
    plain_comparator: Callable[..., Any]
    member: Callable[..., Any]
    member_as: Callable[..., Any]
    array_part: Callable[..., Any]
    quantified: Callable[..., Any]


class _Hooks:
    """The one instance behind `hooks`; an attribute that is not filled names itself in the AttributeError."""


hooks: Hooks = _Hooks()  # type: ignore[assignment]
hooks.as_run = lambda statement: statement
hooks.pickled = object.__reduce_ex__


NO_TRUTH_VALUE = (
    "Boolean value of this clause is not defined: it is SQL, which the database evaluates. Join criteria by & | ~ or and_(), "
    "or_(), not_(), not by the words of Python; ask whether there is a clause by `is None`."
)


_PARAMS_OF_A_PART = (
    "The params() and unique_params() methods on non-statement ClauseElement objects are deprecated; params() is now limited "
    "to statement level objects such as select(), insert(), union(), etc. Call params() of the statement."
)


class ClauseElement(Node):
    """A piece of SQL that can be shown as text."""

    __slots__ = ()

    # True for what `coercions` accepts as SQL without looking further.
    is_clause_element: ClassVar[bool] = True
    is_selectable: ClassVar[bool] = False
    is_statement: ClassVar[bool] = False
    is_executable: ClassVar[bool] = False
    # What kind of statement it is; all false for what is none.
    is_select: ClassVar[bool] = False
    is_dml: ClassVar[bool] = False
    is_insert: ClassVar[bool] = False
    is_update: ClassVar[bool] = False
    is_delete: ClassVar[bool] = False
    is_text: ClassVar[bool] = False
    is_from_statement: ClassVar[bool] = False
    # Whose SQL ``str()`` shows; "default": the standard's.
    stringify_dialect: ClassVar[str] = "default"
    _froms: tuple[Any, ...] = ()

    def compile(self, bind: Any = None, dialect: Any = None, **keywords: Any) -> Any:
        """Return the compiled form; ``str()`` of it is the SQL text, ``.params`` the parameters.

        Args:
            bind: an engine or connection whose dialect is to be used.
            dialect: a dialect; by default one that shows every construct in standard SQL with named parameters, or that of
                `stringify_dialect`.
            keywords: ``compile_kwargs={"literal_binds": True}`` writes the values into the text.
        """
        if dialect is None and bind is not None:
            dialect = bind.dialect
        return hooks.render(self, dialect, **keywords)

    def params(self, mapping: Any = None, /, **values: Any) -> Any:
        """Return a copy in which the named parameters have these values; meant for statements."""
        warn_deprecated(_PARAMS_OF_A_PART)
        return hooks.replace_binds(self, {**(mapping or {}), **values})

    def unique_params(self, mapping: Any = None, /, **values: Any) -> Any:
        """Return a copy in which the named parameters have these values under names of their own: it can stand beside
        another copy in one statement."""
        warn_deprecated(_PARAMS_OF_A_PART)
        return hooks.replace_binds(self, {**(mapping or {}), **values}, unique=True)

    def get_children(self, **keywords: Any) -> tuple[Any, ...]:
        """Return the elements directly inside this one."""
        return tuple(self._children)

    def compare(self, other: Any, **keywords: Any) -> bool:
        """Return True if this is the same SQL with the same values as `other`, whatever objects they are made of."""
        if not isinstance(other, ClauseElement) or self._key != other._key or len(self._values) != len(other._values):
            return False
        return all(map(_same_value, self._values, other._values))

    def self_group(self, against: Operator | None = None) -> Any:
        """Return this element as an operand of `against`: itself, or itself in parentheses."""
        return self

    def __str__(self) -> str:
        return str(self.compile())

    def __repr__(self) -> str:
        return f"<{type(self).__module__}.{type(self).__name__} object at 0x{id(self):x}>"

    def __bool__(self) -> bool:
        raise TypeError(NO_TRUTH_VALUE)


def _same_value(left: Any, right: Any) -> bool:
    if left is right or not hasattr(left, "effective_value"):
        return left is right or not hasattr(right, "effective_value")
    return bool(left.effective_value == right.effective_value)


class ColumnElement(ClauseElement, SQLCoreOperations[T]):
    """An expression that has a value of the Python type `T`: a column, a literal, a comparison, a function call ...

    Attributes:
        type: the SQL type of the value.
        key: the name under which a collection of columns holds it; None for most expressions.
        table: the FROM element that it belongs to, for columns.
        primary_key: whether it is part of the primary key of its table.
        foreign_keys: the `ForeignKey` objects of a column.
    """

    __slots__ = ("_key", "_values", "type")

    visit_name = "column_element"

    type: Any
    key: str | None = None
    table: Any = None
    primary_key: bool = False
    foreign_keys: Any = frozenset()

    # The class, of elements that a program writes itself; None for all others.
    _own_class: ClassVar[Any] = None

    # Shapes of comparisons with a plain value, by (operator, class of the value). Only columns fill their own.
    _shapes: dict[Any, Any] = {}

    # How the element is named among the columns of a SELECT; `naming.py` reads it. "column": by its own name; "label";
    # "derived": by the name of what it wraps; "expression": by one made up; "bare", "bare derived": not at all, except
    # in a subquery; "loose": derived, except in a subquery; "text": not at all.
    _naming: str = "expression"
    _made_up_base: Any = "anon"
    _derived_name: Any = None
    _is_text = False
    # Makes the negation of an expression that is no mere NOT of it.
    _negation: Any = None
    _is_form_of_form = False
    _key_without_name = "_no_label"

    __hash__ = object.__hash__

    @property
    def _froms(self) -> tuple[Any, ...]:  # type: ignore[override]
        """The FROM elements that this expression needs, each once, in text order."""
        found: dict[int, Any] = {}
        for child in self._children:
            for element in child._froms:  # type: ignore[attr-defined]
                found[id(element)] = element
        return tuple(found.values())

    @property
    def _bind_base(self) -> str:
        """The name from which a parameter compared with this expression gets its own."""
        return "param"

    @property
    def _result_name(self) -> str | None:
        """The name of this expression's value in a row, where it has one of its own."""
        return None

    @property
    def _main_column(self) -> Any:
        """The column that this expression is another form of (through labels and casts), or None."""
        return None

    def operate(self, op: Operator, *other: Any, **modifiers: Any) -> Any:
        comparator = self.type._comparator
        if comparator is None:
            return hooks.operate(self, op, other, modifiers)
        return hooks.dispatch(comparator(self), op, other, modifiers)

    def reverse_operate(self, op: Operator, other: Any, **modifiers: Any) -> Any:
        comparator = self.type._comparator
        if comparator is None:
            return hooks.reverse_operate(self, op, other, modifiers)
        return hooks.dispatch_reverse(comparator(self), op, other, modifiers)

    @property
    def comparator(self) -> Any:
        """The operators of this expression as its type sees them."""
        return (self.type._comparator or hooks.plain_comparator)(self)

    def __init_subclass__(cls, **keywords: Any) -> None:
        super().__init_subclass__(**keywords)
        if not cls.__module__.startswith("holdfast."):
            cls._own_class = cls
            if not hasattr(cls, "__getattr__"):
                cls.__getattr__ = ColumnElement._fill_own  # type: ignore[method-assign]

    if TYPE_CHECKING:
        # What a type adds to its expressions; see `type_names.py`.
        def __getattr__(self, name: str) -> Any: ...

    def _fill_own(self, name: str) -> Any:
        """Fill what a class of the program's own left open: its key stands for itself unless it says otherwise."""
        if name not in ("_key", "_values", "type"):
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}", name=name, obj=self)
        self._values = ()
        self._key = own_key(type(self))
        if name == "type":
            self.type = hooks.null_type
        return getattr(self, name)

    def label(self, name: str | None = None) -> Any:
        """Return ``this AS name``; with None, under a name made up by the compiler."""
        return hooks.label(self, name)

    def cast(self, type_: Any) -> Any:
        """Return ``CAST(this AS type_)``."""
        return hooks.cast(self, type_)

    def any_(self) -> Any:
        """Return ``ANY (this)``: a comparison with it is true if it is true for some member of the array."""
        return hooks.quantify("ANY", self)

    def all_(self) -> Any:
        """Return ``ALL (this)``: a comparison with it is true if it is true for every member of the array."""
        return hooks.quantify("ALL", self)

    @property
    def expression(self) -> ColumnElement[T]:
        """This expression."""
        return self

    @property
    def base_columns(self) -> frozenset[Any]:
        """The columns at the beginning: of tables, for columns of aliases and subqueries."""
        base = self
        while (inner := getattr(base, "base", None)) is not None:
            base = inner
        return frozenset((base,))

    @property
    def proxy_set(self) -> frozenset[Any]:
        """This column and those that it stands for, down to the table's."""
        return frozenset((self,))

    def shares_lineage(self, other: Any) -> bool:
        """Whether `other` is this column or comes from the same table column."""
        return bool(self._lineage & other._lineage)

    @property
    def _lineage(self) -> frozenset[int]:
        return frozenset((id(self),))

    if TYPE_CHECKING:
        # What each operator gives, for type checkers; the functions are those of `ColumnOperators`.
        def __eq__(self, other: Any) -> ColumnElement[bool]: ...  # type: ignore[override]
        def __ne__(self, other: Any) -> ColumnElement[bool]: ...  # type: ignore[override]
        def __lt__(self, other: Any) -> ColumnElement[bool]: ...
        def __le__(self, other: Any) -> ColumnElement[bool]: ...
        def __gt__(self, other: Any) -> ColumnElement[bool]: ...
        def __ge__(self, other: Any) -> ColumnElement[bool]: ...
        def __and__(self, other: Any) -> ColumnElement[bool]: ...
        def __or__(self, other: Any) -> ColumnElement[bool]: ...
        def __rand__(self, other: Any) -> ColumnElement[bool]: ...
        def __ror__(self, other: Any) -> ColumnElement[bool]: ...
        def __invert__(self) -> ColumnElement[bool]: ...
        def __add__(self, other: Any) -> ColumnElement[T]: ...
        def __radd__(self, other: Any) -> ColumnElement[T]: ...
        def __sub__(self, other: Any) -> ColumnElement[T]: ...
        def __rsub__(self, other: Any) -> ColumnElement[T]: ...
        def __mul__(self, other: Any) -> ColumnElement[T]: ...
        def __rmul__(self, other: Any) -> ColumnElement[T]: ...
        def __truediv__(self, other: Any) -> ColumnElement[Any]: ...
        def __rtruediv__(self, other: Any) -> ColumnElement[Any]: ...
        def __floordiv__(self, other: Any) -> ColumnElement[T]: ...
        def __mod__(self, other: Any) -> ColumnElement[T]: ...
        def __neg__(self) -> ColumnElement[T]: ...
        def concat(self, other: Any) -> ColumnElement[str]: ...
        def like(self, other: Any, escape: str | None = None) -> ColumnElement[bool]: ...
        def not_like(self, other: Any, escape: str | None = None) -> ColumnElement[bool]: ...
        def ilike(self, other: Any, escape: str | None = None) -> ColumnElement[bool]: ...
        def not_ilike(self, other: Any, escape: str | None = None) -> ColumnElement[bool]: ...
        def startswith(
            self, other: Any, escape: str | None = None, autoescape: bool = False
        ) -> ColumnElement[bool]: ...
        def endswith(self, other: Any, escape: str | None = None, autoescape: bool = False) -> ColumnElement[bool]: ...
        def contains(self, other: Any, escape: str | None = None, autoescape: bool = False) -> ColumnElement[bool]: ...
        def in_(self, other: Any) -> ColumnElement[bool]: ...
        def not_in(self, other: Any) -> ColumnElement[bool]: ...
        def is_(self, other: Any) -> ColumnElement[bool]: ...
        def is_not(self, other: Any) -> ColumnElement[bool]: ...
        def is_distinct_from(self, other: Any) -> ColumnElement[bool]: ...
        def is_not_distinct_from(self, other: Any) -> ColumnElement[bool]: ...
        def between(self, cleft: Any, cright: Any, symmetric: bool = False) -> ColumnElement[bool]: ...
        def desc(self) -> ColumnElement[T]: ...
        def asc(self) -> ColumnElement[T]: ...
        def nulls_first(self) -> ColumnElement[T]: ...
        def nulls_last(self) -> ColumnElement[T]: ...
        def distinct(self) -> ColumnElement[T]: ...


register_inspector(ClauseElement, lambda element: element)


def own_key(class_: type[Any]) -> Key:
    """Return the key of an element that a program writes itself: one with ``inherit_cache = True`` is as its class is."""
    return ("own", class_, 0 if class_.__dict__.get("inherit_cache") else next_serial())


def key_and_values(element: ColumnElement[Any], key: Key, values: Values, type_: Any) -> None:
    """Fill the three slots that every expression has."""
    element._key = key
    element._values = values
    element.type = type_


__all__ = ["ClauseElement", "ColumnElement", "hooks", "key_and_values", "operators"]
