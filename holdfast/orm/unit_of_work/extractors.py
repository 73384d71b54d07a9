"""Generates the functions that turn objects into statement parameters, one per mapper and set of columns.

A generated function is one comprehension that reads the values from the objects' ``__dict__`` and converts them for
the driver in the same expression; nothing is looked up per row. Their sources are in `linecache`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from holdfast import exc
from holdfast._util.codegen import compile_function

Flags = tuple[bool, ...]


def given_flags(
    names: Sequence[str], label: str, with_none: frozenset[str] = frozenset()
) -> Callable[[list[Any]], list[Flags]]:
    """Return a function: objects -> one tuple per object, whether each of `names` has a value.

    Args:
        names: attributes.
        label: whose, for tracebacks.
        with_none: those for which None is a value.
    """
    if not names:
        return lambda objects: [()] * len(objects)
    flags = "".join(
        f"{name!r} in values, " if name in with_none else f"values.get({name!r}) is not None, " for name in names
    )
    some = " or ".join(f"{name!r} in values" for name in names)
    source = (
        "def given(objects):\n"
        f"    if not any([{some} for instance in objects for values in (instance.__dict__,)]):\n"
        f"        return [{(False,) * len(names)!r}] * len(objects)\n"
        f"    return [({flags}) for instance in objects for values in (instance.__dict__,)]\n"
    )
    return compile_function("given", source, {}, f"<holdfast given columns of {label}>")


class Source(NamedTuple):
    """Where the value of one placeholder comes from, and how it is converted.

    Attributes:
        kind: "value" (an attribute), "key" (the primary key that the row has so far) or "constant".
        name: the attribute's name; for a key "" or the position in a composite key; for a constant its value.
        bind: converts the value for the driver; None if the driver takes it as it is.
        binds_none: `bind` wants to see None too.
    """

    kind: str
    name: Any
    bind: Callable[[Any], Any] | None = None
    binds_none: bool = False


class Extractor:
    """Turns objects into the parameters of one statement.

    Args:
        sources: one per placeholder, in the order of the placeholders.
        parameter_names: names of the placeholders if the driver takes a mapping per row; None for a sequence.
        label: which statement, for tracebacks.
    """

    __slots__ = ("_complete", "_partial", "_sources", "needs_keys", "source")

    def __init__(self, sources: Sequence[Source], parameter_names: Sequence[str] | None, label: str) -> None:
        self._sources = tuple(sources)
        self.needs_keys = any(source.kind == "key" for source in sources)
        namespace: dict[str, Any] = {}
        self._complete = self._generate(sources, parameter_names, namespace, label, complete=True)
        self._partial = self._generate(sources, parameter_names, namespace, label, complete=False)
        self.source = self._complete.__source__  # type: ignore[attr-defined]

    def rows(self, objects: Sequence[Any], keys: Sequence[Any] | None = None) -> tuple[list[Any], bool]:
        """Return one parameter set per object.

        Args:
            objects: mapped instances; an attribute without a value counts as None.
            keys: primary keys, one per object, where the statement asks for them.

        Returns: the parameters; whether all objects had a value for each attribute.
        """
        try:
            return self._complete(objects, keys), True
        except KeyError:
            pass
        except Exception as error:
            raise self._wrong_value(objects, error) from error
        # Some attribute was never set. The function that asks for each value is slower, so it comes second.
        try:
            return self._partial(objects, keys), False
        except Exception as error:
            raise self._wrong_value(objects, error) from error

    def _wrong_value(self, objects: Sequence[Any], error: Exception) -> Exception:
        """Return the error for a value that its column's type refuses; it names the attribute, not the value."""
        if isinstance(error, exc.DontWrapMixin):
            return error
        for instance in objects:
            for source in self._sources:
                if source.kind != "value" or source.bind is None:
                    continue
                value = instance.__dict__.get(source.name)
                try:
                    if value is not None:
                        source.bind(value)
                except Exception as refused:
                    return exc.StatementError.of_value(f"{type(instance).__name__}.{source.name}", value, refused)
        return exc.StatementError(f"(builtins.{type(error).__name__}) {error}", orig=error)

    def _generate(
        self,
        sources: Sequence[Source],
        parameter_names: Sequence[str] | None,
        namespace: dict[str, Any],
        label: str,
        complete: bool,
    ) -> Callable[..., Any]:
        cells = [_cell(position, source, namespace, complete) for position, source in enumerate(sources)]
        if parameter_names is None:
            row = f"({''.join(cell + ', ' for cell in cells)})"
        else:
            row = "{" + ", ".join(f"{name!r}: {cell}" for name, cell in zip(parameter_names, cells, strict=True)) + "}"
        source = f"def rows(objects, keys):\n    return [{row} {_loop(sources, complete)}]\n"
        kind = "complete" if complete else "partial"
        return compile_function("rows", source, namespace, f"<holdfast {kind} parameters of {label}>")


