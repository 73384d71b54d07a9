"""`Inspector`: what a database says of its own schema, asked once and remembered."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from typing import Any

from holdfast import exc
from holdfast._util.topological import CycleError, cycles, rounds
from holdfast.engine.reflection.kinds import ObjectKind, ObjectScope
from holdfast.engine.reflection.reflector import Facts, Reflector, TableKey, reflector_of
from holdfast.schema.items import EventTarget

_ABOUT_TABLES = (
    "columns", "pk_constraint", "foreign_keys", "indexes", "unique_constraints", "check_constraints", "table_comment",
    "table_options",
)  # fmt: skip


class Inspector(EventTarget):
    """What a database says of its own schema; made by ``inspect(engine)`` or ``inspect(connection)``.

    Answers are remembered; `clear_cache` forgets them.

    Args:
        bind: an Engine or Connection.
    """

    def __init__(self, bind: Any) -> None:
        self.bind = bind
        self.engine = bind.engine
        self.dialect = bind.dialect
        self._reflector: Reflector | None = None
        self.info_cache: dict[Any, Any] = {}

    @classmethod
    def of(cls, bind: Any) -> Inspector:
        """Return the inspector of an Engine or Connection: its dialect's own kind.

        Raises: NoInspectionAvailable: it is neither.
        """
        if not hasattr(bind, "dialect"):
            raise exc.NoInspectionAvailable(f"No inspection system is available for object of type {type(bind)}")
        return (getattr(bind.dialect, "inspector_class", None) or cls)(bind)  # type: ignore[no-any-return]

    from_engine = of

    def clear_cache(self) -> None:
        """Forget all answers."""
        self.info_cache.clear()

    # -- asking --------------------------------------------------------------------------------------------------------

    @contextmanager
    def operating(self) -> Iterator[Reflector]:
        """Use one connection for all questions of a block."""
        if self._reflector is not None:
            yield self._reflector
            return
        with nullcontext(self.bind) if self.bind.is_connection else self.engine.connect() as connection:
            self._reflector = reflector_of(connection)
            try:
                yield self._reflector  # type: ignore[misc]
            finally:
                self._reflector = None

    def _ask(self, question: str, *arguments: Any, **options: Any) -> Any:
        """Return the dialect's answer, remembered; the caller may change what it gets."""
        key = _cache_key(question, arguments, options)
        if key not in self.info_cache:
            with self.operating() as reflector:
                self.info_cache[key] = getattr(reflector, question)(*arguments, **options)
        return _copied(self.info_cache[key])

    # -- names ---------------------------------------------------------------------------------------------------------

    @property
    def default_schema_name(self) -> str | None:
        """The schema of names without one."""
        with self.operating() as reflector:
            found: str | None = reflector.default_schema
        self.dialect.default_schema_name = found
        return found

    def get_schema_names(self, **kw: Any) -> list[str]:
        """Return the schemas."""
        return self._ask("schema_names")  # type: ignore[no-any-return]

    def get_table_names(self, schema: str | None = None, **kw: Any) -> list[str]:
        """Return the tables of a schema, by name; views and temporary tables are not among them."""
        return self._ask("table_names", schema)  # type: ignore[no-any-return]

    def get_view_names(self, schema: str | None = None, **kw: Any) -> list[str]:
        """Return the views of a schema."""
        return self._ask("view_names", schema)  # type: ignore[no-any-return]

    def get_materialized_view_names(self, schema: str | None = None, **kw: Any) -> list[str]:
        """Return the materialized views of a schema."""
        return self._ask("materialized_view_names", schema)  # type: ignore[no-any-return]

    def get_temp_table_names(self, **kw: Any) -> list[str]:
        """Return the temporary tables of the connection."""
        return self._ask("temp_table_names")  # type: ignore[no-any-return]

    def get_temp_view_names(self, **kw: Any) -> list[str]:
        """Return the temporary views of the connection."""
        return self._ask("temp_view_names")  # type: ignore[no-any-return]

    def get_sequence_names(self, schema: str | None = None, **kw: Any) -> list[str]:
        """Return the sequences of a schema."""
        return self._ask("sequence_names", schema)  # type: ignore[no-any-return]

    # -- is it there? --------------------------------------------------------------------------------------------------

    def has_table(self, table_name: str, schema: str | None = None, **kw: Any) -> bool:
        """Return True if the database has a table or view of this name."""
        return bool(self._ask("has_table", table_name, schema))

    def has_multi_table(self, table_names: Sequence[str], schema: str | None = None, **kw: Any) -> dict[TableKey, bool]:
        """Return for each name whether there is such a table or view."""
        present = self._ask("present", tuple(table_names), schema)
        return {(schema, name): name in present for name in table_names}

    def has_schema(self, schema_name: str, **kw: Any) -> bool:
        """Return True if the database has the schema."""
        if "has_schema" in self.dialect.own_methods:
            return self._of_dialect("has_schema", schema_name, **kw)
        return schema_name in self.get_schema_names()

    def has_sequence(self, sequence_name: str, schema: str | None = None, **kw: Any) -> bool:
        """Return True if the database has the sequence."""
        if "has_sequence" in self.dialect.own_methods:
            return self._of_dialect("has_sequence", sequence_name, schema=schema, **kw)
        return sequence_name in self.get_sequence_names(schema)

    def has_index(self, table_name: str, index_name: str, schema: str | None = None, **kw: Any) -> bool:
        """Return True if the table is there and has the index."""
        if "has_index" in self.dialect.own_methods:
            return self._of_dialect("has_index", table_name, index_name, schema=schema, **kw)
        if not self.has_table(table_name, schema):
            return False
        return any(index["name"] == index_name for index in self.get_indexes(table_name, schema))

    def _of_dialect(self, method: str, *arguments: Any, **keywords: Any) -> bool:
        """Return the answer of a method that the dialect overrides."""
        with self.operating() as reflector:
            return bool(getattr(self.dialect, method)(reflector.connection, *arguments, **keywords))

    # -- one table -----------------------------------------------------------------------------------------------------

    def get_columns(self, table_name: str, schema: str | None = None, **kw: Any) -> list[Facts]:
        """Return the columns: name, type, nullable, default, primary_key; computed, identity, comment where there is one.

        Raises: NoSuchTableError: there is no such table or view.
        """
        return self._ask("columns", table_name, schema)  # type: ignore[no-any-return]

    def get_pk_constraint(self, table_name: str, schema: str | None = None, **kw: Any) -> Facts:
        """Return the primary key: constrained_columns and name."""
        return self._ask("pk_constraint", table_name, schema)  # type: ignore[no-any-return]

    def get_foreign_keys(self, table_name: str, schema: str | None = None, **kw: Any) -> list[Facts]:
        """Return the foreign keys: name, constrained_columns, referred_schema, _table and _columns, options."""
        with self.operating() as reflector:
            options = _known(kw, reflector)
            return self._ask("foreign_keys", table_name, schema, **options)  # type: ignore[no-any-return]

    def get_indexes(self, table_name: str, schema: str | None = None, **kw: Any) -> list[Facts]:
        """Return the indexes: name, column_names, unique, dialect_options; expressions where there are some."""
        return self._ask("indexes", table_name, schema, **kw)  # type: ignore[no-any-return]

    def get_unique_constraints(self, table_name: str, schema: str | None = None, **kw: Any) -> list[Facts]:
        """Return the UNIQUE constraints: name and column_names."""
        return self._ask("unique_constraints", table_name, schema)  # type: ignore[no-any-return]

    def get_check_constraints(self, table_name: str, schema: str | None = None, **kw: Any) -> list[Facts]:
        """Return the CHECK constraints: name and sqltext."""
        return self._ask("check_constraints", table_name, schema)  # type: ignore[no-any-return]

    def get_table_comment(self, table_name: str, schema: str | None = None, **kw: Any) -> Facts:
        """Return the comment, under ``text``.

        Raises: NotImplementedError: the database has no comments.
        """
        return self._ask("table_comment", table_name, schema)  # type: ignore[no-any-return]

    def get_table_options(self, table_name: str, schema: str | None = None, **kw: Any) -> Facts:
        """Return the options of this dialect that the table was made with, as keywords of `Table`."""
        return self._ask("table_options", table_name, schema)  # type: ignore[no-any-return]

    def get_view_definition(self, view_name: str, schema: str | None = None, **kw: Any) -> str:
        """Return the SQL of a view."""
        return self._ask("view_definition", view_name, schema)  # type: ignore[no-any-return]

    # -- many tables ---------------------------------------------------------------------------------------------------

    def get_multi_columns(self, schema: str | None = None, *args: Any, **kw: Any) -> dict[TableKey, list[Facts]]:
        """Return the columns of many tables, by schema and name.

        Args:
            filter_names: only these.
            kind, scope: `ObjectKind` and `ObjectScope`; tables that last are the default.
        """
        return self._multi("columns", schema, *args, **kw)

    def get_multi_pk_constraint(self, schema: str | None = None, *args: Any, **kw: Any) -> dict[TableKey, Facts]:
        """Return the primary keys of many tables."""
        return self._multi("pk_constraint", schema, *args, **kw)

    def get_multi_foreign_keys(self, schema: str | None = None, *args: Any, **kw: Any) -> dict[TableKey, list[Facts]]:
        """Return the foreign keys of many tables."""
        return self._multi("foreign_keys", schema, *args, **kw)

    def get_multi_indexes(self, schema: str | None = None, *args: Any, **kw: Any) -> dict[TableKey, list[Facts]]:
        """Return the indexes of many tables."""
        return self._multi("indexes", schema, *args, **kw)

    def get_multi_unique_constraints(
        self, schema: str | None = None, *args: Any, **kw: Any
    ) -> dict[TableKey, list[Facts]]:
        """Return the UNIQUE constraints of many tables."""
        return self._multi("unique_constraints", schema, *args, **kw)

    def get_multi_check_constraints(
        self, schema: str | None = None, *args: Any, **kw: Any
    ) -> dict[TableKey, list[Facts]]:
        """Return the CHECK constraints of many tables."""
        return self._multi("check_constraints", schema, *args, **kw)

    def get_multi_table_comment(self, schema: str | None = None, *args: Any, **kw: Any) -> dict[TableKey, Facts]:
        """Return the comments of many tables."""
        return self._multi("table_comment", schema, *args, **kw)

    def get_multi_table_options(self, schema: str | None = None, *args: Any, **kw: Any) -> dict[TableKey, Facts]:
        """Return the options of many tables."""
        return self._multi("table_options", schema, *args, **kw)

    def _multi(
        self,
        question: str,
        schema: str | None,
        filter_names: Collection[str] | None = None,
        kind: ObjectKind = ObjectKind.TABLE,
        scope: ObjectScope = ObjectScope.DEFAULT,
        **kw: Any,
    ) -> dict[TableKey, Any]:
        # No names at all mean every table, as where none are given.
        names = tuple(sorted(set(filter_names))) if filter_names else None
        with self.operating() as reflector:
            options = kw if question == "indexes" else _known(kw, reflector)
            return self._ask("many", question, schema, names, kind, scope, **options)  # type: ignore[no-any-return]

    @property
    def table_keywords(self) -> tuple[str, ...]:
        """The options of `Table` that change what is read."""
        with self.operating() as reflector:
            return reflector.keywords

    def read_ahead(self, schema: str | None, names: Collection[str], **kw: Any) -> None:
        """Ask for all facts of these tables at once, where that takes no more questions than those of one table."""
        with self.operating() as reflector:
            if not reflector.reads_many:
                return
            options = _known(kw, reflector)
            for question in _ABOUT_TABLES:
                own = options if question == "foreign_keys" else {}
                found = reflector.many(question, schema, names, ObjectKind.ANY, ObjectScope.ANY, **own)
                for (_, name), answer in found.items():
                    self.info_cache[_cache_key(question, (name, schema), own)] = answer

    # -- order ---------------------------------------------------------------------------------------------------------

    def get_sorted_table_and_fkc_names(
        self, schema: str | None = None, **kw: Any
    ) -> list[tuple[str | None, list[tuple[str, str | None]]]]:
        """Return the tables in the order of their foreign keys, each with those; last None with those of circles."""
        return [
            (None if key is None else key[1], [(owner[1], name) for owner, name in keys])
            for key, keys in self.sort_tables_on_foreign_key_dependency((schema,))
        ]

    def sort_tables_on_foreign_key_dependency(
        self, consider_schemas: Collection[str | None] = (None,), **kw: Any
    ) -> list[tuple[TableKey | None, list[tuple[TableKey, str | None]]]]:
        """Return the tables of several schemas in the order of their foreign keys; see above."""
        with self.operating():
            keys: dict[TableKey, list[Facts]] = {}
            for schema in consider_schemas:
                keys |= self.get_multi_foreign_keys(schema)
        edges = [
            (referred, key)
            for key, found in keys.items()
            for fact in found
            if (referred := (fact["referred_schema"], fact["referred_table"])) in keys and referred != key
        ]
        circular = {key for group in cycles(keys, edges) for key in group}
        left = [(before, after) for before, after in edges if after not in circular]
        try:
            order = [key for one in rounds(keys, left, sort_key=lambda key: (key[0] or "", key[1])) for key in one]
        except CycleError:  # cannot be: every member of a circle has been freed
            order = sorted(keys, key=str)
        result: list[tuple[TableKey | None, list[tuple[TableKey, str | None]]]] = []
        later: list[tuple[TableKey, str | None]] = []
        for key in order:
            named = sorted({(key, fact["name"]) for fact in keys[key]}, key=lambda pair: pair[1] or "")
            result.append((key, [] if key in circular else named))
            later += named if key in circular else []
        return [*result, (None, later)]

    def reflect_table(
        self,
        table: Any,
        include_columns: Collection[str] | None,
        exclude_columns: Collection[str] = (),
        resolve_fks: bool = True,
        **kw: Any,
    ) -> None:
        """Fill a Table with the columns, constraints and indexes that the database has for it.

        Args:
            include_columns: only these columns; None: all.
            exclude_columns: not these.
            resolve_fks: read the tables too that foreign keys refer to.

        Raises: NoSuchTableError: the database has no table or view of its name.
        """
        from_database.fill(self, table, include_columns, exclude_columns, resolve_fks)


class _FromDatabase:
    """What makes the parts of a Table of facts; filled by `tables.py`."""

    fill: Callable[..., None]


from_database = _FromDatabase()


def _known(options: dict[str, Any], reflector: Reflector) -> dict[str, Any]:
    """Return those options of a question that the dialect knows; others have no effect."""
    return {name: value for name, value in options.items() if name in reflector.keywords}


def _cache_key(question: str, arguments: tuple[Any, ...], options: dict[str, Any]) -> Any:
    return (question, arguments, tuple(sorted(options.items())))


def _copied(answer: Any) -> Any:
    if isinstance(answer, list):
        return [dict(one) if isinstance(one, dict) else one for one in answer]
    if isinstance(answer, dict):
        return {key: _copied(one) if isinstance(one, (dict, list)) else one for key, one in answer.items()}
    return answer
