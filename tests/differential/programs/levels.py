"""Trees of one class: options below a relationship that goes several levels down, and conditions inside of recursive tables."""

from collections.abc import Callable
from functools import cache
from types import ModuleType, SimpleNamespace
from typing import Any

from tests.differential.log import Log
from tests.differential.registry import program


@cache
def _tree(lib: ModuleType) -> Any:
    """Return a class of nodes that know children, parent and tags, and tags that have notes."""
    orm = lib.orm
    base = type("Base", (orm.DeclarativeBase,), {})

    class Node(base):  # type: ignore[misc, valid-type]
        __tablename__ = "node"
        id = lib.Column(lib.Integer, primary_key=True)
        name = lib.Column(lib.String)
        parent_id = lib.Column(lib.ForeignKey("node.id"))
        children = orm.relationship("Node", order_by="Node.id", back_populates="parent")
        parent = orm.relationship("Node", remote_side=[id], back_populates="children")
        tags = orm.relationship("Tag", order_by="Tag.id")

    class Tag(base):  # type: ignore[misc, valid-type]
        __tablename__ = "tag"
        id = lib.Column(lib.Integer, primary_key=True)
        node_id = lib.Column(lib.ForeignKey("node.id"))
        notes = orm.relationship("Note")

    class Note(base):  # type: ignore[misc, valid-type]
        __tablename__ = "note"
        id = lib.Column(lib.Integer, primary_key=True)
        tag_id = lib.Column(lib.ForeignKey("tag.id"))

    orm.configure_mappers()
    return SimpleNamespace(Node=Node, Tag=Tag, Note=Note, metadata=base.metadata)


def _fill(lib: Any, engine: Any, log: Log) -> Any:
    m = _tree(lib)
    with log.quiet():
        m.metadata.create_all(engine)
        with lib.orm.Session(engine) as session:
            top = here = m.Node(name="top", tags=[m.Tag()])
            for level in range(4):
                below = m.Node(name=f"c{level}", tags=[m.Tag(notes=[m.Note()])])
                here.children = [below, m.Node(name=f"d{level}")]
                here = below
            session.add(top)
            session.commit()
    return m


def _loaded(node: Any) -> Any:
    """Return what an object has in memory, and what those have that it leads to."""
    found = vars(node)
    names = sorted(name for name in ("children", "parent", "tags", "parent_id") if name in found)
    tags = [sorted(name for name in ("notes",) if name in vars(tag)) for tag in found.get("tags", ())]
    return node.name, names, tags, [_loaded(child) for child in found.get("children", ())]


DOWN: dict[str, Callable[[Any, Any], Any]] = {
    "tags_two_levels": lambda o, m: [o.selectinload(m.Node.children, recursion_depth=2).selectinload(m.Node.tags)],
    "tags_all_levels": lambda o, m: [o.selectinload(m.Node.children, recursion_depth=-1).selectinload(m.Node.tags)],
    "joined": lambda o, m: [o.selectinload(m.Node.children, recursion_depth=2).joinedload(m.Node.tags)],
    "two_steps": lambda o, m: [
        o.selectinload(m.Node.children, recursion_depth=2).selectinload(m.Node.tags).selectinload(m.Tag.notes)
    ],
    "several_options": lambda o, m: [
        o.selectinload(m.Node.children, recursion_depth=2).options(o.selectinload(m.Node.tags), o.load_only(m.Node.name))
    ],
    "said_apart": lambda o, m: [
        o.selectinload(m.Node.children, recursion_depth=2), o.defaultload(m.Node.children).selectinload(m.Node.tags)
    ],
    "said_before": lambda o, m: [
        o.defaultload(m.Node.children).selectinload(m.Node.tags), o.selectinload(m.Node.children, recursion_depth=2)
    ],
    "of_the_top": lambda o, m: [o.selectinload(m.Node.children, recursion_depth=2), o.selectinload(m.Node.tags)],
    "immediate": lambda o, m: [o.immediateload(m.Node.children, recursion_depth=2)],
}  # fmt: skip


def _down(name: str, options: Callable[[Any, Any], Any]) -> None:
    def run(lib: Any, engine: Any, log: Log) -> None:
        m = _fill(lib, engine, log)
        with lib.orm.Session(engine) as session:
            statement = lib.select(m.Node).where(m.Node.parent_id.is_(None)).options(*options(lib.orm, m))
            log("loaded", _loaded(session.scalars(statement).unique().one()))

    run.__name__, run.__module__ = f"down_{name}", __name__
    program(run)


for _name, _options in DOWN.items():
    _down(_name, _options)


