"""What all statements share: they are immutable, executable, and carry options that are no SQL."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from types import FunctionType
from typing import Any, ClassVar, TypeVar

from holdfast.exc import ArgumentError, CompileError
from holdfast.sql.binds import RowCount
from holdfast.sql.cte import CTE
from holdfast.sql.element import ClauseElement, hooks, own_key
from holdfast.sql.expressions import Comparison
from holdfast.sql.kinds import words_hook
from holdfast.sql.node import Key, Values, identified

S = TypeVar("S", bound="Statement")

NO_OPTIONS: Mapping[str, Any] = {}
NO_KEY: Any = object()

_new = object.__new__


class Statement(ClauseElement):
    """A statement. What was set stands in the instance's dict, what was not is a default of the class.

    Copying is therefore one dict copy; the key is made when it is first asked for.
    """

    # Beside the dict, so that a copy starts without it.
    __slots__ = ("__dict__", "__weakref__", "_structure")

    is_statement = True
    is_executable = True
    is_dml = False
    is_insert = False
    is_update = False
    is_delete = False
    is_select = False

    entity: Any = None

    _prefixes: tuple[Any, ...] = ()
    _independent_ctes: tuple[Any, ...] = ()

    _execution_options: Mapping[str, Any] = NO_OPTIONS
    _options: tuple[Any, ...] = ()

    _is_own: ClassVar[bool] = False

    # The clauses that make up the key, each a class attribute with its empty value.
    _clauses: frozenset[str] = frozenset()

    @property
    def _children(self) -> tuple[Any, ...]:
        return tuple(_elements(clause for name, clause in self.__dict__.items() if name in self._clauses))

    def _copy(self: S, **changes: Any) -> S:
        """Return this statement with some clauses changed."""
        new = _new(self.__class__)
        contents = new.__dict__ = self.__dict__ | changes
        contents["_structure"] = None
        return new

    def _with(self: S, name: str, clause: Any) -> S:
        """Return this statement with one clause changed: without keywords, for the methods that are called most.

        Counted by callgrind: 3,800 machine instructions; `_copy` takes 4,600, and 5,400 if the dictionary is written out.
        """
        new = _new(self.__class__)
        contents = new.__dict__ = self.__dict__.copy()
        contents[name] = clause
        contents["_structure"] = None
        return new

    def params(self, mapping: Mapping[str, Any] | None = None, /, **values: Any) -> Any:
        """Return the statement with these values for its named parameters, however deep they stand in it."""
        return hooks.replace_binds(self, {**(mapping or {}), **values})

    def __copy__(self: S) -> S:
        return self._copy()

    def __deepcopy__(self: S, memo: Any) -> S:
        # It is never changed.
        return self

    def __reduce_ex__(self, protocol: Any) -> Any:
        return hooks.pickled(self, protocol)

    def __add__(self, other: Any) -> Any:
        """Return what a function of this statement makes of it; see `lambda_stmt`."""
        return other(self) if isinstance(other, FunctionType) else NotImplemented

    def add_criteria(self, other: Any, **tracking: Any) -> Any:
        """Return what a function of this statement makes of it; see `lambda_stmt`."""
        return other(self)

    @property
    def _key(self) -> Key:  # type: ignore[override]
        # None is what a copy starts with: to ask costs a tenth of catching an AttributeError.
        structure: tuple[Key, Values] | None = getattr(self, "_structure", None)
        return (self._keyed() if structure is None else structure)[0]

    @property
    def _values(self) -> Values:  # type: ignore[override]
        structure: tuple[Key, Values] | None = getattr(self, "_structure", None)
        return (self._keyed() if structure is None else structure)[1]

    def _keyed(self) -> tuple[Key, Values]:
        """Make key and values, once.

        Raises: CompileError: statements in statements, deeper than Python's stack allows.
        """
        try:
            structure = self._structure = self._make_structure()
        except RecursionError:
            raise CompileError.too_deep() from None
        return structure

    def __init_subclass__(cls, **keywords: Any) -> None:
        super().__init_subclass__(**keywords)
        # A statement that a program writes itself, not on one of ours: nothing is known of what it is made of.
        cls._is_own = not cls.__module__.startswith("holdfast.") and not cls._clauses

    def _make_structure(self) -> tuple[Key, Values]:
        if self._is_own:
            return own_key(self.__class__), ()
        key: list[Any] = [self.__class__]
        values: list[Any] = []
        are_simple = True
        clauses = self._clauses
        # The order of the dict is the order in which the clauses were set: a statement built in another order is
        # compiled once more, which costs less than sorting each.
        for name, clause in self.__dict__.items():
            if name not in clauses or clause is None:
                continue
            key.append(name)
            for part in clause if clause.__class__ is tuple else (clause,):
                kind = part.__class__
                if kind is Comparison:
                    key.append(part._shape)
                    values.append(part)
                elif kind is RowCount:
                    key.append("row_count")
                    values.append(part)
                else:
                    own = getattr(part, "_key", NO_KEY)
                    if own is NO_KEY:
                        key.append(part)
                    else:
                        key.append(own)
                        if part._values:
                            values += part._values
                            are_simple = False
        # Comparisons that are all different objects need no word on which of them are the same.
        if are_simple and (len(values) < 2 or len(set(map(id, values))) == len(values)):
            return tuple(key), tuple(values)
        return identified(key, values)

    def prefix_with(self: S, *prefixes: Any, dialect: str = "*") -> S:
        """Return the statement with words after its first one: ``INSERT OR IGNORE``.

        Args:
            prefixes: elements, or strings, which are SQL as that of `text()` is: never text from a user.
            dialect: the database that gets it; "*": all.
        """
        return self._copy(_prefixes=self._prefixes + words_hook.words(prefixes, dialect))

    def add_cte(self: S, *ctes: Any, nest_here: bool = False) -> S:
        """Return the statement with common table expressions that it does not read from: an INSERT to be done with it.

        Args:
            ctes: the expressions.
            nest_here: write them in this statement, where it stands inside another one, not at the top.
        """
        added = [cte.nested() for cte in ctes] if nest_here else ctes
        return self._copy(_independent_ctes=(*self._independent_ctes, *added))

    def cte(self, name: str | None = None, recursive: bool = False, nesting: bool = False) -> CTE:
        """Return the statement as a common table expression: ``WITH name AS (...)``.

        Args:
            name: its name; None: made up.
            recursive: it may read from itself (``cte.union_all(...)``).
            nesting: write it where it is used, not at the top.
        """
        return CTE(self, name, recursive, nesting)

    def execution_options(self: S, **options: Any) -> S:
        """Return the statement with options for its execution.

        Raises: ArgumentError: `isolation_level`, which is a connection's.
        """
        if "isolation_level" in options:
            raise ArgumentError(
                "'isolation_level' execution option may only be specified on Connection.execution_options(), or per-engine "
                "using the isolation_level argument to create_engine()."
            )
        return self._copy(_execution_options={**self._execution_options, **options})

    def get_execution_options(self) -> Mapping[str, Any]:
        """Return the options for its execution."""
        return self._execution_options

    def options(self: S, *options: Any) -> S:
        """Return the statement with loader options.

        Raises: ArgumentError: something that is none.
        """
        for option in options:
            if not getattr(option, "is_loader_option", False):
                raise ArgumentError(
                    f"ExecutionOption Core or ORM object expected, got {option!r}. Loader options are made by joinedload(), "
                    "selectinload() and the like."
                )
        return self._copy(_options=(*self._options, *options))


def _elements(clauses: Iterable[Any]) -> Iterator[Any]:
    """Yield the elements in clauses, which may be elements, tuples of them, or plain facts."""
    for clause in clauses:
        if getattr(clause, "is_clause_element", False):
            yield clause
        elif isinstance(clause, (tuple, dict)):
            yield from _elements(clause.values() if isinstance(clause, dict) else clause)


def as_words(value: Any) -> str:
    """Return SQL words given as a string or as text().

    Raises: ArgumentError: text() with parameters, or anything else.
    """
    words = value if isinstance(value, str) else getattr(value, "text", None)
    if not isinstance(words, str) or getattr(value, "_binds", None):
        raise ArgumentError(f"Words of SQL expected, as a string or as text() without parameters, got {value!r}")
    return words
