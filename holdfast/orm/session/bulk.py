"""The session's methods for many rows at once: bulk_insert_mappings and its like, and upsert, on both faces."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from holdfast._util.undoing import core_undo_after
from holdfast.orm import set_based
from holdfast.orm.session import lifecycle
from holdfast.orm.session.core import SessionCore
from holdfast.orm.session.execute_state import NOTHING
from holdfast.orm.session.identity import entity_of

if TYPE_CHECKING:
    from holdfast.orm.set_based.upsert import UpsertResult


async def core_bulk(session: SessionCore, write: Callable[..., Coroutine[Any, Any, None]], *arguments: Any) -> None:
    """Write in bulk; a failure rolls the innermost level back, which then refuses everything until `rollback()`."""
    transaction = session.begin_if_needed()
    transaction.check_usable()
    try:
        await write(session, *arguments)
    except BaseException as cause:
        await core_undo_after(cause, transaction.core_fail(cause))
        raise


async def core_upsert_flushed(session: SessionCore, entity: Any, rows: Iterable[Any], *arguments: Any) -> UpsertResult:
    """Flush what waits, then insert or update the rows."""
    await _core_flush_before(session)
    return await set_based.upsert.core_upsert(session, entity_of(entity), rows, *arguments)


async def core_copy_in_flushed(session: SessionCore, entity: Any, rows: Iterable[Any], columns: Any) -> int:
    """Flush what waits, then write the rows by COPY."""
    await _core_flush_before(session)
    return await set_based.bulk_copy.core_copy_in(session, entity_of(entity), rows, columns)


async def core_copy_out_flushed(session: SessionCore, source: Any, file: Any, format_: str, header: bool) -> int:
    """Flush what waits, then write the rows of a query into a file."""
    await _core_flush_before(session)
    mapper = entity_of(source) if isinstance(source, type) else None
    return await set_based.bulk_copy.core_copy_out(session, source, file, format_, header, mapper)


async def _core_flush_before(session: SessionCore) -> None:
    if session.transaction is not None:
        session.transaction.check_usable()
    if session.has_changes():
        await session.core_autoflush()


def _with_states(objects: Iterable[object]) -> Iterable[tuple[Any, object]]:
    """Return objects with their states; of what is no iterator all are looked at before anything is sent."""
    pairs = ((lifecycle.state_of(instance), instance) for instance in objects)
    return pairs if isinstance(objects, Iterator) else list(pairs)


class BulkSession(SessionCore):
    """What a Session does with many rows at once."""

    def bulk_insert_mappings(
        self,
        mapper: Any,
        mappings: Iterable[Mapping[str, Any]],
        return_defaults: bool = False,
        render_nulls: bool = False,
    ) -> None:
        """Insert rows given as mappings by attribute name; no object is made, nothing is flushed before.

        ``execute(insert(Class), [...])`` is the modern form.

        Args:
            mapper: the mapped class.
            mappings: a list, or an iterator that is read in batches.
            return_defaults: bring generated keys and defaults into the mappings; slower.
            render_nulls: write None as NULL, so that rows with and without it go together; otherwise its column is left
                to its default.
        """
        self.run(
            core_bulk,
            self,
            set_based.bulk_save.core_insert_mappings,
            entity_of(mapper),
            mappings,
            return_defaults,
            render_nulls,
        )

    def bulk_update_mappings(self, mapper: Any, mappings: Iterable[Mapping[str, Any]]) -> None:
        """Update rows given as mappings by attribute name, found by their primary keys.

        ``execute(update(Class), [...])`` is the modern form.

        Raises:
            InvalidRequestError: a mapping without primary key.
            StaleDataError: a row is not there.
        """
        self.run(core_bulk, self, set_based.bulk_save.core_update_mappings, entity_of(mapper), mappings)

    def bulk_save_objects(
        self,
        objects: Iterable[object],
        return_defaults: bool = False,
        update_changed_only: bool = True,
        preserve_order: bool = True,
    ) -> None:
        """Insert or update objects without bringing them into the session; their relationships are not followed.

        Args:
            objects: those that have a row are updated, others inserted; a list, or an iterator that is read in batches.
            return_defaults: new objects get their keys and defaults, and are detached afterwards; slower.
            update_changed_only: write only what was set since an object was loaded.
            preserve_order: as given; otherwise objects of one class go together, new ones first.
        """
        pairs = _with_states(objects)
        self.run(
            core_bulk,
            self,
            set_based.bulk_save.core_save_objects,
            pairs,
            return_defaults,
            update_changed_only,
            preserve_order,
        )

    def upsert(
        self,
        entity: Any,
        rows: Iterable[Any],
        on: Any = None,
        update: Any = None,
        returning: bool = False,
        execution_options: Mapping[str, Any] = NOTHING,
    ) -> UpsertResult:
        """Insert rows, or update those that are there already, by the database's own statement for it.

        Args:
            entity: the mapped class.
            rows: dictionaries by attribute, or objects of the class; a list, or an iterator that is read in batches.
            on: the attributes of the unique constraint that finds a row; None: the primary key. MySQL and MariaDB take
                the row that any unique key finds.
            update: what an existing row gets. None: all that a new one would, but for its keys; a list of attributes;
                a mapping attribute -> value or SQL expression; a function of the columns of the new row that returns
                such a mapping; an empty list: nothing, it stays as it is. ``onupdate`` of the columns is added.
            returning: `objects` of the result has the objects of the rows; so it has when objects were given.

        Returns: the number of rows, inserted and updated ones apart where the database tells; objects present whose
            rows were changed are read again.

        Raises: InvalidRequestError: the database has no such statement, or brings no rows back when `returning` asks.
        """
        return self.run(core_upsert_flushed, self, entity, rows, on, update, returning, execution_options)

    def copy_in(self, entity: Any, rows: Iterable[Any], columns: Iterable[str] | None = None) -> int:
        """Write rows by PostgreSQL's COPY, the fastest way there is; no key and no default of the server comes back.

        Args:
            entity: the mapped class.
            rows: dictionaries by attribute, or objects of the class; an iterator is streamed, never collected. All give what
                the first one does, no less and, unless `columns` says what is wanted, no more. Defaults made by Python are
                filled in; SQL expressions are not to be had.
            columns: the attributes to write; None: those of the first row.

        Returns: the number of rows.

        Raises:
            ArgumentError: a row lacks an attribute, gives one more than the first, or is something else.
            InvalidRequestError: the database or the driver has no COPY.
        """
        return self.run(core_copy_in_flushed, self, entity, rows, columns)

    def copy_out(self, source: Any, file: Any, format: str = "csv", header: bool = True) -> int:
        """Write the rows of a query into a file by PostgreSQL's COPY, in the server's own form.

        Args:
            source: a select(), or a mapped class for all columns of its table.
            file: has a method ``write`` that takes bytes.
            format: "csv", "text" or "binary".
            header: CSV begins with the names of the columns.

        Returns: the number of rows.

        Raises:
            ArgumentError: `file` does not take bytes, or `format` is another.
            StatementError: a parameter of the query has no value.
            InvalidRequestError: the database or the driver has no COPY.
        """
        return self.run(core_copy_out_flushed, self, source, file, format, header)


class AsyncBulkSession:
    """What an AsyncSession does with many rows at once.

    Attributes:
        sync_session: the session behind.
    """

    sync_session: Any

    async def bulk_insert_mappings(
        self,
        mapper: Any,
        mappings: Iterable[Mapping[str, Any]],
        return_defaults: bool = False,
        render_nulls: bool = False,
    ) -> None:
        """Insert rows given as mappings; see `Session.bulk_insert_mappings`."""
        session = self.sync_session
        await core_bulk(
            session,
            set_based.bulk_save.core_insert_mappings,
            entity_of(mapper),
            mappings,
            return_defaults,
            render_nulls,
        )

    async def bulk_update_mappings(self, mapper: Any, mappings: Iterable[Mapping[str, Any]]) -> None:
        """Update rows given as mappings; see `Session.bulk_update_mappings`."""
        await core_bulk(self.sync_session, set_based.bulk_save.core_update_mappings, entity_of(mapper), mappings)

    async def bulk_save_objects(
        self,
        objects: Iterable[object],
        return_defaults: bool = False,
        update_changed_only: bool = True,
        preserve_order: bool = True,
    ) -> None:
        """Insert or update objects; see `Session.bulk_save_objects`."""
        pairs = _with_states(objects)
        session = self.sync_session
        await core_bulk(
            session, set_based.bulk_save.core_save_objects, pairs, return_defaults, update_changed_only, preserve_order
        )

    async def upsert(
        self,
        entity: Any,
        rows: Iterable[Any],
        on: Any = None,
        update: Any = None,
        returning: bool = False,
        execution_options: Mapping[str, Any] = NOTHING,
    ) -> UpsertResult:
        """Insert rows, or update those that are there already; see `Session.upsert`."""
        return await core_upsert_flushed(self.sync_session, entity, rows, on, update, returning, execution_options)

    async def copy_in(self, entity: Any, rows: Iterable[Any], columns: Iterable[str] | None = None) -> int:
        """Write rows by PostgreSQL's COPY; see `Session.copy_in`."""
        return await core_copy_in_flushed(self.sync_session, entity, rows, columns)

    async def copy_out(self, source: Any, file: Any, format: str = "csv", header: bool = True) -> int:
        """Write the rows of a query into a file by PostgreSQL's COPY; see `Session.copy_out`."""
        return await core_copy_out_flushed(self.sync_session, source, file, format, header)
