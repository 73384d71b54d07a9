"""The base of all SQL types, and the codec that a dialect makes of one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, ClassVar, Generic, NamedTuple, TypeVar
from weakref import WeakKeyDictionary

from holdfast._util.visit_names import DocumentedName
from holdfast.exc import ArgumentError, warn
from holdfast.exc.warned import outside
from holdfast.sql.operator_classes import OperatorClass
from holdfast.sql.type_names import show_names
from holdfast.sql.types.comparator import Concatenable, TypeComparator

T = TypeVar("T")
Processor = Callable[[Any], Any]


class Codec(NamedTuple):
    """How values of one type travel on one dialect.

    Attributes:
        bind: Python value -> driver value; None: as it is.
        result: driver value -> Python value; None: as it is.
        result_code: the same as source for generated loaders, with ``{}`` for the variable.
        result_names: the names that `result_code` uses.
        binds_none: `bind` is called for None too; otherwise None stays NULL.
        reads_none: `result` is called for NULL too; otherwise NULL stays None.
    """

    bind: Processor | None = None
    result: Processor | None = None
    result_code: str | None = None
    result_names: Mapping[str, Any] = MappingProxyType({})
    binds_none: bool = False
    reads_none: bool = False


PLAIN = Codec()


class TypeEngine(Generic[T]):
    """A SQL type; instances are immutable.

    Subclasses that have arguments name them in `_arguments`: they make up equality, keys and repr.
    """

    visit_name: ClassVar[str] = "null"
    __visit_name__: Any = DocumentedName()
    _arguments: ClassVar[tuple[str, ...]] = ()

    Comparator: ClassVar[Any] = TypeComparator
    comparator_factory: ClassVar[Any] = TypeComparator
    # The comparator of a type that changes what operators mean; None for most, which saves a call per operator.
    _comparator: Any = None

    # Sorts values that have no order of their own, for instance primary keys in a flush.
    sort_key_function: Callable[[Any], Any] | None = None
    operator_classes: OperatorClass = OperatorClass.UNSPECIFIED
    """The kinds of operators that are meant for the values; others are warned of."""
    _operator_bits: int = -1
    # Values can be looked up in a set, as `unique()` does.
    hashable = True
    # Whether the processors are called for None too. Those that programs write are.
    _binds_none: ClassVar[bool] = False
    _reads_none: ClassVar[bool] = False
    # An attribute that was set to None goes into INSERT as a value of this type, not as NULL left out.
    should_evaluate_none = False

    # Which types a result may have; "" has no arithmetic of its own.
    _family: ClassVar[str] = ""
    # Chooses the type of a plain value by more than its class; None: this type is that of all.
    _for_value: Callable[[Any], TypeEngine[Any]] | None = None
    # A general type in spite of its name in capitals; see `as_generic`.
    _is_general: ClassVar[bool] = False
    # Values are lists, which an array of them must not take for arrays inside itself.
    _holds_lists: ClassVar[bool] = False

    _variants: Mapping[str, TypeEngine[Any]] = {}

    # The text in standard SQL; filled by the compiler, which lies above.
    _standard_text: ClassVar[Callable[[Any], str]] = staticmethod(lambda type_: type(type_).__name__)

    def __init_subclass__(cls, **keywords: Any) -> None:
        super().__init_subclass__(**keywords)
        own = cls.__dict__
        if "operator_classes" in own:
            given = own["operator_classes"]
            if isinstance(given, OperatorClass):
                cls._operator_bits = given.bits
        factory = cls.comparator_factory
        # Strings are joined by every expression that is one: they need no comparator for it.
        is_strings = factory is Concatenable.Comparator and cls._family == "string"
        # One that is inherited is known already.
        if factory is not TypeComparator and not is_strings and cls._comparator is not factory:
            cls._comparator = factory
            show_names(factory)
        if not cls.__module__.startswith("holdfast."):
            cls._binds_none = cls._binds_none or "bind_processor" in own
            cls._reads_none = cls._reads_none or "result_processor" in own

    @property
    def python_type(self) -> type[Any]:
        """The Python class of the values; `object` where the type does not say."""
        return object

    @property
    def _type_key(self) -> tuple[Any, ...]:
        """The type's part in the keys of expressions."""
        try:
            return self.__dict__["_cached_key"]  # type: ignore[no-any-return]
        except KeyError:
            key = (type(self), *[_hashable(getattr(self, name)) for name in self._arguments])
            if self._variants:
                key += tuple((name, variant._type_key) for name, variant in self._variants.items())
            self.__dict__["_cached_key"] = key
            return key

    # -- values --------------------------------------------------------------------------------------------------------

    def bind_processor(self, dialect: Any) -> Processor | None:
        """Return the function that turns a Python value into the driver's, or None if there is nothing to do."""
        return None

    def result_processor(self, dialect: Any, coltype: Any = None) -> Processor | None:
        """Return the function that turns the driver's value into a Python value, or None if there is nothing to do."""
        return None

    def literal_processor(self, dialect: Any) -> Callable[[Any], str] | None:
        """Return the function that writes a value as SQL text, or None if the type cannot."""
        return None

    def bind_expression(self, bindvalue: Any) -> Any:
        """Return the SQL that stands around each parameter of this type, or None if it stands alone."""
        return None

    def column_expression(self, colexpr: Any) -> Any:
        """Return the SQL that stands around each selected column of this type, or None if it stands alone."""
        return None

    def compare_values(self, x: Any, y: Any) -> bool:
        """Whether two values are the same to the database."""
        return bool(x == y)

    def evaluates_none(self) -> Any:
        """Return this type with None as a value of its own: the type's functions see it, and an INSERT writes it."""
        new = self.copy()
        new.should_evaluate_none = True
        return new

    # -- expressions ---------------------------------------------------------------------------------------------------

    def coerce_compared_value(self, op: Any, value: Any) -> TypeEngine[Any]:
        """Return the type of a plain value on the other side of an operator: this one, if the value fits it."""
        other = type_of_literal(value)
        if isinstance(other, NullType) or other._family == self._family:
            return self
        return other

    def _result_type(self, op: Any, other: TypeEngine[Any]) -> TypeEngine[Any]:
        """Return the type of ``this op other``."""
        return self

    # -- variants ------------------------------------------------------------------------------------------------------

    def with_variant(self, type_: Any, *dialect_names: str) -> TypeEngine[T]:
        """Return this type with another one in its place on some dialects.

        Args:
            type_: the other type.
            dialect_names: such as ``"sqlite"``.

        Raises: ArgumentError: no dialect, one that has another type already, or a type with variants of its own.
        """
        if not dialect_names:
            raise ArgumentError("At least one dialect name is required")
        variant = to_instance(type_)
        if variant._variants:
            raise ArgumentError("can't pass a type that already has variants as a dialect-level type to with_variant()")
        for name in dialect_names:
            if name in self._variants:
                raise ArgumentError(f"Dialect '{name}' is already present in the mapping for this {self!r}")
        new = self.copy()
        new._variants = {**self._variants, **dict.fromkeys(dialect_names, variant)}
        return new

    def adapt(self, cls: Any, **keywords: Any) -> Any:
        """Return a type of another class with the arguments of this one, as far as the class has them.

        Args:
            cls: the other class.
            keywords: arguments that go before those of this type.
        """
        import inspect  # here and not above: it is a heavy one

        known = inspect.signature(cls).parameters
        taken = {name: getattr(self, name) for name in self._arguments if name in known and hasattr(self, name)}
        several = [name for name in taken if known[name].kind is inspect.Parameter.VAR_POSITIONAL]
        given = [value for name in several for value in taken.pop(name)]
        return cls(*given, **{**taken, **keywords})

    def get_dbapi_type(self, dbapi: Any) -> Any:
        """Return the driver's own object for the type, which some drivers are told; None: there is none."""
        return None

    def copy_value(self, value: Any) -> Any:
        """Return a value that is changed independently of `value`; most values can not be changed."""
        return value

    def as_generic(self, allow_nulltype: bool = False) -> TypeEngine[Any]:
        """Return the type in the form that all databases know: ``VARCHAR(5)`` gives ``String(5)``.

        Args:
            allow_nulltype: give `NullType` where there is no such form.

        Raises: NotImplementedError: there is none.
        """
        for class_ in type(self).__mro__:
            own = class_.__dict__
            if own.get("visit_name", "").islower() or own.get("_is_general"):
                if class_ in (TypeEngine, NullType, UserDefinedType):
                    break
                if class_.__module__.startswith("holdfast.sql.types"):
                    return self._as(class_)
        if allow_nulltype:
            return NullType()
        raise NotImplementedError(
            "Default TypeEngine.as_generic() heuristic method was unsuccessful for "
            f"{type(self).__module__}.{type(self).__name__}. A custom as_generic() method must be implemented for this type "
            "class."
        )

    def _as(self, class_: type[Any]) -> Any:
        """Return a type of another class with what both have in common."""
        names = getattr(class_, "_arguments", ())
        return class_(**{name: getattr(self, name) for name in names if hasattr(self, name)})

    def copy(self, **keywords: Any) -> Any:
        """Return an equal type of its own."""
        new = object.__new__(type(self))
        new.__dict__.update({name: value for name, value in self.__dict__.items() if name != "_cached_key"})
        return new

    def dialect_impl(self, dialect: Any) -> TypeEngine[Any]:
        """Return the type that stands for this one on a dialect."""
        found = self._variants.get(dialect.name, self)
        specific = getattr(dialect, "colspecs", None)
        return _specific(found, specific) if specific else found

    def compile(self, dialect: Any = None) -> str:
        """Return the type's SQL text."""
        return str(dialect.type_text(self)) if dialect is not None else self._standard_text(self)

    def __str__(self) -> str:
        return self.compile()

    def __repr__(self) -> str:
        import inspect  # here and not above: it is a heavy one

        parameters = inspect.signature(type(self)).parameters
        # A class of the program's own shows what it keeps of its arguments under their names.
        names = self._arguments or [name for name in parameters if name in self.__dict__]
        shown = ", ".join(
            f"{name}={getattr(self, name)!r}"
            for name in names
            if name in parameters and getattr(self, name) != parameters[name].default
        )
        return f"{type(self).__name__}({shown})"


