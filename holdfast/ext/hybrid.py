"""Hybrids: one name that is Python on an instance and SQL on the class.

``Interval(1, 4).length`` runs the function with the instance; ``Interval.length`` runs it with the class, whose attributes
are expressions, so the same code gives SQL. Where the two have to differ, ``expression``, ``comparator`` and
``update_expression`` say the SQL side by itself.
"""

from __future__ import annotations

from collections.abc import Callable, MutableMapping
from enum import Enum
from functools import cached_property
from typing import Any, ClassVar, Generic, TypeVar, cast

from holdfast.exc import ArgumentError, InvalidRequestError
from holdfast.orm.attributes import InstrumentedAttribute
from holdfast.orm.inspection_attr import InspectionAttrInfo
from holdfast.sql.element import hooks
from holdfast.sql.labels import GivenName
from holdfast.sql.operations import ColumnOperators
from holdfast.sql.operators import Operator

T = TypeVar("T")
R = TypeVar("R")


class HybridExtensionType(Enum):
    """What kind of extension a descriptor of a mapped class is."""

    HYBRID_METHOD = "HYBRID_METHOD"
    HYBRID_PROPERTY = "HYBRID_PROPERTY"


class hybrid_method(InspectionAttrInfo, Generic[R]):
    """A method that is called with an instance, or with the class to give SQL.

    Args:
        func: the method.
        expr: the SQL side, where it differs.
    """

    is_attribute_extension = True
    is_attribute = True
    extension_type = HybridExtensionType.HYBRID_METHOD

    def __init__(self, func: Callable[..., R], expr: Callable[..., Any] | None = None) -> None:
        self.func = func
        self.expr = func if expr is None else _function(expr)
        self.__doc__ = func.__doc__
        self.__name__ = func.__name__
        self.info: dict[Any, Any] = {}

    @property
    def inplace(self) -> _InPlaceMethod[R]:
        """The decorators that change this hybrid, so that the functions may have names of their own."""
        return _InPlaceMethod(self)

    def __get__(self, instance: Any, owner: Any) -> Any:
        if instance is None:
            return self.expr.__get__(owner, type(owner))
        return self.func.__get__(instance, owner)

    def expression(self, expr: Callable[..., Any]) -> hybrid_method[R]:
        """Set the SQL side: a function of the class and the arguments."""
        self.expr = _function(expr)
        return self


class _InPlaceMethod(Generic[R]):
    def __init__(self, hybrid: hybrid_method[R]) -> None:
        self._hybrid = hybrid

    def expression(self, expr: Callable[..., Any]) -> hybrid_method[R]:
        """Set the SQL side."""
        return self._hybrid.expression(expr)


class hybrid_property(InspectionAttrInfo, Generic[T]):
    """A property whose getter is called with an instance, or with the class to give SQL.

    Args:
        fget, fset, fdel: of the instance.
        expr: the SQL side, where it differs from `fget`.
        custom_comparator: function of the class that returns a `Comparator`.
        update_expr: function of the class and a value that returns pairs of attribute and value for UPDATE.
        bulk_dml_setter: function of the class, a row and a value that puts the value's parts into the row, where rows are
            inserted or updated as a list.
    """

    is_attribute_extension = True
    is_attribute = True
    extension_type = HybridExtensionType.HYBRID_PROPERTY
    # Its expression has the hybrid's name in a row.
    is_named: ClassVar[bool] = True

    def __init__(
        self,
        fget: Callable[[Any], T],
        fset: Callable[[Any, T], None] | None = None,
        fdel: Callable[[Any], None] | None = None,
        expr: Callable[[Any], Any] | None = None,
        custom_comparator: Callable[[Any], Any] | None = None,
        update_expr: Callable[[Any, T], Any] | None = None,
        bulk_dml_setter: Callable[[Any, MutableMapping[str, Any], T], Any] | None = None,
    ) -> None:
        self.fget, self.fset, self.fdel = fget, fset, fdel
        self.expr = _function(expr)
        self.custom_comparator = _function(custom_comparator)
        self.update_expr = _function(update_expr)
        self.bulk_dml_setter = _function(bulk_dml_setter)
        self.__doc__ = fget.__doc__
        self.__name__ = fget.__name__
        self.info: dict[Any, Any] = {}
        self._named = False

    def __set_name__(self, owner: Any, name: str) -> None:
        # A function of another name that `inplace` decorates leaves the same hybrid under that name too.
        if not self._named or name == self.fget.__name__:
            self.__name__ = name
            self._named = True

    def __get__(self, instance: Any, owner: Any) -> Any:
        if instance is None:
            return HybridAttribute(self, owner)
        return self.fget(instance)

    def __set__(self, instance: Any, value: Any) -> None:
        if self.fset is None:
            raise AttributeError(
                f"can't set attribute {type(instance).__name__}.{self.__name__}: the hybrid has no setter"
            )
        self.fset(instance, value)

    def __delete__(self, instance: Any) -> None:
        if self.fdel is None:
            raise AttributeError(
                f"can't delete attribute {type(instance).__name__}.{self.__name__}: the hybrid has no deleter"
            )
        self.fdel(instance)

    def _with(self, **changes: Any) -> hybrid_property[T]:
        names = ("fget", "fset", "fdel", "expr", "custom_comparator", "update_expr", "bulk_dml_setter")
        new = type(self)(**{**{name: getattr(self, name) for name in names}, **changes})
        new.info = dict(self.info)
        return new

    @property
    def overrides(self) -> hybrid_property[T]:
        """This hybrid, for a subclass that changes one side: ``@Base.name.overrides.expression``."""
        return self

    @property
    def inplace(self) -> _InPlace[T]:
        """The decorators that change this hybrid, so that the functions may have names of their own."""
        return _InPlace(self)

    def getter(self, fget: Callable[[Any], T]) -> hybrid_property[T]:
        """Return the hybrid with another getter."""
        return self._with(fget=fget)

    def setter(self, fset: Callable[[Any, T], None]) -> hybrid_property[T]:
        """Return the hybrid with a setter."""
        return self._with(fset=fset)

    def deleter(self, fdel: Callable[[Any], None]) -> hybrid_property[T]:
        """Return the hybrid with a deleter."""
        return self._with(fdel=fdel)

    def expression(self, expr: Callable[[Any], Any]) -> hybrid_property[T]:
        """Return the hybrid with another SQL side: a function of the class."""
        return self._with(expr=expr)

    def comparator(self, comparator: Callable[[Any], Any]) -> hybrid_property[T]:
        """Return the hybrid with operators of its own: a function of the class that returns a `Comparator`."""
        return self._with(custom_comparator=comparator)

    def update_expression(self, meth: Callable[[Any, Any], Any]) -> hybrid_property[T]:
        """Return the hybrid with what UPDATE sets: a function of the class and a value."""
        return self._with(update_expr=meth)

    def bulk_dml(self, meth: Callable[[Any, MutableMapping[str, Any], Any], Any]) -> hybrid_property[T]:
        """Return the hybrid with what it is in a list of rows: a function of the class, a row (to be changed) and a value."""
        return self._with(bulk_dml_setter=meth)


