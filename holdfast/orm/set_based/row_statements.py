"""Prepares the statements for rows given as mappings: compiled once per engine and set of columns."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import itemgetter
from typing import Any, NamedTuple

from holdfast import exc
from holdfast._util.codegen import compile_function
from holdfast.orm.unit_of_work.statements import column_keys, key_parameter, parameter_names, update_statement
from holdfast.sql.insert import insert


class RowStatement(NamedTuple):
    """A statement for rows.

    Attributes:
        compiled: what the engine made of it.
        sql: its text.
        parameters: rows by attribute -> the driver's parameters. Raises StatementError: a value of the wrong kind.
    """

    compiled: Any
    sql: str
    parameters: Callable[[Sequence[Any]], list[Any]]


def prepared_rows(engine: Any, facts: Any, verb: str, names: tuple[str, ...]) -> RowStatement:
    """Return the INSERT, or the UPDATE by primary key, of rows that give `names`.

    Args:
        verb: "insert" or "update".
    """
    memo = engine.memo.get("row_statements")
    if memo is None:
        memo = engine.memo.setdefault("row_statements", {})
    key = (facts.mapper.serial, facts.table, verb, names)
    found = memo.get(key)
    if found is None:
        found = memo[key] = _prepare(engine, facts, verb, names)
    return found  # type: ignore[no-any-return]


def _prepare(engine: Any, facts: Any, verb: str, names: tuple[str, ...]) -> RowStatement:
    statement = insert(facts.table) if verb == "insert" else update_statement(facts, ())
    compiled = engine.compiled(statement, column_keys(facts, names))
    sources = {facts.by_name[name].column.key: name for name in names}
    if verb == "update":
        sources.update((key_parameter(facts, name), name) for name in facts.key_names)
        if facts.version is not None:
            sources[key_parameter(facts, facts.version.name)] = key_parameter(facts, facts.version.name)
    label = f"{verb} {facts.mapper.class_name} rows ({', '.join(names)})"
    return RowStatement(compiled, compiled.text, _extractor(engine, facts, compiled, sources, label))


def _extractor(
    engine: Any, facts: Any, compiled: Any, sources: dict[str, str], label: str
) -> Callable[[Sequence[Any]], list[Any]]:
    """Return the function that makes the parameters: one comprehension over the rows, or C code where nothing is converted."""
    slots, keys = compiled.slots, parameter_names(engine, compiled)
    if keys is None and len(slots) > 1 and all(slot.bind is None and slot.constant is None for slot in slots):
        take = itemgetter(*[sources[slot.name] for slot in slots])
        return lambda rows: list(map(take, rows))
    scope: dict[str, Any] = {}
    cells = []
    for position, slot in enumerate(slots):
        if slot.constant is not None:
            value = slot.constant.effective_value
            scope[f"constant{position}"] = value if slot.bind is None or value is None else slot.bind(value)
            cells.append(f"constant{position}")
            continue
        cell = f"row[{sources[slot.name]!r}]"
        if slot.bind is not None:
            scope[f"bind{position}"] = slot.bind
            if slot.binds_none:
                cell = f"bind{position}({cell})"
            else:
                cell = f"(None if (value{position} := {cell}) is None else bind{position}(value{position}))"
        cells.append(cell)
    if keys is None:
        made = f"({''.join(f'{cell}, ' for cell in cells)})"
    else:
        made = "{" + ", ".join(f"{key!r}: {cell}" for key, cell in zip(keys, cells, strict=True)) + "}"
    source = f"def parameters(rows):\n    return [{made} for row in rows]\n"
    make = compile_function("parameters", source, scope, f"<holdfast {label}>")
    binds = [(sources[slot.name], slot.bind) for slot in slots if slot.bind is not None and slot.constant is None]

    def parameters(rows: Sequence[Any]) -> list[Any]:
        try:
            return make(rows)  # type: ignore[no-any-return]
        except Exception as error:
            raise _refused(facts, rows, binds, error) from error

    return parameters


def _refused(facts: Any, rows: Sequence[Any], binds: list[Any], error: Exception) -> Exception:
    """Return the error for a value that its column's type refuses; it names the attribute, not the value."""
    if isinstance(error, exc.DontWrapMixin):
        return error
    for row in rows:
        for name, bind in binds:
            value = row.get(name)
            try:
                if value is not None:
                    bind(value)
            except Exception as refused:
                return exc.StatementError.of_value(f"{facts.mapper.class_name}.{name}", value, refused)
    return exc.StatementError(f"(builtins.{type(error).__name__}) {error}", orig=error)
