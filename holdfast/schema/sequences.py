"""Numbers and values that the database makes itself: sequences, identity columns, generated columns."""

from __future__ import annotations

from typing import Any

from holdfast.exc import ArgumentError, warn_deprecated
from holdfast.exc.warned import outside
from holdfast.schema.defaults import DefaultGenerator, FetchedValue
from holdfast.sql.functions import next_value
from holdfast.sql.node import next_serial
from holdfast.sql.quoted_name import named
from holdfast.sql.select import select
from holdfast.sql.text import text
from holdfast.sql.types import to_instance

BLANK_SCHEMA: Any = type("_BlankSchema", (), {"__repr__": lambda self: "BLANK_SCHEMA"})()
"""Stands for "no schema" where leaving it away would take that of the MetaData."""

_OPTIONS = ("start", "increment", "minvalue", "maxvalue", "nominvalue", "nomaxvalue", "cycle", "cache")


class IdentityOptions:
    """How numbers are counted.

    Args:
        start, increment: the first number, and the step to the next one.
        minvalue, maxvalue, nominvalue, nomaxvalue: the bounds.
        cycle: begin again at the end.
        cache: numbers that a connection takes at once.
        order: numbers come in the order of their requests; only Oracle knows it, as ``oracle_order``.
    """

    def __init__(
        self,
        start: int | None = None,
        increment: int | None = None,
        minvalue: int | None = None,
        maxvalue: int | None = None,
        nominvalue: bool | None = None,
        nomaxvalue: bool | None = None,
        cycle: bool | None = None,
        cache: int | None = None,
        order: bool | None = None,
    ) -> None:
        self.start = start
        self.increment = increment
        self.minvalue = minvalue
        self.maxvalue = maxvalue
        self.nominvalue = nominvalue
        self.nomaxvalue = nomaxvalue
        self.cycle = cycle
        self.cache = cache
        self.order = order

    def counting(self) -> dict[str, Any]:
        """Return the arguments that any database may know."""
        return {name: getattr(self, name) for name in _OPTIONS}

    def _shown(self) -> list[str]:
        given = {**self.counting(), "order": self.order}
        return [f"{name}={value!r}" for name, value in given.items() if value is not None]


def _of_oracle(name: str, value: bool | None, dialect: dict[str, Any]) -> bool | None:
    """Return an option that only Oracle knows, and note it among those of dialects.

    Raises: ArgumentError: it was given under both names.
    """
    keyword = f"oracle_{name}"
    if value is not None:
        warn_deprecated(
            f"This parameter is supported only by Oracle Database, use ``{keyword}`` instead.", stacklevel=outside()
        )
        if keyword in dialect:
            raise ArgumentError(f"Cannot specify both '{name}' and '{keyword}'. Please use only '{keyword}'.")
        dialect[keyword] = value
    return dialect.get(keyword)


class Sequence(IdentityOptions, DefaultGenerator):
    """A named sequence of the database; as an argument of Column it makes the column's values.

    Args:
        name: its name.
        schema: the schema that it stands in.
        data_type: the type of its numbers.
        optional: used only where the database has no other way to make keys.
        metadata: the collection with which it is created and dropped.
        quote, quote_schema: force quotes, or none.
        for_update: makes values at UPDATE.
    """

    __visit_name__ = "sequence"
    is_sequence = True
    # Parts of a statement take it for SQL: what it gives is the expression `next_value`.
    is_clause_element = True

    def __init__(
        self,
        name: str,
        start: int | None = None,
        increment: int | None = None,
        minvalue: int | None = None,
        maxvalue: int | None = None,
        nominvalue: bool | None = None,
        nomaxvalue: bool | None = None,
        cycle: bool | None = None,
        schema: Any = None,
        cache: int | None = None,
        order: bool | None = None,
        data_type: Any = None,
        optional: bool = False,
        quote: bool | None = None,
        metadata: Any = None,
        quote_schema: bool | None = None,
        for_update: bool = False,
        **dialect: Any,
    ) -> None:
        order = _of_oracle("order", order, dialect)
        super().__init__(start, increment, minvalue, maxvalue, nominvalue, nomaxvalue, cycle, cache, order)
        self.serial = next_serial()
        self.name = named(str(name), quote)
        self.optional = optional
        self.quote = quote
        self.quote_schema = quote_schema
        self.for_update = for_update
        self.data_type = None if data_type is None else to_instance(data_type)
        self.metadata = metadata
        self._own_schema = schema
        if schema is BLANK_SCHEMA:
            schema = None
        elif schema is None and metadata is not None:
            schema = metadata.schema
        self.schema = named(schema, quote_schema)
        self._take_options(dialect)
        if metadata is not None:
            metadata._add_sequence(self)

    @property
    def fullname(self) -> str:
        """The name with the schema before it."""
        return f"{self.schema}.{self.name}" if self.schema else self.name

    @property
    def arg(self) -> Any:  # type: ignore[override]
        """The expression of its next number."""
        return self.next_value()

    def next_value(self) -> next_value:
        """Return the expression of its next number."""
        return next_value(self)

    @property
    def standalone(self) -> Any:
        """The SELECT of its next number."""
        return select(self.next_value())

    def attach_to_column(self, column: Any) -> None:
        super().attach_to_column(column)
        if column.table is not None:
            self.attach_to_metadata(column.table.metadata)

    def attach_to_metadata(self, metadata: Any) -> None:
        """Be created and dropped with the tables of a MetaData."""
        if self.metadata is None:
            self.metadata = metadata
            if self.schema is None and self._own_schema is None:
                self.schema = metadata.schema
        metadata._add_sequence(self)

    def copied(self) -> Sequence:
        """Return an equal sequence that belongs to no column."""
        return Sequence(
            self.name,
            **self.counting(),
            schema=self._own_schema,
            data_type=self.data_type,
            optional=self.optional,
            quote=self.quote,
            metadata=self.metadata,
            quote_schema=self.quote_schema,
            for_update=self.for_update,
            **self.dialect_kwargs,
        )

    def create(self, bind: Any, checkfirst: bool = True) -> None:
        """Send CREATE SEQUENCE."""
        bind.run_schema("create", self, None, checkfirst)

    def drop(self, bind: Any, checkfirst: bool = True) -> None:
        """Send DROP SEQUENCE."""
        bind.run_schema("drop", self, None, checkfirst)

    def __repr__(self) -> str:
        given = {"schema": self.schema, "optional": self.optional}
        own = [f"{name}={value!r}" for name, value in given.items() if value]
        return f"Sequence({', '.join([repr(self.name), *self._shown(), *own])})"


