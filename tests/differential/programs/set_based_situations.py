"""UPDATE and DELETE by statement over sessions in every situation: expired, partly loaded, changed, new and removed objects."""

from collections.abc import Callable
from typing import Any

from tests.differential.log import Log
from tests.differential.programs.shop import full_shop, session_on
from tests.differential.registry import program


def _nothing(lib: Any, s: Any, session: Any) -> None:
    session.expunge_all()


def _expired(lib: Any, s: Any, session: Any) -> None:
    session.expire_all()


def _one_expired(lib: Any, s: Any, session: Any) -> None:
    session.expire(session.get(s.Item, 2))


def _attribute_expired(lib: Any, s: Any, session: Any) -> None:
    session.expire(session.get(s.Item, 1), ["quantity"])


def _partly(lib: Any, s: Any, session: Any) -> None:
    session.expunge_all()
    session.info["kept"] = session.scalars(lib.select(s.Item).options(lib.orm.load_only(s.Item.product))).all()


def _changed(lib: Any, s: Any, session: Any) -> None:
    session.get(s.Item, 1).quantity = 50
    session.flush()


def _new(lib: Any, s: Any, session: Any) -> None:
    session.add(s.Item(id=50, order_id=1, product="new", quantity=1))
    session.flush()


def _one_expunged(lib: Any, s: Any, session: Any) -> None:
    session.expunge(session.get(s.Item, 1))


def _savepoint(lib: Any, s: Any, session: Any) -> None:
    session.begin_nested()


SITUATIONS: dict[str, Callable[[Any, Any, Any], None]] = {
    "nothing_loaded": _nothing,
    "one_expired": _one_expired,
    "attribute_expired": _attribute_expired,
    "partly_loaded": _partly,
    "changed": _changed,
    "new": _new,
    "one_expunged": _one_expunged,
    "savepoint": _savepoint,
}

STATEMENTS: dict[str, Callable[[Any, Any], Any]] = {
    "update_all": lambda lib, s: lib.update(s.Item).values(quantity=9),
    "update_some": lambda lib, s: lib.update(s.Item).where(s.Item.id < 3).values(product="x"),
    "update_by_value": lambda lib, s: lib.update(s.Item).where(s.Item.product == "nail").values(quantity=3),
    "update_arithmetic": lambda lib, s: lib.update(s.Item).where(s.Item.id > 1).values(quantity=s.Item.quantity + 1),
    "delete_some": lambda lib, s: lib.delete(s.Item).where(s.Item.id.in_([1, 2])),
    "delete_by_value": lambda lib, s: lib.delete(s.Item).where(s.Item.product == "nail"),
}


def _make(situation: str, action: str, strategy: Any) -> None:
    def run(lib: Any, engine: Any, log: Log) -> None:
        s = full_shop(lib, engine, log)
        with session_on(lib, engine) as session:
            with log.quiet():
                items = session.scalars(lib.select(s.Item).order_by(s.Item.id)).all()
                SITUATIONS[situation](lib, s, session)
                if situation in ("nothing_loaded", "partly_loaded"):
                    items = sorted(session.info.get("kept", []), key=lambda one: one.id)
            statement = STATEMENTS[action](lib, s)
            result = session.execute(statement, execution_options={"synchronize_session": strategy})
            log("matched", result.rowcount)
            for item in items:
                log("item", [item.__dict__.get(name, "-") for name in ("id", "product", "quantity")])
                log.state(item)
            log("in session", sorted(item.id for item in session.scalars(lib.select(s.Item))))
            session.commit()

    run.__name__ = f"{action}_over_{situation}_{strategy}".lower()
    run.__module__ = __name__
    program(run)


for _situation in SITUATIONS:
    for _action in STATEMENTS:
        for _strategy in ("auto", "evaluate", "fetch", False):
            # A session without objects of the class asks for no keys: an intended difference.
            if (_situation, _strategy) != ("nothing_loaded", "fetch"):
                _make(_situation, _action, _strategy)
