"""Generates the functions that turn rows with related objects in them into objects: one per shape of tree.

A row of a joined collection repeats its owner. So each entity that owns something remembers the keys seen in this
result: an owner is looked at once, its members are gathered in a dict (which keeps their order and drops repetitions of
other joins), and put in their place at the end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import count
from typing import Any, NamedTuple, TypeAlias

from holdfast import exc
from holdfast._util.codegen import compile_function
from holdfast.orm.attributes import set_loaded, set_loaded_collection
from holdfast.orm.loading.object_lines import Besides, ObjectPart, Writer, write_object, write_start
from holdfast.orm.loading.polymorphic_lines import heard_of
from holdfast.orm.loading.tree import EntityNode

GraphLoader: TypeAlias = Callable[[list[tuple[Any, ...]], Any, bool, Any], list[Any]]
"""``load(rows, identity map, overwrite, context) -> elements``; see `LoadContext`."""

_serial = count(1)


class LoadContext(NamedTuple):
    """What one run of a graph loader gets and gives beside the rows.

    Attributes:
        directions: per node, what its objects remember.
        gathered: per node, the objects that further statements load for; None where there are none.
        groups: of select-in statements: key of the owner -> its members.
    """

    directions: Sequence[Any]
    gathered: Sequence[list[Any] | None]
    groups: Any = None


class RowPart(NamedTuple):
    """One element of the result's rows: an entity, a value, or something made of several values.

    Attributes:
        node: position of the entity's node, or None.
        positions: where the values stand.
        make: makes the element of a tuple of values (a composite, a bundle); None: it is the one value.
    """

    node: int | None
    positions: tuple[int, ...] = ()
    make: Any = None


def build_graph_loader(
    nodes: Sequence[EntityNode],
    codecs: Sequence[Any],
    parts: Sequence[RowPart],
    row_class: Any,
    group_by: Sequence[int] = (),
) -> GraphLoader:
    """Return the generated function.

    Args:
        nodes: all entities, owners before what they own.
        codecs: of all columns of the row.
        parts: what the result's elements consist of.
        row_class: makes an element of several parts; None: the one part is the element.
        group_by: positions of the owner's key: members go to ``context.groups`` instead of into a list.
    """
    return _GraphWriter(nodes, codecs, parts, row_class, group_by).build()


class _GraphWriter:
    """Writes one loader.

    A node is *kept* where its objects own something or are gathered: then a dict of the keys seen in this result holds
    the object and the dicts of its members.
    """

    def __init__(
        self, nodes: Sequence[EntityNode], codecs: Sequence[Any], parts: Sequence[RowPart], row_class: Any,
        group_by: Sequence[int],
    ) -> None:  # fmt: skip
        self.nodes = nodes
        self.number = {id(node): number for number, node in enumerate(nodes)}
        self.codecs = codecs
        self.parts = parts
        self.row_class = row_class
        self.group_by = group_by
        self.writer = Writer({"row_class": row_class})
        self.writer.names.update(place=place_collections, place_one=place_one, note=note_directions)
        # One entity alone: the caller has to ask for unique elements anyway, so repetitions are left out at once.
        self.single = row_class is None and len(parts) == 1 and parts[0].node is not None
        self.is_unique = self.single and any(node.has_collections for node in nodes)

    def build(self) -> GraphLoader:
        """Return the loader."""
        line = self.writer.line
        line(0, "def load(rows, holder, overwrite, context):")
        line(1, "found = []; append = found.append; missing = object()")
        if self.group_by:
            line(1, "groups = context.groups")
        for number, node in enumerate(self.nodes):
            self._prepare(number, node)
        flat = [f"v{index}" for index in range(len(self.codecs))]
        line(1, f"for {', '.join(flat)}{',' if len(flat) == 1 else ''} in rows:")
        # Owners first: the members ask whether their owner is there.
        for number, node in enumerate(self.nodes):
            self._node(number, node)
        for number, node in enumerate(self.nodes):
            self._members(number, node)
        self._output()
        self._finish()
        line(1, "return found")
        label = f"<holdfast graph {' '.join(node.mapper.class_name for node in self.nodes)} {next(_serial)}>"
        return compile_function("load", "\n".join(self.writer.lines) + "\n", self.writer.names, label)

    # The parts of the function.

    def _keeps(self, node: EntityNode) -> bool:
        return bool(node.branches or node.follow_ups) or (self.is_unique and self.number[id(node)] == self._root)

    @property
    def _root(self) -> int:
        return self.parts[0].node if self.parts and self.parts[0].node is not None else -1

    def _collections(self, node: EntityNode) -> list[tuple[int, Any]]:
        return [(at, branch) for at, branch in enumerate(node.branches) if branch.relationship.uselist]

    def _references(self, node: EntityNode) -> list[tuple[int, Any]]:
        return [(at, branch) for at, branch in enumerate(node.branches) if not branch.relationship.uselist]

    def _prepare(self, number: int, node: EntityNode) -> None:
        line = self.writer.line
        self.writer.names[f"heard{number}"] = heard_of(node.mapper)
        line(1, f"on_load{number}, on_refresh{number} = heard{number}.load, heard{number}.refresh")
        write_start(self.writer, self._part(number, node))
        if node.remembers:
            line(1, f"directions{number} = context.directions[{number}]")
        if self._keeps(node):
            line(1, f"seen{number} = {{}}; last{number} = missing; o{number} = None")
        if node.follow_ups:
            line(1, f"gather{number} = context.gathered[{number}].append")
        for at, _ in self._collections(node):
            line(1, f"waiting{number}_{at} = []")

    def _part(self, number: int, node: EntityNode) -> ObjectPart:
        codecs = [self.codecs[position] for position in node.positions]
        return ObjectPart(number, node.mapper, node.names, node.positions, codecs, node.owners)

    def _raw_key(self, node: EntityNode) -> str:
        return self._part(self.number[id(node)], node).raw_key

    def _node(self, number: int, node: EntityNode) -> None:
        """Write the lines that find or make the object of a node; where it is kept, once per key."""
        line = self.writer.line
        if not self._keeps(node):
            self._object(2, number, node)
            return
        members = [f"m{number}_{at}" for at, _ in self._collections(node)]
        pack = "".join(f", {name}" for name in members)
        line(2, f"k{number} = {self._raw_key(node)}")
        line(2, f"if k{number} != last{number}:")
        line(3, f"last{number} = k{number}")
        line(3, f"known = seen{number}.get(k{number})")
        line(3, "if known is None:")
        line(4, f"fresh{number} = True")
        self._object(4, number, node)
        for at, branch in self._collections(node):
            key = branch.relationship.key
            line(4, f"m{number}_{at} = {{}}")
            guard = self._guard(number, node, branch)
            line(4, f"if o{number} is not None{guard} and (overwrite or {key!r} not in o{number}.__dict__):")
            line(5, f"waiting{number}_{at}.append((o{number}, m{number}_{at}))")
        line(4, f"seen{number}[k{number}] = (o{number}{pack},)")
        if node.follow_ups:
            line(4, f"if o{number} is not None: gather{number}(o{number})")
        line(3, "else:")
        line(4, f"fresh{number} = False; (o{number}{pack},) = known")
        line(2, f"else: fresh{number} = False")

    def _object(self, depth: int, number: int, node: EntityNode) -> None:
        """Write the lines that find or make one object."""
        heard = f"o{number}.__class__.__mapper__.dispatch"
        on_load, on_refresh = f"on_load{number}", f"on_refresh{number}"
        told = (f"{heard}.load", f"{heard}.refresh") if node.mapper.is_polymorphic else (on_load, on_refresh)
        besides = Besides(
            loaded=f"if {on_load}: tell({told[0]}, o{number}, QueryContext(holder.session))",
            refreshed=f"if {on_refresh}: tell_refreshed({told[1]}, o{number}, holder, lacked)",
            lacks=on_refresh,
            present=f"note(state, directions{number})" if node.directions.concerns_present else "",
            extra=f"{{'directions': directions{number}}}" if node.remembers else "None",
        )
        write_object(self.writer, depth, self._part(number, node), besides)

    def _guard(self, number: int, node: EntityNode, branch: Any) -> str:
        """Return the condition that an object has a relationship which only a subclass has."""
        parent = branch.relationship.parent
        if node.mapper.isa(parent):
            return ""
        name = f"owner_of_{parent.class_name}_{parent.serial}"
        self.writer.names[name] = parent.class_
        return f" and isinstance(o{number}, {name})"

    def _members(self, number: int, node: EntityNode) -> None:
        """Write the lines that bring owner and members of the row together."""
        line = self.writer.line
        for at, branch in self._collections(node):
            child = self.number[id(branch.node)]
            raw = self._raw_key(branch.node)
            line(2, f"if o{child} is not None: m{number}_{at}[{raw}] = o{child}")
        for _, branch in self._references(node):
            child, key = self.number[id(branch.node)], branch.relationship.key
            line(2, f"if fresh{number} and o{number} is not None{self._guard(number, node, branch)}:")
            line(3, f"if {key!r} not in o{number}.__dict__: o{number}.__dict__[{key!r}] = o{child}")
            line(3, f"elif overwrite: place_one(o{number}, {key!r}, o{child})")

    def _output(self) -> None:
        line = self.writer.line
        if self.group_by:
            self._grouped()
            return
        outputs = []
        for part in self.parts:
            if part.node is not None:
                outputs.append(f"o{part.node}")
                continue
            values = [self.writer.value(position, self.codecs[position]) for position in part.positions]
            if part.make is None:
                outputs.append(values[0])
            else:
                name = f"make{len(outputs)}"
                self.writer.names[name] = part.make
                outputs.append(f"{name}(({', '.join(values)},))")
        if self.row_class is not None:
            line(2, f"append(row_class(({', '.join(outputs)},)))")
        elif self.is_unique:
            line(2, f"if fresh{self._root}: append({outputs[0]})")
        else:
            line(2, f"append({outputs[0]})")

    def _grouped(self) -> None:
        """Write the lines that give a member to its owner."""
        line, root = self.writer.line, self._root
        keys = []
        for position in self.group_by:
            expression = self.writer.conversion(f"v{position}", self.codecs[position])
            keys.append(f"v{position}" if expression is None else expression)
        key = keys[0] if len(keys) == 1 else f"({', '.join(keys)})"
        node = self.nodes[root]
        if node.has_collections:
            line(2, f"if o{root} is not None: groups[{key}][{self._raw_key(node)}] = o{root}")
        else:
            line(2, f"if o{root} is not None: groups[{key}].append(o{root})")

    def _finish(self) -> None:
        for number, node in enumerate(self.nodes):
            for at, branch in self._collections(node):
                name = f"link{number}_{at}"
                self.writer.names[name] = branch.relationship.link
                self.writer.line(1, f"place(waiting{number}_{at}, {name})")


def place_collections(waiting: Iterable[tuple[Any, dict[Any, Any]]], link: Any) -> None:
    """Give the owners their collections.

    Args: waiting: pairs of owner and members by key.
    """
    new_collection, key = link.new_collection, link.key
    for owner, members in waiting:
        state = owner._sa_instance_state
        if state.old is None and state.extra is None:
            new_collection(state, owner, members.values())
        else:
            set_loaded_collection(state, owner, key, members.values())


def place_one(owner: Any, key: str, member: Any) -> None:
    """Replace a reference by the row's, with what was changed of it."""
    set_loaded(owner._sa_instance_state, owner, key, member)


def note_directions(state: Any, directions: Any) -> None:
    """Let a present object remember what the options say: the latest ones count."""
    if state.extra is None:
        state.extra = {"directions": directions}
    else:
        state.extra["directions"] = directions


def warn_of_many(relationship: Any, how: str) -> None:
    """Warn that a relationship to one object has several rows."""
    exc.warn(f"Multiple rows returned with uselist=False for {how}-loaded attribute '{relationship}' ")
