"""What is told of class hierarchies that are declared or used wrongly, and what still works: warnings, errors, aliases."""

from collections.abc import Callable
from functools import cache
from types import SimpleNamespace
from typing import Any

from tests.differential.log import Log
from tests.differential.programs.shop import session_on
from tests.differential.registry import program


@cache
def _staff(lib: Any) -> Any:
    """Return Employee, and Manager and Engineer in tables of their own; everybody has a boss."""
    orm = lib.orm
    base = type("Base", (orm.DeclarativeBase,), {})
    key = orm.mapped_column(lib.Integer, primary_key=True)
    employee = type("Employee", (base,), {
        "__tablename__": "employees", "id": key, "name": orm.mapped_column(lib.String(20)),
        "kind": orm.mapped_column(lib.String(10)),
        "boss_id": orm.mapped_column(lib.ForeignKey("managers.id", use_alter=True, name="boss_of")),
        "__mapper_args__": {"polymorphic_on": "kind", "polymorphic_identity": "employee"},
    })  # fmt: skip

    def below(name: str, more: str) -> Any:
        own = orm.mapped_column(lib.ForeignKey("employees.id"), primary_key=True)
        return type(name, (employee,), {
            "__tablename__": f"{name.lower()}s", "id": own, more: orm.mapped_column(lib.Integer),
            "__mapper_args__": {"polymorphic_identity": name.lower(), "inherit_condition": own == employee.id},
        })  # fmt: skip

    manager, engineer = below("Manager", "level"), below("Engineer", "skill")
    employee.boss = orm.relationship(manager, foreign_keys=[employee.boss_id])
    base.registry.configure()
    return SimpleNamespace(base=base, Employee=employee, Manager=manager, Engineer=engineer)


def staff(function: Callable[[Any, Any, Any, Log], None]) -> Any:
    """Enter a program over three employees: a manager, an engineer whom she leads, and somebody."""

    def run(lib: Any, engine: Any, log: Log) -> None:
        m = _staff(lib)
        with log.quiet():
            m.base.metadata.create_all(engine)
            with session_on(lib, engine) as session:
                ann = m.Manager(name="Ann", level=4, kind="manager")
                session.add(ann)
                session.flush()
                session.add(m.Engineer(name="Bob", skill=2, boss_id=ann.id))
                session.flush()
                session.add(m.Employee(name="Cy"))
                session.commit()
        with session_on(lib, engine) as session:
            function(lib, session, m, log)

    run.__name__, run.__module__ = function.__name__, __name__
    program(run)
    return function


def _discriminator(name: str, class_: str, kind: Any) -> None:
    def run(lib: Any, session: Any, m: Any, log: Log) -> None:
        made = getattr(m, class_)(name="x")
        made.kind = kind
        session.add(made)
        session.flush()
        session.rollback()

    run.__name__ = name
    staff(run)


_discriminator("a_parent_says_that_it_is_a_child", "Employee", "manager")
_discriminator("a_child_says_that_it_is_its_parent", "Manager", "employee")
_discriminator("a_child_says_that_it_is_its_sibling", "Manager", "engineer")
_discriminator("a_class_that_is_not_there", "Engineer", "nobody")
_discriminator("its_own_class_said", "Manager", "manager")
_discriminator("no_class_said", "Employee", None)


@staff
def the_discriminator_is_changed(lib: Any, session: Any, m: Any, log: Log) -> None:
    ann = session.get(m.Manager, 1)
    log("kind", ann.kind)
    ann.kind = "engineer"
    session.commit()
    session.expunge_all()
    log("found", session.scalars(lib.select(m.Employee).where(m.Employee.id == 1)).all())


def _wrong_row(name: str, kind: Any, number: int) -> None:
    def run(lib: Any, session: Any, m: Any, log: Log) -> None:
        table = m.Employee.__table__
        session.execute(lib.update(table).where(table.c.id == number).values(kind=kind))
        for class_ in (m.Employee, m.Manager, m.Engineer):
            log.error(class_.__name__, lambda class_=class_: session.get(class_, number))
            log.error("all", lambda class_=class_: session.scalars(lib.select(class_).order_by(class_.id)).all())

    run.__name__ = name
    staff(run)


_wrong_row("a_row_of_no_class", "nobody", 3)
_wrong_row("a_row_without_a_class", None, 3)
_wrong_row("a_row_of_a_sibling", "engineer", 1)


@staff
def joined_along_a_relationship(lib: Any, session: Any, m: Any, log: Log) -> None:
    log("led", session.scalars(lib.select(m.Employee).join(m.Employee.boss)).all())
    log("by whom", session.execute(lib.select(m.Engineer).join(m.Engineer.boss).where(m.Manager.level > 3)).all())
    log("ordered", session.scalars(lib.select(m.Employee).join(m.Employee.boss).order_by(m.Manager.level)).all())
    log("outer", session.scalars(lib.select(m.Engineer).outerjoin(m.Engineer.boss)).all())


@staff
def joined_with_both_in_the_row(lib: Any, session: Any, m: Any, log: Log) -> None:
    statement = lib.select(m.Engineer, m.Manager).join(m.Manager, m.Engineer.boss_id == m.Manager.id)
    log("pairs", session.execute(statement).all())
    log("columns", session.execute(lib.select(m.Engineer.skill, m.Manager.level).join(m.Engineer.boss)).all())


@staff
def joined_by_a_query(lib: Any, session: Any, m: Any, log: Log) -> None:
    log("led", session.query(m.Engineer).join(m.Engineer.boss).filter(m.Manager.level > 3).all())
    log.error("the same", lambda: session.query(m.Manager).join(m.Manager.boss).all())