def _specific(type_: TypeEngine[Any], specific: Any) -> TypeEngine[Any]:
    """Return what stands for a type on a dialect that has types of its own for some classes of them."""
    for class_ in type(type_).__mro__:
        own = specific.get(class_)
        if own is not None:
            return type_ if isinstance(type_, own) else type_.adapt(own)  # type: ignore[no-any-return]
    return type_


def _hashable(value: Any) -> Any:
    if isinstance(value, TypeEngine):
        return value._type_key
    return tuple(value) if isinstance(value, list) else value


class NullType(TypeEngine[None]):
    """The type of what has no known type; values travel as they are."""

    operator_classes = OperatorClass.ANY

    def __str__(self) -> str:
        return "NULL"

    def coerce_compared_value(self, op: Any, value: Any) -> TypeEngine[Any]:
        return type_of_literal(value)

    def _result_type(self, op: Any, other: TypeEngine[Any]) -> TypeEngine[Any]:
        return self


class ExternalType:
    """What types of the program's own share.

    Attributes:
        cache_ok: the type may be part of the key under which compiled statements are kept: all that its text depends on
            stands in its ``__init__`` arguments. Without it each instance stands for itself.
    """

    cache_ok: bool | None = None
    _kind = ""

    def _cache_key(self) -> tuple[Any, ...]:
        """Return the type's part in keys: its class and arguments, or itself."""
        if not self.cache_ok:
            if self.cache_ok is None and "_is_counted" not in self.__dict__:
                self._count()
            return (self,)
        facts = sorted((name, repr(value)) for name, value in vars(self).items() if name not in ("impl", "_cached_key"))
        return (type(self), *facts)

    def _count(self) -> None:
        """Warn of a class whose objects are made anew for each statement: none of these statements is compiled just once."""
        self.__dict__["_is_counted"] = True
        class_ = type(self)
        _counted[class_] = count = _counted.get(class_, 0) + 1
        if count == SEEN_BEFORE_WARNING:
            warn(
                f"{self._kind or class_.__name__} {self!r} will not produce a cache key because the ``cache_ok`` attribute is not "
                f"set to True.  {count} objects of this class were used in statements, and each stands for itself, so that "
                "statements which differ in nothing else are compiled anew.  Set this attribute to True if this type object's "
                "state is safe to use in a cache key, or False to disable this warning.",
                stacklevel=outside(),
            )


