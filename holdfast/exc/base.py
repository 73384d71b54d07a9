"""The base of all exceptions, and what says that something was used or asked for wrongly."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from holdfast.exc.shown import shown

PUBLIC_MODULE = "holdfast.exc"


class SQLAlchemyError(Exception):
    """The base of all exceptions; the name is kept so that programs find what they expect.

    Attributes:
        code: the anchor on the page of errors, or None.
    """

    code: str | None = None

    def __init__(self, *arguments: Any, code: str | None = None) -> None:
        super().__init__(*arguments)
        if code is not None:
            self.code = code

    def __str__(self) -> str:
        return shown(super().__str__())

    def __init_subclass__(cls, **keywords: Any) -> None:
        """Give a class of this folder its public module, which tracebacks show and programs import."""
        super().__init_subclass__(**keywords)
        if cls.__module__.startswith(PUBLIC_MODULE + "."):
            cls.__module__ = PUBLIC_MODULE


SQLAlchemyError.__module__ = PUBLIC_MODULE
HoldfastError = SQLAlchemyError


class ArgumentError(SQLAlchemyError):
    """A function got an argument that it cannot use."""


class DuplicateColumnError(ArgumentError):
    """A table already has a column of this name."""


class ObjectNotExecutableError(ArgumentError):
    """Something was executed that is not a statement."""

    def __init__(self, target: Any) -> None:
        super().__init__(
            f"Not an executable object: {target!r}. Pass select(), insert(), update(), delete() or text(); a mapped "
            "class is queried by select(Class)."
        )
        self.target = target


class NoSuchModuleError(ArgumentError):
    """A dialect or driver is not known."""


class NoForeignKeysError(ArgumentError):
    """No foreign key connects two sides that are to be joined."""


class AmbiguousForeignKeysError(ArgumentError):
    """More than one foreign key connects two sides that are to be joined."""


class ConstraintColumnNotFoundError(ArgumentError):
    """A constraint names a column that the table does not have."""


class CircularDependencyError(SQLAlchemyError):
    """Rows or tables depend on each other in a circle.

    Attributes:
        cycles: the members of the circle.
        edges: who depends on whom.
    """

    def __init__(self, message: str, cycles: Any, edges: Any, msg: str | None = None, code: str | None = None) -> None:
        if msg is None:
            listed = ", ".join(repr(member) for member in cycles)
            message = f"{message} ({listed})"
        else:
            message = msg
        super().__init__(message, code=code)
        self.cycles = cycles
        self.edges = edges


class CompileError(SQLAlchemyError):
    """A statement cannot be written as SQL."""

    @classmethod
    def too_deep(cls) -> CompileError:
        """Return the error for a statement that is nested deeper than Python's stack allows."""
        return cls(
            "The statement is nested too deeply to be written as SQL. Join many criteria by and_(*criteria) or "
            "or_(*criteria), compare with many values by in_(values); sys.setrecursionlimit() says how deep Python goes."
        )


class UnsupportedCompilationError(CompileError):
    """A dialect has no way to write an element."""

    def __init__(self, compiler: Any, element_type: type, message: str | None = None) -> None:
        super().__init__(
            f"Compiler {compiler!r} can't render element of type {element_type.__name__}"
            + (f": {message}" if message else "")
        )


class IdentifierError(SQLAlchemyError):
    """A name cannot be a name in this database."""


class DisconnectionError(SQLAlchemyError):
    """A connection turned out to be dead."""

    invalidate_pool: bool = False


class InvalidatePoolError(DisconnectionError):
    """All connections of the pool are to be opened anew."""

    invalidate_pool = True


class TimeoutError(SQLAlchemyError):
    """No connection came free in the pool."""


class InvalidRequestError(SQLAlchemyError):
    """The call makes no sense at this moment."""


class AmbiguousColumnError(InvalidRequestError):
    """A name in ``filter_by`` is that of attributes of several entities."""


class IllegalStateChangeError(InvalidRequestError):
    """A session was used inside one of its own operations, or by two tasks at once."""

    code = "isce"


class NoInspectionAvailable(InvalidRequestError):
    """`inspect()` knows nothing about the object."""


class PendingRollbackError(InvalidRequestError):
    """A flush failed, and the session was used without `rollback()`.

    Attributes:
        cause: what the flush failed by.
        place: where in the program that was, as ``file:line (function)``; None if it is not known.
        statement: the SQL that failed; None if the failure was another one.
        objects: the mapped objects whose rows the statement wrote, as far as they are known.
    """

    code = "7s2a"
    cause: BaseException | None = None
    place: str | None = None
    statement: str | None = None
    objects: Sequence[Any] = ()

    @classmethod
    def after(cls, cause: BaseException | None, place: Any = None) -> PendingRollbackError:
        """Return the error for the use of a session after a flush that failed by `cause`, at `place`."""
        where = f"\nThe flush failed at {place}: call session.rollback() where you catch that error." if place else ""
        error = cls(
            "This Session's transaction has been rolled back due to a previous exception during flush. To begin a new "
            f"transaction with this Session, first issue Session.rollback(). Original exception was: {cause}{where}"
        )
        error.cause, error.place = cause, None if place is None else str(place)
        error.statement = getattr(cause, "statement", None)
        error.objects = getattr(cause, "objects", ())
        return error


