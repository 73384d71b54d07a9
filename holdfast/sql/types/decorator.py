"""Types made of other types: `TypeDecorator`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, TypeVar

from holdfast.sql.operator_classes import OperatorClass
from holdfast.sql.types.base import Codec, ExternalType, Processor, TypeEngine, to_instance

T = TypeVar("T")


class TypeDecorator(ExternalType, TypeEngine[T]):
    """A type that changes values on their way to and from another type, `impl`.

    Subclasses set ``impl`` and override ``process_bind_param(value, dialect)`` and
    ``process_result_value(value, dialect)``; both are called for None too.

    Args:
        args, kwargs: those of `impl`.
    """

    _kind = "TypeDecorator"

    visit_name = "type_decorator"
    impl: Any
    coerce_to_is_types: ClassVar[Any] = (type(None),)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        impl = getattr(type(self), "impl", None)
        if impl is None:
            raise AttributeError(
                "TypeDecorator implementations require a class-level variable 'impl' which refers to the class of type "
                "being decorated"
            )
        self.impl = impl(*args, **kwargs) if isinstance(impl, type) else impl

    def __getattr__(self, name: str) -> Any:
        # `length`, `precision`, `enums` ... are those of the type underneath.
        if name.startswith("_") or name == "impl":
            raise AttributeError(name)
        return getattr(self.impl_instance, name)

    @property
    def impl_instance(self) -> TypeEngine[Any]:
        """The type underneath."""
        return self.impl if isinstance(self.impl, TypeEngine) else to_instance(self.impl)

    @property
    def _comparator(self) -> Any:  # type: ignore[override]
        own = type(self).comparator_factory
        return self.impl_instance._comparator if own is TypeEngine.comparator_factory else own

    @property
    def operator_classes(self) -> OperatorClass:  # type: ignore[override]
        """Those of the type underneath, unless a subclass says others."""
        return self.impl_instance.operator_classes

    @property
    def _operator_bits(self) -> int:  # type: ignore[override]
        return self.impl_instance._operator_bits

    @property
    def _family(self) -> str:  # type: ignore[override]
        return self.impl_instance._family

    def load_dialect_impl(self, dialect: Any) -> TypeEngine[Any]:
        """Return the type underneath on a dialect; override it to choose."""
        return self.impl_instance

    def type_engine(self, dialect: Any) -> TypeEngine[Any]:
        """Return the type that values have on a dialect."""
        return to_instance(self.load_dialect_impl(dialect))  # type: ignore[no-any-return]

    # -- values --------------------------------------------------------------------------------------------------------

    def process_bind_param(self, value: Any, dialect: Any) -> Any:
        """Return what `impl` is given for a Python value."""
        raise NotImplementedError

    def process_result_value(self, value: Any, dialect: Any) -> Any:
        """Return the Python value for what `impl` gives."""
        raise NotImplementedError

    def process_literal_param(self, value: Any, dialect: Any) -> Any:
        """Return what `impl` is to write into the SQL text for a Python value."""
        raise NotImplementedError

    def _overrides(self, name: str) -> bool:
        return getattr(type(self), name) is not getattr(TypeDecorator, name)

    def _codec(self, dialect: Any) -> Codec:
        """Return how values travel: through the methods of this type and the codec of the one underneath."""
        inner: Codec = dialect.codec(self.type_engine(dialect))
        if self._overrides("bind_processor"):
            inner = inner._replace(bind=self.bind_processor(dialect), binds_none=True)
        elif self._overrides("process_bind_param"):
            inner = inner._replace(bind=self._binding(inner, dialect), binds_none=True)
        if self._overrides("result_processor"):
            inner = inner._replace(result=self.result_processor(dialect, None), result_code=None, reads_none=True)
        elif self._overrides("process_result_value"):
            inner = inner._replace(result=self._reading(inner, dialect), result_code=None, reads_none=True)
        return inner

    def _binding(self, inner: Codec, dialect: Any) -> Processor:
        process, bind, binds_none = self.process_bind_param, inner.bind, inner.binds_none
        if bind is None:
            return lambda value: process(value, dialect)

        def convert(value: Any) -> Any:
            value = process(value, dialect)
            return None if value is None and not binds_none else bind(value)

        return convert

    def _reading(self, inner: Codec, dialect: Any) -> Processor:
        process, read, reads_none = self.process_result_value, inner.result, inner.reads_none
        if read is None:
            return lambda value: process(value, dialect)
        return lambda value: process(None if value is None and not reads_none else read(value), dialect)

    def bind_processor(self, dialect: Any) -> Processor | None:
        return self._codec(dialect).bind

    def result_processor(self, dialect: Any, coltype: Any = None) -> Processor | None:
        return self._codec(dialect).result

    def literal_processor(self, dialect: Any) -> Callable[[Any], str] | None:
        inner = self.type_engine(dialect).literal_processor(dialect)
        if self._overrides("process_literal_param"):
            process = self.process_literal_param
        elif self._overrides("process_bind_param"):
            process = self.process_bind_param
        else:
            return inner
        if inner is None:
            return lambda value: str(process(value, dialect))

        def write(value: Any) -> str:
            value = process(value, dialect)
            return "NULL" if value is None else inner(value)

        return write

    def bind_expression(self, bindvalue: Any) -> Any:
        return self.impl_instance.bind_expression(bindvalue)

    def column_expression(self, colexpr: Any) -> Any:
        return self.impl_instance.column_expression(colexpr)

    def compare_values(self, x: Any, y: Any) -> bool:
        return self.impl_instance.compare_values(x, y)

    # -- expressions ---------------------------------------------------------------------------------------------------

    def coerce_compared_value(self, op: Any, value: Any) -> TypeEngine[Any]:
        return self

    def __repr__(self) -> str:
        inner = self.impl_instance
        return type(self).__name__ + repr(inner)[len(type(inner).__name__) :]

    @property
    def python_type(self) -> type[Any]:
        return self.impl_instance.python_type

    @property
    def sort_key_function(self) -> Callable[[Any], Any] | None:  # type: ignore[override]
        return self.impl_instance.sort_key_function

    @property
    def _type_key(self) -> tuple[Any, ...]:
        key = self._cache_key()
        return (*key, self.impl_instance._type_key) if self.cache_ok else key


Variant = TypeEngine