@program
def up_with_tags(lib: Any, engine: Any, log: Log) -> None:
    """The same by references, until there is no parent."""
    m = _fill(lib, engine, log)
    way = lib.orm.selectinload(m.Node.parent, recursion_depth=-1).selectinload(m.Node.tags)
    with lib.orm.Session(engine) as session:
        node = session.scalars(lib.select(m.Node).where(m.Node.name == "c3").options(way)).one()
        while node is not None:
            log("node", _loaded(node)[:3])
            node = vars(node).get("parent")


@program
def refused_at_all_levels(lib: Any, engine: Any, log: Log) -> None:
    """What may not be read may not be read further down either."""
    m = _fill(lib, engine, log)
    for key in (m.Node.tags, "*"):
        way = lib.orm.selectinload(m.Node.children, recursion_depth=2).raiseload(key)
        with lib.orm.Session(engine) as session:
            top = session.scalars(lib.select(m.Node).where(m.Node.parent_id.is_(None)).options(way)).one()
            log("of the top", len(top.tags))
            child = top.children[0]
            log.error("first level", lambda child=child: child.tags)
            log.error("second level", lambda child=child: child.children[0].tags)


def _columns(lib: Any, m: Any) -> Any:
    top = lib.select(m.Node.id, m.Node.name).where(m.Node.parent_id.is_(None)).cte("below", recursive=True)
    alias = lib.orm.aliased(m.Node)
    below = top.union_all(lib.select(alias.id, alias.name).where(alias.parent_id == top.c.id))
    return lib.select(below.c.name).order_by(below.c.id)


def _objects(lib: Any, m: Any) -> Any:
    top = lib.select(m.Node).where(m.Node.parent_id.is_(None)).cte("below", recursive=True)
    below = top.union_all(lib.select(m.Node).join(top, m.Node.parent_id == top.c.id))
    node = lib.orm.aliased(m.Node, below)
    return lib.select(node.name).order_by(node.id)


def _joined(lib: Any, m: Any) -> Any:
    top = lib.select(m.Node.id).where(m.Node.parent_id.is_(None)).cte(recursive=True)
    below = top.union(lib.select(m.Node.id).where(m.Node.parent_id == top.c.id))
    return lib.select(m.Node.name).join(below, m.Node.id == below.c.id).order_by(m.Node.id)


def _within(lib: Any, m: Any) -> Any:
    top = lib.select(m.Node.id).where(m.Node.parent_id.is_(None)).cte("below", recursive=True)
    below = top.union_all(lib.select(m.Node.id).where(m.Node.parent_id == top.c.id))
    inner = lib.select(below.c.id)
    return lib.select(m.Node.name).where(m.Node.id.in_(inner), m.Node.id.not_in(inner.where(below.c.id > 6)))


def _aliased_start(lib: Any, m: Any) -> Any:
    top = lib.select(m.Node.id).where(m.Node.parent_id.is_(None)).cte("below", recursive=True)
    start = top.alias("start")
    below = top.union_all(lib.select(m.Node.id).where(m.Node.parent_id == start.c.id))
    return lib.select(below.c.id).order_by(below.c.id)


def _in_a_union(lib: Any, m: Any) -> Any:
    some = lib.select(m.Node.id, m.Node.name).where(m.Node.parent_id.is_not(None)).cte("some")
    return lib.select(some.c.name).where(some.c.id < 4).union_all(lib.select(some.c.name).where(some.c.id > 6))


RECURSIVE = (_columns, _objects, _joined, _within, _aliased_start, _in_a_union)


def _conditions(make: Callable[[Any, Any], Any]) -> None:
    def run(lib: Any, engine: Any, log: Log) -> None:
        m = _fill(lib, engine, log)
        for include_aliases in (False,) if make is _objects else (False, True):
            only = lib.orm.with_loader_criteria(m.Node, m.Node.name != "c1", include_aliases=include_aliases)
            with lib.orm.Session(engine) as session:
                log("names", session.execute(make(lib, m).options(only)).scalars().all())

    run.__name__, run.__module__ = f"conditions_in_recursive{make.__name__}", __name__
    program(run)


for _make in RECURSIVE:
    _conditions(_make)


@program
def table_alias_of_joined_members(lib: Any, engine: Any, log: Log) -> None:
    """contains_eager() takes the alias of a table too."""
    m = _fill(lib, engine, log)
    alias = m.Tag.__table__.alias("marks")
    statement = (
        lib.select(m.Node).join(alias, alias.c.node_id == m.Node.id).order_by(m.Node.id)
        .options(lib.orm.contains_eager(m.Node.tags, alias=alias))
    )  # fmt: skip
    with lib.orm.Session(engine) as session:
        log("loaded", [_loaded(node) for node in session.scalars(statement).unique()])
