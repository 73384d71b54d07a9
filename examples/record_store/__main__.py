"""The chapters, in order: `python -m examples.record_store` needs nothing but Python and a temporary folder."""

import asyncio
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from holdfast import Engine, create_engine
from holdfast.orm import Session, sessionmaker

from . import asynchronous, changes, efficiency, loading, questions, show
from .models import Base

ROWS = 15_607
ROWS_IN_RACE = 10_000
SHOWN_PARAMETERS = 3

JUNIOR = 7  # Robert King, IT Staff
BUYER = 6  # Helena Holý, the best customer
CHEAP_ALBUM, SOLD_ALBUM, EXTRA_ALBUM = "Facelift", "Let There Be Rock", "Restless and Wild"


def main() -> None:
    """Tell the whole story on a database that is thrown away at the end."""
    show.prepare()
    started = perf_counter()
    with TemporaryDirectory(prefix="record_store_") as folder:
        file = Path(folder, "store.db")
        engine = create_engine(f"sqlite:///{file}")
        try:
            make_session = sessionmaker(engine)
            load(engine, make_session)
            ask(make_session)
            change(engine, make_session)
            undo(make_session)
        finally:
            engine.dispose()
        race(Path(folder, "stuff.db"))
        ask_awaiting(file)
    show.heading("The end")
    show.say(f"All of it took {perf_counter() - started:.1f} seconds. The database file is gone again.")


def load(engine: Engine, make_session: sessionmaker[Session]) -> None:
    """Create the tables, insert the store, and count."""
    show.heading("The store opens: eleven tables, loaded through the session")
    Base.metadata.create_all(engine)
    progress = show.ProgressBar(ROWS)
    started = perf_counter()
    with make_session() as session:
        loading.load_store(session, progress.advance)
        session.commit()
    seconds = perf_counter() - started
    progress.clear()
    with make_session() as session:
        counts = questions.count_rows(session)
    show.table(("table", "rows"), [*counts.items(), ("all", sum(counts.values()))])
    print()
    show.say(f"Inserted by the unit of work in {seconds:.2f} seconds, one transaction.")


def ask(make_session: sessionmaker[Session]) -> None:
    """Put the owner's questions."""
    with make_session() as session:
        show.heading("Who are the five best customers?")
        show_customers(questions.best_customers(session))

        show.heading("Which genre sells best in each country?")
        tastes = questions.best_genres_by_country(session)
        show.table(
            ("country", "genre", "tracks sold"),
            [(taste.country, " and ".join(taste.genres), taste.sold) for taste in tastes],
        )

        show.heading("Whom does Robert King answer to?")
        chain = questions.chain_of_command(session, JUNIOR)
        for depth, employee in enumerate(chain):
            print(f"{show.INDENT * 2}{'   ' * depth}{'-> ' if depth else ''}{employee.full_name}, {employee.title}")

        show.heading("Which playlists play longest?")
        playlists = questions.longest_playlists(session)
        show.table(
            ("number", "playlist", "tracks", "h:mm:ss"),
            [(row.playlist_id, row.name, row.tracks, show.playing_time(row.milliseconds)) for row in playlists],
        )


def change(engine: Engine, make_session: sessionmaker[Session]) -> None:
    """Raise prices, then sell."""
    show.heading("Prices rise")
    rise = changes.raise_prices(engine, make_session, CHEAP_ALBUM, Decimal("0.30"))
    show.say(
        f'track.unit_price += Decimal("0.30") for the {len(rise.new_prices)} tracks of "{CHEAP_ALBUM}", '
        f"from {rise.old_prices[0]} to {rise.new_prices[0]}. The flush sent:"
    )
    print()
    for statement in rise.sent:
        show.quote(statement.sql)
        show.quote("\n".join(str(row) for row in statement.rows[:SHOWN_PARAMETERS]), mark=" ")
        if more := len(statement.rows) - SHOWN_PARAMETERS:
            show.quote(f"... and {more} more rows in the same batch", mark=" ")

    show.heading("An album is sold")
    sale = changes.sell_album(make_session, BUYER, SOLD_ALBUM)
    show.say(f'"{SOLD_ALBUM}": {described(sale)}, in one transaction.')


def undo(make_session: sessionmaker[Session]) -> None:
    """Show what a failed transaction and a savepoint leave behind."""
    show.heading("A sale to nobody")
    refused = changes.sell_to_nobody(make_session, BUYER, SOLD_ALBUM)
    show.say("Two sales in one transaction, the second for customer 9999, who does not exist:")
    print()
    show.quote(f"{type(refused.error).__name__}: {refused.error}")
    print()
    show.table(
        ("the books", "invoices", "lines"),
        [
            ("before", *refused.before),
            ("after the first sale, not yet committed", *refused.during),
            ("after the error and the rollback", *refused.after),
        ],
    )

    show.heading("A customer changes her mind")
    changed = changes.change_of_mind(make_session, BUYER, SOLD_ALBUM, EXTRA_ALBUM)
    show.say(f'"{EXTRA_ALBUM}" was added to an invoice within a savepoint, and taken back:')
    print()
    for when, sale in (("in the savepoint", changed.in_savepoint), ("committed", changed.kept)):
        print(f"{show.INDENT * 2}{when:<18}{described(sale)}")


def race(file: Path) -> None:
    """Compare the loop over objects with the two statements that let the database calculate."""
    show.heading(f"Add 1 to a column of {ROWS_IN_RACE:,} rows")
    result = efficiency.race(file, ROWS_IN_RACE)
    slowest = max(timing.seconds for timing in result.timings)
    show.table(
        ("way", "milliseconds", "times as fast"),
        [
            (timing.way, Decimal(f"{timing.seconds * 1000:.1f}"), Decimal(f"{slowest / timing.seconds:.1f}"))
            for timing in result.timings
        ],
    )
    print()
    show.say(f"The column adds up to {result.total:,}: {len(result.timings)} times {ROWS_IN_RACE:,}.")


def ask_awaiting(file: Path) -> None:
    """Put the first question again, from asynchronous code."""
    show.heading("The five best customers again, awaited")
    show_customers(asyncio.run(asynchronous.best_customers(file)))
    print()
    show.say("Two more albums are in the sum of the best one: the refused sale and what was taken back are not.")


def show_customers(ranking: list[questions.CustomerSpending]) -> None:
    """Print customers with what they spent."""
    show.table(
        ("customer", "city", "country", "spent"),
        [(row.customer.full_name, row.customer.city, row.customer.country, row.spent) for row in ranking],
    )


def described(sale: changes.Sale) -> str:
    """Return a sale in words."""
    return f"invoice {sale.invoice_id} for {sale.customer}, {sale.lines} lines, {sale.total} in all"


if __name__ == "__main__":
    main()
