"""Python objects as bytes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from holdfast.sql.types.base import Processor, TypeEngine
from holdfast.sql.types.binary import LargeBinary
from holdfast.sql.types.decorator import TypeDecorator


class PickleType(TypeDecorator[Any]):
    """Python objects, pickled into bytes.

    Whoever can write to the database can make the program that reads it execute any code: pickles are safe only where
    nobody else writes. `JSON` has no such danger and is read by other programs too.

    Args:
        protocol: of pickle.
        pickler: a module or object with ``dumps`` and ``loads``; None: `pickle`.
        comparator: tells whether two values are equal; None: ``==``.
        impl: the type of the bytes, in place of `LargeBinary`.
    """

    impl = LargeBinary
    cache_ok = True
    hashable = False

    def __init__(
        self,
        protocol: int = 5,
        pickler: Any = None,
        comparator: Any = None,
        impl: Any = None,
    ) -> None:
        import pickle  # here and not above: few programs keep pickles

        super().__init__()
        self.protocol = protocol
        self.pickler = pickler or pickle
        self.comparator = comparator
        if impl is not None:
            self.impl = impl() if isinstance(impl, type) else impl

    def bind_processor(self, dialect: Any) -> Processor | None:
        dumps, protocol = self.pickler.dumps, self.protocol
        inner = dialect.codec(self.type_engine(dialect)).bind

        def bind(value: Any) -> Any:
            if value is None:
                return None
            pickled = dumps(value, protocol)
            return pickled if inner is None else inner(pickled)

        return bind

    def result_processor(self, dialect: Any, coltype: Any = None) -> Processor | None:
        loads = self.pickler.loads
        inner = dialect.codec(self.type_engine(dialect)).result

        def read(value: Any) -> Any:
            if value is None:
                return None
            return loads(value if inner is None else inner(value))

        return read

    def literal_processor(self, dialect: Any) -> Callable[[Any], str] | None:
        dumps, protocol = self.pickler.dumps, self.protocol
        write = self.type_engine(dialect).literal_processor(dialect)
        return None if write is None else lambda value: write(dumps(value, protocol))

    def as_generic(self, allow_nulltype: bool = False) -> TypeEngine[Any]:
        return self

    def compare_values(self, x: Any, y: Any) -> bool:
        return bool(self.comparator(x, y)) if self.comparator else bool(x == y)

    @property
    def python_type(self) -> type[Any]:
        return object

    @property
    def _type_key(self) -> tuple[Any, ...]:
        return (type(self), self.protocol, self.pickler, self.comparator, self.impl_instance._type_key)