def _function(given: Any) -> Any:
    """Return a function that may have been written as a classmethod."""
    return given.__func__ if isinstance(given, classmethod) else given


class _InPlace(Generic[T]):
    """Changes a hybrid itself."""

    def __init__(self, hybrid: hybrid_property[T]) -> None:
        self._hybrid = hybrid

    def _set(self, name: str, function: Any) -> hybrid_property[T]:
        setattr(self._hybrid, name, _function(function))
        return self._hybrid

    def getter(self, fget: Callable[[Any], T]) -> hybrid_property[T]:
        """Set the getter."""
        return self._set("fget", fget)

    def setter(self, fset: Callable[[Any, T], None]) -> hybrid_property[T]:
        """Set the setter."""
        return self._set("fset", fset)

    def deleter(self, fdel: Callable[[Any], None]) -> hybrid_property[T]:
        """Set the deleter."""
        return self._set("fdel", fdel)

    def expression(self, expr: Callable[[Any], Any]) -> hybrid_property[T]:
        """Set the SQL side."""
        return self._set("expr", expr)

    def comparator(self, comparator: Callable[[Any], Any]) -> hybrid_property[T]:
        """Set the operators."""
        return self._set("custom_comparator", comparator)

    def update_expression(self, meth: Callable[[Any, Any], Any]) -> hybrid_property[T]:
        """Set what UPDATE sets."""
        return self._set("update_expr", meth)

    def bulk_dml(self, meth: Callable[[Any, MutableMapping[str, Any], Any], Any]) -> hybrid_property[T]:
        """Set what it is in a list of rows."""
        return self._set("bulk_dml_setter", meth)


class Comparator(ColumnOperators):
    """Operators of a hybrid; subclasses override those that mean something else.

    Args:
        expression: what stands for the hybrid in SQL.
    """

    def __init__(self, expression: Any) -> None:
        self.expression = expression

    def __clause_element__(self) -> Any:
        found = self.expression
        while hasattr(found, "__clause_element__"):
            found = found.__clause_element__()
        return found

    def operate(self, op: Operator, *other: Any, **modifiers: Any) -> Any:
        """Return the expression with the operator applied."""
        return self.__clause_element__().operate(op, *other, **modifiers)

    def reverse_operate(self, op: Operator, other: Any, **modifiers: Any) -> Any:
        """Return the expression with the operator applied, the other operand on the left."""
        return self.__clause_element__().reverse_operate(op, other, **modifiers)


# What a subclass makes a hybrid of its own with; `expression` and `comparator` are reached by `overrides`.
_DECORATORS = frozenset(("getter", "setter", "deleter", "inplace", "update_expression", "bulk_dml"))


