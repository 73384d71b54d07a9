"""What a connection of psycopg decides before it sends anything, called or awaited: who sends it, and in what words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from psycopg.pq import PipelineStatus, TransactionStatus

from holdfast.dialects.postgresql.drivers.exchange import Exchanges, Spoken, Statement
from holdfast.dialects.postgresql.drivers.texts import Text, plain_text, text_with
from holdfast.dialects.postgresql.drivers.travelling import KEEPS, NEVER, TravellingMarks
from holdfast.engine.driver import Parameters

IDLE, FAILED, IN_TRANSACTION = TransactionStatus.IDLE, TransactionStatus.INERROR, TransactionStatus.INTRANS
NO_PIPELINE = PipelineStatus.OFF
ONCE: list[list[Any]] = [[]]
"""The rows of a statement without values that is executed once."""
_NO_PARAMETERS: tuple[Any, ...] = ()
_NOTHING: tuple[None, Any] = None, None


def given_parameters(parameters: Parameters) -> Any:
    """Return parameters as the driver wants them: None where the text has no percent signs to be read."""
    return None if parameters == _NO_PARAMETERS else parameters


class Speaking(TravellingMarks):
    """A connection of psycopg, by the C library where that can be.

    Args:
        raw: psycopg's connection, in autocommit mode.
        pipeline: "always" or "never": whether marks of transactions travel with statements.
        is_pooled: a pooler gives the server's session to others between transactions: nothing may be left in it.
    """

    __slots__ = ("_exchanges", "_has_altered", "_is_pooled", "_is_shared", "_is_used", "_raw")

    def __init__(self, raw: Any, pipeline: str = NEVER, is_pooled: bool = False) -> None:
        super().__init__(pipeline)
        self._raw = raw
        self._is_pooled = is_pooled
        if is_pooled:
            raw.prepare_threshold = None
        self._exchanges = Exchanges(raw)
        # The program has got the driver's connection, while Holdfast uses it: nothing is left open on it.
        self._is_shared = False
        self._is_used = False
        # The driver itself sent something: a ROLLBACK may bring an older schema back.
        self._has_altered = False

    @property
    def raw(self) -> Any:
        """Psycopg's connection, for programs."""
        self._hand_out()
        return self._raw

    def _hand_out(self) -> None:
        """Leave the driver's connection as the driver knows it: a program uses it now."""
        self._is_shared = self._is_used
        self._exchanges.forget_adapters()
        self._settle()

    def _settle(self) -> None:
        """Leave the connection as the driver knows it."""
        raise NotImplementedError

    def _exchanged(self, sql: str, parameters: Parameters) -> tuple[Text | None, Any]:
        """Return the text and the values of an exchange; None: the driver has to send it."""
        self._is_used = True
        if not self._exchanges.can_speak():
            return _NOTHING
        if parameters == _NO_PARAMETERS:
            return plain_text(sql), []
        text = text_with(sql, parameters)
        values = None if text is None else text.values(parameters)
        return _NOTHING if values is None else (text, values)

    def _exchanged_rows(self, sql: str, rows: Sequence[Parameters]) -> tuple[Text | None, Any]:
        """Return the text of an exchange and the values of each row; None: the driver has to send it."""
        self._is_used = True
        text = text_with(sql, rows[0]) if rows and self._exchanges.can_speak() else None
        if text is None:
            return _NOTHING
        values = list(map(text.values, rows))
        return _NOTHING if None in values else (text, values)

    def _mark(self, sql: str) -> Text | None:
        """Return a transaction's mark for an exchange; None: the driver has to send it, which then drops what it prepared."""
        self._is_used = True
        has_altered = self._has_altered
        if sql in ("COMMIT", "ROLLBACK"):
            self._has_altered = False
        if has_altered and sql == "ROLLBACK":
            self._exchanges.forget_prepared()
            return None
        return plain_text(sql) if self._exchanges.can_speak() else None

    def _together(self, statements: Sequence[tuple[str, Parameters]]) -> list[Statement] | None:
        """Return statements for one exchange; None: the driver has to send one of them."""
        found: list[Statement] = []
        for sql, parameters in statements:
            text, values = self._exchanged(sql, parameters)
            if text is None:
                return None
            found.append((text, (values,)))
        return found

    def _spoken(self, statements: Sequence[Statement]) -> list[Spoken]:
        """Return statements as they are sent; where a value can not be sent, BEGIN goes on waiting, and COMMIT does not."""
        try:
            return self._exchanges.spoken(statements)
        except BaseException:
            self._commit = False
            raise

    def _refuses(self, sql: str) -> bool:
        """Return True for a mark that keeps a transaction's work, where a statement of it had failed."""
        return sql.startswith(KEEPS) and self._raw.pgconn.transaction_status == FAILED  # type: ignore[no-any-return]

    def _leaves_rollback(self) -> bool:
        """Return True if nobody needs to wait for the end of what has only read."""
        if self._is_shared or self._has_altered or not self._exchanges.can_speak():
            return False
        return self._raw.pgconn.transaction_status == IN_TRANSACTION  # type: ignore[no-any-return]

    def note_altered(self) -> None:
        """Use no statement that was prepared: the schema may be another, and, after a ROLLBACK, the old one."""
        self._exchanges.forget_prepared()
        self._has_altered = True

    def _may_hold(self) -> bool:
        """Return True if the session stays the same as long as a cursor of the server lives."""
        return not self._is_pooled or self._raw.pgconn.transaction_status != IDLE

    def fileno(self) -> int:
        """Return the number of the connection's socket."""
        return self._raw.fileno()  # type: ignore[no-any-return]