SEEN_BEFORE_WARNING = 100
"""So many types of one class, none of which may be a part of a key, are no accident of a few columns."""
_counted: WeakKeyDictionary[type, int] = WeakKeyDictionary()


class UserDefinedType(ExternalType, TypeEngine[T]):
    """A type of the program's own: ``get_col_spec`` gives its name in CREATE TABLE."""

    operator_classes = OperatorClass.ANY
    visit_name = "user_defined"
    _kind = "UserDefinedType"

    def get_col_spec(self, **keywords: Any) -> str:
        """Return the type's SQL text."""
        raise NotImplementedError(f"{type(self).__name__}.get_col_spec() must give the SQL text of the type")

    def coerce_compared_value(self, op: Any, value: Any) -> TypeEngine[Any]:
        return self

    @property
    def _type_key(self) -> tuple[Any, ...]:
        return self._cache_key()


def to_instance(type_: Any) -> Any:
    """Return a type as an instance.

    Args:
        type_: a type, or its class.

    Raises: ArgumentError: neither.
    """
    if isinstance(type_, TypeEngine):
        return type_
    if isinstance(type_, type) and issubclass(type_, TypeEngine):
        return type_()
    if type_ is None:
        return NullType()
    raise ArgumentError(
        f"{type_!r} is not a SQL type. Use a type of holdfast such as Integer or String(50), not a Python class or value."
    )


LITERAL_TYPES: dict[type, TypeEngine[Any]] = {}
NAMED_LITERAL_TYPES: dict[str, TypeEngine[Any]] = {}
"""Of classes whose module not every program needs: by their full name, until the first value of theirs is met."""
"""Python class -> the SQL type of its plain values; filled by `literals.py`."""


def type_of_literal(value: Any) -> TypeEngine[Any]:
    """Return the SQL type for a Python value; `NullType` for a class that has none."""
    found = LITERAL_TYPES.get(value.__class__)
    if found is not None:
        return found if found._for_value is None else found._for_value(value)
    for class_ in type(value).__mro__:
        if class_ in LITERAL_TYPES:
            return LITERAL_TYPES[class_]
        named = NAMED_LITERAL_TYPES.get(f"{class_.__module__}.{class_.__qualname__}")
        if named is not None:
            LITERAL_TYPES[class_] = named
            return named
    # Values that know their type themselves, such as ranges.
    own: TypeEngine[Any] | None = getattr(value, "__sa_type_engine__", None)
    return LITERAL_TYPES[type(None)] if own is None else own
