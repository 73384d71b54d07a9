"""What went wrong while a statement ran: the statement, and the driver's errors by what they mean."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NoReturn, cast

from holdfast.exc.base import InvalidRequestError, SQLAlchemyError
from holdfast.exc.shown import shown


class DontWrapMixin:
    """A mixin for exceptions that are to pass through execution unwrapped."""


class StatementError(SQLAlchemyError):
    """A statement failed; this class itself: before it was sent.

    Attributes:
        statement: the SQL text.
        params: its parameters; not shown in the message unless `hide_parameters` is False.
        orig: the first cause; for `DBAPIError` the driver's own exception.
        detail: lines added on the way, first ones first.
        is_told: listeners to `handle_error` know of it.
    """

    is_told = False

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

    @classmethod
    def of_missing(cls, what: str, statement: str | None = None, params: Any = None) -> StatementError:
        """Return the error for a value that a statement wants and was not given.

        Args: what: the parameter's name as it is shown, and where it is missing.
        """
        return cls._of_request(f"A value is required for bind parameter {what}", statement, params)

    @classmethod
    def of_several_texts(cls, statement: str) -> StatementError:
        """Return the error for a list of rows whose values stand in the text, which then is another one for each row."""
        message = (
            "'literal_execute' or 'expanding' parameters can't be used with executemany(): the text would be another one for "
            "each row. Execute the statement once for each row, or give these values with the statement."
        )
        return cls._of_request(message, statement, None)

    @classmethod
    def _of_request(cls, message: str, statement: str | None, params: Any) -> StatementError:
        cause = InvalidRequestError(message)
        kind = type(cause)
        return cls(f"({kind.__module__}.{kind.__name__}) {cause}", statement, params, cause)

    @classmethod
    def raise_of_default(cls, place: str, verb: str, error: Exception) -> NoReturn:
        """Raise what the function of a column's default raised as an error of the statement, with the place.

        A failed statement of the function's own, and what is not to be wrapped, stay what they are and get the place as a note.

        Args:
            place: whose default it is, and for which object: ``column album.code, for <Album at 0x7f...>``.
            verb: of the statement that needed the value, ``INSERT`` or ``UPDATE``.
            error: what was raised.
        """
        which = "default" if verb == "INSERT" else "onupdate"
        told = f"It was raised by the {which} of {place}; this {verb} was not sent."
        if isinstance(error, (StatementError, DontWrapMixin)):
            error.add_note(told)
            raise error
        kind = type(error)
        raise cls(f"({kind.__module__}.{kind.__name__}) {error}\n{told}", orig=error) from error

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
        return shown("\n".join(lines))

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
    """The connection broke, or could not be made; what was not committed is rolled back by the database."""

    retryable = True


class CommitUnknown(ConnectionLost):
    """The connection broke, or was given up, while COMMIT was under way: nobody knows whether it was done.

    So it is not `retryable`: what was committed would be done twice. `orig` is the driver's exception, or the cancellation
    after which the database did not answer in time.

    Attributes:
        engine: whose database it is, as text without its password.
    """

    retryable = False
    engine: str | None = None

    @classmethod
    def during(
        cls, statement: str | None, params: Any, orig: BaseException, first: str, engine: str, is_prepared: bool
    ) -> CommitUnknown:
        """Return the error for a statement that committed, or that COMMIT went along with.

        Args:
            first: what the driver said, as the first line of the message.
            engine: as text without its password.
            is_prepared: the statement commits what was prepared, in two phases.
        """
        error = cls(statement, params, orig, connection_invalidated=True)
        error.engine = engine
        error.args = (f"{first}\n{_ADVICE.format(engine=engine)}{_OF_PREPARED if is_prepared else ''}",)
        return error


_ADVICE = (
    "The connection to {engine} ended while COMMIT was under way: nobody knows whether the transaction was committed. Do not "
    "repeat it blindly. Look for a row that it wrote, by a key of the program's own (not one that the database counts): if "
    "the row is there, all of the transaction is. If it is not, repeat the transaction with the same key."
)


_OF_PREPARED = (
    " This one was prepared: as long as connection.recover_twophase() lists its identifier, it is not committed; "
    "connection.commit_prepared(xid, recover=True) does it then."
)


class ReadOnlyViolation(OperationalError, InternalError):
    """The transaction, the connection or the server may only read."""


class TooManyConnections(OperationalError):
    """The database has as many connections as it allows, in all or for this user."""

    retryable = True


class ProgrammingError(DatabaseError):
    """The database does not understand the statement."""


class NotSupportedError(DatabaseError):
    """The database cannot do this."""
