"""The tables, mapped classes and rows that most programs work on."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from types import ModuleType, SimpleNamespace
from typing import Any, Optional

from tests.differential.log import Log


@cache
def shop(lib: ModuleType) -> Any:
    """Map the shop once per library.

    Returns:
        a namespace: metadata, the classes Customer, Order, Item, Tag, Employee, Document, and the table order_tags.
    """
    orm: Any = lib.orm
    sql: Any = lib

    class Base(orm.DeclarativeBase):  # type: ignore[misc]
        pass

    order_tags = sql.Table(
        "order_tags",
        Base.metadata,
        sql.Column("order_id", sql.ForeignKey("orders.id"), primary_key=True),
        sql.Column("tag_id", sql.ForeignKey("tags.id"), primary_key=True),
    )

    class Customer(Base):
        __tablename__ = "customers"
        id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
        name: orm.Mapped[str] = orm.mapped_column(sql.String(50))
        email: orm.Mapped[str | None] = orm.mapped_column(unique=True)
        active: orm.Mapped[bool] = orm.mapped_column(default=True)
        orders: orm.Mapped[list["Order"]] = orm.relationship("Order", back_populates="customer")

    class Order(Base):
        __tablename__ = "orders"
        id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
        customer_id: orm.Mapped[int | None] = orm.mapped_column(sql.ForeignKey("customers.id"))
        total: orm.Mapped[Decimal | None] = orm.mapped_column(sql.Numeric(10, 2))
        placed: orm.Mapped[datetime | None] = orm.mapped_column()
        customer: orm.Mapped[Optional["Customer"]] = orm.relationship("Customer", back_populates="orders")
        items: orm.Mapped[list["Item"]] = orm.relationship("Item", back_populates="order", cascade="all")
        tags: orm.Mapped[list["Tag"]] = orm.relationship("Tag", secondary=order_tags, back_populates="orders")

    class Item(Base):
        __tablename__ = "items"
        id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
        order_id: orm.Mapped[int] = orm.mapped_column(sql.ForeignKey("orders.id"))
        product: orm.Mapped[str] = orm.mapped_column()
        quantity: orm.Mapped[int] = orm.mapped_column(default=1)
        order: orm.Mapped["Order"] = orm.relationship("Order", back_populates="items")

    class Tag(Base):
        __tablename__ = "tags"
        id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
        label: orm.Mapped[str] = orm.mapped_column(unique=True)
        orders: orm.Mapped[list["Order"]] = orm.relationship("Order", secondary=order_tags, back_populates="tags")

    class Employee(Base):
        __tablename__ = "employees"
        id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
        name: orm.Mapped[str] = orm.mapped_column()
        manager_id: orm.Mapped[int | None] = orm.mapped_column(sql.ForeignKey("employees.id"))
        manager: orm.Mapped[Optional["Employee"]] = orm.relationship(
            "Employee", remote_side=[id], back_populates="reports"
        )
        reports: orm.Mapped[list["Employee"]] = orm.relationship("Employee", back_populates="manager")

    class Document(Base):
        __tablename__ = "documents"
        code: orm.Mapped[str] = orm.mapped_column(sql.String(10), primary_key=True)
        body: orm.Mapped[str | None] = orm.mapped_column(sql.Text)
        pages: orm.Mapped[int | None] = orm.mapped_column()
        price: orm.Mapped[Decimal | None] = orm.mapped_column(sql.Numeric(8, 2))
        written: orm.Mapped[datetime | None] = orm.mapped_column()
        due: orm.Mapped[date | None] = orm.mapped_column()
        final: orm.Mapped[bool | None] = orm.mapped_column()
        scan: orm.Mapped[bytes | None] = orm.mapped_column()

    return SimpleNamespace(
        metadata=Base.metadata,
        Customer=Customer,
        Order=Order,
        Item=Item,
        Tag=Tag,
        Employee=Employee,
        Document=Document,
        order_tags=order_tags,
    )


_ROWS: dict[str, list[dict[str, Any]]] = {
    "customers": [
        {"id": 1, "name": "ann", "email": "ann@example.com", "active": True},
        {"id": 2, "name": "bob", "email": None, "active": False},
        {"id": 3, "name": "cid", "email": "cid@example.com", "active": True},
    ],
    "orders": [
        {"id": 1, "customer_id": 1, "total": Decimal("10.50"), "placed": datetime(2024, 1, 2, 3, 4, 5)},
        {"id": 2, "customer_id": 1, "total": Decimal("7.25"), "placed": datetime(2024, 2, 3, 4, 5, 6, 789)},
        {"id": 3, "customer_id": 2, "total": None, "placed": None},
        {"id": 4, "customer_id": None, "total": Decimal("0.10"), "placed": None},
    ],
    "items": [
        {"id": 1, "order_id": 1, "product": "nail", "quantity": 100},
        {"id": 2, "order_id": 1, "product": "hammer", "quantity": 1},
        {"id": 3, "order_id": 2, "product": "nail", "quantity": 50},
    ],
    "tags": [{"id": 1, "label": "urgent"}, {"id": 2, "label": "gift"}, {"id": 3, "label": "abroad"}],
    "order_tags": [{"order_id": 1, "tag_id": 1}, {"order_id": 1, "tag_id": 2}, {"order_id": 2, "tag_id": 2}],
    "employees": [
        {"id": 1, "name": "eve", "manager_id": None},
        {"id": 2, "name": "fay", "manager_id": 1},
        {"id": 3, "name": "gil", "manager_id": 1},
        {"id": 4, "name": "hal", "manager_id": 2},
    ],
    "documents": [
        {
            "code": "A",
            "body": "first",
            "pages": 3,
            "price": Decimal("1.50"),
            "written": datetime(2024, 5, 6, 7, 8, 9, 123456),
            "due": date(2024, 6, 7),
            "final": True,
            "scan": b"\x00\xff",
        },
        {
            "code": "B",
            "body": None,
            "pages": None,
            "price": None,
            "written": None,
            "due": None,
            "final": None,
            "scan": None,
        },
    ],
}


def empty_shop(lib: Any, engine: Any, log: Log) -> Any:
    """Create the shop's tables, without a word in the log.

    Returns:
        the namespace of `shop`.
    """
    made = shop(lib)
    with log.quiet():
        made.metadata.create_all(engine)
    return made


def full_shop(lib: Any, engine: Any, log: Log) -> Any:
    """Create the shop's tables with a few rows each, without a word in the log.

    Returns:
        the namespace of `shop`.
    """
    made = empty_shop(lib, engine, log)
    with log.quiet(), engine.begin() as connection:
        for name, rows in _ROWS.items():
            connection.execute(lib.insert(made.metadata.tables[name]), rows)
    return made


@contextmanager
def session_on(lib: Any, engine: Any, **options: Any) -> Iterator[Any]:
    """Open a session for the length of a block."""
    with lib.orm.Session(engine, **options) as session:
        yield session
