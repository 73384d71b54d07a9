"""Makes Tables of what an inspector says: `Table(autoload_with=...)` and `MetaData.reflect`."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from holdfast import exc
from holdfast.engine.reflection.inspector import Inspector, from_database
from holdfast.engine.reflection.reflector import Facts
from holdfast.schema.column import Column
from holdfast.schema.constraints import CheckConstraint, PrimaryKeyConstraint, UniqueConstraint
from holdfast.schema.defaults import DefaultClause
from holdfast.schema.foreign_keys import ForeignKeyConstraint
from holdfast.schema.indexes import Index
from holdfast.schema.items import tell
from holdfast.schema.metadata import reading, table_key
from holdfast.schema.sequences import BLANK_SCHEMA, Computed, Identity
from holdfast.schema.table import Table
from holdfast.sql.dialect_options import DialectOptions
from holdfast.sql.public import asc, desc, nulls_first, nulls_last
from holdfast.sql.text import verbatim

_SORTED = {"asc": asc, "desc": desc, "nulls_first": nulls_first, "nulls_last": nulls_last}


def reflect_table(
    inspector: Inspector, table: Any, include: Collection[str] | None, exclude: Collection[str], resolve_fks: bool
) -> None:
    """Fill a Table; see `Inspector.reflect_table`."""
    fill_table(inspector, table, include, exclude, resolve_fks, ())


def fill_table(
    inspector: Inspector,
    table: Any,
    include: Collection[str] | None,
    exclude: Collection[str],
    resolve_fks: bool,
    given: Collection[Any],
) -> None:
    """Fill a Table, with columns that a program has `given` in place of those that the database tells of."""
    with inspector.operating():
        filling = _Filling(inspector, table)
        filling.columns(include, exclude, given)
        filling.primary_key()
        filling.foreign_keys(resolve_fks)
        filling.indexes_and_constraints()
        filling.options()


class _Filling:
    """One Table on its way.

    Args:
        inspector: knows the facts.
        table: gets the parts.
    """

    def __init__(self, inspector: Inspector, table: Any) -> None:
        self.inspector = inspector
        self.table = table
        self.place = (table.name, table.schema)
        # The column's name in the database -> the key that it got.
        self.keys: dict[str, str] = {}

    def columns(self, include: Collection[str] | None, exclude: Collection[str], given: Collection[Any]) -> None:
        """Add the columns; listeners of ``column_reflect`` may change the facts before.

        A column of the program's own takes the place of the one of its name.
        """
        own = {column.name: column for column in given}
        facts = self.inspector.get_columns(*self.place)
        if not facts and not self.inspector.has_table(*self.place):
            raise exc.NoSuchTableError(self.table.name)
        for fact in facts:
            original = fact["name"]
            for target in (self.table.metadata, self.table, self.inspector):
                tell(target, "column_reflect", self.inspector, self.table, fact)
            column = own.pop(fact["name"], None)
            if column is None:
                if (include is not None and original not in include) or fact["name"] in exclude:
                    continue
                column = _column(fact)
            self.table._append(column, True)
            self.keys[original] = column.key
        for column in own.values():
            self.table._append(column, True)
            self.keys[column.name] = column.key

    def _known(self, names: Collection[Any]) -> list[str] | None:
        """Return the keys of columns, or None where one of them was left out."""
        keys = [self.keys.get(name, name if name in self.table.c else None) for name in names if name is not None]
        return keys if keys and None not in keys else None  # type: ignore[return-value]

    def primary_key(self) -> None:
        """Add the primary key, of those of its columns that were read."""
        facts = self.inspector.get_pk_constraint(*self.place)
        keys = [self.keys[name] for name in facts["constrained_columns"] if name in self.keys]
        if keys:
            options = facts.get("options", {}) | self._more(PrimaryKeyConstraint, facts)
            PrimaryKeyConstraint(*keys, name=facts.get("name"), **options).attach(self.table)

    def _more(self, owner: type, fact: Facts) -> dict[str, Any]:
        """Return what a part has besides its columns: its comment, and the dialect's options that the part takes."""
        name = self.inspector.dialect.name
        options = {
            option if option.startswith(f"{name}_") else f"{name}_{option}": value
            for option, value in fact.get("dialect_options", {}).items()
        }
        found = {option: value for option, value in options.items() if DialectOptions.accepts(option, owner)}
        return found | ({"comment": fact["comment"]} if fact.get("comment") is not None else {})

    def foreign_keys(self, resolve: bool) -> None:
        """Add the foreign keys, and read the tables that they refer to."""
        given = self.table.dialect_kwargs
        kept = {name: given[name] for name in self.inspector.table_keywords if given.get(name)}
        # Those of the program's own columns, and of a table that is read again.
        present = {tuple(sorted(key.column_keys)) for key in self.table.foreign_key_constraints}
        present |= {(column.key,) for column in self.table.c if column.foreign_keys}
        for fact in self.inspector.get_foreign_keys(*self.place, **kept):
            keys = self._known(fact["constrained_columns"])
            if keys is None:
                continue
            schema, name = fact["referred_schema"], fact["referred_table"]
            if resolve:
                # Also for a key that the program has declared itself: it names the table and has not read it.
                self._read_referred(name, schema, **kept)
            if tuple(sorted(keys)) in present:
                continue
            targets = [f"{table_key(name, schema)}.{column}" for column in fact["referred_columns"]]
            options = {key: value for key, value in fact.get("options", {}).items() if value is not None}
            options |= self._more(ForeignKeyConstraint, fact)
            ForeignKeyConstraint(keys, targets, name=fact["name"], link_to_name=True, **options).attach(self.table)

    def _read_referred(self, name: str, schema: str | None, **kept: Any) -> None:
        metadata = self.table.metadata
        if table_key(name, schema) not in metadata.tables:
            place = BLANK_SCHEMA if schema is None else schema
            try:
                Table(name, metadata, schema=place, autoload_with=self.inspector, **kept)
            except exc.NoSuchTableError:
                # A foreign key may name a table that is not there; the key then says so when it is asked.
                return

    def indexes_and_constraints(self) -> None:
        """Add indexes, UNIQUE and CHECK; those of columns that were left out stay out too."""
        unique = self.inspector.get_unique_constraints(*self.place)
        for fact in self.inspector.get_indexes(*self.place):
            if not fact.get("duplicates_constraint"):
                self._index(fact)
        for fact in unique:
            keys = self._known(fact["column_names"])
            if keys is not None and not fact.get("duplicates_index"):
                options = fact.get("options", {}) | self._more(UniqueConstraint, fact)
                UniqueConstraint(*keys, name=fact["name"], **options).attach(self.table)
        for fact in self.inspector.get_check_constraints(*self.place):
            options = self._more(CheckConstraint, fact)
            CheckConstraint(verbatim(fact["sqltext"]), name=fact["name"], **options).attach(self.table)

    def _index(self, fact: Facts) -> None:
        names = fact["column_names"]
        expressions: list[Any] = fact.get("expressions") or names
        sorting = fact.get("column_sorting", {})
        parts: list[Any] = []
        for name, expression in zip(names, expressions, strict=True):
            key = None if name is None else self._known([name])
            if name is not None and key is None:
                return
            part = verbatim(expression) if key is None else self.table.c[key[0]]
            for word in sorting.get(expression, ()):
                part = _SORTED[word](part)
            parts.append(part)
        made = Index(fact["name"], unique=bool(fact["unique"]), **self._more(Index, fact))
        made._pending = parts
        made.attach(self.table)

    def options(self) -> None:
        """Add the comment and the options of the dialect."""
        if self.inspector.dialect.capabilities.comments:
            self.table.comment = self.inspector.get_table_comment(*self.place).get("text")
        self.table._take_options(self.inspector.get_table_options(*self.place))