class HybridAttribute(ColumnOperators):
    """A hybrid property at its class, or at an alias of the class: an expression under the hybrid's name.

    Attributes:
        hybrid: the property.
        class_: the class or alias.
        key: the name.
    """

    is_attribute = True
    extension_type = HybridExtensionType.HYBRID_PROPERTY

    def __init__(self, hybrid: hybrid_property[Any], owner: Any) -> None:
        self.hybrid = hybrid
        self.class_ = owner
        self.key = hybrid.__name__
        self.info = hybrid.info
        self.__doc__ = hybrid.__doc__

    @cached_property
    def comparator(self) -> Any:
        """The operators of its own, or None."""
        make = self.hybrid.custom_comparator
        return None if make is None else make(self.class_)

    @cached_property
    def expression(self) -> Any:
        """What the SQL side gives; made when it is needed, so that a mixin's hybrid may be overridden."""
        if self.comparator is not None:
            return self.comparator
        found = (self.hybrid.expr or self.hybrid.fget)(self.class_)
        while isinstance(found, HybridAttribute):
            found = found.expression
        return found

    @property
    def overrides(self) -> hybrid_property[Any]:
        """The hybrid, for a subclass that changes one side."""
        return self.hybrid

    @property
    def parent(self) -> Any:
        """The mapper of the class."""
        return getattr(self.class_, "__mapper__", None)

    def __clause_element__(self) -> Any:
        found = self.expression
        if isinstance(found, InstrumentedAttribute):
            if found.key == self.key or not hasattr(found, "column"):
                return found
            return _renamed(found, self.key)
        while hasattr(found, "__clause_element__"):
            found = found.__clause_element__()
        if isinstance(found, InstrumentedAttribute) and hasattr(found, "column"):
            return _renamed(found, self.key)
        if not self.hybrid.is_named or not hasattr(found, "label"):
            return found
        return GivenName(self.key, found)

    def label(self, name: str | None) -> Any:
        """Return the expression under a name."""
        return self.__clause_element__().label(name)

    def operate(self, op: Operator, *other: Any, **modifiers: Any) -> Any:
        """Return the hybrid's expression with the operator applied."""
        if self.comparator is not None:
            return hooks.dispatch(self.comparator, op, other, modifiers)
        return self._target().operate(op, *other, **modifiers)

    def reverse_operate(self, op: Operator, other: Any, **modifiers: Any) -> Any:
        """Return the expression with the operator applied, the other operand on the left."""
        if self.comparator is not None:
            return hooks.dispatch_reverse(self.comparator, op, other, modifiers)
        return self._target().reverse_operate(op, other, **modifiers)

    def _target(self) -> Any:
        found = self.expression
        if not hasattr(found, "operate") and not hasattr(found, "__clause_element__"):
            raise InvalidRequestError(
                f"'{self}' is {type(found).__name__} {found!r} at the class, not SQL; give the hybrid an expression: "
                f"@{self.key}.inplace.expression"
            )
        return found if hasattr(found, "operate") else found.__clause_element__()

    def __update_pairs__(self, value: Any) -> list[tuple[Any, Any]]:
        """Return what an UPDATE of the hybrid sets: pairs of attribute and value.

        Raises: ArgumentError: the hybrid is more than an attribute, and does not say.
        """
        if self.hybrid.update_expr is not None:
            return list(self.hybrid.update_expr(self.class_, value))
        if isinstance(self.expression, InstrumentedAttribute):
            return [(self.expression, value)]
        raise ArgumentError(
            f"'{self}' is an expression, which UPDATE can not set; give the hybrid an update_expression: "
            f"@{self.key}.inplace.update_expression"
        )

    def __fill_row__(self, row: MutableMapping[str, Any], value: Any) -> None:
        """Put what the hybrid stands for into a row of a list that is inserted or updated.

        Raises: InvalidRequestError: the hybrid does not say.
        """
        if self.hybrid.bulk_dml_setter is None:
            raise InvalidRequestError(
                "Can't evaluate bulk DML statement; please supply a bulk_dml decorated function"
                f" for '{self}': @{self.key}.inplace.bulk_dml"
            )
        self.hybrid.bulk_dml_setter(self.class_, row, value)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") or name in ("expression", "hybrid", "comparator"):
            raise AttributeError(name)
        if name in _DECORATORS:
            return getattr(self.hybrid, name)
        if self.comparator is not None and hasattr(self.comparator, name):
            return getattr(self.comparator, name)
        return getattr(self.expression, name)

    def __hash__(self) -> int:
        return hash((self.hybrid, id(self.class_)))

    def __str__(self) -> str:
        return f"{getattr(self.class_, '__name__', self.class_)}.{self.key}"


def _renamed(attribute: Any, key: str) -> Any:
    """Return a column attribute whose value in a row has another name."""
    new = object.__new__(type(attribute))
    new.__dict__.update(attribute.__dict__)
    for slot in ("_key", "_values", "type"):
        setattr(new, slot, getattr(attribute, slot))
    new.key = key
    new._key = ("renamed", key, attribute._key)
    return cast(Any, new)


__all__ = ["Comparator", "HybridAttribute", "HybridExtensionType", "hybrid_method", "hybrid_property"]
