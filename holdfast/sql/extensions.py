"""Clauses that a program writes itself and puts into SELECT, INSERT, UPDATE and DELETE by `ext`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, ClassVar, NamedTuple, NoReturn, Self

from holdfast.exc import ArgumentError
from holdfast.sql.node import Key, Values


class ExtensionClause(NamedTuple):
    """An element of a program, and where it stands in the statement."""

    point: str
    element: Any

    @property
    def _key(self) -> Key:
        return (self.point, self.element._key)

    @property
    def _values(self) -> Values:
        return self.element._values  # type: ignore[no-any-return]


class SyntaxExtension:
    """What an element is too, if it may be given to `ext`: it says where it stands, statement by statement.

    A method that is not overridden refuses the statement. Each gets a copy of the statement and calls its
    `apply_syntax_extension_point`.
    """

    def apply_to_select(self, select_stmt: Any) -> None:
        """Enter the element into a SELECT."""
        self._refuse("select")

    def apply_to_insert(self, insert_stmt: Any) -> None:
        """Enter the element into an INSERT."""
        self._refuse("insert")

    def apply_to_update(self, update_stmt: Any) -> None:
        """Enter the element into an UPDATE."""
        self._refuse("update")

    def apply_to_delete(self, delete_stmt: Any) -> None:
        """Enter the element into a DELETE."""
        self._refuse("delete")

    def append_replacing_same_type(self, existing: Sequence[Any]) -> Sequence[Any]:
        """Return what stands there with this element in the place of one of its class: for `apply_syntax_extension_point`."""
        return [*[one for one in existing if type(one) is not type(self)], self]

    def _refuse(self, statement: str) -> NoReturn:
        raise NotImplementedError(f"Extension {type(self).__name__} cannot be applied to {statement}")


class HasSyntaxExtensions:
    """A statement that takes such clauses.

    Attributes:
        syntax_points: where they can stand.
    """

    syntax_points: ClassVar[tuple[str, ...]] = ()
    _extensions: tuple[ExtensionClause, ...] = ()

    def ext(self, extension: Any) -> Self:
        """Return the statement with a clause that only some databases know, such as ``mysql.limit(5)``.

        Args: extension: a `SyntaxExtension`.

        Raises:
            ArgumentError: it is none.
            NotImplementedError: it is none for such a statement.
        """
        kind = self.visit_name  # type: ignore[attr-defined]
        apply = getattr(extension, f"apply_to_{kind}", None)
        if apply is None and hasattr(extension, "apply_to"):
            return extension.apply_to(self)  # type: ignore[no-any-return]
        if apply is None:
            raise ArgumentError(
                f"An extension of {kind.upper()} has a method apply_to_{kind}(); {extension!r} has none"
            )
        copy = self._copy()  # type: ignore[attr-defined]
        returned = apply(copy)
        return copy if returned is None else returned  # type: ignore[no-any-return]

    def apply_syntax_extension_point(self, apply_fn: Callable[[Sequence[Any]], Iterable[Any]], point: str) -> None:
        """Change what stands in one place of this statement, which has to be a copy of its own.

        Args:
            apply_fn: what stands there -> what shall.
            point: one of `syntax_points`.

        Raises: ValueError: there is no such place.
        """
        if point not in self.syntax_points:
            known = ", ".join(map(repr, self.syntax_points))
            raise ValueError(f"Unknown position {point!r} for {type(self)} construct; known positions: {known}")
        here = apply_fn([clause.element for clause in self._extensions if clause.point == point])
        elsewhere = [clause for clause in self._extensions if clause.point != point]
        self._extensions = (*elsewhere, *[ExtensionClause(point, element) for element in here])