def _column(fact: Facts) -> Column[Any]:
    given: dict[str, Any] = {
        "nullable": fact.get("nullable", True),
        **{name: fact[name] for name in ("autoincrement", "quote", "info", "comment", "key") if name in fact},
    }
    items: list[Any] = []
    if fact.get("computed") is not None:
        computed = fact["computed"]
        items.append(Computed(**{**computed, "sqltext": verbatim(computed["sqltext"])}))
    elif fact.get("identity") is not None:
        items.append(Identity(**fact["identity"]))
    elif fact.get("default") is not None:
        default = fact["default"]
        items.append(DefaultClause(verbatim(default) if isinstance(default, str) else default, _reflected=True))
    return Column(fact["name"], fact["type"], *items, **given)


def _inspector(bind: Any) -> Inspector:
    return bind if isinstance(bind, Inspector) else Inspector.of(bind)


def _read_table(bind: Any, table: Any, include: Any, kept: list[Any], own: list[Any], resolve_fks: bool) -> None:
    """Fill a Table whose columns `kept` stay as they are, and to which `own` are added."""
    fill_table(_inspector(bind), table, include, [column.name for column in (*kept, *own)], resolve_fks, [*kept, *own])


def _read_all(
    bind: Any,
    metadata: Any,
    schema: str | None,
    views: bool,
    only: Any,
    extend_existing: bool,
    autoload_replace: bool,
    resolve_fks: bool,
    dialect: dict[str, Any],
) -> None:
    inspector = _inspector(bind)
    with inspector.operating():
        present = [*inspector.get_table_names(schema), *(_views(inspector, schema) if views else ())]
        names = _chosen(present, only, metadata, schema, bind)
        inspector.read_ahead(schema, names, **dialect)
        for name in names:
            if table_key(name, schema) in metadata.tables and not extend_existing:
                continue
            keywords = {**dialect, "extend_existing": True} if extend_existing else dialect
            try:
                Table(
                    name,
                    metadata,
                    schema=BLANK_SCHEMA if schema is None else schema,
                    autoload_with=inspector,
                    autoload_replace=autoload_replace,
                    resolve_fks=resolve_fks,
                    **keywords,
                )
            except exc.UnreflectableTableError as error:
                exc.warn(f"Skipping table {name}: {error}")


def _views(inspector: Inspector, schema: str | None) -> list[str]:
    materialized = inspector.dialect.capabilities.materialized_views
    return inspector.get_view_names(schema) + (inspector.get_materialized_view_names(schema) if materialized else [])


def _chosen(present: list[str], only: Any, metadata: Any, schema: str | None, bind: Any) -> list[str]:
    """Return the names to read.

    Raises: InvalidRequestError: one that was asked for is not there.
    """
    if only is None:
        return present
    if callable(only):
        return [name for name in present if only(name, metadata)]
    missing = [name for name in only if name not in present]
    if missing:
        place = f" schema '{schema}'" if schema else ""
        listed = ", ".join(missing)
        raise exc.InvalidRequestError(
            f"Could not reflect: requested table(s) not available in {bind.engine!r}{place}: ({listed}). There are: "
            f"{', '.join(present) or 'none'}."
        )
    return list(only)


from_database.fill = reflect_table
reading.read_table = _read_table
reading.read_all = _read_all
