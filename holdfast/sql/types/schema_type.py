"""What types share that have a name in the database."""

from __future__ import annotations

from typing import Any, ClassVar


class SchemaType:
    """What types share that the database keeps under a name of their own.

    Attributes:
        name: the type's name in the database.
        schema: its schema; None: that of the MetaData which it or its table belongs to, or else of the connection.
        metadata: creates and drops the type with its tables; None: each table does.
        inherit_schema: take the schema of the table.
        quote: the name is always quoted; None: where it needs it.
        is_named: databases keep the type itself under its name; otherwise only a constraint that it brings has it.
    """

    is_named: ClassVar[bool] = True

    name: str | None = None
    schema: str | None = None
    metadata: Any = None
    inherit_schema: bool = False
    quote: bool | None = None

    def __init__(
        self,
        name: str | None = None,
        schema: str | None = None,
        metadata: Any = None,
        inherit_schema: bool = False,
        quote: bool | None = None,
    ) -> None:
        self.name = name
        self.schema = schema
        self.metadata = metadata
        self.inherit_schema = inherit_schema
        self.quote = quote
        self._join_metadata()

    def _join_metadata(self) -> None:
        """Enter the type in the collection of tables that it was given, in the schema of that."""
        if self.metadata is None:
            return
        if self.schema is None and not self.inherit_schema:
            self.schema = self.metadata.schema
        if self.name is not None:
            self.metadata._add_type(self)

    def create(self, bind: Any, checkfirst: Any = False) -> None:
        """Create the type, on databases that keep it under its name.

        Args:
            bind: an Engine or Connection.
            checkfirst: do nothing where it is there.
        """
        bind.run_schema("create", self, None, checkfirst)

    def drop(self, bind: Any, checkfirst: Any = False) -> None:
        """Drop the type, on databases that keep it under its name.

        Args:
            bind: an Engine or Connection.
            checkfirst: do nothing where it is gone.
        """
        bind.run_schema("drop", self, None, checkfirst)
