"""The eleven tables of the store: ten mapped classes, and one table that links playlists with tracks."""

from datetime import datetime
from decimal import Decimal

from holdfast import Column, ForeignKey, Integer, Numeric, String, Table
from holdfast.orm import DeclarativeBase, Mapped, mapped_column, relationship


class Base(DeclarativeBase):
    """Collects the tables of the store in one `MetaData`."""


# A pure link has no life of its own, so it is a table and not a class: `Playlist.tracks` writes its rows.
playlist_track = Table(
    "playlist_track",
    Base.metadata,
    Column("playlist_id", Integer, ForeignKey("playlist.id"), primary_key=True),
    Column("track_id", Integer, ForeignKey("track.id"), primary_key=True),
)


class Artist(Base):
    """Somebody, or a band, who records albums."""

    __tablename__ = "artist"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120))

    albums: Mapped[list["Album"]] = relationship(back_populates="artist")


class Album(Base):
    """Tracks that were published together."""

    __tablename__ = "album"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(160))
    artist_id: Mapped[int] = mapped_column(ForeignKey("artist.id"))

    artist: Mapped["Artist"] = relationship(back_populates="albums")
    tracks: Mapped[list["Track"]] = relationship(back_populates="album")


class Genre(Base):
    """A kind of music (or of film: the store sells both)."""

    __tablename__ = "genre"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120))

    tracks: Mapped[list["Track"]] = relationship(back_populates="genre")


class MediaType(Base):
    """The format of the file that a customer downloads."""

    __tablename__ = "media_type"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120))

    tracks: Mapped[list["Track"]] = relationship(back_populates="media_type")


class Track(Base):
    """One piece that can be sold."""

    __tablename__ = "track"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    album_id: Mapped[int] = mapped_column(ForeignKey("album.id"))
    media_type_id: Mapped[int] = mapped_column(ForeignKey("media_type.id"))
    genre_id: Mapped[int] = mapped_column(ForeignKey("genre.id"))
    composer: Mapped[str | None] = mapped_column(String(220))
    milliseconds: Mapped[int]
    bytes: Mapped[int]
    unit_price: Mapped[Decimal] = mapped_column(Numeric(10, 2))

    album: Mapped["Album"] = relationship(back_populates="tracks")
    media_type: Mapped["MediaType"] = relationship(back_populates="tracks")
    genre: Mapped["Genre"] = relationship(back_populates="tracks")
    playlists: Mapped[list["Playlist"]] = relationship(secondary=playlist_track, back_populates="tracks")
    invoice_lines: Mapped[list["InvoiceLine"]] = relationship(back_populates="track")


class Playlist(Base):
    """A named selection of tracks; a track may be on many playlists."""

    __tablename__ = "playlist"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120))

    tracks: Mapped[list["Track"]] = relationship(secondary=playlist_track, back_populates="playlists")


class Employee(Base):
    """Somebody who works for the store and, except for one, reports to somebody else."""

    __tablename__ = "employee"

    id: Mapped[int] = mapped_column(primary_key=True)
    last_name: Mapped[str] = mapped_column(String(20))
    first_name: Mapped[str] = mapped_column(String(20))
    title: Mapped[str] = mapped_column(String(30))
    reports_to: Mapped[int | None] = mapped_column(ForeignKey("employee.id"))
    birth_date: Mapped[datetime]
    hire_date: Mapped[datetime]
    address: Mapped[str] = mapped_column(String(70))
    city: Mapped[str] = mapped_column(String(40))
    state: Mapped[str] = mapped_column(String(40))
    country: Mapped[str] = mapped_column(String(40))
    postal_code: Mapped[str] = mapped_column(String(10))
    phone: Mapped[str] = mapped_column(String(24))
    fax: Mapped[str] = mapped_column(String(24))
    email: Mapped[str] = mapped_column(String(60))

    # Both ends stand on the same table: `remote_side` says which column is the manager's.
    manager: Mapped["Employee | None"] = relationship(remote_side=[id], back_populates="reports")
    reports: Mapped[list["Employee"]] = relationship(back_populates="manager")
    customers: Mapped[list["Customer"]] = relationship(back_populates="support_rep")

    @property
    def full_name(self) -> str:
        """First and last name, as on a letter."""
        return f"{self.first_name} {self.last_name}"


class Customer(Base):
    """Somebody who buys, looked after by one employee."""

    __tablename__ = "customer"

    id: Mapped[int] = mapped_column(primary_key=True)
    first_name: Mapped[str] = mapped_column(String(40))
    last_name: Mapped[str] = mapped_column(String(20))
    company: Mapped[str | None] = mapped_column(String(80))
    address: Mapped[str] = mapped_column(String(70))
    city: Mapped[str] = mapped_column(String(40))
    state: Mapped[str | None] = mapped_column(String(40))
    country: Mapped[str] = mapped_column(String(40))
    postal_code: Mapped[str | None] = mapped_column(String(10))
    phone: Mapped[str | None] = mapped_column(String(24))
    fax: Mapped[str | None] = mapped_column(String(24))
    email: Mapped[str] = mapped_column(String(60))
    support_rep_id: Mapped[int] = mapped_column(ForeignKey("employee.id"))

    support_rep: Mapped["Employee"] = relationship(back_populates="customers")
    invoices: Mapped[list["Invoice"]] = relationship(back_populates="customer")

    @property
    def full_name(self) -> str:
        """First and last name, as on a letter."""
        return f"{self.first_name} {self.last_name}"


class Invoice(Base):
    """One sale; its lines belong to it and are deleted with it."""

    __tablename__ = "invoice"

    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"))
    invoice_date: Mapped[datetime]
    billing_address: Mapped[str] = mapped_column(String(70))
    billing_city: Mapped[str] = mapped_column(String(40))
    billing_state: Mapped[str | None] = mapped_column(String(40))
    billing_country: Mapped[str] = mapped_column(String(40))
    billing_postal_code: Mapped[str | None] = mapped_column(String(10))
    total: Mapped[Decimal] = mapped_column(Numeric(10, 2))

    customer: Mapped["Customer"] = relationship(back_populates="invoices")
    lines: Mapped[list["InvoiceLine"]] = relationship(back_populates="invoice", cascade="save-update, merge, delete")


class InvoiceLine(Base):
    """One track on one invoice, at the price of that day."""

    __tablename__ = "invoice_line"

    id: Mapped[int] = mapped_column(primary_key=True)
    invoice_id: Mapped[int] = mapped_column(ForeignKey("invoice.id"))
    track_id: Mapped[int] = mapped_column(ForeignKey("track.id"))
    unit_price: Mapped[Decimal] = mapped_column(Numeric(10, 2))
    quantity: Mapped[int]

    invoice: Mapped["Invoice"] = relationship(back_populates="lines")
    track: Mapped["Track"] = relationship(back_populates="invoice_lines")
