"""A company's staff as a class hierarchy, in one table or in a table per class, and its rows."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from types import ModuleType, SimpleNamespace
from typing import Any, Optional

from tests.differential.log import Log

LAYOUTS = ("single", "joined")


@cache
def staff(lib: ModuleType, layout: str, load: str = "", star: str = "") -> Any:
    """Map the staff once per library and layout.

    Args:
        layout: "single": all in one table; "joined": a table per class.
        load: ``polymorphic_load`` of the subclasses.
        star: ``with_polymorphic`` of the base.

    Returns: a namespace: metadata, the classes Company, Person, Engineer, Senior, Manager, Machine, Paper.
    """
    orm: Any = lib.orm
    sql: Any = lib
    joined = layout == "joined"
    loads = {"polymorphic_load": load} if load else {}
    stars = {"with_polymorphic": star} if star else {}

    class Base(orm.DeclarativeBase):  # type: ignore[misc]
        pass

    class Company(Base):
        __tablename__ = "company"
        id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
        name: orm.Mapped[str]
        people: orm.Mapped[list["Person"]] = orm.relationship("Person", back_populates="company", order_by="Person.id")
        engineers: orm.Mapped[list["Engineer"]] = orm.relationship("Engineer", viewonly=True)

    class Person(Base):
        __tablename__ = "person"
        id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
        name: orm.Mapped[str | None]
        kind: orm.Mapped[str | None]
        company_id: orm.Mapped[int | None] = orm.mapped_column(sql.ForeignKey("company.id"))
        company: orm.Mapped[Optional["Company"]] = orm.relationship("Company", back_populates="people")
        papers: orm.Mapped[list["Paper"]] = orm.relationship("Paper", back_populates="person", order_by="Paper.id")
        __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "person", **stars}

    def body(table: str, parent: str) -> dict[str, Any]:
        if not joined:
            return {}
        key = orm.mapped_column(sql.Integer, sql.ForeignKey(f"{parent}.id"), primary_key=True)
        return {"__tablename__": table, "id": key}

    Engineer = type("Engineer", (Person,), {
        **body("engineer", "person"),
        "language": orm.mapped_column(sql.String, nullable=True),
        "machines": orm.relationship("Machine", back_populates="engineer", order_by="Machine.id"),
        "__mapper_args__": {"polymorphic_identity": "engineer", **loads},
    })  # fmt: skip
    Senior = type("Senior", (Engineer,), {
        **body("senior", "engineer"),
        "level": orm.mapped_column(sql.Integer, nullable=True),
        "__mapper_args__": {"polymorphic_identity": "senior", **loads},
    })  # fmt: skip
    Manager = type("Manager", (Person,), {
        **body("manager", "person"),
        "title": orm.mapped_column(sql.String, nullable=True),
        "golf": orm.mapped_column(sql.Boolean, nullable=True),
        "__mapper_args__": {"polymorphic_identity": "manager", **loads},
    })  # fmt: skip

    class Machine(Base):
        __tablename__ = "machine"
        id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
        label: orm.Mapped[str]
        engineer_id: orm.Mapped[int | None] = orm.mapped_column(
            sql.ForeignKey("engineer.id" if joined else "person.id")
        )
        engineer: orm.Mapped[Optional["Engineer"]] = orm.relationship("Engineer", back_populates="machines")

    class Paper(Base):
        __tablename__ = "paper"
        id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
        text: orm.Mapped[str]
        person_id: orm.Mapped[int | None] = orm.mapped_column(sql.ForeignKey("person.id"))
        person: orm.Mapped[Optional["Person"]] = orm.relationship("Person", back_populates="papers")

    return SimpleNamespace(
        metadata=Base.metadata, Base=Base, Company=Company, Person=Person, Engineer=Engineer, Senior=Senior,
        Manager=Manager, Machine=Machine, Paper=Paper,
    )  # fmt: skip


def fill(lib: Any, engine: Any, s: Any) -> None:
    """Create the tables and put two companies and seven people into them, by plain SQL."""
    s.metadata.create_all(engine)
    joined = "engineer" in s.metadata.tables
    people = [
        # id, name, kind, company, language, level, title, golf
        (1, "ann", "person", 1, None, None, None, None),
        (2, "bob", "engineer", 1, "python", None, None, None),
        (3, "cid", "senior", 1, "c", 3, None, None),
        (4, "dan", "manager", 1, None, None, "boss", True),
        (5, "eve", "engineer", 2, "java", None, None, None),
        (6, "fay", "manager", 2, None, None, "chief", False),
        (7, "gus", "manager", None, None, None, None, None),
    ]
    with engine.begin() as connection:

        def put(table: str, **values: Any) -> None:
            connection.execute(s.metadata.tables[table].insert(), values)

        put("company", id=1, name="acme")
        put("company", id=2, name="bolt")
        for id_, name, kind, company, language, level, title, golf in people:
            values: dict[str, Any] = {"id": id_, "name": name, "kind": kind, "company_id": company}
            own: dict[str, dict[str, Any]] = {}
            if kind in ("engineer", "senior"):
                own["engineer"] = {"language": language}
            if kind == "senior":
                own["senior"] = {"level": level}
            if kind == "manager":
                own["manager"] = {"title": title, "golf": golf}
            if joined:
                put("person", **values)
                for table, more in own.items():
                    put(table, id=id_, **more)
            else:
                put("person", **values, **{key: value for more in own.values() for key, value in more.items()})
        for number, engineer in enumerate((2, 2, 3, 5), 1):
            put("machine", id=number, label=f"m{number}", engineer_id=engineer)
        for number, person in enumerate((1, 2, 4, 4), 1):
            put("paper", id=number, text=f"p{number}", person_id=person)


def full_staff(lib: Any, engine: Any, log: Log, layout: str, load: str = "", star: str = "") -> Any:
    """Map the staff, fill the tables without a word, and return the namespace."""
    s = staff(lib, layout, load, star)
    with log.quiet():
        fill(lib, engine, s)
    return s


@contextmanager
def session_on(lib: Any, engine: Any, **options: Any) -> Iterator[Any]:
    """Open a session that closes at the end."""
    session = lib.orm.Session(engine, **options)
    try:
        yield session
    finally:
        session.close()
