"""Products and orders: a router that is committed on success; an exception takes everything back."""

from __future__ import annotations

from fastapi import APIRouter, HTTPException
from pydantic import BaseModel, ConfigDict, Field

from examples.fastapi_service.database import Committing, Reading
from examples.fastapi_service.models import Account, Order, Product
from holdfast import select

router = APIRouter(tags=["orders"])


class NewProduct(BaseModel):
    """What is told of a new product."""

    name: str = Field(min_length=1, max_length=80)
    price: int = Field(ge=0)
    stock: int = Field(default=0, ge=0)


class ProductView(BaseModel):
    """What is shown of a product."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    name: str
    price: int
    stock: int


class NewOrder(BaseModel):
    """Who buys what."""

    account: int
    product: int
    pieces: int = Field(gt=0)


@router.post("/products", status_code=201)
async def add_product(new: NewProduct, session: Committing) -> ProductView:
    """Take a product into the store."""
    product = Product(**new.model_dump())
    session.add(product)
    await session.flush()  # gives it its key
    return ProductView.model_validate(product)


@router.get("/products")
async def find_products(session: Reading, name: str = "", limit: int = 20) -> list[ProductView]:
    """Find products by the beginning of their names."""
    found = await session.scalars(
        select(Product).where(Product.name.startswith(name, autoescape=True)).order_by(Product.name).limit(limit)
    )
    return [ProductView.model_validate(product) for product in found]


@router.post("/orders", status_code=201)
async def buy(new: NewOrder, session: Committing) -> dict[str, int]:
    """Sell: stock, money and order change together or not at all. The rows are locked in one order everywhere."""
    product = await session.get(Product, new.product, with_for_update=True)
    account = await session.get(Account, new.account, with_for_update=True)
    if product is None or account is None:
        raise HTTPException(404)
    price = product.price * new.pieces
    product.stock -= new.pieces
    account.balance -= price
    order = Order(account=account, product=product, pieces=new.pieces, paid=price)
    session.add(order)
    await session.flush()
    if account.balance < 0:
        # All of it is taken back, though it was flushed.
        raise HTTPException(409, f"{account.owner} cannot pay {price}")
    return {"order": order.id, "paid": price, "left": product.stock}
