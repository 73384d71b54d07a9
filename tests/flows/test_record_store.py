"""The record store, part by part, against answers that were found without any ORM."""

import asyncio
import csv
import io
import os
import sqlite3
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest

from examples.record_store import asynchronous, changes, efficiency, loading, questions, show
from examples.record_store.models import Base, Customer, Invoice, Playlist, Track
from holdfast import Engine, create_engine
from holdfast.exc import IntegrityError
from holdfast.orm import Session, sessionmaker

ROOT = Path(__file__).parents[2]

ROW_COUNTS = {
    "album": 347,
    "artist": 275,
    "customer": 59,
    "employee": 8,
    "genre": 25,
    "invoice": 412,
    "invoice_line": 2240,
    "media_type": 5,
    "playlist": 18,
    "playlist_track": 8715,
    "track": 3503,
}
BEST_CUSTOMERS = [
    ("Helena Holý", "Czech Republic", Decimal("49.62")),
    ("Richard Cunningham", "USA", Decimal("47.62")),
    ("Luis Rojas", "Chile", Decimal("46.62")),
    ("Ladislav Kovács", "Hungary", Decimal("45.62")),
    ("Hugh O'Reilly", "Ireland", Decimal("45.62")),
]
BEST_GENRES = [
    ("Argentina", ("Alternative & Punk", "Rock"), 9),
    ("Australia", ("Rock",), 22),
    ("Austria", ("Rock",), 15),
    ("Belgium", ("Rock",), 21),
    ("Brazil", ("Rock",), 81),
    ("Canada", ("Rock",), 107),
    ("Chile", ("Rock",), 9),
    ("Czech Republic", ("Rock",), 25),
    ("Denmark", ("Rock",), 21),
    ("Finland", ("Rock",), 18),
    ("France", ("Rock",), 65),
    ("Germany", ("Rock",), 62),
    ("Hungary", ("Rock",), 11),
    ("India", ("Rock",), 25),
    ("Ireland", ("Rock",), 12),
    ("Italy", ("Rock",), 18),
    ("Netherlands", ("Rock",), 18),
    ("Norway", ("Rock",), 17),
    ("Poland", ("Rock",), 22),
    ("Portugal", ("Rock",), 31),
    ("Spain", ("Rock",), 22),
    ("Sweden", ("Latin",), 12),
    ("USA", ("Rock",), 157),
    ("United Kingdom", ("Rock",), 37),
]
LONGEST_PLAYLISTS = [
    (1, "Music", 3290, 877_683_083),
    (8, "Music", 3290, 877_683_083),
    (3, "TV Shows", 213, 501_094_957),
    (10, "TV Shows", 213, 501_094_957),
    (5, "90’s Music", 1477, 398_705_153),
]
FILES = {name.lower().replace("_", ""): name for name in ROW_COUNTS}


def read_csv(table: str) -> list[dict[str, str]]:
    """The rows of a table's CSV file as text, read without the code of the example."""
    file = next(path for path in loading.DATA.glob("*.csv") if FILES[path.stem.lower()] == table)
    with file.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


