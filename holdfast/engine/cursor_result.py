"""The result of a statement on a connection: its rows, and the facts of what it changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Generic, TypeVar

from holdfast import exc
from holdfast.engine.iterators import NO_ROWS
from holdfast.engine.reading import Reading
from holdfast.engine.result import Result, ScalarResult
from holdfast.engine.row import RMKeyView, RowShape
from holdfast.engine.written import Written

TP = TypeVar("TP", bound=tuple[Any, ...])


class CursorResult(Result[TP], Generic[TP]):
    """What a statement on a connection gives: rows, or the facts of a change.

    Attributes:
        rowcount: rows matched by an UPDATE or DELETE; -1 where the driver does not know.
        lastrowid: the key generated last, where the driver tells it.
        returns_rows: the statement returns rows, be they none.
        context: the execution: its `ExecutionContext`, made when it is asked for.
        connection: that ran it.
        options: the execution options, where there were any.
    """

    __slots__ = ("_compiled", "_context", "_written", "connection", "lastrowid", "options", "returns_rows", "rowcount")

    def __init__(
        self,
        shape: RowShape,
        rows: list[Any],
        rowcount: int = -1,
        lastrowid: Any = None,
        returns_rows: bool = True,
        compiled: Any = None,
        written: Written | None = None,
        source: Any = None,
        connection: Any = None,
    ) -> None:
        # Past `Result.__init__`: one of these is made for every statement.
        Reading.__init__(self, shape, rows, source if returns_rows else NO_ROWS)
        self.rowcount = rowcount
        self.lastrowid = lastrowid
        self.returns_rows = returns_rows
        self.connection = connection
        self._compiled = compiled
        self._written = written
        self._context: Any = None
        self.options: Mapping[str, Any] | None = None

    def keys(self) -> RMKeyView:
        """Return the keys of the rows.

        Raises: ResourceClosedError: the statement returns no rows.
        """
        self._check_rows()
        return super().keys()

    def scalars(self, index: Any = 0) -> ScalarResult[Any]:
        """Return the elements of one column; see `Result.scalars`."""
        self._check_rows()
        return super().scalars(index)

    def columns(self, *keys: Any) -> Result[Any]:
        """Return rows of these columns only, in this order."""
        self._check_rows()
        return super().columns(*keys)

    def _check_rows(self) -> None:
        if not self.returns_rows:
            NO_ROWS.portion(None)

    # -- the execution -------------------------------------------------------------------------------------------------

    @property
    def dialect(self) -> Any:
        """What the database is like."""
        return None if self.connection is None else self.connection.dialect

    @property
    def context(self) -> Any:
        """The execution of the statement."""
        if self._context is None and self.connection is not None:
            self._context = self.connection.context_of(self._compiled, self.options)
        return self._context

    @property
    def cursor(self) -> Any:
        """The driver's cursor while rows stand in it; None where they were fetched whole."""
        cursor = getattr(self._source, "cursor", None)
        return None if cursor is None else cursor.raw

    def supports_sane_rowcount(self) -> bool:
        """Return True: the databases count the rows that were matched."""
        return True

    def supports_sane_multi_rowcount(self) -> bool:
        """Return True: they do so for many executions too."""
        return True

    # -- INSERT and UPDATE ---------------------------------------------------------------------------------------------

    @property
    def is_insert(self) -> bool:
        """True for an INSERT."""
        return self._compiled is not None and self._compiled.kind == "insert"

    @property
    def inserted_primary_key(self) -> Any:
        """The primary key of the one row inserted, as a Row.

        Raises: InvalidRequestError: not an INSERT, or several rows, or one with RETURNING.
        """
        if self._written is not None and self._written.is_many:
            raise exc.InvalidRequestError(
                "This statement was an executemany call; if primary key returning is supported, please use "
                ".inserted_primary_key_rows."
            )
        found = self.inserted_primary_key_rows
        return found[0] if found else None

    @property
    def inserted_primary_key_rows(self) -> list[Any]:
        """The primary keys of the rows inserted; None where the driver does not tell them.

        Raises: InvalidRequestError: not an INSERT, or one with RETURNING.
        """
        return self._change("insert").keys

    def last_inserted_params(self) -> Any:
        """Return the parameters of the INSERT by name; of several rows a list.

        Raises: InvalidRequestError: not an INSERT.
        """
        return self._change("insert").parameters

    def last_updated_params(self) -> Any:
        """Return the parameters of the UPDATE by name; of several rows a list.

        Raises: InvalidRequestError: not an UPDATE.
        """
        return self._change("update").parameters

    def _change(self, *kinds: str) -> Written:
        if self._written is None or self._compiled.kind not in kinds:
            raise exc.InvalidRequestError(
                f"Statement is not an {' or '.join(f'{kind}()' for kind in kinds)} expression construct."
            )
        return self._written

    def prefetch_cols(self) -> list[Any]:
        """Return the columns whose values Python made before the statement was sent.

        Raises: InvalidRequestError: neither INSERT nor UPDATE.
        """
        return self._change("insert", "update").made_by_python()

    def postfetch_cols(self) -> list[Any]:
        """Return the columns whose values the database made.

        Raises: InvalidRequestError: neither INSERT nor UPDATE.
        """
        return self._change("insert", "update").made_by_database()

    def lastrow_has_defaults(self) -> bool:
        """Return True if the database made values of the row written last, and did not tell them."""
        is_change = self._written is not None and self._compiled.kind != "delete"
        return is_change and bool(self.postfetch_cols())

    @property
    def returned_defaults(self) -> Any:
        """The values that the database made and told unasked; None: they were not asked for.

        Raises: InvalidRequestError: several rows were written.
        """
        if self._written is not None and self._written.is_many:
            raise exc.InvalidRequestError(
                "This statement was an executemany call; if return defaults is supported, please use .returned_defaults_rows."
            )
        found = self.returned_defaults_rows
        return found[0] if found else None

    @property
    def returned_defaults_rows(self) -> Any:
        """The same for each row."""
        return None if self._written is None else self._written.returned_defaults

    def without_rows(self, rowcount: int) -> CursorResult[Any]:
        """Return the result of the same statement as if it had not returned rows."""
        return CursorResult(
            RowShape(()),
            [],
            rowcount=rowcount,
            lastrowid=self.lastrowid,
            returns_rows=False,
            compiled=self._compiled,
            written=self._written,
            connection=self.connection,
        )

    # -- several results as one ----------------------------------------------------------------------------------------

    def splice_horizontally(self, other: CursorResult[Any]) -> CursorResult[Any]:
        """Return the rows of this result, each followed by the columns of the other's row in the same place."""
        mine, theirs = self._shape, other._shape
        shape = RowShape(mine.keys + theirs.keys, (*_sources(mine), *_sources(theirs)))
        make = shape.row_class
        pairs = zip(self._take(), other._take(), strict=True)
        return self._spliced(shape, [make(tuple(left) + tuple(right)) for left, right in pairs])

    def splice_vertically(self, other: CursorResult[Any]) -> CursorResult[Any]:
        """Return the rows of this result, then those of the other, which has the same columns."""
        return self._spliced(self._shape, [*self._take(), *other._take()])

    def _spliced(self, shape: RowShape, rows: list[Any]) -> CursorResult[Any]:
        return CursorResult(
            shape,
            rows,
            rowcount=self.rowcount,
            lastrowid=self.lastrowid,
            compiled=self._compiled,
            written=self._written,
            connection=self.connection,
        )


def _sources(shape: RowShape) -> tuple[Any, ...]:
    return shape.sources or shape.keys