class ResourceClosedError(InvalidRequestError):
    """A connection, transaction or result was used after its end."""


class NoSuchColumnError(InvalidRequestError, KeyError):
    """A row has no such column."""

    def __str__(self) -> str:
        return shown(str(self.args[0])) if self.args else ""


class NoResultFound(InvalidRequestError):
    """A row was required, and there was none."""


class MultipleResultsFound(InvalidRequestError):
    """One row was required, and there were several."""


class NoReferenceError(InvalidRequestError):
    """A foreign key names something that is not there."""

    table_name: str


class AwaitRequired(InvalidRequestError):
    """An asynchronous operation was called as a synchronous one."""


class MissingGreenlet(InvalidRequestError):
    """Synchronous I/O on an asynchronous engine; the name is kept for programs that catch it."""

    code = "xd2s"


class AsyncMethodRequired(InvalidRequestError):
    """A result that must be awaited was asked for by a method whose results need no waiting."""


class AsyncContextNotStarted(InvalidRequestError):
    """An asynchronous connection or transaction was used before it was awaited."""


class AsyncContextAlreadyStarted(InvalidRequestError):
    """An asynchronous connection or transaction was awaited twice."""


class SyncCallOnAsyncError(MissingGreenlet):
    """A synchronous method was called on an asynchronous engine or session."""

    def __init__(self, what: str) -> None:
        super().__init__(
            f"{what} was called synchronously on an asynchronous engine, outside of run_sync(); nothing was sent. Await "
            "the method of the AsyncSession or AsyncConnection, or call your function by 'await session.run_sync(function)'."
        )


class LazyLoadInAsyncError(MissingGreenlet):
    """An attribute that is not loaded was read on an asynchronous session, where nothing can be awaited.

    Attributes:
        attribute: ``Class.name``.
        identity: class name and primary key of the object.
    """

    def __init__(self, attribute: str, identity: tuple[str, Any], fix: str, opened: Any = None) -> None:
        place = "" if opened is None else f" (its session was opened at {opened})"
        super().__init__(
            f"{attribute} of {identity[0]} {identity[1]!r} is not loaded{place}, and reading it would have to wait for the "
            f"database, which an attribute of an object in an AsyncSession cannot do. {fix}"
        )
        self.attribute = attribute
        self.identity = identity

    @classmethod
    def of(cls, state: Any, key: str) -> LazyLoadInAsyncError:
        """Return the error for an attribute of an object in a session."""
        mapper = state.mapper
        name = mapper.class_name
        option = f" options(selectinload({name}.{key})) in the query;" if key in mapper.relationships else ""
        fix = (
            f"Load it before:{option} 'await session.refresh(obj, [\"{key}\"])'; or await it: "
            f"'await obj.awaitable_attrs.{key}' of a class with AsyncAttrs; or read it inside "
            "'await session.run_sync(function)'."
        )
        if key not in mapper.relationships:
            fix += " If a commit has expired it, async_sessionmaker(expire_on_commit=False) keeps what was loaded."
        return cls(f"{name}.{key}", (name, state.row_key), fix, state.session.opened_at)


class NoReferencedTableError(NoReferenceError):
    """A foreign key names a table that its MetaData does not have."""

    def __init__(self, message: str, tname: str) -> None:
        super().__init__(message)
        self.table_name = tname


class NoReferencedColumnError(NoReferenceError):
    """A foreign key names a column that its table does not have."""

    def __init__(self, message: str, tname: str, cname: str) -> None:
        super().__init__(message)
        self.table_name = tname
        self.column_name = cname


class NoSuchTableError(InvalidRequestError):
    """The database has no such table."""


class UnreflectableTableError(InvalidRequestError):
    """A table cannot be read back from the database."""


class UnboundExecutionError(InvalidRequestError):
    """A session has no engine for a statement."""

    @classmethod
    def of(cls, mapper: Any, clause: Any = None) -> UnboundExecutionError:
        """Return the error for a mapper and a statement, or one of both."""
        parts = [f"mapper {mapper}"] if mapper is not None else []
        if clause is not None:
            parts.append("SQL expression")
        return cls(
            f"Could not locate a bind configured on {', '.join(parts)} or this Session. Give the session an engine: "
            "Session(engine) or sessionmaker(engine)."
        )
