"""Every exception and warning of Holdfast; the classes build their messages from facts: what, whose fault, what next.

Names and hierarchy are the documented ones, so that programs catch what they expect; the first line of a message is
the familiar text, what follows is ours. No message holds a bound value unless the engine was told to show values.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any, cast


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
        return str(self.args[0]) if self.args else ""


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
        return cls(f"{name}.{key}", (name, state.key), fix, state.session.opened_at)


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


class DontWrapMixin:
    """A mixin for exceptions that are to pass through execution unwrapped."""


class StatementError(SQLAlchemyError):
    """A statement failed; this class itself: before it was sent.

    Attributes:
        statement: the SQL text.
        params: its parameters; not shown in the message unless `hide_parameters` is False.
        orig: the first cause; for `DBAPIError` the driver's own exception.
        detail: lines added on the way, first ones first.
    """

    statement: str | None
    params: Any
    orig: BaseException | None

    def __init__(
        self,
        message: str,
        statement: str | None = None,
        params: Any = None,
        orig: BaseException | None = None,
        hide_parameters: bool = True,
        code: str | None = None,
        ismulti: bool | None = None,
    ) -> None:
        super().__init__(message, code=code)
        self.statement = statement
        self.params = params
        self.orig = orig
        self.hide_parameters = hide_parameters
        self.ismulti = ismulti
        self.detail: list[str] = []

    @classmethod
    def of_value(cls, place: str, value: Any, error: Exception, statement: str | None = None) -> StatementError:
        """Return the error for a value that a type refuses; it names the place and the value's kind, not the value.

        Args:
            place: what was given the value: ``Album.price``, ``parameter 'price_1'``.
            value: the value; conversions of Python's own put it into their message, from where it is taken out.
            error: what the conversion raised.
            statement: the SQL text, if there is one yet.
        """
        kind = type(error)
        cause = str(error).replace(repr(value), "...") if isinstance(value, (str, bytes)) and value else str(error)
        message = f"({kind.__module__}.{kind.__name__}) {cause}\n{place} was given a {type(value).__name__}; nothing was sent."
        return cls(message, statement, None, error)

    def add_detail(self, text: str) -> None:
        """Add a line that says in which situation it happened."""
        self.detail.append(text)

    def __str__(self) -> str:
        lines = [f"({line})" for line in self.detail]
        lines.append(str(self.args[0]) if self.args else "")
        if self.statement is not None:
            lines.append(f"[SQL: {self.statement}]")
            if self.hide_parameters:
                lines.append("[SQL parameters hidden due to hide_parameters=True]")
            elif self.params:
                lines.append(f"[parameters: {_shortened(self.params)}]")
        return "\n".join(lines)

    def __reduce__(self) -> Any:
        facts = {name: value for name, value in self.__dict__.items() if name != "orig"}
        return _restore, (type(self), self.args, facts, self.orig)


def _restore(class_: type[StatementError], arguments: tuple[Any, ...], facts: dict[str, Any], orig: Any) -> Any:
    """Make a pickled error again."""
    error = class_.__new__(class_, *arguments)
    error.args = arguments
    error.__dict__.update(facts, orig=orig)
    return error


def _shortened(parameters: Any) -> str:
    """Return parameters for a message, long lists of rows cut."""
    rows = cast("list[Any]", parameters)
    if isinstance(parameters, (list, tuple)) and len(rows) > 10:
        return f"{list(rows[:8])!r} ... displaying 8 of {len(rows)}"
    return repr(rows)


class DBAPIError(StatementError):
    """The driver raised an exception; `.orig` is it.

    Attributes:
        connection_invalidated: the connection was lost.
        retryable: repeating the whole transaction may succeed.
    """

    connection_invalidated = False
    retryable = False

    def __init__(
        self,
        statement: str | None,
        params: Any,
        orig: BaseException,
        hide_parameters: bool = True,
        connection_invalidated: bool = False,
        code: str | None = None,
        ismulti: bool | None = None,
    ) -> None:
        kind = type(orig)
        message = f"({kind.__module__}.{kind.__name__}) {orig}"
        super().__init__(message, statement, params, orig, hide_parameters, code, ismulti)
        self.connection_invalidated = connection_invalidated


class InterfaceError(DBAPIError):
    """The driver was used wrongly, or failed itself."""


class DatabaseError(DBAPIError):
    """The database refused."""


class DataError(DatabaseError):
    """The database refused a value."""


class OperationalError(DatabaseError):
    """The database could not do it now."""


class IntegrityError(DatabaseError):
    """The database refused a change that would break a constraint.

    Attributes:
        constraint: its name, where the database tells it.
        table: the table.
        columns: the columns.
        objects: the mapped objects that may have caused it.
    """

    constraint: str | None = None
    table: str | None = None
    columns: Sequence[str] = ()
    objects: Sequence[Any] = ()

    @property
    def obj(self) -> Any:
        """The object that caused it, where exactly one can have; else None."""
        return self.objects[0] if len(self.objects) == 1 else None


class UniqueViolation(IntegrityError):
    """A value that must be unique is there already."""


class ForeignKeyViolation(IntegrityError):
    """A foreign key points to a row that is not there, or a row that is pointed to was to go."""


class NotNullViolation(IntegrityError):
    """A column that must have a value got none."""


class CheckViolation(IntegrityError):
    """A CHECK constraint does not hold."""


class ExclusionViolation(IntegrityError):
    """An exclusion constraint does not hold."""


class InternalError(DatabaseError):
    """The database failed inside."""


class SerializationFailure(OperationalError):
    """Another transaction changed what this one had read: repeat the whole transaction."""

    retryable = True


class Deadlock(OperationalError):
    """Two transactions waited for each other, and the database ended this one: repeat it."""

    retryable = True


class LockTimeout(OperationalError):
    """Another transaction held a lock for too long, or at all where waiting was not allowed."""

    retryable = True


class StatementTimeout(OperationalError):
    """The statement ran longer than the database was told to let it."""


class ConnectionLost(OperationalError, InterfaceError):
    """The connection broke, or could not be made; what was not committed is rolled back by the database.

    `retryable` is False where it broke during COMMIT: nobody knows whether the transaction was committed.
    """

    retryable = True


class ReadOnlyViolation(OperationalError, InternalError):
    """The transaction, the connection or the server may only read."""


class TooManyConnections(OperationalError):
    """The database has as many connections as it allows, in all or for this user."""

    retryable = True


class ProgrammingError(DatabaseError):
    """The database does not understand the statement."""


class NotSupportedError(DatabaseError):
    """The database cannot do this."""


# -- objects and sessions ----------------------------------------------------------------------------------------------


class StaleDataError(SQLAlchemyError):
    """An UPDATE or DELETE met fewer rows than there were objects: some are gone, or have another version.

    Attributes:
        objects: the mapped objects whose rows the statement was to change; at least one of them is out of date.
    """

    objects: Sequence[Any] = ()

    @property
    def obj(self) -> Any:
        """The object that is out of date, where exactly one can be; else None."""
        return self.objects[0] if len(self.objects) == 1 else None

    @classmethod
    def of_objects(cls, message: str, objects: Sequence[Any]) -> StaleDataError:
        """Return the error with the objects that it is about."""
        error = cls(message)
        error.objects = tuple(objects)
        return error


ConcurrentModificationError = StaleDataError


class FlushError(SQLAlchemyError):
    """A flush found objects that it cannot write."""


class ObjectDereferencedError(SQLAlchemyError):
    """An operation needs an object that was collected meanwhile."""


class DetachedInstanceError(SQLAlchemyError):
    """An attribute must be loaded, and the object is in no session."""

    code = "bhk3"


class UnmappedError(InvalidRequestError):
    """Something is not mapped."""


class UnmappedClassError(UnmappedError):
    """A class is not mapped."""

    def __init__(self, class_: Any, msg: str | None = None) -> None:
        super().__init__(
            msg
            or f"Class '{_class_name(class_)}' is not mapped. Derive it from your DeclarativeBase and give it a __tablename__."
        )


class UnmappedInstanceError(UnmappedError):
    """An object is not an instance of a mapped class."""

    def __init__(self, instance: Any, msg: str | None = None) -> None:
        if msg is None:
            name = _class_name(type(instance))
            msg = f"Class '{name}' is not mapped"
            if isinstance(instance, type):
                msg += f"; was a class ({_class_name(instance)}) supplied where an instance was required?"
            elif isinstance(instance, (list, tuple, set)):
                msg += "; for several objects use session.add_all()"
            elif hasattr(instance.__class__, "__mapper__"):
                msg = (
                    f"Class '{name}' is mapped, but this instance lacks instrumentation: was it made without __init__?"
                )
        super().__init__(msg)


class MappedAnnotationError(ArgumentError):
    """The annotation of a mapped attribute says nothing that a column or relationship could be made from."""


class UnmappedColumnError(UnmappedError):
    """A column belongs to no mapping."""


class ObjectDeletedError(InvalidRequestError):
    """The row of an object is gone."""

    @classmethod
    def of(cls, state: Any) -> ObjectDeletedError:
        """Return the error for an object."""
        instance = state()
        shown = f"<{type(instance).__name__} at {id(instance):#x}>" if instance is not None else state.mapper.class_name
        return cls(f"Instance '{shown}' has been deleted, or its row is otherwise not present.")


class LoaderStrategyException(InvalidRequestError):
    """A loader strategy does not fit an attribute."""


def _class_name(class_: Any) -> str:
    """Return a class's name as messages show it, with its module."""
    return f"{class_.__module__}.{class_.__name__}" if isinstance(class_, type) else repr(class_)


