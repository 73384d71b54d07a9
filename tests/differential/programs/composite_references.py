"""Programs about keys of several columns that a flush itself makes known: only the columns that change are written."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from tests.differential.log import Log
from tests.differential.registry import program

Declare = Callable[[Any], dict[str, Any]]
"""library -> what stands in the body of the class that refers, beside its columns."""


def tenants(lib: Any, *, joined: bool = False, declare: Declare = lambda lib: {}) -> Any:
    """Map parents with a key of two columns, whose first one has a default, and children that refer to them."""
    base: Any = type("Base", (lib.orm.DeclarativeBase,), {})
    parent: Any = type("Parent", (base,), {
        "__tablename__": "parents",
        "tenant": lib.Column(lib.Integer, primary_key=True, default=1),
        "number": lib.Column(lib.Integer, primary_key=True),
        "name": lib.Column(lib.String),
        "children": lib.orm.relationship("Child", back_populates="parent", order_by="Child.id"),
    })  # fmt: skip
    kind = lib.Column(lib.String)
    polymorphic = {"kind": kind, "__mapper_args__": {"polymorphic_on": kind, "polymorphic_identity": "child"}}
    child: Any = type("Child", (base,), {
        "__tablename__": "children",
        "id": lib.Column(lib.Integer, primary_key=True),
        "parent_tenant": lib.Column(lib.Integer),
        "parent_number": lib.Column(lib.Integer),
        "name": lib.Column(lib.String),
        "__table_args__": (
            lib.ForeignKeyConstraint(["parent_tenant", "parent_number"], ["parents.tenant", "parents.number"]),
        ),
        "parent": lib.orm.relationship("Parent", back_populates="children"),
        **(polymorphic if joined else {}),
        **declare(lib),
    })  # fmt: skip
    written = child
    if joined:
        body = {
            "__tablename__": "pupils",
            "id": lib.Column(lib.ForeignKey("children.id"), primary_key=True),
            "form": lib.Column(lib.String),
            "__mapper_args__": {"polymorphic_identity": "pupil"},
        }
        written = type("Pupil", (child,), body)
    return SimpleNamespace(Parent=parent, Child=child, Written=written, metadata=base.metadata)


def move(lib: Any, engine: Any, log: Log, names: Any) -> None:
    """Let children come to parents of the same flush, by either side; at last to one that takes over a row."""
    parent = names.Parent
    with log.quiet():
        names.metadata.create_all(engine)
    with lib.orm.Session(engine, expire_on_commit=False) as session:
        with log.quiet():
            first = parent(tenant=1, number=1)
            children = [names.Written(id=number, parent=first, name="n") for number in range(1, 6)]
            session.add_all(children)
            session.commit()
        same_tenant = parent(number=2)
        for child in children[:3]:
            child.parent = same_tenant
        children[1].name = "x"
        children[3].parent = parent(tenant=2, number=1)
        session.commit()
        log("keys", [(child.parent_tenant, child.parent_number) for child in children])
        by_collection = parent(tenant=2, number=2)
        session.add(by_collection)
        by_collection.children.extend(children[3:])
        session.commit()
        for child in children:
            child.parent = first
        session.commit()
        heir = parent(tenant=1, number=1, name="heir")
        session.delete(first)
        session.add(heir)
        for child in children:
            child.parent = heir
        session.commit()
        log("keys", [(child.parent_tenant, child.parent_number) for child in children])
        log.session(session)


@program
def columns_that_change(lib: Any, engine: Any, log: Log) -> None:
    move(lib, engine, log, tenants(lib))


@program
def columns_that_change_one_by_one(lib: Any, engine: Any, log: Log) -> None:
    move(lib, engine, log, tenants(lib, declare=lambda lib: {"__mapper_args__": {"batch": False}}))


@program
def columns_that_change_of_rows_with_versions(lib: Any, engine: Any, log: Log) -> None:
    """A row that keeps its key keeps its version."""

    def declare(lib: Any) -> dict[str, Any]:
        version = lib.Column(lib.Integer, nullable=False)
        return {"version": version, "__mapper_args__": {"version_id_col": version}}

    log.row_by_row("children")
    move(lib, engine, log, tenants(lib, declare=declare))


@program
def columns_that_change_of_a_subclass(lib: Any, engine: Any, log: Log) -> None:
    move(lib, engine, log, tenants(lib, joined=True))


def _listen(lib: Any, log: Log, names: Any, attribute: str) -> None:
    for event in ("before_update", "after_update", "before_insert", "after_insert"):

        def heard(mapper: Any, connection: Any, target: Any, event: str = event) -> None:
            log(event, (target.id, target.parent_tenant, target.parent_number))

        lib.event.listen(names.Child, event, heard, propagate=True)

    @lib.event.listens_for(names.Written, "before_update")
    def set_one(mapper: Any, connection: Any, target: Any) -> None:
        if target.id == 3:
            setattr(target, attribute, "heard")


@program
def columns_that_change_and_listeners(lib: Any, engine: Any, log: Log) -> None:
    names = tenants(lib)
    _listen(lib, log, names, "name")
    move(lib, engine, log, names)


@program
def columns_that_change_of_a_subclass_and_listeners(lib: Any, engine: Any, log: Log) -> None:
    names = tenants(lib, joined=True)
    _listen(lib, log, names, "form")
    move(lib, engine, log, names)


@program
def columns_that_change_and_listeners_behind(lib: Any, engine: Any, log: Log) -> None:
    names = tenants(lib)
    lib.event.listen(names.Child, "after_update", lambda mapper, connection, child: log("after", child.id))
    move(lib, engine, log, names)


@program
def a_new_object_in_the_place_of_a_deleted_one(lib: Any, engine: Any, log: Log) -> None:
    """Its key has two columns: the row is updated."""
    names = tenants(lib)
    with log.quiet():
        names.metadata.create_all(engine)
    with lib.orm.Session(engine) as session:
        with log.quiet():
            before = names.Parent(tenant=3, number=4, name="before")
            session.add(before)
            session.commit()
        session.delete(before)
        after = names.Parent(tenant=3, number=4, name="after")
        session.add(after)
        session.commit()
        log("after", (after.tenant, after.number, after.name))
        log.state(before, after)
