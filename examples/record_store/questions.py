"""What the owner of the store wants to know, as SELECT statements and what comes back.

A statement is a value: `best_customers` here and the awaited run in `asynchronous` execute the very same one.
"""

from decimal import Decimal
from itertools import groupby
from typing import NamedTuple

from holdfast import Select, func, select
from holdfast.orm import Session

from .models import Base, Customer, Employee, Genre, Invoice, InvoiceLine, Playlist, Track


class CustomerSpending(NamedTuple):
    """A customer and the sum of all invoices."""

    customer: Customer
    spent: Decimal


class CountryTaste(NamedTuple):
    """The genres that sold best in one country: more than one where they tie."""

    country: str
    genres: tuple[str, ...]
    sold: int


class PlaylistLength(NamedTuple):
    """How much there is to hear on one playlist."""

    playlist_id: int
    name: str
    tracks: int
    milliseconds: int


def count_rows(session: Session) -> dict[str, int]:
    """Return how many rows each table holds, in the order in which the tables depend on each other."""
    return {
        table.name: session.execute(select(func.count()).select_from(table)).scalar_one()
        for table in Base.metadata.sorted_tables
    }


def best_customers_statement(limit: int = 5) -> Select[tuple[Customer, Decimal]]:
    """Return the SELECT of the customers who spent most, each with the sum."""
    spent = func.sum(Invoice.total).label("spent")
    return (
        select(Customer, spent)
        .join(Customer.invoices)
        .group_by(Customer.id)
        # SQLite adds prices up as binary fractions: without round(), equal sums could differ in the last digit.
        .order_by(func.round(func.sum(Invoice.total), 2).desc(), Customer.last_name)
        .limit(limit)
    )


def best_customers(session: Session, limit: int = 5) -> list[CustomerSpending]:
    """Return the customers who spent most, the best one first."""
    return [CustomerSpending(customer, spent) for customer, spent in session.execute(best_customers_statement(limit))]


def best_genres_by_country(session: Session) -> list[CountryTaste]:
    """Return for each country that bought anything the genres of which most tracks were sold there."""
    sold = func.sum(InvoiceLine.quantity).label("sold")
    statement = (
        select(Invoice.billing_country, Genre.name, sold)
        .join(Invoice.lines)
        .join(InvoiceLine.track)
        .join(Track.genre)
        .group_by(Invoice.billing_country, Genre.name)
        .order_by(Invoice.billing_country, sold.desc(), Genre.name)
    )
    tastes: list[CountryTaste] = []
    for country, rows in groupby(session.execute(statement).all(), key=lambda row: row[0]):
        ranking = list(rows)
        most: int = ranking[0][2]
        tastes.append(CountryTaste(country, tuple(row[1] for row in ranking if row[2] == most), most))
    return tastes


def chain_of_command(session: Session, employee_id: int) -> list[Employee]:
    """Return an employee, the manager, the manager's manager and so on; each step is a lazy load."""
    chain: list[Employee] = []
    employee = session.get(Employee, employee_id)
    while employee is not None:
        chain.append(employee)
        employee = employee.manager
    return chain


def longest_playlists(session: Session, limit: int = 5) -> list[PlaylistLength]:
    """Return the playlists that play longest; empty ones do not count."""
    length = func.sum(Track.milliseconds).label("length")
    statement = (
        select(Playlist.id, Playlist.name, func.count(Track.id), length)
        .join(Playlist.tracks)
        .group_by(Playlist.id)
        .order_by(length.desc(), Playlist.id)
        .limit(limit)
    )
    return [PlaylistLength(*row) for row in session.execute(statement)]