@staff
def joined_by_an_alias(lib: Any, session: Any, m: Any, log: Log) -> None:
    boss = lib.orm.aliased(m.Manager, flat=True)
    log("led", session.execute(lib.select(m.Employee, boss).join(m.Employee.boss.of_type(boss))).all())


@cache
def _favourites(lib: Any) -> Any:
    """Return classes in tables of their own that refer to each other; one of the two keys is written afterwards."""
    orm = lib.orm
    base = type("Base", (orm.DeclarativeBase,), {})
    node = type("Node", (base,), {
        "__tablename__": "nodes", "id": orm.mapped_column(lib.Integer, primary_key=True),
        "kind": orm.mapped_column(lib.String(10)),
        "__mapper_args__": {"polymorphic_on": "kind", "polymorphic_identity": "node"},
    })  # fmt: skip
    shelf_id, book_id = (orm.mapped_column(lib.ForeignKey("nodes.id"), primary_key=True) for _ in range(2))
    stands_on = orm.mapped_column(lib.ForeignKey("shelves.id"))
    best_id = orm.mapped_column(lib.ForeignKey("books.id", use_alter=True, name="best_of"))
    shelf = type("Shelf", (node,), {
        "__tablename__": "shelves", "id": shelf_id, "best_id": best_id,
        "best": orm.relationship("Book", foreign_keys=[best_id], post_update=True),
        "__mapper_args__": {"polymorphic_identity": "shelf", "inherit_condition": shelf_id == node.id},
    })  # fmt: skip
    book = type("Book", (node,), {
        "__tablename__": "books", "id": book_id, "shelf_id": stands_on,
        "shelf": orm.relationship("Shelf", foreign_keys=[stands_on]),
        "__mapper_args__": {"polymorphic_identity": "book", "inherit_condition": book_id == node.id},
    })  # fmt: skip
    base.registry.configure()
    return SimpleNamespace(base=base, Shelf=shelf, Book=book)


@program
def keys_written_afterwards(lib: Any, engine: Any, log: Log) -> None:
    m = _favourites(lib)
    with log.quiet():
        m.base.metadata.create_all(engine)
    log.without_reads()
    with session_on(lib, engine) as session:
        shelf, one = m.Shelf(), m.Book()
        one.shelf = shelf
        shelf.best = one
        session.add_all([shelf, one])
        session.commit()
        two = m.Book(shelf=shelf)
        session.add(two)
        session.commit()
        log("best", shelf.best is one)
        shelf.best = two
        session.commit()
        log("best", shelf.best is two)
        shelf.best = None
        session.commit()
        log("best", shelf.best)
        shelf.best = one
        session.commit()
        one.shelf = two.shelf = None
        session.commit()
        session.delete(shelf)
        session.commit()


def _declared(name: str, declare: Callable[[Any, Any, Any], None]) -> None:
    """Enter a program that declares a child of a mapped class wrongly."""

    def run(lib: Any, engine: Any, log: Log) -> None:
        orm = lib.orm
        base = type("Base", (orm.DeclarativeBase,), {})
        parent = type("Parent", (base,), {
            "__tablename__": "parents", "id": orm.mapped_column(lib.Integer, primary_key=True),
            "kind": orm.mapped_column(lib.String(5)), "size": orm.mapped_column(lib.Integer),
            "__mapper_args__": {"polymorphic_on": "kind", "polymorphic_identity": "parent"},
        })  # fmt: skip
        log.error("declared", lambda: declare(lib, base, parent), message=True)
        base.registry.dispose()

    run.__name__, run.__module__ = f"declared_{name}", __name__
    program(run)


def _child(lib: Any, parent: Any, **body: Any) -> None:
    type("Child", (parent,), body)


_declared("without_a_foreign_key", lambda lib, base, parent: _child(
    lib, parent, __tablename__="children", id=lib.orm.mapped_column(lib.Integer, primary_key=True)))  # fmt: skip
_declared("with_two_foreign_keys", lambda lib, base, parent: _child(
    lib, parent, __tablename__="children", id=lib.orm.mapped_column(lib.ForeignKey("parents.id"), primary_key=True),
    other=lib.orm.mapped_column(lib.ForeignKey("parents.id"))))  # fmt: skip
_declared("with_arguments_of_no_table", lambda lib, base, parent: _child(lib, parent, __table_args__={"schema": "x"}))
_declared("with_a_column_that_is_there", lambda lib, base, parent: _child(
    lib, parent, size=lib.orm.mapped_column(lib.Integer)))  # fmt: skip
_declared("with_an_identity_that_is_taken", lambda lib, base, parent: _child(
    lib, parent, __mapper_args__={"polymorphic_identity": "parent"}))  # fmt: skip
_declared("without_an_identity", lambda lib, base, parent: _child(lib, parent))
_declared("with_another_way_of_loading", lambda lib, base, parent: _child(
    lib, parent, __mapper_args__={"polymorphic_identity": "x", "polymorphic_load": "sometimes"}))  # fmt: skip
_declared("with_a_column_of_the_same_name", lambda lib, base, parent: _child(
    lib, parent, __tablename__="children", id=lib.orm.mapped_column(lib.ForeignKey("parents.id"), primary_key=True),
    size=lib.orm.mapped_column(lib.Integer), __mapper_args__={"polymorphic_identity": "x"}))  # fmt: skip
_declared("and_read_with_another_class", lambda lib, base, parent: lib.orm.with_polymorphic(parent, [type(
    "Other", (base,), {"__tablename__": "others", "id": lib.orm.mapped_column(lib.Integer, primary_key=True)})]))  # fmt: skip
