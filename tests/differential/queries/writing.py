"""UPDATE and DELETE by a Query."""

from collections.abc import Callable
from typing import Any


def _rows(w: Any) -> list[Any]:
    """Return the items as the database has them."""
    return [tuple(row) for row in w.s.execute(w.lib.text("SELECT id, product, quantity FROM items ORDER BY id"))]


CASES: dict[str, Callable[[Any], Any]] = {
    "update": lambda w: [w.q(w.I).filter(w.I.id == 1).update({"product": "pin"}), _rows(w)],
    "update by attribute": lambda w: [w.q(w.I).update({w.I.quantity: 5}), _rows(w)],
    "update by expression": lambda w: [w.q(w.I).update({w.I.quantity: w.I.quantity + 1}), _rows(w)],
    "update by expression, no synchronising": lambda w: [
        w.q(w.I).update({w.I.quantity: w.I.quantity + 1}, synchronize_session=False), _rows(w)
    ],
    "update fetch": lambda w: [w.s.get(w.I, 1), w.q(w.I).filter(w.I.quantity > 1).update({"quantity": 0}, synchronize_session="fetch"), _rows(w)],
    "update evaluate": lambda w: [w.q(w.I).filter(w.I.quantity > 1).update({"quantity": 0}, synchronize_session="evaluate"), _rows(w)],
    "update keeps objects in step": lambda w: (lambda item: [w.q(w.I).update({"quantity": 9}), item.quantity])(w.s.get(w.I, 1)),
    "update without criteria": lambda w: w.q(w.I).update({"quantity": 9}),
    "update of none": lambda w: w.q(w.I).filter(w.I.id > 99).update({"quantity": 9}),
    "update with a column": lambda w: w.q(w.I).update({w.I.__table__.c.quantity: 9}),
    "update of two values": lambda w: [w.q(w.I).update({"quantity": 9, "product": "x"}), _rows(w)],
    "update of a subquery": lambda w: w.q(w.I).update(
        {"quantity": w.q(w.lib.func.max(w.O.id)).scalar_subquery()}, synchronize_session=False
    ),
    "update in a query": lambda w: w.q(w.I).filter(w.I.order_id.in_(w.q(w.O.id).filter(w.O.customer_id == 1))).update(
        {"quantity": 9}, synchronize_session=False
    ),
    "update of another class": lambda w: w.q(w.I).filter(w.I.order_id == w.O.id, w.O.customer_id == 1).update(
        {"quantity": 9}, synchronize_session=False
    ),
    "update with params": lambda w: w.q(w.I).filter(w.I.id == w.lib.bindparam("n")).params(n=1).update(
        {"quantity": 9}, synchronize_session=False
    ),
    "update in order": lambda w: w.q(w.I).update(
        [("product", "x"), ("quantity", 3)], update_args={"preserve_parameter_order": True}, synchronize_session=False
    ),
    "update unknown": lambda w: w.q(w.I).update({"colour": 1}),
    "update filter_by": lambda w: w.q(w.I).filter_by(product="nail").update({"quantity": 9}),
    "update of a column's class": lambda w: w.tried(lambda: w.q(w.I.id).filter(w.I.id == 1).update({"quantity": 9})),
    "update with limit": lambda w: w.q(w.I).limit(1).update({"quantity": 9}),
    "update with offset": lambda w: w.q(w.I).offset(1).update({"quantity": 9}),
    "update with order_by": lambda w: w.q(w.I).order_by(w.I.id).update({"quantity": 9}),
    "update with group_by": lambda w: w.q(w.I).group_by(w.I.id).update({"quantity": 9}),
    "update with distinct": lambda w: w.q(w.I).distinct().update({"quantity": 9}),
    "update with join": lambda w: w.q(w.I).join(w.I.order).update({"quantity": 9}),
    "update with select_from": lambda w: w.q(w.I).select_from(w.I).update({"quantity": 9}),
    "update with from_statement": lambda w: w.q(w.I).from_statement(w.lib.text("select 1")).update({"quantity": 9}),
    "update of a wrong setting": lambda w: w.q(w.I).update({"quantity": 9}, synchronize_session="maybe"),
    "delete": lambda w: [w.q(w.I).filter(w.I.id == 1).delete(), _rows(w)],
    "delete all": lambda w: [w.q(w.I).delete(), _rows(w)],
    "delete fetch": lambda w: [w.s.get(w.I, 1), w.q(w.I).filter(w.I.id == 1).delete(synchronize_session="fetch"), _rows(w)],
    "delete evaluate": lambda w: [w.q(w.I).filter(w.I.id == 1).delete(synchronize_session="evaluate"), _rows(w)],
    "delete without synchronising": lambda w: [w.q(w.I).filter(w.I.id == 1).delete(synchronize_session=False), _rows(w)],
    "delete positional": lambda w: w.q(w.I).filter(w.I.id == 1).delete(False),
    "delete takes objects out": lambda w: (lambda item: [w.q(w.I).delete(), item in w.s])(w.s.get(w.I, 1)),
    "delete of none": lambda w: w.q(w.I).filter(w.I.id > 99).delete(),
    "delete in a query": lambda w: w.q(w.I).filter(w.I.order_id.in_(w.q(w.O.id).filter(w.O.customer_id == 1))).delete(
        synchronize_session=False
    ),
    "delete with limit": lambda w: w.q(w.I).limit(1).delete(),
    "delete with join": lambda w: w.q(w.I).join(w.I.order).delete(),
    "delete with order_by": lambda w: w.q(w.I).order_by(w.I.id).delete(),
    "update then count": lambda w: [w.q(w.I).update({"quantity": 9}), w.q(w.I).filter_by(quantity=9).count()],
    "update flushes": lambda w: [w.s.add(w.I(id=9, order_id=1, product="z", quantity=1)), w.q(w.I).update({"quantity": 9}), _rows(w)],
    "update without autoflush": lambda w: [
        w.s.add(w.I(id=9, order_id=1, product="z", quantity=1)), w.q(w.I).autoflush(False).update({"quantity": 9})
    ],
}  # fmt: skip
