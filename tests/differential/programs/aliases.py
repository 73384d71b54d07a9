"""Programs about aliases of mapped classes, relationships to them, and bundles."""

from functools import cache
from types import ModuleType, SimpleNamespace
from typing import Any, Optional

from tests.differential.log import Log
from tests.differential.registry import program


@cache
def mail(lib: ModuleType) -> Any:
    """Map users, their addresses and tags once per library; users have a boss."""
    orm: Any = lib.orm
    sql: Any = lib

    class Base(orm.DeclarativeBase):  # type: ignore[misc]
        pass

    class Address(Base):
        __tablename__ = "addresses"
        id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
        user_id: orm.Mapped[int] = orm.mapped_column(sql.ForeignKey("users.id"))
        email: orm.Mapped[str] = orm.mapped_column(default="x")
        user: orm.Mapped["User"] = orm.relationship("User", back_populates="addresses")

    user_tags = sql.Table(
        "user_tags",
        Base.metadata,
        sql.Column("user_id", sql.ForeignKey("users.id"), primary_key=True),
        sql.Column("tag_id", sql.ForeignKey("tags.id"), primary_key=True),
    )

    class Tag(Base):
        __tablename__ = "tags"
        id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
        users: orm.Mapped[list["User"]] = orm.relationship("User", secondary=user_tags, back_populates="tags")

    class User(Base):
        __tablename__ = "users"
        id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
        name: orm.Mapped[str | None] = orm.mapped_column()
        boss_id: orm.Mapped[int | None] = orm.mapped_column(sql.ForeignKey("users.id"))
        loud = orm.column_property(sql.func.upper(name))
        addresses: orm.Mapped[list[Address]] = orm.relationship(Address, back_populates="user")
        tags: orm.Mapped[list[Tag]] = orm.relationship(Tag, secondary=user_tags, back_populates="users")
        boss: orm.Mapped[Optional["User"]] = orm.relationship("User", remote_side=[id], back_populates="team")
        team: orm.Mapped[list["User"]] = orm.relationship("User", back_populates="boss")
        kind = "a user"

        @property
        def shown(self) -> str:
            return f"{self.name}"

    return SimpleNamespace(metadata=Base.metadata, User=User, Address=Address, Tag=Tag)


def some_mail(lib: Any, engine: Any, log: Log) -> tuple[Any, Any]:
    """Make tables and rows; returns the classes and a session."""
    m = mail(lib)
    with log.quiet():
        m.metadata.create_all(engine)
        session = lib.orm.Session(engine)
        session.add(m.User(id=1, name="ann", boss_id=None, addresses=[m.Address(id=1, email="x")], tags=[m.Tag(id=1)]))
        session.flush()
        session.add(m.User(id=2, name="bob", boss_id=1, addresses=[m.Address(id=2, email="y")], tags=[]))
        session.commit()
        session.expunge_all()
    return m, session


def _statements(lib: Any, m: Any) -> dict[str, Any]:
    """Every documented place of an alias and of a relationship to one."""
    orm = lib.orm
    some, boss = orm.aliased(m.User), orm.aliased(m.User, name="boss")
    mail, label = orm.aliased(m.Address), orm.aliased(m.Tag)
    user, address, tag = m.User(id=7, boss_id=3), m.Address(id=4, user_id=7), m.Tag(id=5)
    return {
        "a join from an alias": lib.select(some.id).join(some.addresses),
        "of_type from an alias": lib.select(some.id).join(some.addresses.of_type(mail)).where(mail.email == "x"),
        "of_type": lib.select(m.User.id).join(m.User.addresses.of_type(mail)),
        "an alias and a relationship": lib.select(m.User.id).join(mail, m.User.addresses),
        "to itself": lib.select(m.User.id).join(boss, m.User.boss),
        "between two aliases": lib.select(some.id).join(boss, some.boss),
        "from an alias to the class": lib.select(some.id).join(some.boss),
        "through a table": lib.select(some.id).join(some.tags),
        "outer, through a table": lib.select(some.id).outerjoin(label, some.tags),
        "on from of_type": lib.select(m.User.id).join(m.User.boss.of_type(boss)).join(boss.addresses),
        "of_type and more": lib.select(m.User.id).join(m.User.addresses.of_type(mail).and_(mail.email == "x")),
        "more and of_type": lib.select(m.User.id).join(m.User.addresses.and_(m.Address.email == "x").of_type(mail)),
        "along the foreign key": lib.select(m.User.id).join(mail),
        "along the foreign key, from an alias": lib.select(some.id).join(m.Address),
        "any": lib.select(some.id).where(some.addresses.any(m.Address.email == "x")),
        "any of_type": lib.select(m.User.id).where(m.User.addresses.of_type(mail).any(mail.email == "x")),
        "any from an alias to the class": lib.select(some.id).where(some.team.any(m.User.name == "x")),
        "any of_type, within one table": lib.select(m.User.id).where(m.User.team.of_type(boss).any(boss.name == "x")),
        "any through a table": lib.select(some.id).where(some.tags.any(m.Tag.id == 3)),
        "any by name": lib.select(m.User.id).where(m.User.team.any(name="x")),
        "has": lib.select(mail.id).where(mail.user.has(m.User.name == "x")),
        "has by name": lib.select(some.id).where(some.boss.has(name="x")),
        "equal": lib.select(mail.id).where(mail.user == user),
        "equal, within one table": lib.select(some.id).where(some.boss == user),
        "not equal": lib.select(mail.id).where(mail.user != user),
        "nothing": lib.select(mail.id).where(mail.user == None),  # noqa: E711
        "empty": lib.select(some.id).where(some.addresses == None),  # noqa: E711
        "contains": lib.select(some.id).where(some.addresses.contains(address)),
        "contains, through a table": lib.select(some.id).where(some.tags.contains(tag)),
        "contains not, through a table": lib.select(m.User.id).where(~m.User.tags.contains(tag)),
        "contains, within one table": lib.select(some.id).where(some.team.contains(user)),
        "with_parent": lib.select(m.Address.id).where(orm.with_parent(user, m.User.addresses)),
        "with_parent, to one": lib.select(m.User.id).where(orm.with_parent(address, m.Address.user)),
        "with_parent, within one table": lib.select(m.User.id).where(orm.with_parent(user, m.User.team)),
        "with_parent, through a table": lib.select(m.Tag.id).where(orm.with_parent(user, m.User.tags)),
        "with_parent of_type": lib.select(mail.id).where(orm.with_parent(user, m.User.addresses.of_type(mail))),
        "with_parent, from an entity": lib.select(mail.id).where(
            orm.with_parent(user, m.User.addresses, from_entity=mail)
        ),
        "the relationship itself": lib.select(some.id).where(some.addresses),
        "join()": lib.select(m.User.id).select_from(orm.join(m.User, mail, m.User.addresses)),
        "outerjoin()": lib.select(m.User.id).select_from(orm.outerjoin(m.User, m.Address)),
        "select_from": lib.select(boss).select_from(some).join(boss, some.boss),
        "exists": lib.select(m.User.id).where(lib.select(some).where(some.boss_id == m.User.id).exists()),
        "two joins": lib.select(m.User.id).join(m.User.addresses).join(m.User.tags),
        "has, within one table": lib.select(m.User.id).where(m.User.boss.has(m.User.id == 3)),
    }


