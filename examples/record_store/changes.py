"""What happens in the store: prices rise, albums are sold, and what goes wrong leaves nothing behind."""

from collections.abc import Generator
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from holdfast import Engine, event, func, select
from holdfast.exc import IntegrityError
from holdfast.orm import Session, sessionmaker

from .models import Album, Customer, Invoice, InvoiceLine, Track

BUSINESS_DAY = datetime(2026, 1, 5, 10, 30)


class SentStatement(NamedTuple):
    """One statement as the driver got it, with the parameters of each row."""

    sql: str
    rows: list[Any]


class PriceRise(NamedTuple):
    """The prices of some tracks before and after, and what the flush between them sent."""

    old_prices: list[Decimal]
    new_prices: list[Decimal]
    sent: list[SentStatement]


class Sale(NamedTuple):
    """An invoice as the database holds it."""

    invoice_id: int
    customer: str
    lines: int
    total: Decimal


class Books(NamedTuple):
    """How many sales are on record."""

    invoices: int
    lines: int


class RefusedSale(NamedTuple):
    """The error that refused a sale, and the books before, during and after the attempt."""

    error: IntegrityError
    before: Books
    during: Books
    after: Books


class ChangedMind(NamedTuple):
    """A sale from which the customer dropped something: as it stood in the savepoint, and as it was kept."""

    in_savepoint: Sale
    kept: Sale


@contextmanager
def statements_sent(engine: Engine) -> Generator[list[SentStatement], None, None]:
    """Collect what an engine sends to the database while the block runs."""
    sent: list[SentStatement] = []

    def note(connection: Any, cursor: Any, sql: str, parameters: Any, context: Any, executemany: bool) -> None:
        sent.append(SentStatement(sql, list(parameters) if executemany else [parameters]))

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", note)


def raise_prices(engine: Engine, make_session: sessionmaker[Session], album: str, by: Decimal) -> PriceRise:
    """Raise the price of every track of an album by doing nothing but changing an attribute.

    Args: engine: where the sessions of `make_session` work. album: the title. by: what each track costs more.
    """
    with make_session() as session:
        tracks = tracks_of_album(session, album)
        old_prices = [track.unit_price for track in tracks]
        for track in tracks:
            track.unit_price += by
        with statements_sent(engine) as sent:
            session.flush()
        session.commit()
        # The commit expired the objects: these prices are what the database answers.
        return PriceRise(old_prices, [track.unit_price for track in tracks], sent)


def sell_album(make_session: sessionmaker[Session], customer_id: int, album: str) -> Sale:
    """Sell all tracks of an album: invoice and lines go into one transaction, the keys come from the database."""
    with make_session() as session:
        invoice = new_invoice(customer_by_id(session, customer_id), tracks_of_album(session, album))
        session.add(invoice)
        session.commit()
        return describe(invoice)


def sell_to_nobody(make_session: sessionmaker[Session], customer_id: int, album: str) -> RefusedSale:
    """Make two sales in one transaction, the second one to a customer who does not exist.

    The database refuses the second, so the first one is not kept either; the session goes on after the rollback.
    """
    with make_session() as session:
        before = count_sales(session)
        tracks = tracks_of_album(session, album)
        session.add(new_invoice(customer_by_id(session, customer_id), tracks))
        during = count_sales(session)  # a query flushes first, so it sees the new invoice
        session.add(invoice_for_nobody(tracks))
        try:
            session.commit()
        except IntegrityError as error:
            session.rollback()
            return RefusedSale(error, before, during, count_sales(session))
    raise AssertionError("an invoice without a customer was accepted: are foreign keys switched off?")


def change_of_mind(make_session: sessionmaker[Session], customer_id: int, album: str, extra: str) -> ChangedMind:
    """Sell an album, add another one within a savepoint, take that back, and keep the rest."""
    with make_session() as session:
        invoice = new_invoice(customer_by_id(session, customer_id), tracks_of_album(session, album))
        session.add(invoice)
        savepoint = session.begin_nested()
        invoice.lines.extend(line_for(track) for track in tracks_of_album(session, extra))
        invoice.total = total_of(invoice.lines)
        session.flush()
        in_savepoint = describe(invoice)
        savepoint.rollback()
        session.commit()
        return ChangedMind(in_savepoint, describe(invoice))


def new_invoice(customer: Customer, tracks: list[Track]) -> Invoice:
    """Return an invoice, not yet added to a session, that sells one copy of each track to a customer."""
    lines = [line_for(track) for track in tracks]
    return Invoice(
        customer=customer,
        invoice_date=BUSINESS_DAY,
        billing_address=customer.address,
        billing_city=customer.city,
        billing_state=customer.state,
        billing_country=customer.country,
        billing_postal_code=customer.postal_code,
        total=total_of(lines),
        lines=lines,
    )


def invoice_for_nobody(tracks: list[Track]) -> Invoice:
    """Return an invoice that names a customer whom the store does not have."""
    lines = [line_for(track) for track in tracks]
    return Invoice(
        customer_id=9999,
        invoice_date=BUSINESS_DAY,
        billing_address="Nowhere Lane 1",
        billing_city="Nowhere",
        billing_country="Atlantis",
        total=total_of(lines),
        lines=lines,
    )


def line_for(track: Track) -> InvoiceLine:
    """Return a line that sells one copy of a track at today's price."""
    return InvoiceLine(track=track, unit_price=track.unit_price, quantity=1)


def total_of(lines: list[InvoiceLine]) -> Decimal:
    """Return what the lines cost together."""
    return sum((line.unit_price * line.quantity for line in lines), Decimal())


def customer_by_id(session: Session, customer_id: int) -> Customer:
    """Return the customer with this number, who must exist."""
    return session.scalars(select(Customer).where(Customer.id == customer_id)).one()


def tracks_of_album(session: Session, title: str) -> list[Track]:
    """Return the tracks of an album, in the order in which they stand on it."""
    statement = select(Track).join(Track.album).where(Album.title == title).order_by(Track.id)
    return list(session.scalars(statement))


def count_sales(session: Session) -> Books:
    """Return how many invoices and lines the session's transaction sees."""
    invoices, lines = (
        session.execute(select(func.count()).select_from(entity)).scalar_one() for entity in (Invoice, InvoiceLine)
    )
    return Books(invoices, lines)


def describe(invoice: Invoice) -> Sale:
    """Return what is printed of an invoice."""
    return Sale(invoice.id, invoice.customer.full_name, len(invoice.lines), invoice.total)