# -- warnings ----------------------------------------------------------------------------------------------------------


class SAWarning(RuntimeWarning):
    """Something that runs, but is probably not what was meant."""


class AdviceWarning(SAWarning):
    """A mistake that people make, found while the program runs (`holdfast.orm.advice`).

    Attributes:
        code: such as "H001".
    """

    code: str = ""


class SADeprecationWarning(DeprecationWarning):
    """A form of old that still works."""


class Base20DeprecationWarning(SADeprecationWarning):
    """A form of the 1.x series."""


class LegacyAPIWarning(Base20DeprecationWarning):
    """A form of the 1.x series that works on, beside the one of the 2.x series."""


class MovedIn20Warning(Base20DeprecationWarning):
    """A form of the 1.x series that moved elsewhere."""


class SAPendingDeprecationWarning(PendingDeprecationWarning):
    """A form that will be deprecated."""


def warn(message: str, stacklevel: int = 3) -> None:
    """Warn by `SAWarning`."""
    warnings.warn(message, SAWarning, stacklevel=stacklevel)


def warn_deprecated(message: str, stacklevel: int = 3) -> None:
    """Warn of a form of old; the message names the modern one."""
    warnings.warn(message, SADeprecationWarning, stacklevel=stacklevel)


def warn_legacy(message: str, stacklevel: int = 3) -> None:
    """Warn of a form of the 1.x series that works on; the message names the one of the 2.x series."""
    warnings.warn(message, LegacyAPIWarning, stacklevel=stacklevel)
