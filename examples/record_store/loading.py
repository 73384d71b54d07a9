"""From the CSV files to objects to rows: everything is added to a session and inserted by its unit of work."""

import csv
import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import datetime
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any

from holdfast.orm import Session

from .models import Album, Artist, Base, Customer, Employee, Genre, Invoice, InvoiceLine, MediaType, Playlist, Track

DATA = Path(__file__).with_name("data")

# Parents before children, because every batch is flushed for the sake of the progress bar. In one single flush the
# order of adding would not matter: the unit of work sorts the tables by their foreign keys.
ENTITIES: tuple[type[Base], ...] = (
    Artist, Album, Genre, MediaType, Track, Employee, Customer, Invoice, InvoiceLine,
)  # fmt: skip

ROWS_PER_FLUSH = 500

Progress = Callable[[str, int], None]
"""Called with the name of a table and how many of its rows were just inserted."""

Convert = Callable[[str], Any]

CONVERSIONS: dict[str, Convert] = {
    "reports_to": int,
    "milliseconds": int,
    "bytes": int,
    "quantity": int,
    "unit_price": Decimal,
    "total": Decimal,
    "birth_date": datetime.fromisoformat,
    "hire_date": datetime.fromisoformat,
    "invoice_date": datetime.fromisoformat,
}


def load_store(session: Session, progress: Progress, folder: Path = DATA) -> None:
    """Insert the whole store in the session's transaction, without committing it.

    Args: session: over an empty schema. progress: told after every flush. folder: holds one CSV file per table.
    """
    tracks: dict[int, Track] = {}
    for entity in ENTITIES:
        objects = (entity(**values) for values in read_rows(folder, entity.__name__))
        while batch := list(islice(objects, ROWS_PER_FLUSH)):
            session.add_all(batch)
            session.flush()
            progress(entity.__tablename__, len(batch))
            # Clean objects may leave a session as soon as nobody holds them; the playlists need the tracks again.
            tracks |= {track.id: track for track in batch if isinstance(track, Track)}
    load_playlists(session, progress, folder, tracks)


def load_playlists(session: Session, progress: Progress, folder: Path, tracks: dict[int, Track]) -> None:
    """Insert the playlists with their tracks: the rows of the link table follow from `Playlist.tracks`."""
    listed: defaultdict[int, list[Track]] = defaultdict(list)
    for link in read_rows(folder, "PlaylistTrack"):
        listed[link["playlist_id"]].append(tracks[link["track_id"]])
    for values in read_rows(folder, "Playlist"):
        playlist = Playlist(**values, tracks=listed[values["id"]])
        session.add(playlist)
        session.flush()
        progress("playlist", 1)
        progress("playlist_track", len(playlist.tracks))


def read_rows(folder: Path, name: str) -> Iterator[dict[str, Any]]:
    """Yield each row of `<name>.csv` as {attribute: value}; an empty field is None."""
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        reader = csv.reader(file)
        columns = [(key := attribute_name(name, column), conversion_of(key)) for column in next(reader)]
        for row in reader:
            yield {key: convert(text) if text else None for (key, convert), text in zip(columns, row, strict=True)}


def attribute_name(name: str, column: str) -> str:
    """Return the attribute for a CSV column: `UnitPrice` is `unit_price`, and a row's own key is `id`."""
    return "id" if column == f"{name}Id" else re.sub(r"(?<!^)(?=[A-Z])", "_", column).lower()


def conversion_of(attribute: str) -> Convert:
    """Return what turns the text of a field into the attribute's value."""
    is_key = attribute == "id" or attribute.endswith("_id")
    return int if is_key else CONVERSIONS.get(attribute, str)
