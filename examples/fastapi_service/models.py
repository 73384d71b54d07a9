"""What the service keeps: products, accounts that pay, and the orders that move stock and money."""

from __future__ import annotations

from datetime import UTC, datetime

from holdfast import CheckConstraint, DateTime, ForeignKey, String
from holdfast.ext.asyncio import AsyncAttrs
from holdfast.orm import DeclarativeBase, Mapped, mapped_column, relationship


class Base(AsyncAttrs, DeclarativeBase):
    """Base of all tables."""


class Product(Base):
    """Something that is sold; its stock never falls below nothing."""

    __tablename__ = "product"
    __table_args__ = (CheckConstraint("stock >= 0", name="stock_is_there"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80), unique=True)
    price: Mapped[int]
    stock: Mapped[int] = mapped_column(default=0)


class Account(Base):
    """Who buys; amounts are in cents."""

    __tablename__ = "account"

    id: Mapped[int] = mapped_column(primary_key=True)
    owner: Mapped[str] = mapped_column(String(80), unique=True)
    balance: Mapped[int] = mapped_column(default=0)
    orders: Mapped[list[Order]] = relationship(back_populates="account", order_by="Order.id")


class Order(Base):
    """So many pieces of one product, sold to one account."""

    __tablename__ = "orders"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"))
    pieces: Mapped[int]
    paid: Mapped[int]
    sold_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), default=lambda: datetime.now(UTC))
    account: Mapped[Account] = relationship(back_populates="orders")
    product: Mapped[Product] = relationship()