@program
def aliases_in_statements(lib: Any, engine: Any, log: Log) -> None:
    """Joins, comparisons, any, has, contains, with_parent from and to aliases: the text of each."""
    m = mail(lib)
    for words, statement in _statements(lib, m).items():
        log.text(words, statement, engine)


@program
def aliases_loaded(lib: Any, engine: Any, log: Log) -> None:
    """An object is the same by whatever name it was loaded; unnamed aliases have no name in a row."""
    m, session = some_mail(lib, engine, log)
    some, boss = lib.orm.aliased(m.User), lib.orm.aliased(m.User, name="boss")
    row = session.execute(lib.select(some, boss).join(boss, some.boss)).one()
    log("fields", row._fields)
    log("objects", (row[0], row.boss, row[1] is session.get(m.User, 1)))
    log("one", session.scalars(lib.select(some).where(some.loud == "BOB")).all())
    log(
        "columns",
        session.execute(lib.select(some.name, boss.name.label("of"), boss.loud).join(some.team.of_type(boss))).all(),
    )
    log("by name", session.scalars(lib.select(boss).filter_by(name="ann")).all())
    log("queried", session.query(some).join(some.addresses).filter(m.Address.email == "y").all())
    newer = lib.orm.aliased(m.User, lib.select(m.User).where(m.User.id > 1).subquery())
    log("from a subquery", session.scalars(lib.select(newer)).all())
    described = lib.select(some, boss.name).column_descriptions
    log("described", [(one["name"], one["aliased"]) for one in described])
    session.close()


@program
def aliases_inspected(lib: Any, engine: Any, log: Log) -> None:
    """What an alias knows, gives and refuses."""
    m = mail(lib)
    some = lib.orm.aliased(m.User, name="some")
    found = lib.inspect(some)
    log("it", (found.name, found.is_aliased_class, found.is_mapper, found.entity is some, found.class_))
    log("mapper", found.mapper is lib.inspect(m.User))
    log("texts", (str(some.name), str(some.addresses), repr(some)))
    log("keys", (some.name.key, some.addresses.key, some.kind))
    log("the same property", some.addresses.property is m.User.addresses.property)
    log.error("unknown", lambda: some.nothing, message=True)
    log.error("called", lambda: some(), message=True)
    log.error("compared", lambda: lib.orm.aliased(m.Address).user == some, message=True)
    log.error("wrong side", lambda: str(lib.select(m.User).join(some, m.User.tags)), message=True)


@program
def bundles(lib: Any, engine: Any, log: Log) -> None:
    """Several columns are one element of a row."""
    m, session = some_mail(lib, engine, log)
    Bundle = lib.orm.Bundle
    pair = Bundle("pair", m.User.id, m.User.name)
    log("names", (pair.c.keys(), pair.name))
    rows = session.execute(lib.select(pair, m.User.boss_id).where(pair.c.name == "bob")).all()
    log("rows", rows)
    log("by name", rows[0].pair.name)
    nested = Bundle("outer", m.User.boss_id, Bundle("inner", m.User.id, m.User.name))
    log("nested", session.scalars(lib.select(nested).order_by(m.User.id)).all())
    log("single", session.query(Bundle("one", m.User.id, single_entity=True)).order_by(m.User.id).all())

    class Joined(Bundle):  # type: ignore[misc]
        def create_row_processor(self, query: Any, procs: Any, labels: Any) -> Any:
            return lambda row: dict(zip(labels, [proc(row) for proc in procs], strict=True))

    log("own", session.execute(lib.select(Joined("own", m.User.id, m.User.name)).order_by(m.User.id)).all())
    session.close()
