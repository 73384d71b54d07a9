"""Programs about the options of relationships: what fits together, what is warned of, what backrefs take over."""

from typing import Any

from tests.differential.log import Log
from tests.differential.registry import program


def _configured(lib: Any, log: Log, label: str, of_parent: dict[str, Any], of_child: dict[str, Any] | None) -> None:
    """Map a parent and its children with these options, and write down what becomes of them."""
    orm = lib.orm

    class Base(orm.DeclarativeBase):  # type: ignore[misc]
        pass

    def configure() -> Any:
        body = {
            "__tablename__": "parents",
            "id": lib.Column(lib.Integer, primary_key=True),
            "children": orm.relationship("Child", **of_parent),
        }
        parent: Any = type("Parent", (Base,), body)
        body = {
            "__tablename__": "children",
            "id": lib.Column(lib.Integer, primary_key=True),
            "parent_id": lib.Column(lib.ForeignKey("parents.id")),
        }
        if of_child is not None:
            body["parent"] = orm.relationship("Parent", **of_child)
        child: Any = type("Child", (Base,), body)
        Base.registry.configure()
        return [
            (prop.key, prop.direction.name, prop.uselist, sorted(prop.cascade), prop.viewonly, prop.lazy,
             prop.passive_deletes)
            for class_ in (parent, child)
            for prop in lib.inspect(class_).relationships
        ]  # fmt: skip

    log.error(label, configure, message=True)
    Base.registry.dispose()


@program
def options(lib: Any, engine: Any, log: Log) -> None:
    """Options of a many-to-one with its other side."""
    cases: dict[str, dict[str, Any]] = {
        "viewonly": {"viewonly": True},
        "viewonly, synchronised": {"viewonly": True, "sync_backref": True},
        "viewonly, not synchronised": {"viewonly": True, "sync_backref": False},
        "viewonly with all cascades": {"viewonly": True, "cascade": "all"},
        "viewonly with passive deletes": {"viewonly": True, "passive_deletes": True},
        "viewonly with active history": {"viewonly": True, "active_history": True},
        "single parent": {"cascade": "all, delete-orphan", "single_parent": True},
        "delete": {"cascade": "all"},
        "passive deletes and delete": {"cascade": "all", "passive_deletes": "all"},
        "orphans without delete": {"cascade": "delete-orphan", "single_parent": True},
        "a wrong remote side": {"remote_side": "Child.id"},
    }
    for label, given in cases.items():
        _configured(lib, log, label, {"back_populates": "parent"}, {"back_populates": "children", **given})


@program
def backrefs(lib: Any, engine: Any, log: Log) -> None:
    """What the other side takes over, and what it may have of its own."""
    backref = lib.orm.backref
    cases: dict[str, dict[str, Any]] = {
        "a name": {"backref": "parent"},
        "options": {"backref": backref("parent", lazy="joined", cascade="all")},
        "one to one": {"backref": backref("parent", uselist=False), "uselist": False},
        "viewonly": {"backref": "parent", "viewonly": True},
        "viewonly, not synchronised": {"backref": "parent", "viewonly": True, "sync_backref": False},
        "taken": {"backref": "parent_id"},
        "both forms": {"backref": "parent", "back_populates": "parent"},
        "passive": {"backref": "parent", "passive_deletes": True, "passive_updates": False, "post_update": True},
        "a set": {"collection_class": set},
        "a dynamic reference": {"lazy": "dynamic", "uselist": False},
    }
    for label, given in cases.items():
        _configured(lib, log, label, given, None)


@program
def overlaps(lib: Any, engine: Any, log: Log) -> None:
    """Two relationships that write one column are warned of, unless they are each other's side or say that they know."""
    _configured(lib, log, "not connected", {}, {})
    _configured(lib, log, "connected", {"back_populates": "parent"}, {"back_populates": "children"})
    _configured(lib, log, "one is only read", {}, {"viewonly": True})
    _configured(lib, log, "said", {}, {"overlaps": "children"})
    _configured(lib, log, "with a backref beside it", {"backref": "other"}, {})
    _configured(
        lib, log, "of 1.x", {"back_populates": "parent"}, {"back_populates": "children", "cascade_backrefs": False}
    )
    _configured(
        lib, log, "not any more", {"back_populates": "parent"}, {"back_populates": "children", "cascade_backrefs": True}
    )


@program
def other_sides_by_function(lib: Any, engine: Any, log: Log) -> None:
    """back_populates may be a function that gives the other side: its attribute or its name."""
    orm = lib.orm

    def ways(child: Any) -> dict[str, Any]:
        return {
            "attribute": lambda: child().parent,
            "name": lambda: "parent",
            "column": lambda: child().id,
            "unknown name": lambda: "nobody",
            "number": lambda: 5,
            "class": child,
            "nothing": lambda: None,
        }

    for name in ways(None):

        class Base(orm.DeclarativeBase):  # type: ignore[misc]
            pass

        classes: dict[str, Any] = {}
        way = ways(lambda classes=classes: classes["child"])[name]
        classes["parent"] = type(
            "Parent",
            (Base,),
            {
                "__tablename__": "parents",
                "id": lib.Column(lib.Integer, primary_key=True),
                "children": orm.relationship("Child", back_populates=way),
            },
        )
        classes["child"] = type(
            "Child",
            (Base,),
            {
                "__tablename__": "children",
                "id": lib.Column(lib.Integer, primary_key=True),
                "parent_id": lib.Column(lib.ForeignKey("parents.id")),
                "parent": orm.relationship(
                    "Parent", back_populates=lambda classes=classes: classes["parent"].children, overlaps="children"
                ),
            },
        )
        log.error(name, Base.registry.configure, message=True)
        if name in ("attribute", "name"):
            parent = classes["parent"](children=[classes["child"]()])
            log("told the other side", parent.children[0].parent is parent)
            log("known as", [lib.inspect(one).relationships.values()[0].back_populates for one in classes.values()])
        Base.registry.dispose()