class Identity(IdentityOptions, FetchedValue):
    """``GENERATED ... AS IDENTITY``: the database counts the column itself.

    Args:
        always: a value given by INSERT is refused.
        on_null: a NULL given by INSERT is replaced too; only Oracle knows it, as ``oracle_on_null``.
        others: see `IdentityOptions`.
    """

    __visit_name__ = "identity_column"

    def __init__(
        self,
        always: bool | None = False,
        on_null: bool | None = None,
        start: int | None = None,
        increment: int | None = None,
        minvalue: int | None = None,
        maxvalue: int | None = None,
        nominvalue: bool | None = None,
        nomaxvalue: bool | None = None,
        cycle: bool | None = None,
        cache: int | None = None,
        order: bool | None = None,
        **dialect: Any,
    ) -> None:
        order = _of_oracle("order", order, dialect)
        super().__init__(start, increment, minvalue, maxvalue, nominvalue, nomaxvalue, cycle, cache, order)
        self.always = always
        self.on_null = _of_oracle("on_null", on_null, dialect)
        self.for_update = False
        self._take_options(dialect)

    def attach_to_column(self, column: Any) -> None:
        """Become what makes a column's values.

        Raises: ArgumentError: the database does something else for it already.
        """
        if column.server_default is not None or column.server_onupdate is not None:
            raise ArgumentError(
                "A column with an Identity object cannot specify a server_default or a server_onupdate argument"
            )
        if column.autoincrement is False:
            raise ArgumentError("A column with an Identity object cannot specify autoincrement=False")
        self.column = column
        column.server_default = column.identity = self
        if not column.nullable_given:
            column.nullable = False

    def __repr__(self) -> str:
        own = ["always=True"] if self.always else []
        own += [] if self.on_null is None else [f"on_null={self.on_null!r}"]
        return f"Identity({', '.join(own + self._shown())})"


class Computed(FetchedValue):
    """``GENERATED ALWAYS AS``: the database computes the column from others of its row.

    Args:
        sqltext: the expression; a string is SQL text (never from a user).
        persisted: True: STORED, False: VIRTUAL; None: what the database does by itself.
    """

    __visit_name__ = "computed_column"

    def __init__(self, sqltext: Any, persisted: bool | None = None) -> None:
        super().__init__(for_update=True)
        self.sqltext = text(sqltext) if isinstance(sqltext, str) else sqltext
        self.persisted = persisted

    def attach_to_column(self, column: Any) -> None:
        """Become what makes a column's values.

        Raises: ArgumentError: the database does something else for it already.
        """
        if column.server_default is not None or column.server_onupdate is not None:
            raise ArgumentError("A generated column cannot specify a server_default or a server_onupdate argument")
        self.column = column
        column.computed = column.server_default = column.server_onupdate = self

    def __repr__(self) -> str:
        persisted = "" if self.persisted is None else f", persisted={self.persisted}"
        return f"Computed({self.sqltext!r}{persisted})"
