"""Types made of other types: `TypeDecorator`."""

from __future__ import annotations

from typing import Any, TypeVar

from holdfast.sql.types.base import Processor, TypeEngine, to_instance

T = TypeVar("T")


class TypeDecorator(TypeEngine[T]):
    """A type that changes values on their way to and from another type, `impl`.

    Subclasses set ``impl`` and override ``process_bind_param(value, dialect)`` and
    ``process_result_value(value, dialect)``; both are called for None too.

    Args:
        arguments, keywords: those of `impl`.
    """

    visit_name = "type_decorator"
    impl: Any
    cache_ok: bool | None = None

    def __init__(self, *arguments: Any, **keywords: Any) -> None:
        impl = type(self).impl
        self.impl = impl(*arguments, **keywords) if isinstance(impl, type) else impl

    @property
    def impl_instance(self) -> TypeEngine[Any]:
        """The type underneath."""
        return self.impl if isinstance(self.impl, TypeEngine) else to_instance(self.impl)

    def load_dialect_impl(self, dialect: Any) -> TypeEngine[Any]:
        """Return the type underneath on a dialect; override it to choose."""
        return self.impl_instance

    def process_bind_param(self, value: Any, dialect: Any) -> Any:
        """Return what `impl` is given for a Python value."""
        return value

    def process_result_value(self, value: Any, dialect: Any) -> Any:
        """Return the Python value for what `impl` gives."""
        return value

    def bind_processor(self, dialect: Any) -> Processor | None:
        inner = dialect.codec(self.load_dialect_impl(dialect)).bind
        process = self.process_bind_param
        if inner is None:
            return lambda value: process(value, dialect)

        def bind(value: Any) -> Any:
            value = process(value, dialect)
            return None if value is None else inner(value)

        return bind

    def result_processor(self, dialect: Any, coltype: Any = None) -> Processor | None:
        inner = dialect.codec(self.load_dialect_impl(dialect)).result
        process = self.process_result_value
        if inner is None:
            return lambda value: process(value, dialect)
        return lambda value: process(None if value is None else inner(value), dialect)

    def coerce_compared_value(self, op: Any, value: Any) -> TypeEngine[Any]:
        return self

    @property
    def python_type(self) -> type[Any]:
        return self.impl_instance.python_type

    @property
    def _key(self) -> tuple[Any, ...]:
        if self.cache_ok:
            facts = tuple(sorted((name, repr(value)) for name, value in self.__dict__.items() if name != "impl"))
            return (type(self), self.impl_instance._key, facts)
        return (self,)


Variant = TypeEngine