def _loop(sources: Sequence[Source], complete: bool) -> str:
    """Return the loop over the objects, their values and keys, as far as a row needs them."""
    has_values = any(source.kind == "value" for source in sources)
    has_keys = any(source.kind == "key" for source in sources)
    if has_values and has_keys:
        loop = "for instance, key in zip(objects, keys)"
    elif has_keys:
        return "for key in keys"
    else:
        loop = "for instance in objects"
    if not has_values:
        return loop
    return loop + (" for values in (instance.__dict__,)" if complete else " for get in (instance.__dict__.get,)")


def _cell(position: int, source: Source, namespace: dict[str, Any], complete: bool) -> str:
    """Return the expression for one value, and put what it uses into `namespace`."""
    if source.kind == "constant":
        namespace[f"constant_{position}"] = source.name
        return f"constant_{position}"
    if source.kind == "key":
        value = "key" if source.name == "" else f"key[{source.name}]"
    else:
        value = f"values[{source.name!r}]" if complete else f"get({source.name!r})"
    if source.bind is None:
        return value
    namespace[f"bind_{position}"] = source.bind
    if source.binds_none:
        return f"bind_{position}({value})"
    return f"(None if (value_{position} := {value}) is None else bind_{position}(value_{position}))"


def transfer_function(transfers: Sequence[tuple[str, str]], label: str) -> Callable[[Any], None]:
    """Return a function that hands keys over in memory.

    Args:
        transfers: pairs (attribute that holds the key, foreign key attribute that takes it).
        label: which relationship, for tracebacks.

    Returns: function of a list of (state, object that takes, state, object that has the key).
    """
    lines = "".join(f"        values[{name!r}] = held[{holder_name!r}]\n" for holder_name, name in transfers)
    source = (
        "def transfer(pairs):\n"
        "    for _, taker, _, holder in pairs:\n"
        "        values = taker.__dict__\n"
        "        held = holder.__dict__\n"
        f"{lines}"
    )
    return compile_function("transfer", source, {}, f"<holdfast keys along {label}>")


def pair_rows(
    sources: Sequence[tuple[Any, Any, Callable[[Any], Any] | None]], parameter_names: Sequence[str] | None, label: str
) -> Callable[..., list[Any]]:
    """Return a function that makes parameters from pairs of objects, for rows of a secondary table.

    Args:
        sources: for each placeholder: whether it is of the pair's second object, attribute name, conversion; or None,
            the function that makes a value of the connection, conversion.
        parameter_names: as for `Extractor`.
        label: which relationship, for tracebacks.
    """
    namespace: dict[str, Any] = {}
    cells = []
    for position, (from_target, name, bind) in enumerate(sources):
        if from_target is None:
            namespace[f"make_{position}"] = name
            value = f"make_{position}(connection)"
        else:
            value = f"{'target' if from_target else 'parent'}.__dict__[{name!r}]"
        if bind is not None:
            namespace[f"bind_{position}"] = bind
            value = f"bind_{position}({value})"
        cells.append(value)
    if parameter_names is None:
        row = f"({''.join(cell + ', ' for cell in cells)})"
    else:
        row = "{" + ", ".join(f"{name!r}: {cell}" for name, cell in zip(parameter_names, cells, strict=True)) + "}"
    source = f"def rows(pairs, connection=None):\n    return [{row} for parent, target in pairs]\n"
    return compile_function("rows", source, namespace, f"<holdfast secondary rows of {label}>")
