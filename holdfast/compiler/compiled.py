"""A compiled statement: its text, and where each placeholder's value comes from."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from holdfast import exc
from holdfast.compiler.extractors import extractor, extractor_of_row, extractor_of_rows
from holdfast.compiler.numbered import MARK, with_numbers
from holdfast.compiler.slots import BindSlot
from holdfast.exc.shown import on_one_line


def marker(name: str) -> str:
    """Return what stands in a text that is being written for what comes at the execution."""
    return f"{MARK}{name}{MARK}"


def shown_marker(name: str) -> str:
    """Return the marker as people see it."""
    return f"__[POSTCOMPILE_{name}]"


class ResultColumn(NamedTuple):
    """One column of the rows.

    Attributes:
        key: the name in the Row.
        name: the name in SQL.
        type: its type.
        element: the expression that was selected.
        codec: how its values are converted.
    """

    key: str
    name: str
    type: Any
    element: Any
    codec: Any


_OF_LISTS = frozenset(("array", "json", "range"))
"""Families of types whose values may be lists."""


class KeySources(NamedTuple):
    """How what the database makes comes back from a change, though nobody asked for rows.

    Attributes:
        made: keys of the columns that RETURNING brings.
        counted: key of the column whose number the driver tells.
        first: columns of the key whose defaults are asked for by statements ahead of this one.
    """

    made: tuple[str, ...] = ()
    counted: str | None = None
    first: tuple[Any, ...] = ()


NO_KEYS = KeySources()


class Compiled:
    """A statement for one dialect; immutable, kept as long as its structure is used.

    Attributes:
        text: the SQL; lists that expand stand in it as markers.
        statement: what was compiled, the first of its structure.
        kind: "select", "insert", "update", "delete", "text" or "ddl".
        writes: it changes something.
        columns: of the rows, or None where they are not known.
        slots: the placeholders, in their order in the text.
        key_made, key_counted, key_first: how keys come back; see `KeySources`.
        column_keys: keys of the columns whose values come with the execution; None: it was not said.
        made: when it was compiled for a cache, and in how many seconds until somebody has told it; None: for no cache.
    """

    made: tuple[float, float | None] | None = None

    def __init__(
        self,
        dialect: Any,
        statement: Any,
        text: str,
        kind: str,
        writes: bool,
        columns: tuple[ResultColumn, ...] | None,
        slots: tuple[BindSlot, ...],
        keys: KeySources = NO_KEYS,
        column_keys: tuple[str, ...] | None = None,
    ) -> None:
        self.dialect = dialect
        self.statement = statement
        self._numbered = dialect.capabilities.numbered
        if self._numbered:
            text = with_numbers(text, [slot.name for slot in slots if not (slot.expanding or slot.literal)])
        # What the execution writes into the text goes between these pieces: it is never looked through for markers.
        self._pieces = text.split(MARK)
        self.text = "".join(shown_marker(piece) if number % 2 else piece for number, piece in enumerate(self._pieces))
        self.kind = kind
        self.writes = writes
        self.columns = columns
        self.slots = slots
        self.key_made, self.key_counted, self.key_first = keys
        self.column_keys = None if column_keys is None else list(column_keys)
        self._positional = dialect.capabilities.positional
        self._key = None if self._positional else dialect.parameter_key
        self._of_row: Callable[..., Any] | None = None
        self._of_rows: Callable[..., list[Any]] | None = None
        # Of a text with its lists written out: values by name, and names in the order of the placeholders.
        self._shown: dict[str, Any] | None = None
        self._names: list[str] | None = None
        # How it is written for many rows that bring rows back; see `InsertBatch`.
        self.batch: Any = None
        # Whoever reads the rows keeps here how they are made.
        self.row_maker: Any = None
        self._expanding = any(slot.expanding or slot.literal for slot in slots)
        self._plain = (
            extractor(slots, self._key)
            if not self._expanding
            and all((slot.place >= 0 or slot.constant is not None) and not slot.required for slot in slots)
            else None
        )

    @property
    def by_name(self) -> bool:
        """Whether the columns of a text are found by their names, not by their order."""
        return self.statement.visit_name == "textual_select" and not self.statement.positional

    def bind(self, values: Sequence[Any], params: Mapping[str, Any] | None = None) -> tuple[str, Any]:
        """Return text and driver parameters for one execution.

        Args:
            values: the statement's own values.
            params: values by name; they go before the statement's.

        Raises: StatementError: a value is missing, or can not be converted for its type.
        """
        plain = self._plain
        if plain is not None and not params:
            try:
                return self.text, plain(values)
            except Exception:  # a value was refused: the slow way says which
                return self._bind_slowly(values, {})
        given = params or {}
        if not self._expanding:
            of_row = self._of_row
            if of_row is None:
                of_row = self._of_row = extractor_of_row(self.slots, self._key)
            try:
                return self.text, of_row(values, given)
            except Exception:  # a value is missing or was refused: the slow way says which
                pass
        return self._bind_slowly(values, given)

    def bind_many(self, values: Sequence[Any], rows: Sequence[Mapping[str, Any]]) -> tuple[str, list[Any]]:
        """Return text and driver parameters for many executions."""
        if not self._expanding:
            if self._of_rows is None:
                self._of_rows = extractor_of_rows(self.slots, self._key)
            try:
                return self.text, self._of_rows(values, rows)
            except Exception:  # a value is missing or was refused: the slow way says which
                pass
        bound = [self._bind_slowly(values, row) for row in rows]
        if len({text for text, _ in bound}) > 1:
            raise exc.StatementError.of_several_texts(self.text)
        return (bound[0][0] if bound else self.text), [parameters for _, parameters in bound]

    def _bind_slowly(self, values: Sequence[Any], params: Mapping[str, Any]) -> tuple[str, Any]:
        written: dict[str, str] = {}
        found: list[tuple[str, Any]] = []
        # With numbers, the members of lists come last: the numbers of the others are in the text already.
        members: list[tuple[str, Any]] = [] if self._numbered else found
        for slot in self.slots:
            value = self._value(slot, values, params)
            if slot.literal:
                written[slot.name] = self.dialect.literal(value, slot.type)
            elif slot.expanding:
                written[slot.name] = self._expanded(slot, value, members)
            else:
                found.append((slot.name, self._converted(slot, value)))
        if self._numbered and members:
            names = [name for name, _ in members]
            written = {key: with_numbers(one, names, len(found) + 1) for key, one in written.items()}
            found += members
        pieces = self._pieces
        text = "".join(written[piece] if number % 2 else piece for number, piece in enumerate(pieces))
        if self._positional:
            return text, tuple(value for _, value in found)
        key = self.dialect.parameter_key
        return text, {key(name): value for name, value in found}

    def expand(self) -> None:
        """Write lists and literal values into the text, for display: the parameters are then those of the members.

        Raises: InvalidRequestError: a list has no value.
        """
        values = self.statement._values
        shown: list[tuple[str, Any]] = []
        # As in the text: with numbers, the members of lists come last.
        last: list[tuple[str, Any]] = [] if self._numbered else shown
        for slot in self.slots:
            if slot.required and slot.expanding:
                raise _missing(slot)
            value = None if slot.required else self._value(slot, values, {})
            if slot.expanding and not slot.literal:
                last.extend(_members(slot, value))
            elif not slot.literal:
                shown.append((slot.name, value))
        self.text, _ = self.bind(values, {slot.given_name: None for slot in self.slots if slot.required})
        shown += last if self._numbered else ()
        self._shown, self._names = dict(shown), [name for name, _ in shown]

    def _value(self, slot: BindSlot, values: Sequence[Any], params: Mapping[str, Any]) -> Any:
        if slot.constant is not None:
            return slot.constant.effective_value
        if (slot.named or slot.place < 0) and slot.given_name in params:
            return params[slot.given_name]
        if slot.place < 0 or slot.required:
            raise exc.StatementError.of_missing(f"'{on_one_line(slot.given_name)}'", self.text, params)
        return values[slot.place].effective_value

    def _converted(self, slot: BindSlot, value: Any) -> Any:
        if slot.bind is None or (value is None and not slot.binds_none):
            return value
        try:
            return slot.bind(value)
        except Exception as error:
            if isinstance(error, (exc.SQLAlchemyError, exc.DontWrapMixin)):
                raise
            raise exc.StatementError.of_value(self._place(slot), value, error, self.text) from error

    def _place(self, slot: BindSlot) -> str:
        """Return what a refused value was meant for."""
        columns = getattr(getattr(self.statement, "table", None), "c", ())
        if slot.name in columns:
            return f"{self.statement.table.name}.{slot.name}"
        return f"parameter {slot.name!r}"

    def _expanded(self, slot: BindSlot, members: Any, found: list[tuple[str, Any]]) -> str:
        """Return the text of a list, one placeholder per member, and add the members to `found`."""
        try:
            members = list(members if members is not None else ())
        except TypeError as error:
            raise exc.StatementError.of_value(self._place(slot), members, error, self.text) from error
        if not members:
            return slot.empty
        # A value of such a type is a list itself, and no row.
        if isinstance(members[0], (tuple, list)) and slot.type._family not in _OF_LISTS:
            return self._expanded_rows(slot, members, found)
        name, convert = slot.name, self._converted
        if self._positional and not self._numbered:  # one mark is like the other, and nobody asks for the names
            found += [(name, member if slot.bind is None else convert(slot, member)) for member in members]
            return ", ".join([self.dialect.placeholder(name, slot.type).join(slot.around)] * len(members))
        marks = []
        for number, member in enumerate(members, 1):
            name = f"{slot.name}_{number}"
            found.append((name, convert(slot, member)))
            marks.append(self.dialect.placeholder(name, slot.type).join(slot.around))
        return ", ".join(marks)

    def _expanded_rows(self, slot: BindSlot, rows: list[Any], found: list[tuple[str, Any]]) -> str:
        """Return the text of a list of rows, and add the parts of each to `found`."""
        marks = []
        for number, row in enumerate(rows, 1):
            parts = []
            types = getattr(slot.type, "types", [slot.type] * len(row))
            for position, (part, type_) in enumerate(zip(row, types, strict=False), 1):
                name = f"{slot.name}_{number}_{position}"
                codec = self.dialect.codec(type_)
                as_it_is = codec.bind is None or (part is None and not codec.binds_none)
                found.append((name, part if as_it_is else codec.bind(part)))
                parts.append(self.dialect.placeholder(name, type_))
            marks.append(f"({', '.join(parts)})")
        listed = ", ".join(marks)
        return "VALUES " + listed if self.dialect.capabilities.tuple_values else listed

    @property
    def params(self) -> dict[str, Any]:
        """The values of the parameters, by name."""
        if self._shown is not None:
            return self._shown
        values = self.statement._values
        return {
            slot.given_name: None
            if slot.place < 0 and slot.constant is None
            else self._value(slot, values, {})
            if not slot.required
            else None
            for slot in self.slots
        }

    def params_of(self, values: Sequence[Any], given: Mapping[str, Any]) -> dict[str, Any]:
        """Return the values of one execution, by the names of the parameters.

        Args:
            values: those of the statement.
            given: those that came with the execution.
        """
        return {slot.given_name: self._value(slot, values, given) for slot in self.slots}

    def construct_params(
        self, params: Mapping[str, Any] | None = None, _check: bool = True, **keywords: Any
    ) -> dict[str, Any]:
        """Return the values of the parameters by name, with those given here in the place of the statement's.

        Raises: InvalidRequestError: a value that the execution must give is missing.
        """
        for slot in self.slots if _check else ():
            if slot.required and slot.place >= 0 and slot.given_name not in (params or {}):
                raise _missing(slot)
        return {**self.params, **{name: value for name, value in (params or {}).items() if name in self.params}}

    @property
    def binds(self) -> dict[str, BindSlot]:
        """The placeholders by name."""
        return {slot.name: slot for slot in self.slots}

    @property
    def bind_names(self) -> dict[BindSlot, str]:
        """The name of each placeholder."""
        return {slot: slot.name for slot in self.slots}

    @property
    def isinsert(self) -> bool:
        """It is an INSERT."""
        return self.kind == "insert"

    @property
    def isupdate(self) -> bool:
        """It is an UPDATE."""
        return self.kind == "update"

    @property
    def isdelete(self) -> bool:
        """It is a DELETE."""
        return self.kind == "delete"

    @property
    def returning(self) -> Any:
        """The columns of RETURNING, as they were given."""
        return getattr(self.statement, "_returning", ())

    @property
    def positiontup(self) -> list[str] | None:
        """The names of the parameters in the order of the placeholders; None for named ones."""
        if not self._positional:
            return None
        return [slot.name for slot in self.slots] if self._names is None else self._names

    @property
    def string(self) -> str:
        """The text."""
        return self.text

    def __str__(self) -> str:
        return self.text


def _missing(slot: BindSlot) -> exc.InvalidRequestError:
    """Return the error for a parameter that has no value."""
    return exc.InvalidRequestError(f"A value is required for bind parameter '{on_one_line(slot.given_name)}'")


def _members(slot: BindSlot, members: Any) -> Iterator[tuple[str, Any]]:
    """Yield the name and value of each placeholder of a list."""
    for number, member in enumerate(members or (), 1):
        if isinstance(member, (tuple, list)):
            for position, part in enumerate(member, 1):
                yield f"{slot.name}_{number}_{position}", part
        else:
            yield f"{slot.name}_{number}", member
