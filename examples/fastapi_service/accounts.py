"""Accounts: a router whose endpoints commit by themselves, and the transfer with its row locks."""

from __future__ import annotations

from fastapi import APIRouter, HTTPException
from pydantic import BaseModel, ConfigDict, Field

from examples.fastapi_service.database import Reading, Writing
from examples.fastapi_service.models import Account
from holdfast import select
from holdfast.exc import UniqueViolation
from holdfast.orm import selectinload

router = APIRouter(prefix="/accounts", tags=["accounts"])


class NewAccount(BaseModel):
    """What is told of a new account."""

    owner: str = Field(min_length=1, max_length=80)
    balance: int = Field(default=0, ge=0)


class AccountView(BaseModel):
    """What is shown of an account."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    owner: str
    balance: int


class Transfer(BaseModel):
    """Money that goes from one account to another."""

    source: int
    target: int
    amount: int = Field(gt=0)


@router.post("", status_code=201)
async def open_account(new: NewAccount, session: Writing) -> AccountView:
    """Open an account; the name of its owner is free, or the answer is 409."""
    account = Account(owner=new.owner, balance=new.balance)
    session.add(account)
    try:
        await session.commit()
    except UniqueViolation as error:
        raise HTTPException(409, f"{new.owner} has an account") from error
    return AccountView.model_validate(account)


@router.get("/{account_id}")
async def show_account(account_id: int, session: Reading) -> AccountView:
    """Show an account."""
    account = await session.get(Account, account_id)
    if account is None:
        raise HTTPException(404)
    return AccountView.model_validate(account)


@router.get("/{account_id}/orders")
async def show_orders(account_id: int, session: Reading) -> list[dict[str, int]]:
    """Show what was sold to an account: the relationship is loaded with it, since nothing loads by being touched."""
    account = await session.get(Account, account_id, options=[selectinload(Account.orders)])
    if account is None:
        raise HTTPException(404)
    return [{"order": order.id, "pieces": order.pieces, "paid": order.paid} for order in account.orders]


@router.post("/transfers")
async def transfer(order: Transfer, session: Writing) -> dict[str, int]:
    """Move money. Both rows are locked, in the order of their keys: two transfers that cross wait, and do not deadlock."""
    both = select(Account).where(Account.id.in_([order.source, order.target])).order_by(Account.id).with_for_update()
    accounts = {account.id: account for account in await session.scalars(both)}
    if len(accounts) != 2:
        raise HTTPException(404, "No such accounts")
    source, target = accounts[order.source], accounts[order.target]
    if source.balance < order.amount:
        # Nothing was changed; the session closes, and the locks go.
        raise HTTPException(409, f"{source.owner} has {source.balance}")
    source.balance -= order.amount
    target.balance += order.amount
    await session.commit()
    return {"source": source.balance, "target": target.balance}
