"""What happened while a program ran, line by line, in words that do not depend on the library."""

from __future__ import annotations

import re
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import sqlalchemy.exc
import sqlalchemy.orm.exc

from tests.differential.intended import is_transaction_control, level_statement

STATES = ("transient", "pending", "persistent", "deleted", "detached")

MESSAGE = "  says: "
"""Begins a line with an error's message, which the comparison treats apart."""

WARNING = "a warning: "
"""Begins the line of a warning."""

DOCUMENTED_EXCEPTIONS = frozenset(
    name
    for module in (sqlalchemy.exc, sqlalchemy.orm.exc)
    for name, value in vars(module).items()
    if isinstance(value, type) and issubclass(value, BaseException)
)

_ADDRESS = re.compile(r"0x[0-9a-f]+")


class Log:
    """The account of one run; a program writes to it, the harness adds the statements that were sent.

    Args:
        library: the module of the library that the program runs on.
    """

    def __init__(self, library: Any) -> None:
        self._library = library
        self._quiet = 0
        self._unordered: tuple[str, ...] = ()
        self._has_reads = True
        self._singly: tuple[str, ...] = ()
        self.entries: list[tuple[str, ...]] = []
        self.trace: str | None = None

    @property
    def lines(self) -> list[str]:
        """Everything, line by line."""
        return [line for entry in self.entries for line in entry]

    def __call__(self, label: str, value: Any = "") -> None:
        """Write down a value under a label."""
        self._add(f"{label}: {self.show(value)}" if value != "" else label)

    def text(self, label: str, statement: Any, engine: Any) -> None:
        """Write down the SQL text of a statement: as plain text, and as SQLite's dialect has it, with its values."""
        compiled = statement.compile(dialect=engine.dialect)
        self._add(f"{label}:", *_indent(str(statement)))
        self._add("  on SQLite:", *_indent(str(compiled)))
        values = compiled.params
        if values:
            self._add(f"  with {', '.join(f'{name}={self.show(value)}' for name, value in values.items())}")

    def state(self, *objects: Any) -> None:
        """Write down the states of objects."""
        for each in objects:
            self._add(f"{self.show(each)} is {self.state_of(each)}")

    def state_of(self, instance: Any) -> str:
        """Name the state of an object: one of `STATES`."""
        inspected = self._library.inspect(instance)
        return "+".join(name for name in STATES if getattr(inspected, name))

    def any_order(self, *tables: str) -> None:
        """Compare the rows of these association tables without their order, in batches and at the end."""
        self._unordered = tables

    def row_by_row(self, *tables: str) -> None:
        """Compare UPDATEs of these tables row by row, in whichever batches they are sent."""
        self._singly = tables

    def without_reads(self) -> None:
        """Leave out the SELECTs, where the oracle reads more than it needs."""
        self._has_reads = False

    def rows(self, table: str, rows: list[tuple[Any, ...]]) -> None:
        """Write down what a table holds (called by the harness)."""
        ordered = sorted(rows) if table in self._unordered else rows
        self._add(f"rows of {table}", *(f"  {self.show(row)}" for row in ordered))

    def session(self, session: Any) -> None:
        """Write down what a session holds as new, dirty and deleted."""
        for name in ("new", "dirty", "deleted"):
            self._add(f"session.{name}: {sorted(self.show(each) for each in getattr(session, name))}")

    def loaded(self, instance: Any) -> None:
        """Write down which attributes of an object are in its `__dict__`, without loading any."""
        names = sorted(name for name in vars(instance) if not name.startswith("_"))
        self._add(f"{self.show(instance)} has {names}")

    def error(self, label: str, action: Callable[[], Any], *, message: bool = False) -> None:
        """Do what should fail, and write down how it did; if it does not fail, write down its value.

        Args:
            message: whether the first line of the message is compared too.
        """
        try:
            value = action()
        except Exception as error:
            self.raised(label, error, message=message)
        else:
            self(f"{label}, no error", value)

    def raised(self, label: str, error: BaseException, *, message: bool = False) -> None:
        """Write down an exception: its documented class and bases, and perhaps its message."""
        names = _documented_names(type(error))
        lines = [f"{label}: {names[0]} ({', '.join(names[1:])})"]
        if message:
            lines.append(MESSAGE + _ADDRESS.sub("0x", str(error).split("\n", 1)[0]))
        self._add(*lines)

    def escaped(self, error: BaseException) -> None:
        """Write down that a program broke; the oracle's own source is left out of the trace."""
        self.raised("THE PROGRAM BROKE", error)
        frames = [frame for frame in traceback.extract_tb(error.__traceback__) if "site-packages" not in frame.filename]
        self.trace = "".join([*traceback.format_list(frames), f"{type(error).__name__}: {error}"])

    @contextmanager
    def quiet(self) -> Iterator[None]:
        """Leave out what happens inside, for setting the scene."""
        self._quiet += 1
        try:
            yield
        finally:
            self._quiet -= 1

    def sent(self, statement: str, parameters: Any, many: bool) -> None:
        """Write down a statement as the driver gets it (called by the harness).

        Args:
            many: whether `parameters` holds one set of values per row. A batch that brings back generated keys comes
                flagged so too, though its values are flat.
        """
        if is_transaction_control(statement) or (statement.startswith("SELECT") and not self._has_reads):
            return
        many = many and all(isinstance(each, tuple | list | dict) for each in parameters)
        rows = [_plain(each) for each in parameters] if many else [_plain(parameters)]
        if many and any(statement.startswith(f"UPDATE {table} ") for table in self._singly):
            for row in rows:
                self.sent(statement, row, False)
            return
        lines = _indent(level_statement(statement), "SQL  ")
        if any(table in statement for table in self._unordered):
            rows.sort()
        if many:
            lines += [f"     row  {self.show(row)}" for row in rows]
        elif rows[0]:
            lines.append(f"     with {self.show(rows[0])}")
        self._add(*lines)

    def transaction(self, what: str) -> None:
        """Write down BEGIN, COMMIT or ROLLBACK (called by the harness)."""
        self._add(f"SQL  {what}")

    def warned(self, category: type[Warning]) -> None:
        """Write down a warning (called by the harness)."""
        if "SAWarning" in [each.__name__ for each in category.__mro__]:
            self._add(WARNING + "SAWarning")

    def show(self, value: Any) -> str:
        """Write a value in words that do not depend on the library and load nothing."""
        state = getattr(value, "__dict__", {}).get("_sa_instance_state")
        if state is not None and not isinstance(value, type):
            identity = self._library.inspect(value).identity
            key = "new" if identity is None else ",".join(str(part) for part in identity)
            return f"<{type(value).__name__} {key}>"
        if hasattr(value, "_mapping"):
            return self._show_row(value)
        if isinstance(value, Mapping):
            return "{" + ", ".join(f"{self.show(key)}: {self.show(part)}" for key, part in value.items()) + "}"
        if isinstance(value, set | frozenset):
            return "{" + ", ".join(sorted(self.show(part) for part in value)) + "}"
        if isinstance(value, list):
            return "[" + ", ".join(self.show(part) for part in value) + "]"
        if isinstance(value, tuple):
            return "(" + "".join(f"{self.show(part)}, " for part in value).rstrip() + ")"
        if isinstance(value, type):
            return value.__name__
        if isinstance(value, memoryview):
            value = bytes(value)
        return _ADDRESS.sub("0x", repr(value))

    def _show_row(self, row: Any) -> str:
        """Write a row with its names; columns without a name of their own are missing among the fields."""
        names, parts = row._fields, [self.show(part) for part in row]
        if len(names) == len(parts):
            return f"Row({', '.join(f'{name}={part}' for name, part in zip(names, parts, strict=True))})"
        return f"Row({', '.join(parts)}; named {', '.join(names)})"

    def _add(self, *lines: str) -> None:
        if not self._quiet:
            self.entries.append(lines)


def _plain(parameters: Any) -> Any:
    return parameters if isinstance(parameters, dict) else tuple(parameters or ())


def _indent(text: str, first: str = "  ") -> list[str]:
    lines = text.split("\n")
    return [first + lines[0], *(" " * len(first) + line for line in lines[1:])]


def _documented_names(kind: type[BaseException]) -> list[str]:
    """Name a class and its bases as far as the oracle or Python itself documents them, the class first."""
    names = [
        each.__name__
        for each in kind.__mro__
        if each.__name__ in DOCUMENTED_EXCEPTIONS or each.__module__ in {"builtins", "sqlite3"}
    ]
    hidden = {"object", "BaseException", "Exception"}
    return [name for name in names if name not in hidden] or [kind.__name__]
