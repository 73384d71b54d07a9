"""Programs about relationships whose join condition the program gives: marks, several keys, keys that overlap."""

from typing import Any, Optional

from tests.differential.log import Log
from tests.differential.registry import program


def _base(lib: Any) -> Any:
    class Base(lib.orm.DeclarativeBase):  # type: ignore[misc]
        pass

    return Base


@program
def marks(lib: Any, engine: Any, log: Log) -> None:
    """foreign() and remote() say what no constraint says."""
    orm, Base = lib.orm, _base(lib)
    foreign, remote = orm.foreign, orm.remote

    class Host(Base):
        __tablename__ = "hosts"
        id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
        address: orm.Mapped[str] = orm.mapped_column()
        parent_address: orm.Mapped[str | None] = orm.mapped_column()
        parent: orm.Mapped[Optional["Host"]] = orm.relationship(
            "Host", primaryjoin=lambda: remote(Host.address) == foreign(Host.parent_address), back_populates="children"
        )
        children: orm.Mapped[list["Host"]] = orm.relationship(
            "Host",
            primaryjoin="remote(foreign(Host.parent_address)) == Host.address",
            back_populates="parent",
            order_by="Host.id",
        )

    Base.metadata.create_all(engine)
    session = orm.Session(engine)
    top = Host(id=1, address="a", parent_address=None)
    session.add_all([top, Host(id=2, address="b", parent=top), Host(id=3, address="c", parent=top)])
    session.commit()
    log("directions", (Host.parent.property.direction.name, Host.children.property.direction.name))
    log("children", [host.id for host in session.get(Host, 1).children])
    log("parent", session.get(Host, 3).parent)
    other = orm.aliased(Host)
    log.text("join", lib.select(Host).join(other, Host.parent), engine)
    log.text("any", lib.select(Host).where(Host.children.any(Host.id == 2)), engine)
    session.close()


@program
def more_conditions(lib: Any, engine: Any, log: Log) -> None:
    """A condition on the related table, in a relationship that is only read."""
    orm, Base = lib.orm, _base(lib)

    class User(Base):
        __tablename__ = "users"
        id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
        boston: orm.Mapped[list["Address"]] = orm.relationship(
            "Address",
            primaryjoin="and_(User.id == Address.user_id, Address.city == 'Boston')",
            viewonly=True,
        )

    class Address(Base):
        __tablename__ = "addresses"
        id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
        user_id: orm.Mapped[int] = orm.mapped_column(lib.ForeignKey("users.id"))
        city: orm.Mapped[str] = orm.mapped_column()

    Base.metadata.create_all(engine)
    session = orm.Session(engine)
    session.add(User(id=1))
    session.flush()
    session.add_all([Address(id=1, user_id=1, city="Boston"), Address(id=2, user_id=1, city="Rome")])
    session.commit()
    log("members", session.get(User, 1).boston)
    log.text("join", lib.select(User).join(User.boston), engine)
    log.text("any", lib.select(User).where(User.boston.any()), engine)
    log.text("of an alias", lib.select(User).join(User.boston.of_type(orm.aliased(Address))), engine)
    session.close()


@program
def a_mark_that_casts(lib: Any, engine: Any, log: Log) -> None:
    """What is marked may stand inside of an expression."""
    orm, Base = lib.orm, _base(lib)

    class Entry(Base):
        __tablename__ = "entries"
        id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
        path: orm.Mapped[str] = orm.mapped_column()
        below: orm.Mapped[list["Entry"]] = orm.relationship(
            "Entry",
            primaryjoin=lambda: orm.remote(orm.foreign(Entry.path)).like(Entry.path.concat("/%")),
            viewonly=True,
            order_by=lambda: Entry.path,
        )

    Base.metadata.create_all(engine)
    session = orm.Session(engine)
    session.add_all([Entry(id=number, path=path) for number, path in enumerate(["/a", "/a/b", "/a/b/c", "/d"], 1)])
    session.commit()
    log("below", [entry.path for entry in session.get(Entry, 1).below])
    session.close()