@pytest.fixture(scope="module")
def loaded_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The whole store in a SQLite file, inserted once; nobody may change it."""
    file = tmp_path_factory.mktemp("record_store") / "store.db"
    engine = create_engine(f"sqlite:///{file}")
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        loading.load_store(session, lambda table, rows: None)
        session.commit()
    engine.dispose()
    return file


@pytest.fixture
def own_file(loaded_file: Path, tmp_path: Path) -> Path:
    """A copy of the store that a test may change."""
    file = tmp_path / "store.db"
    source, target = sqlite3.connect(loaded_file), sqlite3.connect(file)
    source.backup(target)
    source.close()
    target.close()
    return file


@pytest.fixture
def session(loaded_file: Path) -> Iterator[Session]:
    """A session that only reads."""
    engine = create_engine(f"sqlite:///{loaded_file}")
    with Session(engine) as session:
        yield session
    engine.dispose()


@pytest.fixture
def engine(own_file: Path) -> Iterator[Engine]:
    """An engine on a copy of the store."""
    engine = create_engine(f"sqlite:///{own_file}")
    yield engine
    engine.dispose()


@pytest.fixture
def make_session(engine: Engine) -> sessionmaker[Session]:
    """Sessions on a copy of the store."""
    return sessionmaker(engine)


def stored(file: Path, sql: str) -> list[tuple[object, ...]]:
    """What the bare driver finds in a file."""
    connection = sqlite3.connect(file)
    try:
        return connection.execute(sql).fetchall()
    finally:
        connection.close()


class TestAnswersWithoutHoldfast:
    """The answers that stand above are those of the CSV files."""

    def test_row_counts(self) -> None:
        """15,607 rows in eleven files."""
        assert {table: len(read_csv(table)) for table in ROW_COUNTS} == ROW_COUNTS
        assert sum(ROW_COUNTS.values()) == 15_607

    def test_best_customers(self) -> None:
        """Sums of Decimals, so without rounding; ties by last name."""
        spent: defaultdict[str, Decimal] = defaultdict(Decimal)
        for invoice in read_csv("invoice"):
            spent[invoice["CustomerId"]] += Decimal(invoice["Total"])
        customers = sorted(read_csv("customer"), key=lambda row: (-spent[row["CustomerId"]], row["LastName"]))
        best = [
            (f"{row['FirstName']} {row['LastName']}", row["Country"], spent[row["CustomerId"]]) for row in customers
        ]
        assert best[:5] == BEST_CUSTOMERS

    def test_best_genres(self) -> None:
        """By the country of the invoice; Argentina has a tie."""
        country = {row["InvoiceId"]: row["BillingCountry"] for row in read_csv("invoice")}
        genre = {row["GenreId"]: row["Name"] for row in read_csv("genre")}
        genre_of_track = {row["TrackId"]: genre[row["GenreId"]] for row in read_csv("track")}
        sold: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for line in read_csv("invoice_line"):
            sold[country[line["InvoiceId"]]][genre_of_track[line["TrackId"]]] += int(line["Quantity"])
        best = [
            (name, tuple(sorted(g for g, n in genres.items() if n == max(genres.values()))), max(genres.values()))
            for name, genres in sorted(sold.items())
        ]
        assert best == BEST_GENRES

    def test_longest_playlists(self) -> None:
        """By playing time."""
        length = {row["TrackId"]: int(row["Milliseconds"]) for row in read_csv("track")}
        tracks: defaultdict[str, list[int]] = defaultdict(list)
        for link in read_csv("playlist_track"):
            tracks[link["PlaylistId"]].append(length[link["TrackId"]])
        playlists = [
            (int(row["PlaylistId"]), row["Name"], len(tracks[row["PlaylistId"]]), sum(tracks[row["PlaylistId"]]))
            for row in read_csv("playlist")
        ]
        assert sorted(playlists, key=lambda row: (-row[3], row[0]))[:5] == LONGEST_PLAYLISTS


class TestLoading:
    """What the unit of work wrote, read by the bare driver."""

    @pytest.mark.parametrize("table", ROW_COUNTS)
    def test_every_row_is_in_the_file_as_in_the_csv(self, loaded_file: Path, table: str) -> None:
        """All columns of all rows, letter by letter: an empty field is NULL, a price has two digits."""

        def as_csv(value: object) -> str:
            match value:
                case None:
                    return ""
                case float():
                    return f"{value:.2f}"
                case _:
                    return str(value).removesuffix(".000000")

        expected = sorted(tuple(row.values()) for row in read_csv(table))
        actual = sorted(tuple(map(as_csv, row)) for row in stored(loaded_file, f"SELECT * FROM {table}"))
        assert expected == actual

    def test_the_data_is_whole_and_its_references_hold(self, loaded_file: Path) -> None:
        """SQLite itself finds neither damage nor a row whose parent is missing."""
        assert stored(loaded_file, "PRAGMA integrity_check") == [("ok",)]
        assert stored(loaded_file, "PRAGMA foreign_key_check") == []

    def test_loading_sends_inserts_only(self) -> None:
        """No object is read back while it is written: not for the keys, nor for the other end of a collection."""
        engine = create_engine("sqlite://")
        Base.metadata.create_all(engine)
        with Session(engine) as session, changes.statements_sent(engine) as sent:
            loading.load_store(session, lambda table, rows: None)
            inserted: Counter[str] = Counter()
            for statement in sent:
                match statement.sql.split():
                    case ["INSERT", "INTO", table, *_]:
                        inserted[table] += len(statement.rows)
                    case [first, *_]:
                        assert first == "BEGIN"
        engine.dispose()
        assert inserted == ROW_COUNTS

    def test_link_rows_come_from_the_collection(self) -> None:
        """One playlist with all its tracks is one batch into the link table."""
        engine = create_engine("sqlite://")
        Base.metadata.create_all(engine)
        with Session(engine) as session, changes.statements_sent(engine) as sent:
            loading.load_store(session, lambda table, rows: None)
            links = [statement for statement in sent if statement.sql.startswith("INSERT INTO playlist_track")]
        engine.dispose()
        assert {statement.sql for statement in links} == {
            "INSERT INTO playlist_track (playlist_id, track_id) VALUES (?, ?)"
        }
        assert sorted((len(statement.rows) for statement in links), reverse=True)[:4] == [3290, 3290, 1477, 213]

    def test_progress_counts_every_row(self) -> None:
        """What is reported adds up to what was inserted, table by table."""
        engine = create_engine("sqlite://")
        Base.metadata.create_all(engine)
        reported: Counter[str] = Counter()
        with Session(engine) as session:
            loading.load_store(session, lambda table, rows: reported.update({table: rows}))
            session.rollback()
            assert sum(questions.count_rows(session).values()) == 0
        engine.dispose()
        assert reported == ROW_COUNTS


class TestQuestions:
    """The questions of the owner."""

    def test_row_counts(self, session: Session) -> None:
        """Eleven tables, 15,607 rows."""
        assert questions.count_rows(session) == ROW_COUNTS

    def test_best_customers(self, session: Session) -> None:
        """Customers are objects; what they spent is a Decimal with two digits."""
        ranking = questions.best_customers(session)
        assert [(row.customer.full_name, row.customer.country, row.spent) for row in ranking] == BEST_CUSTOMERS
        assert [str(row.spent) for row in ranking] == ["49.62", "47.62", "46.62", "45.62", "45.62"]

    def test_best_customers_sql(self) -> None:
        """The statement as SQL, joined along the relationship."""
        columns = ", ".join(f"customer.{column.name}" for column in Customer.__table__.columns)
        assert str(questions.best_customers_statement()) == (
            f"SELECT {columns}, sum(invoice.total) AS spent \n"
            "FROM customer JOIN invoice ON customer.id = invoice.customer_id GROUP BY customer.id "
            "ORDER BY round(sum(invoice.total), :round_1) DESC, customer.last_name\n"
            " LIMIT :param_1"
        )

    def test_best_genres_by_country(self, session: Session) -> None:
        """All 24 countries, with both genres where two sold equally well."""
        assert questions.best_genres_by_country(session) == BEST_GENRES

    @pytest.mark.parametrize(
        ("employee_id", "names"),
        [
            (7, ["Robert King", "Michael Mitchell", "Andrew Adams"]),
            (3, ["Jane Peacock", "Nancy Edwards", "Andrew Adams"]),
            (1, ["Andrew Adams"]),
            (99, []),
        ],
    )
    def test_chain_of_command(self, session: Session, employee_id: int, names: list[str]) -> None:
        """Up to the one who reports to nobody; nobody at all for an unknown number."""
        chain = questions.chain_of_command(session, employee_id)
        assert [employee.full_name for employee in chain] == names
        assert all(upper.reports.count(lower) == 1 for lower, upper in pairwise(chain))

    def test_longest_playlists(self, session: Session) -> None:
        """By playing time; the two of the same name are told apart by their number."""
        assert questions.longest_playlists(session) == LONGEST_PLAYLISTS

    def test_relationships_lead_everywhere(self, session: Session) -> None:
        """From a track to everything around it, by lazy loads in both directions."""
        track = session.get(Track, 1)
        assert track is not None
        assert (track.album.title, track.album.artist.name) == ("For Those About To Rock We Salute You", "AC/DC")
        assert (track.genre.name, track.media_type.name, track.unit_price) == (
            "Rock",
            "MPEG audio file",
            Decimal("0.99"),
        )
        assert track in track.album.tracks
        assert sorted(playlist.id for playlist in track.playlists) == [1, 8, 17]
        assert all(track in playlist.tracks for playlist in track.playlists)
        customer = track.invoice_lines[0].invoice.customer
        assert customer.support_rep in customer.support_rep.manager.reports

    def test_an_awaited_question_has_the_same_answer(self, loaded_file: Path) -> None:
        """One statement, two faces."""
        ranking = asyncio.run(asynchronous.best_customers(loaded_file))
        assert [(row.customer.full_name, row.customer.country, row.spent) for row in ranking] == BEST_CUSTOMERS


class TestChanges:
    """What the store does, read by the bare driver afterwards."""

    def test_prices_rise_in_one_batch(
        self, engine: Engine, make_session: sessionmaker[Session], own_file: Path
    ) -> None:
        """Twelve objects changed: one UPDATE with twelve rows of parameters, and the prices in the file."""
        rise = changes.raise_prices(engine, make_session, "Facelift", Decimal("0.30"))
        assert rise.old_prices == [Decimal("0.99")] * 12
        assert rise.new_prices == [Decimal("1.29")] * 12
        assert [statement.sql for statement in rise.sent] == ["UPDATE track SET unit_price=? WHERE track.id = ?"]
        assert [tuple(row) for row in rise.sent[0].rows] == [(1.29, track_id) for track_id in range(51, 63)]
        assert stored(own_file, "SELECT unit_price, count(*) FROM track GROUP BY unit_price") == [
            (0.99, 3278),
            (1.29, 12),
            (1.99, 213),
        ]

    def test_a_sale_is_one_transaction(self, make_session: sessionmaker[Session], own_file: Path) -> None:
        """Invoice and lines with the keys that the database gave."""
        sale = changes.sell_album(make_session, 6, "Let There Be Rock")
        assert sale == (413, "Helena Holý", 8, Decimal("7.92"))
        assert stored(own_file, "SELECT * FROM invoice WHERE id > 412") == [
            (413, 6, "2026-01-05 10:30:00.000000", "Rilská 3174/6", "Prague", None, "Czech Republic", "14300", 7.92)
        ]
        assert stored(own_file, "SELECT * FROM invoice_line WHERE id > 2240 ORDER BY id") == [
            (2240 + n, 413, 14 + n, 0.99, 1) for n in range(1, 9)
        ]

    def test_a_sale_to_nobody_leaves_nothing(self, make_session: sessionmaker[Session], own_file: Path) -> None:
        """The second sale fails, and takes the first one with it."""
        before = stored(own_file, "SELECT * FROM invoice"), stored(own_file, "SELECT * FROM invoice_line")
        refused = changes.sell_to_nobody(make_session, 6, "Let There Be Rock")
        assert isinstance(refused.error, IntegrityError)
        assert isinstance(refused.error.orig, sqlite3.IntegrityError)
        assert "FOREIGN KEY constraint failed" in str(refused.error)
        assert refused.before == refused.after == (412, 2240)
        assert refused.during == (413, 2248)
        assert (stored(own_file, "SELECT * FROM invoice"), stored(own_file, "SELECT * FROM invoice_line")) == before

    def test_a_savepoint_is_undone_and_the_rest_kept(self, make_session: sessionmaker[Session], own_file: Path) -> None:
        """Three lines came and went within the savepoint; the object agrees with the file."""
        changed = changes.change_of_mind(make_session, 6, "Let There Be Rock", "Restless and Wild")
        assert changed.in_savepoint == (413, "Helena Holý", 11, Decimal("10.89"))
        assert changed.kept == (413, "Helena Holý", 8, Decimal("7.92"))
        assert stored(own_file, "SELECT total FROM invoice WHERE id > 412") == [(7.92,)]
        assert stored(own_file, "SELECT count(*) FROM invoice_line WHERE id > 2240") == [(8,)]

    def test_deleting_an_invoice_deletes_its_lines(self, make_session: sessionmaker[Session], own_file: Path) -> None:
        """The cascade of `Invoice.lines`."""
        with make_session() as session:
            invoice = session.get(Invoice, 1)
            session.delete(invoice)
            session.commit()
        assert stored(own_file, "SELECT count(*) FROM invoice_line WHERE invoice_id = 1") == [(0,)]
        assert stored(own_file, "SELECT (SELECT count(*) FROM invoice), (SELECT count(*) FROM invoice_line)") == [
            (411, 2238)
        ]

    def test_a_track_taken_from_a_playlist_loses_only_the_link(
        self, make_session: sessionmaker[Session], own_file: Path
    ) -> None:
        """Removing from `Playlist.tracks` deletes one row of the link table, and the track knows."""
        with make_session() as session:
            playlist = session.get(Playlist, 18)
            assert playlist is not None
            (track,) = playlist.tracks
            playlist.tracks.remove(track)
            session.commit()
            assert playlist not in track.playlists
        assert stored(own_file, "SELECT count(*) FROM playlist_track") == [(8714,)]
        assert stored(own_file, "SELECT count(*) FROM track") == [(3503,)]


class TestEfficiency:
    """The three ways to change every row."""

    def test_each_way_adds_one_to_every_row(self, tmp_path: Path) -> None:
        """Three ways over 50 rows add up to 150."""
        result = efficiency.race(tmp_path / "stuff.db", 50)
        assert result.total == 150
        assert [timing.way for timing in result.timings] == list(efficiency.WAYS)


class TestShow:
    """How it is printed."""

    def test_the_bar_fills_on_a_terminal(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """The last drawing is full, and clearing leaves an empty line."""

        class Terminal(io.StringIO):
            def isatty(self) -> bool:
                return True

        monkeypatch.setattr(show.ProgressBar, "SECONDS_BETWEEN_DRAWINGS", 0)
        terminal = Terminal()
        bar = show.ProgressBar(2000, terminal)
        bar.advance("artist", 500)
        bar.advance("track", 1500)
        bar.clear()
        drawings = terminal.getvalue().replace("\033[K", "").split("\r")
        assert drawings == [
            "",
            f"  [{'#' * 10}{'.' * 30}]    500 of 2,000 rows  artist",
            f"  [{'#' * 40}]  2,000 of 2,000 rows  track",
            "",
        ]

    def test_no_bar_elsewhere(self) -> None:
        """A log gets no drawings."""
        log = io.StringIO()
        bar = show.ProgressBar(10, log)
        bar.advance("artist", 10)
        bar.clear()
        assert log.getvalue() == ""

    def test_tables_align_numbers_to_the_right(self, capsys: pytest.CaptureFixture[str]) -> None:
        """Text to the left, numbers to the right with separators."""
        show.table(("name", "rows"), [("track", 3503), ("genre", 25)])
        assert capsys.readouterr().out == (
            "    name     rows\n    -----   -----\n    track   3,503\n    genre      25\n"
        )

    @pytest.mark.parametrize(
        ("milliseconds", "text"), [(0, "0:00:00"), (61_999, "0:01:01"), (877_683_083, "243:48:03")]
    )
    def test_playing_time(self, milliseconds: int, text: str) -> None:
        """Hours go beyond a day; parts of a second are dropped."""
        assert show.playing_time(milliseconds) == text


def test_the_whole_program() -> None:
    """`python -m examples.record_store` tells the story to its end, without a word on stderr and without escapes."""
    environment = {key: value for key, value in os.environ.items() if key != "COLUMNS"} | {"PYTHONIOENCODING": "utf-8"}
    run = subprocess.run(
        [sys.executable, "-W", "error", "-m", "examples.record_store"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        check=False,
        encoding="utf-8",
    )
    assert (run.returncode, run.stderr) == (0, "")
    lines = run.stdout.splitlines()
    assert max(map(len, lines)) <= 100
    assert "\033" not in run.stdout
    assert "\r" not in run.stdout
    for line in (
        "    all              15,607",
        "    Helena Holý          Prague       Czech Republic   49.62",
        "    Argentina        Alternative & Punk and Rock             9",
        "          -> Andrew Adams, General Manager",
        "         1   Music         3,290   243:48:03",
        "    | UPDATE track SET unit_price=? WHERE track.id = ?",
        "    Helena Holý          Prague       Czech Republic   65.46",
    ):
        assert line in lines
    assert "FOREIGN KEY constraint failed" in run.stdout
    assert "adds up to 30,000" in run.stdout
