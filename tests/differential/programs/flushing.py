"""What a flush sends: the order of statements, the batches, the columns."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from tests.differential.log import Log
from tests.differential.programs.shop import empty_shop, full_shop, session_on
from tests.differential.registry import program


@program
def one_object(lib: Any, engine: Any, log: Log) -> None:
    s = empty_shop(lib, engine, log)
    with session_on(lib, engine) as session:
        customer = s.Customer(name="ann")
        log("key before", customer.id)
        session.add(customer)
        session.flush()
        log("key after", customer.id)
        log("default after", customer.active)
        log("left out after", customer.email)
        session.commit()


@program
def objects_of_one_class(lib: Any, engine: Any, log: Log) -> None:
    s = empty_shop(lib, engine, log)
    with session_on(lib, engine) as session:
        customers = [s.Customer(name=name) for name in ("ann", "bob", "cid")]
        session.add_all(customers)
        session.flush()
        log("keys", [customer.id for customer in customers])
        session.commit()


@program
def objects_with_keys_given(lib: Any, engine: Any, log: Log) -> None:
    s = empty_shop(lib, engine, log)
    with session_on(lib, engine) as session:
        session.add_all([s.Customer(id=key, name=f"n{key}") for key in (3, 1, 2)])
        session.flush()
        session.commit()


@program
def some_keys_given(lib: Any, engine: Any, log: Log) -> None:
    s = empty_shop(lib, engine, log)
    with session_on(lib, engine) as session:
        customers = [s.Customer(name="a"), s.Customer(id=7, name="b"), s.Customer(name="c"), s.Customer(id=5, name="d")]
        session.add_all(customers)
        session.flush()
        log("keys", [customer.id for customer in customers])


@program
def different_columns_set(lib: Any, engine: Any, log: Log) -> None:
    s = empty_shop(lib, engine, log)
    with session_on(lib, engine) as session:
        session.add_all(
            [
                s.Customer(name="a"),
                s.Customer(name="b", email="b@example.com"),
                s.Customer(name="c", email=None),
                s.Customer(name="d", active=False),
            ]
        )
        session.flush()


@program
def string_key(lib: Any, engine: Any, log: Log) -> None:
    s = empty_shop(lib, engine, log)
    with session_on(lib, engine) as session:
        session.add_all([s.Document(code="B"), s.Document(code="A", pages=5), s.Document(code="C")])
        session.flush()
        session.commit()


@program
def expression_as_value(lib: Any, engine: Any, log: Log) -> None:
    s = full_shop(lib, engine, log)
    with session_on(lib, engine) as session:
        item = session.get(s.Item, 1)
        item.quantity = s.Item.quantity + 5
        session.flush()
        log("after", item.quantity)
        new = s.Item(order_id=1, product=lib.func.upper("saw"))
        session.add(new)
        session.flush()
        log("product", new.product)


@program
def parents_before_children(lib: Any, engine: Any, log: Log) -> None:
    s = empty_shop(lib, engine, log)
    with session_on(lib, engine) as session:
        item = s.Item(product="nail")
        order = s.Order(total=Decimal("5"))
        customer = s.Customer(name="ann")
        session.add(item)
        item.order = order
        order.customer = customer
        session.flush()
        log("keys", (customer.id, order.customer_id, item.order_id))
        session.commit()


@program
def graph_of_two_levels(lib: Any, engine: Any, log: Log) -> None:
    s = empty_shop(lib, engine, log)
    with session_on(lib, engine) as session:
        customers = []
        for number in range(3):
            orders = [s.Order(total=Decimal(number * 10 + place)) for place in range(2)]
            customers.append(s.Customer(name=f"n{number}", orders=orders))
        session.add_all(customers)
        session.commit()


@program
def chain_of_one_class(lib: Any, engine: Any, log: Log) -> None:
    s = empty_shop(lib, engine, log)
    with session_on(lib, engine) as session:
        hal, fay, eve = (s.Employee(name=name) for name in ("hal", "fay", "eve"))
        hal.manager = fay
        fay.manager = eve
        gil = s.Employee(name="gil", manager=eve)
        session.add_all([hal, gil])
        session.flush()
        log("keys", [(each.name, each.id, each.manager_id) for each in (eve, fay, gil, hal)])
        session.commit()


@program
def changed_columns_only(lib: Any, engine: Any, log: Log) -> None:
    s = full_shop(lib, engine, log)
    with session_on(lib, engine) as session:
        document = session.get(s.Document, "A")
        document.pages = 4
        session.flush()
        document.body, document.due = "second", None
        session.flush()
        document.price = Decimal("1.50")
        session.flush()
        session.commit()


@program
def no_real_change(lib: Any, engine: Any, log: Log) -> None:
    s = full_shop(lib, engine, log)
    with session_on(lib, engine) as session:
        customer = session.get(s.Customer, 1)
        customer.name = "ann"
        log("dirty by is_modified", session.is_modified(customer))
        session.flush()
        customer.name = "x"
        customer.name = "ann"
        log("dirty by is_modified", session.is_modified(customer))
        session.flush()
        session.commit()


@program
def updates_in_batches(lib: Any, engine: Any, log: Log) -> None:
    s = full_shop(lib, engine, log)
    with session_on(lib, engine) as session:
        items = session.scalars(lib.select(s.Item).order_by(s.Item.id.desc())).all()
        for item in items:
            item.quantity += 1
        session.flush()
        items[0].quantity, items[1].product, items[2].quantity = 1, "bolt", 2
        session.flush()
        session.commit()


@program
def deletes_in_batches(lib: Any, engine: Any, log: Log) -> None:
    s = full_shop(lib, engine, log)
    with session_on(lib, engine) as session:
        for item in session.scalars(lib.select(s.Item).order_by(s.Item.id.desc())).all():
            session.delete(item)
        session.flush()
        session.commit()


@program
def inserts_updates_and_deletes_together(lib: Any, engine: Any, log: Log) -> None:
    s = full_shop(lib, engine, log)
    with session_on(lib, engine) as session:
        session.delete(session.get(s.Item, 1))
        session.get(s.Order, 1).total = Decimal("11")
        session.get(s.Customer, 1).name = "anna"
        session.add(s.Item(order_id=2, product="axe"))
        session.add(s.Customer(name="dan"))
        session.flush()
        session.commit()


@program
def primary_key_changed(lib: Any, engine: Any, log: Log) -> None:
    s = full_shop(lib, engine, log)
    with session_on(lib, engine) as session:
        document = session.get(s.Document, "B")
        document.code = "Z"
        session.flush()
        log("under the new key", session.get(s.Document, "Z") is document)
        log("under the old key", session.get(s.Document, "B"))
        session.commit()


@program
def every_type_written_and_read(lib: Any, engine: Any, log: Log) -> None:
    s = empty_shop(lib, engine, log)
    with session_on(lib, engine) as session:
        session.add(
            s.Document(
                code="X",
                body="körper\n2",
                pages=-7,
                price=Decimal("1234.5"),
                written=datetime(1999, 12, 31, 23, 59, 59),
                due=date(2000, 2, 29),
                final=False,
                scan=b"",
            )
        )
        session.commit()
        document = session.scalars(lib.select(s.Document)).one()
        for name in ("body", "pages", "price", "written", "due", "final", "scan"):
            log(name, getattr(document, name))


@program
def nothing_to_flush(lib: Any, engine: Any, log: Log) -> None:
    s = full_shop(lib, engine, log)
    with session_on(lib, engine) as session:
        session.flush()
        log("in transaction", session.in_transaction())
        session.get(s.Customer, 1)
        session.flush()
        session.commit()
        session.commit()
        log("in transaction", session.in_transaction())


@program
def row_gone_before_update(lib: Any, engine: Any, log: Log) -> None:
    s = full_shop(lib, engine, log)
    with session_on(lib, engine) as session:
        item = session.get(s.Item, 1)
        session.execute(lib.text("DELETE FROM items WHERE id = 1"))
        item.quantity = 5
        log.error("flush", session.flush)
        session.rollback()
        log("after rollback", item.quantity)


@program
def autoflush_points(lib: Any, engine: Any, log: Log) -> None:
    s = full_shop(lib, engine, log)
    with session_on(lib, engine) as session:
        session.add(s.Tag(label="new"))
        log("before a select", session.scalar(lib.select(lib.func.count(s.Tag.id))))
        session.add(s.Tag(label="newer"))
        log("get of what is not there", session.get(s.Tag, 99))
        log.session(session)
        session.add(s.Tag(label="newest"))
        order = session.get(s.Order, 1)
        log.session(session)
        log("before a lazy load", sorted(tag.label for tag in order.tags))
        log.session(session)
        session.add(s.Tag(label="last"))
        session.commit()


@program
def without_autoflush(lib: Any, engine: Any, log: Log) -> None:
    s = full_shop(lib, engine, log)
    count = lib.select(lib.func.count(s.Tag.id))
    with session_on(lib, engine) as session:
        session.add(s.Tag(label="new"))
        with session.no_autoflush:
            log("held back", session.scalar(count))
        log("sent", session.scalar(count))
    with session_on(lib, engine, autoflush=False) as session:
        session.add(s.Tag(label="new"))
        log("held back", session.scalar(count))
        session.commit()
        log("sent by commit", session.scalar(count))


@program
def statement_of_the_core_flushes_first(lib: Any, engine: Any, log: Log) -> None:
    s = full_shop(lib, engine, log)
    with session_on(lib, engine) as session:
        session.get(s.Tag, 1).label = "late"
        log("text", session.execute(lib.text("SELECT label FROM tags WHERE id = 1")).scalar())
        session.get(s.Tag, 1).label = "later"
        log("table", session.execute(lib.select(s.Tag.__table__.c.label)).scalars().all())


@program
def defaults_of_types_that_keep_none(lib: Any, engine: Any, log: Log) -> None:
    """JSON keeps None as its null; the default is for what was never set."""

    class Base(lib.orm.DeclarativeBase):  # type: ignore[misc,name-defined]
        pass

    class Page(Base):
        __tablename__ = "pages"
        id = lib.orm.mapped_column(lib.Integer, primary_key=True)
        words = lib.orm.mapped_column(lib.JSON, default=lambda: [7])
        nulls = lib.orm.mapped_column(lib.JSON(none_as_null=True), default=lambda: [7])
        number = lib.orm.mapped_column(lib.Integer, default=7)
        kept = lib.orm.mapped_column(lib.Integer().evaluates_none(), default=7)

    Base.metadata.create_all(engine)
    with lib.orm.Session(engine) as session:
        session.add(Page(id=1))
        session.flush()
        session.add_all([Page(id=2, words=None, nulls=None, number=None, kept=None), Page(id=3, kept=1), Page(id=4)])
        session.flush()
        session.execute(lib.insert(Page), [{"id": 5, "words": None, "nulls": None, "kept": None}, {"id": 6}])
        session.commit()
        log("pages", [(page.words, page.nulls, page.number, page.kept) for page in session.scalars(lib.select(Page))])


@program
def rows_that_go_and_what_they_refer_to(lib: Any, engine: Any, log: Log) -> None:
    """What a deleted object refers to counts for the order, where that is known without a SELECT."""
    o = lib.orm
    base: Any = o.declarative_base()

    def key() -> Any:
        return lib.Column(lib.Integer, primary_key=True)

    town: Any = type("Town", (base,), {"__tablename__": "towns", "id": key()})
    boat: Any = type("Boat", (base,), {"__tablename__": "boats", "id": key()})
    ant: Any = type("Ant", (base,), {
        "__tablename__": "ants",
        "id": key(),
        "town_id": lib.Column(lib.ForeignKey("towns.id")),
        "town": o.relationship(town),
    })  # fmt: skip
    with log.quiet():
        base.metadata.create_all(engine)
    for case in ("absent", "present", "expired", "read", "nothing", "nothing that was read"):
        log(case)
        with o.Session(engine) as session:
            with log.quiet():
                session.add(town(id=1))
                session.add_all([ant(id=1, town_id=None if "nothing" in case else 1), boat(id=1)])
                session.commit()
                first, second = session.get(ant, 1), session.get(boat, 1)
                kept = session.get(town, 1) if case in ("present", "expired") else None
                if case == "expired":
                    session.expire(kept)
                if "read" in case:
                    first.town
            session.delete(second)
            session.delete(first)
            session.flush()
            with log.quiet():
                session.execute(lib.delete(town))
                session.commit()
