"""Every kind of relationship, mapped with the same two classes, for programs that do the same with all of them."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from types import SimpleNamespace
from typing import Any


class Names(SimpleNamespace):
    """One kind of relationship, mapped: `Parent`, `Child`, and how its objects are brought together.

    Attributes:
        many: the attribute of the parent that holds the children, or "".
        one: the attribute of the child that holds its parent, or its parents, or "".
        keyed: the collection is a dict by name.
    """


def _base(lib: Any) -> Any:
    return type("Base", (lib.orm.DeclarativeBase,), {})


def _column(lib: Any, **options: Any) -> Any:
    return lib.Column(lib.ForeignKey("parents.id", **options.pop("key", {})), **options)


def _parent(lib: Any, base: Any, **body: Any) -> Any:
    columns = {
        "__tablename__": "parents",
        "id": lib.Column(lib.Integer, primary_key=True),
        "name": lib.Column(lib.String),
    }
    return type("Parent", (base,), {**columns, **body})


def _child(lib: Any, base: Any, **body: Any) -> Any:
    columns = {
        "__tablename__": "children",
        "id": lib.Column(lib.Integer, primary_key=True),
        "name": lib.Column(lib.String),
    }
    return type("Child", (base,), {**columns, **body})


def _families(lib: Any, many: dict[str, Any], one: dict[str, Any] | None = None, **column: Any) -> Names:
    """Map a one-to-many with these options, with or without its other side."""
    base, relationship = _base(lib), lib.orm.relationship
    has_other = one is not None
    body: dict[str, Any] = {"parent_id": _column(lib, **column)}
    if has_other:
        body["parent"] = relationship("Parent", back_populates="children", **(one or {}))
    child = _child(lib, base, **body)
    options = {"order_by": child.id, **({"back_populates": "parent"} if has_other else {}), **many}
    parent = _parent(lib, base, children=relationship(child, **options))
    return Names(Parent=parent, Child=child, many="children", one="parent" if has_other else "", keyed=False)


def both_sides(lib: Any) -> Names:
    return _families(lib, {}, {})


def one_sided_collection(lib: Any) -> Names:
    return _families(lib, {})


def one_sided_reference(lib: Any) -> Names:
    base = _base(lib)
    parent = _parent(lib, base)
    child = _child(lib, base, parent_id=_column(lib), parent=lib.orm.relationship(parent))
    return Names(Parent=parent, Child=child, many="", one="parent", keyed=False)


def one_to_one(lib: Any) -> Names:
    return _families(lib, {"uselist": False, "order_by": None}, {})


def owned(lib: Any) -> Names:
    return _families(lib, {"cascade": "all, delete-orphan"}, {})


def owned_one_sided(lib: Any) -> Names:
    return _families(lib, {"cascade": "all, delete-orphan"})


def owned_not_null(lib: Any) -> Names:
    return _families(lib, {"cascade": "all, delete-orphan"}, {}, nullable=False)


def not_null(lib: Any) -> Names:
    return _families(lib, {}, {}, nullable=False)


def deleted_by_the_flush(lib: Any) -> Names:
    return _families(lib, {"cascade": "all"}, {})


def deleted_by_the_database(lib: Any) -> Names:
    return _families(lib, {"cascade": "all", "passive_deletes": True}, {}, key={"ondelete": "CASCADE"})


def left_to_the_database(lib: Any) -> Names:
    return _families(lib, {"passive_deletes": "all"}, {}, key={"ondelete": "SET NULL"})


def left_to_the_database_one_sided(lib: Any) -> Names:
    return _families(lib, {"passive_deletes": "all"}, key={"ondelete": "SET NULL"})


def without_cascades(lib: Any) -> Names:
    return _families(lib, {"cascade": ""}, {"cascade": ""})


def in_a_set(lib: Any) -> Names:
    return _families(lib, {"collection_class": set}, {})


def in_a_dict(lib: Any) -> Names:
    collections = __import__(f"{lib.__name__}.orm.collections", fromlist=["x"])
    found = _families(lib, {"collection_class": collections.attribute_keyed_dict("name")}, {})
    found.keyed = True
    return found


def active_history(lib: Any) -> Names:
    return _families(lib, {"active_history": True}, {"active_history": True})


def updated_afterwards(lib: Any) -> Names:
    return _families(lib, {"post_update": True}, {"post_update": True})


def _many_to_many(lib: Any, one: bool, **options: Any) -> Names:
    base, relationship = _base(lib), lib.orm.relationship
    between = lib.Table(
        "links",
        base.metadata,
        lib.Column("parent_id", lib.ForeignKey("parents.id"), primary_key=True),
        lib.Column("child_id", lib.ForeignKey("children.id"), primary_key=True),
    )
    body = {"parent": relationship("Parent", secondary=between, back_populates="children")} if one else {}
    child = _child(lib, base, **body)
    other = {"back_populates": "parent"} if one else {}
    children = relationship(child, secondary=between, order_by=child.id, **other, **options)
    parent = _parent(lib, base, children=children)
    return Names(Parent=parent, Child=child, many="children", one="parent" if one else "", keyed=False)


def many_to_many(lib: Any) -> Names:
    return _many_to_many(lib, True)


def many_to_many_one_sided(lib: Any) -> Names:
    return _many_to_many(lib, False)


def many_to_many_owned(lib: Any) -> Names:
    return _many_to_many(lib, False, cascade="all, delete-orphan", single_parent=True)


def tree(lib: Any) -> Names:
    """Parents and children are nodes of one table."""
    base, relationship = _base(lib), lib.orm.relationship
    key = lib.Column(lib.Integer, primary_key=True)
    body = {
        "__tablename__": "nodes",
        "id": key,
        "name": lib.Column(lib.String),
        "parent_id": lib.Column(lib.ForeignKey("nodes.id")),
        "children": relationship("Node", back_populates="parent", order_by="Node.id"),
        "parent": relationship("Node", back_populates="children", remote_side=[key]),
    }
    node = type("Node", (base,), body)
    return Names(Parent=node, Child=node, many="children", one="parent", keyed=False)


def by_a_unique_name(lib: Any) -> Names:
    """The foreign key refers to another column than the primary key."""
    base, relationship = _base(lib), lib.orm.relationship
    parent = _parent(
        lib,
        base,
        name=lib.Column(lib.String, unique=True),
        children=relationship("Child", back_populates="parent", order_by="Child.id"),
    )
    child = _child(
        lib,
        base,
        parent_name=lib.Column(lib.ForeignKey("parents.name")),
        parent=relationship(parent, back_populates="children"),
    )
    return Names(Parent=parent, Child=child, many="children", one="parent", keyed=False)


def part_of_the_key(lib: Any) -> Names:
    """A child is known by its parent and its own number."""
    base, relationship = _base(lib), lib.orm.relationship
    parent = _parent(
        lib,
        base,
        children=relationship("Child", back_populates="parent", order_by="Child.name", cascade="all, delete-orphan"),
    )
    body = {
        "__tablename__": "children",
        "parent_id": lib.Column(lib.ForeignKey("parents.id"), primary_key=True),
        "name": lib.Column(lib.String, primary_key=True),
        "parent": relationship(parent, back_populates="children"),
    }
    child = type("Child", (base,), body)
    return Names(Parent=parent, Child=child, many="children", one="parent", keyed=False)


def two_references(lib: Any) -> Names:
    """A second reference between the same tables, the other way round: a circle, which ``post_update`` opens."""
    base, relationship = _base(lib), lib.orm.relationship
    child = _child(
        lib,
        base,
        parent_id=_column(lib),
        parent=relationship("Parent", back_populates="children", foreign_keys="Child.parent_id"),
    )
    parent = _parent(
        lib,
        base,
        best_id=lib.Column(lib.ForeignKey("children.id", use_alter=True, name="best")),
        children=relationship(child, back_populates="parent", foreign_keys="Child.parent_id", order_by=child.id),
        best=relationship(child, foreign_keys="Parent.best_id", post_update=True),
    )
    return Names(Parent=parent, Child=child, many="children", one="parent", keyed=False)


KINDS: tuple[Callable[[Any], Names], ...] = (
    both_sides, one_sided_collection, one_sided_reference, one_to_one, owned, owned_one_sided, owned_not_null, not_null,
    deleted_by_the_flush, deleted_by_the_database, left_to_the_database, left_to_the_database_one_sided, without_cascades, in_a_set, in_a_dict,
    active_history, updated_afterwards, many_to_many, many_to_many_one_sided, many_to_many_owned, tree, by_a_unique_name,
    part_of_the_key, two_references,
)  # fmt: skip


@cache
def mapped(lib: Any, kind: Callable[[Any], Names]) -> Names:
    """Return one kind, mapped once per library."""
    names = kind(lib)
    names.Parent.registry.configure()
    return names