@program
def several_keys_to_one_table(lib: Any, engine: Any, log: Log) -> None:
    """foreign_keys chooses, as a column, a list, a text."""
    orm, Base = lib.orm, _base(lib)

    class Address(Base):
        __tablename__ = "addresses"
        id: orm.Mapped[int] = orm.mapped_column(primary_key=True)

    class Customer(Base):
        __tablename__ = "customers"
        id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
        billing_id: orm.Mapped[int] = orm.mapped_column(lib.ForeignKey("addresses.id"))
        shipping_id: orm.Mapped[int] = orm.mapped_column(lib.ForeignKey("addresses.id"))
        billing: orm.Mapped[Address] = orm.relationship(Address, foreign_keys=billing_id)
        shipping: orm.Mapped[Address] = orm.relationship(Address, foreign_keys="[Customer.shipping_id]")

    Base.metadata.create_all(engine)
    session = orm.Session(engine)
    session.add(Customer(id=1, billing=Address(id=1), shipping=Address(id=2)))
    session.commit()
    customer = session.get(Customer, 1)
    log("both", (customer.billing.id, customer.shipping.id))
    statement = lib.select(Customer.id).join(Customer.billing)
    log.text("join", statement.join(Customer.shipping.of_type(orm.aliased(Address))), engine)
    session.close()


@program
def a_key_that_stands_on_both_sides(lib: Any, engine: Any, log: Log) -> None:
    """Folders of an account: the account is part of both keys."""
    orm, Base = lib.orm, _base(lib)

    class Folder(Base):
        __tablename__ = "folders"
        __table_args__ = (
            lib.ForeignKeyConstraint(["account_id", "parent_id"], ["folders.account_id", "folders.folder_id"]),
        )
        account_id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
        folder_id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
        parent_id: orm.Mapped[int | None] = orm.mapped_column()
        parent: orm.Mapped[Optional["Folder"]] = orm.relationship(
            "Folder", back_populates="children", remote_side=[account_id, folder_id]
        )
        children: orm.Mapped[list["Folder"]] = orm.relationship("Folder", back_populates="parent")

    other = orm.aliased(Folder)
    log.text("up", lib.select(Folder.folder_id).join(other, Folder.parent), engine)
    log.text("down", lib.select(Folder.folder_id).join(other, Folder.children), engine)
    log.text("any", lib.select(Folder.folder_id).where(Folder.children.any(Folder.folder_id == 3)), engine)
    log.text("of an object", lib.select(Folder.folder_id).where(
        orm.with_parent(Folder(account_id=1, folder_id=2, parent_id=3), Folder.children)), engine)  # fmt: skip
    Base.metadata.create_all(engine)
    session = orm.Session(engine)
    top, other_top = Folder(account_id=1, folder_id=1), Folder(account_id=2, folder_id=1)
    session.add_all([top, other_top])
    session.flush()
    session.add_all([Folder(account_id=1, folder_id=2, parent=top), Folder(folder_id=2, parent=other_top)])
    session.commit()
    session.expunge_all()
    log("children", session.get(Folder, (1, 1)).children)
    log("parent", session.get(Folder, (2, 2)).parent)
    session.close()


@program
def a_remote_side_that_is_the_near_one(lib: Any, engine: Any, log: Log) -> None:
    """Between two tables it is warned of, and changes nothing that is written; the oracle's reads go wrong by it."""
    orm, Base = lib.orm, _base(lib)

    class Band(Base):
        __tablename__ = "bands"
        id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
        songs: orm.Mapped[list["Song"]] = orm.relationship("Song", back_populates="band", remote_side="Band.id")

    class Song(Base):
        __tablename__ = "songs"
        id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
        band_id: orm.Mapped[int] = orm.mapped_column(lib.ForeignKey("bands.id"))
        band: orm.Mapped["Band"] = orm.relationship("Band", back_populates="songs", remote_side="Song.band_id")

    orm.configure_mappers()
    log("directions", [Band.songs.property.direction.name, Song.band.property.direction.name])
    Base.metadata.create_all(engine)
    with orm.Session(engine) as session:
        session.add(Band(id=1, songs=[Song(id=1)]))
        session.commit()
