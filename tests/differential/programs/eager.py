"""Eager loading by options: statements, their order, and the graph that stands in memory afterwards."""

from collections.abc import Callable
from typing import Any

from tests.differential.log import Log
from tests.differential.programs.shop import full_shop, session_on
from tests.differential.registry import program

Make = Callable[[Any, Any, Any], Any]
"""(library, its orm module, shop) -> a statement."""

REFERENCES = ("customer", "orders", "items", "order", "tags", "manager", "reports")


def tell(log: Log, label: str, found: Any, depth: int = 3) -> None:
    """Write down objects with all that is loaded of them, and what is loaded of what they refer to."""
    log(label, _told(log, found, depth))


def _told(log: Log, value: Any, depth: int) -> Any:
    if isinstance(value, list | tuple) and not hasattr(value, "_fields"):
        return [_told(log, each, depth) for each in value]
    if hasattr(value, "_fields"):
        return tuple(_told(log, each, depth) for each in value)
    if not hasattr(value, "_sa_instance_state"):
        return value
    names = sorted(name for name in vars(value) if not name.startswith("_"))
    told = {name: _told(log, vars(value)[name], depth - 1) for name in names if name in REFERENCES and depth}
    columns = [name for name in names if name not in REFERENCES]
    return (log.show(value), columns, told)


def _loads(name: str, make: Make, rows: bool = False, unique: bool = True) -> None:
    """Enter a program that runs one statement and tells its graph."""

    def run(lib: Any, engine: Any, log: Log) -> None:
        s = full_shop(lib, engine, log)
        with session_on(lib, engine) as session:
            statement = make(lib, lib.orm, s)
            result = session.execute(statement) if rows else session.scalars(statement)
            tell(log, "found", list((result.unique() if unique else result).all()))

    run.__name__ = name
    run.__module__ = __name__
    program(run)


CASES: dict[str, Make] = {
    "selectin_many": lambda lib, o, s: lib.select(s.Customer).options(o.selectinload(s.Customer.orders)),
    "selectin_one": lambda lib, o, s: lib.select(s.Order).options(o.selectinload(s.Order.customer)),
    "selectin_between": lambda lib, o, s: lib.select(s.Order).options(o.selectinload(s.Order.tags)),
    "selectin_nested": lambda lib, o, s: lib.select(s.Customer).options(
        o.selectinload(s.Customer.orders).selectinload(s.Order.items)
    ),
    "selectin_siblings": lambda lib, o, s: lib.select(s.Order).options(
        o.selectinload(s.Order.items), o.selectinload(s.Order.tags)
    ),
    "selectin_sub_options": lambda lib, o, s: lib.select(s.Customer).options(
        o.selectinload(s.Customer.orders).options(o.selectinload(s.Order.items), o.selectinload(s.Order.tags))
    ),
    "selectin_itself": lambda lib, o, s: (
        lib.select(s.Employee).where(s.Employee.manager_id.is_(None)).options(o.selectinload(s.Employee.reports))
    ),
    "selectin_all_levels": lambda lib, o, s: (
        lib.select(s.Employee)
        .where(s.Employee.manager_id.is_(None))
        .options(o.selectinload(s.Employee.reports, recursion_depth=-1))
    ),
    "selectin_two_levels": lambda lib, o, s: (
        lib.select(s.Employee)
        .where(s.Employee.manager_id.is_(None))
        .options(o.selectinload(s.Employee.reports, recursion_depth=1))
    ),
    "selectin_upwards": lambda lib, o, s: (
        lib.select(s.Employee).where(s.Employee.id == 4).options(o.selectinload(s.Employee.manager, recursion_depth=-1))
    ),
    "selectin_with_condition": lambda lib, o, s: lib.select(s.Customer).options(
        o.selectinload(s.Customer.orders.and_(s.Order.total > 8))
    ),
    "selectin_nobody": lambda lib, o, s: (
        lib.select(s.Customer).where(s.Customer.id == 99).options(o.selectinload(s.Customer.orders))
    ),
    "selectin_wildcard": lambda lib, o, s: lib.select(s.Customer).options(o.selectinload("*")),
    "selectin_wildcard_of_class": lambda lib, o, s: lib.select(s.Order).options(o.Load(s.Order).selectinload("*")),
    "selectin_few_columns": lambda lib, o, s: lib.select(s.Customer).options(
        o.selectinload(s.Customer.orders).load_only(s.Order.total)
    ),
    "selectin_without_the_key": lambda lib, o, s: lib.select(s.Order).options(
        o.load_only(s.Order.total), o.selectinload(s.Order.customer)
    ),
    "selectin_then_joined": lambda lib, o, s: lib.select(s.Customer).options(
        o.selectinload(s.Customer.orders).joinedload(s.Order.items)
    ),
    "selectin_then_back": lambda lib, o, s: lib.select(s.Customer).options(
        o.selectinload(s.Customer.orders).joinedload(s.Order.customer)
    ),
    "defaultload_then": lambda lib, o, s: lib.select(s.Customer).options(
        o.selectinload(s.Customer.orders), o.defaultload(s.Customer.orders).selectinload(s.Order.items)
    ),
    "subquery_back_and_forth": lambda lib, o, s: (
        lib.select(s.Order).order_by(s.Order.id).options(o.subqueryload(s.Order.tags).subqueryload(s.Tag.orders))
    ),
    "subquery_of_repeated_rows": lambda lib, o, s: (
        lib.select(s.Customer)
        .join(s.Customer.orders)
        .order_by(s.Customer.id)
        .options(o.subqueryload(s.Customer.orders))
    ),
    "joined_many": lambda lib, o, s: lib.select(s.Customer).options(o.joinedload(s.Customer.orders)),
    "joined_one": lambda lib, o, s: lib.select(s.Order).options(o.joinedload(s.Order.customer)),
    "joined_one_inner": lambda lib, o, s: lib.select(s.Order).options(o.joinedload(s.Order.customer, innerjoin=True)),
    "joined_between": lambda lib, o, s: lib.select(s.Order).options(o.joinedload(s.Order.tags)),
    "joined_between_inner": lambda lib, o, s: lib.select(s.Order).options(o.joinedload(s.Order.tags, innerjoin=True)),
    "joined_nested": lambda lib, o, s: lib.select(s.Customer).options(
        o.joinedload(s.Customer.orders).joinedload(s.Order.items)
    ),
    "joined_nested_inner": lambda lib, o, s: lib.select(s.Customer).options(
        o.joinedload(s.Customer.orders).joinedload(s.Order.items, innerjoin=True)
    ),
    "joined_all_inner": lambda lib, o, s: lib.select(s.Customer).options(
        o.joinedload(s.Customer.orders, innerjoin=True).joinedload(s.Order.items, innerjoin=True)
    ),
    "joined_unnested": lambda lib, o, s: lib.select(s.Customer).options(
        o.joinedload(s.Customer.orders).joinedload(s.Order.items, innerjoin="unnested")
    ),
    "joined_nested_between_inner": lambda lib, o, s: lib.select(s.Customer).options(
        o.joinedload(s.Customer.orders).joinedload(s.Order.tags, innerjoin=True)
    ),
    "joined_siblings": lambda lib, o, s: lib.select(s.Order).options(
        o.joinedload(s.Order.items), o.joinedload(s.Order.tags), o.joinedload(s.Order.customer)
    ),
    "joined_itself": lambda lib, o, s: lib.select(s.Employee).options(
        o.joinedload(s.Employee.reports).joinedload(s.Employee.reports)
    ),
    "joined_upwards": lambda lib, o, s: lib.select(s.Employee).options(
        o.joinedload(s.Employee.manager).joinedload(s.Employee.manager)
    ),
    "joined_limit": lambda lib, o, s: lib.select(s.Customer).limit(2).options(o.joinedload(s.Customer.orders)),
    "joined_limit_ordered": lambda lib, o, s: (
        lib.select(s.Customer)
        .order_by(s.Customer.name.desc())
        .limit(2)
        .offset(1)
        .options(o.joinedload(s.Customer.orders))
    ),
    "joined_limit_ordered_by_another": lambda lib, o, s: (
        lib.select(s.Order)
        .join(s.Order.customer)
        .order_by(s.Customer.name, lib.func.abs(s.Order.id))
        .limit(2)
        .options(o.joinedload(s.Order.items))
    ),
    "joined_limit_reference": lambda lib, o, s: lib.select(s.Order).limit(2).options(o.joinedload(s.Order.customer)),
    "joined_limit_both": lambda lib, o, s: (
        lib.select(s.Order).limit(2).options(o.joinedload(s.Order.customer), o.joinedload(s.Order.items))
    ),
    "joined_limit_through_reference": lambda lib, o, s: (
        lib.select(s.Item).limit(2).options(o.joinedload(s.Item.order).joinedload(s.Order.tags))
    ),
    "joined_limit_filtered": lambda lib, o, s: (
        lib.select(s.Customer)
        .where(s.Customer.active)
        .where(s.Customer.id < 10)
        .limit(2)
        .options(o.joinedload(s.Customer.orders).joinedload(s.Order.tags))
    ),
    "joined_distinct": lambda lib, o, s: lib.select(s.Customer).distinct().options(o.joinedload(s.Customer.orders)),
    "joined_grouped": lambda lib, o, s: (
        lib.select(s.Customer).group_by(s.Customer.id).options(o.joinedload(s.Customer.orders))
    ),
    "joined_beside_a_join": lambda lib, o, s: (
        lib.select(s.Customer).join(s.Customer.orders).where(s.Order.id > 1).options(o.joinedload(s.Customer.orders))
    ),
    "joined_with_condition": lambda lib, o, s: lib.select(s.Customer).options(
        o.joinedload(s.Customer.orders.and_(s.Order.total > 8))
    ),
    "joined_few_columns": lambda lib, o, s: lib.select(s.Customer).options(
        o.joinedload(s.Customer.orders).load_only(s.Order.total)
    ),
    "joined_then_selectin": lambda lib, o, s: lib.select(s.Customer).options(
        o.joinedload(s.Customer.orders).selectinload(s.Order.items)
    ),
    "contains": lambda lib, o, s: (
        lib.select(s.Customer)
        .join(s.Customer.orders)
        .where(s.Order.id > 1)
        .options(o.contains_eager(s.Customer.orders))
    ),
    "contains_reference": lambda lib, o, s: (
        lib.select(s.Order).join(s.Order.customer).options(o.contains_eager(s.Order.customer))
    ),
    "contains_nested": lambda lib, o, s: (
        lib.select(s.Customer)
        .join(s.Customer.orders)
        .join(s.Order.items)
        .options(o.contains_eager(s.Customer.orders).contains_eager(s.Order.items))
    ),
    "contains_then_joined": lambda lib, o, s: (
        lib.select(s.Customer)
        .join(s.Customer.orders)
        .options(o.contains_eager(s.Customer.orders).joinedload(s.Order.items))
    ),
    "contains_beside_joined_limit": lambda lib, o, s: (
        lib.select(s.Order)
        .join(s.Order.customer)
        .limit(1)
        .options(o.contains_eager(s.Order.customer), o.joinedload(s.Order.items))
    ),
    "immediate_many": lambda lib, o, s: lib.select(s.Customer).options(o.immediateload(s.Customer.orders)),
    "immediate_one": lambda lib, o, s: lib.select(s.Order).options(o.immediateload(s.Order.customer)),
    "immediate_all_levels": lambda lib, o, s: (
        lib.select(s.Employee)
        .where(s.Employee.id == 1)
        .options(o.immediateload(s.Employee.reports, recursion_depth=-1))
    ),
    "subquery_many": lambda lib, o, s: lib.select(s.Customer).options(o.subqueryload(s.Customer.orders)),
    "subquery_one": lambda lib, o, s: (
        lib.select(s.Order).where(s.Order.id < 9).options(o.subqueryload(s.Order.customer))
    ),
    "subquery_between": lambda lib, o, s: (
        lib.select(s.Order).where(s.Order.id > 0).options(o.subqueryload(s.Order.tags))
    ),
    "subquery_nested": lambda lib, o, s: lib.select(s.Customer).options(
        o.subqueryload(s.Customer.orders).subqueryload(s.Order.items)
    ),
    "subquery_limit": lambda lib, o, s: (
        lib.select(s.Customer).order_by(s.Customer.name).limit(2).options(o.subqueryload(s.Customer.orders))
    ),
    "subquery_joined": lambda lib, o, s: (
        lib.select(s.Customer).join(s.Customer.orders).where(s.Order.id > 1).options(o.subqueryload(s.Customer.orders))
    ),
    "subquery_itself": lambda lib, o, s: (
        lib.select(s.Employee)
        .where(s.Employee.id == 1)
        .options(o.subqueryload(s.Employee.reports).subqueryload(s.Employee.reports))
    ),
    "subquery_then_selectin": lambda lib, o, s: lib.select(s.Customer).options(
        o.subqueryload(s.Customer.orders).selectinload(s.Order.items)
    ),
    "subquery_then_joined": lambda lib, o, s: lib.select(s.Customer).options(
        o.subqueryload(s.Customer.orders).joinedload(s.Order.items)
    ),
    "joined_then_subquery": lambda lib, o, s: lib.select(s.Order).options(
        o.joinedload(s.Order.customer).subqueryload(s.Customer.orders)
    ),
    "load_only": lambda lib, o, s: lib.select(s.Document).options(o.load_only(s.Document.pages, s.Document.final)),
    "load_only_of_class": lambda lib, o, s: lib.select(s.Order).options(o.Load(s.Order).load_only(s.Order.total)),
    "defer": lambda lib, o, s: lib.select(s.Document).options(o.defer(s.Document.body), o.defer(s.Document.scan)),
    "defer_all": lambda lib, o, s: lib.select(s.Document).options(o.defer("*")),
    "defer_all_but": lambda lib, o, s: lib.select(s.Document).options(o.defer("*"), o.undefer(s.Document.body)),
    "lazy_wildcard_beside": lambda lib, o, s: lib.select(s.Customer).options(
        o.lazyload("*"), o.selectinload(s.Customer.orders)
    ),
}

ROWS: dict[str, Make] = {
    "selectin_of_two_entities": lambda lib, o, s: (
        lib.select(s.Customer, s.Order)
        .join(s.Customer.orders)
        .options(o.selectinload(s.Customer.orders), o.selectinload(s.Order.items))
    ),
    "joined_of_two_entities": lambda lib, o, s: (
        lib.select(s.Customer, s.Order)
        .join(s.Customer.orders)
        .options(o.joinedload(s.Customer.orders), o.joinedload(s.Order.items))
    ),
    "joined_of_two_entities_limit": lambda lib, o, s: (
        lib.select(s.Customer, s.Order)
        .join(s.Customer.orders)
        .limit(2)
        .options(o.joinedload(s.Customer.orders), o.joinedload(s.Order.items))
    ),
    "entity_and_columns": lambda lib, o, s: (
        lib.select(s.Customer.name, s.Order).join(s.Customer.orders).options(o.joinedload(s.Order.items))
    ),
    "two_in_from": lambda lib, o, s: (
        lib.select(s.Order, s.Customer)
        .where(s.Customer.id == s.Order.customer_id)
        .options(o.joinedload(s.Customer.orders))
    ),
}

for _name, _make in CASES.items():
    _loads(_name, _make)
for _name, _make in ROWS.items():
    _loads(_name, _make, rows=True)


@program
def needs_unique(lib: Any, engine: Any, log: Log) -> None:
    s = full_shop(lib, engine, log)
    with session_on(lib, engine) as session:
        statement = lib.select(s.Customer).options(lib.orm.joinedload(s.Customer.orders))
        log.error("all", lambda: session.scalars(statement).all(), message=True)
        log.error("first", lambda: session.execute(statement).first(), message=True)
        nobody = statement.where(s.Customer.id == 99)
        log("nobody", session.scalars(nobody).all())


@program
def old_query(lib: Any, engine: Any, log: Log) -> None:
    s = full_shop(lib, engine, log)
    orm = lib.orm
    with session_on(lib, engine) as session:
        tell(log, "joined", session.query(s.Customer).options(orm.joinedload(s.Customer.orders)).all())
        session.expunge_all()
        query = session.query(s.Customer).order_by(s.Customer.name).options(orm.joinedload(s.Customer.orders))
        tell(log, "limit", query.limit(2).all())
        session.expunge_all()
        tell(log, "first", query.first())
        session.expunge_all()
        tell(log, "get", session.query(s.Customer).options(orm.selectinload(s.Customer.orders)).get(1))
        log("count", query.count())


@program
def get_with_options(lib: Any, engine: Any, log: Log) -> None:
    s = full_shop(lib, engine, log)
    orm = lib.orm
    with session_on(lib, engine) as session:
        tell(log, "selectin", session.get(s.Customer, 1, options=[orm.selectinload(s.Customer.orders)]))
        tell(log, "joined", session.get(s.Order, 3, options=[orm.joinedload(s.Order.items)]))
        cid = session.get(s.Customer, 3)
        session.get(s.Customer, 3, options=[orm.selectinload(s.Customer.orders)])
        log.loaded(cid)
        session.get(s.Customer, 3, options=[orm.selectinload(s.Customer.orders)], populate_existing=True)
        log.loaded(cid)


@program
def options_are_remembered(lib: Any, engine: Any, log: Log) -> None:
    s = full_shop(lib, engine, log)
    orm = lib.orm
    with session_on(lib, engine) as session:
        option = orm.defaultload(s.Customer.orders).selectinload(s.Order.items)
        ann, *_ = session.scalars(lib.select(s.Customer).options(option)).all()
        tell(log, "read later", ann.orders)
        session.expire(ann)
        tell(log, "expired", ann.orders)
        bob = session.scalars(
            lib.select(s.Customer).where(s.Customer.id == 2).options(orm.selectinload(s.Customer.orders))
        ).one()
        session.refresh(bob)
        log.loaded(bob)
        session.expire(bob)
        log("name", bob.name)
        log.loaded(bob)


@program
def joined_is_remembered(lib: Any, engine: Any, log: Log) -> None:
    s = full_shop(lib, engine, log)
    orm = lib.orm
    with session_on(lib, engine) as session:
        statement = lib.select(s.Customer).where(s.Customer.id == 1).options(orm.joinedload(s.Customer.orders))
        ann = session.scalars(statement).unique().one()
        session.refresh(ann)
        log.loaded(ann)
        session.expire(ann, ["name"])
        log("name", ann.name)
        session.commit()
        log("name", ann.name)
        log.loaded(ann)


@program
def what_is_loaded_stays(lib: Any, engine: Any, log: Log) -> None:
    s = full_shop(lib, engine, log)
    orm = lib.orm
    with session_on(lib, engine) as session:
        ann = session.get(s.Customer, 1)
        orders = ann.orders
        with session.no_autoflush:
            ann.orders.append(s.Order(total=1))
            session.scalars(
                lib.select(s.Customer).options(orm.selectinload(s.Customer.orders).selectinload(s.Order.items))
            ).all()
            session.scalars(lib.select(s.Customer).options(orm.joinedload(s.Customer.orders))).unique().all()
        log("same list", ann.orders is orders)
        log("members", len(orders))
        log.loaded(orders[0])
        session.expunge_all()


@program
def present_objects_get_what_they_lack(lib: Any, engine: Any, log: Log) -> None:
    s = full_shop(lib, engine, log)
    orm = lib.orm
    with session_on(lib, engine) as session:
        few = session.scalars(lib.select(s.Document).options(orm.load_only(s.Document.pages))).all()
        log.loaded(few[0])
        session.scalars(lib.select(s.Document).options(orm.load_only(s.Document.body))).all()
        log.loaded(few[0])
        customers = session.scalars(lib.select(s.Customer)).all()
        session.scalars(lib.select(s.Customer).options(orm.joinedload(s.Customer.orders))).unique().all()
        tell(log, "joined", customers)
        session.expire(customers[0], ["name"])
        session.scalars(lib.select(s.Customer)).all()
        log.loaded(customers[0])


@program
def populate_existing(lib: Any, engine: Any, log: Log) -> None:
    s = full_shop(lib, engine, log)
    orm = lib.orm
    with session_on(lib, engine) as session:
        ann = session.get(s.Customer, 1)
        log("orders", ann.orders)
        statement = (
            lib.select(s.Customer)
            .join(s.Customer.orders)
            .where(s.Order.id == 2)
            .options(orm.contains_eager(s.Customer.orders))
        )
        session.scalars(statement).unique().all()
        log("kept", ann.orders)
        session.scalars(statement.execution_options(populate_existing=True)).unique().all()
        log("replaced", ann.orders)
        session.scalars(
            lib.select(s.Customer)
            .options(orm.selectinload(s.Customer.orders))
            .execution_options(populate_existing=True)
        ).all()
        log("replaced again", ann.orders)


@program
def deferred_columns_load_alone(lib: Any, engine: Any, log: Log) -> None:
    s = full_shop(lib, engine, log)
    orm = lib.orm
    with session_on(lib, engine) as session:
        document = session.scalars(lib.select(s.Document).options(orm.load_only(s.Document.pages))).first()
        log("body", document.body)
        log.loaded(document)
        session.expire(document)
        log("pages", document.pages)
        log.loaded(document)


@program
def raising(lib: Any, engine: Any, log: Log) -> None:
    s = full_shop(lib, engine, log)
    orm = lib.orm
    with session_on(lib, engine) as session:
        ann = session.scalars(lib.select(s.Customer).options(orm.raiseload(s.Customer.orders))).first()
        log.error("orders", lambda: ann.orders, message=True)
        order = session.scalars(lib.select(s.Order).options(orm.raiseload("*"))).first()
        log.error("items", lambda: order.items, message=True)
        log.error("customer", lambda: order.customer, message=True)
        document = session.scalars(lib.select(s.Document).options(orm.defer(s.Document.body, raiseload=True))).first()
        log.error("body", lambda: document.body, message=True)
        session.expunge_all()
        orders = session.scalars(lib.select(s.Order).options(orm.raiseload(s.Order.customer, sql_only=True))).all()
        log.error("bob", lambda: orders[2].customer, message=True)
        bob = session.get(s.Customer, 2)
        log("bob is there", orders[2].customer is bob)
        log("null key", orders[3].customer)
        session.expunge_all()
        deep = session.scalars(
            lib.select(s.Customer).options(orm.selectinload(s.Customer.orders).raiseload(s.Order.items))
        ).first()
        log.error("items below", lambda: deep.orders[0].items, message=True)
        log("tags below", deep.orders[0].tags)
        session.delete(ann) if ann in session else None


@program
def options_that_do_not_fit(lib: Any, engine: Any, log: Log) -> None:
    s = full_shop(lib, engine, log)
    orm, select = lib.orm, lib.select
    with session_on(lib, engine) as session:
        session.connection()

        def fails(label: str, make: Callable[[], Any]) -> None:
            log.error(label, lambda: session.execute(make()).all(), message=True)

        fails("other class", lambda: select(s.Customer).options(orm.selectinload(s.Order.items)))
        fails(
            "other end",
            lambda: select(s.Customer).options(orm.selectinload(s.Customer.orders).joinedload(s.Tag.orders)),
        )
        fails("string", lambda: select(s.Customer).options(orm.selectinload("orders")))
        fails("column", lambda: select(s.Customer).options(orm.selectinload(s.Customer.name)))
        fails("relationship as column", lambda: select(s.Customer).options(orm.defer(s.Customer.orders)))
        fails("relationship in load_only", lambda: select(s.Customer).options(orm.load_only(s.Customer.orders)))
        fails("class", lambda: select(s.Customer).options(orm.selectinload(s.Order)))
        fails("nothing", lambda: select(s.Customer).options(None))
        fails("text", lambda: select(s.Customer).options("orders"))
        fails("other root", lambda: select(s.Customer).options(orm.Load(s.Order).selectinload(s.Order.items)))
        fails("other of root", lambda: select(s.Customer).options(orm.Load(s.Customer).selectinload(s.Order.items)))
        fails("columns only", lambda: select(s.Customer.name).options(orm.selectinload(s.Customer.orders)))
        fails("count only", lambda: select(lib.func.count(s.Customer.id)).options(orm.selectinload(s.Customer.orders)))
        fails("two classes", lambda: select(s.Customer).options(orm.load_only(s.Customer.name, s.Order.total)))
        fails(
            "two ways",
            lambda: select(s.Customer).options(orm.joinedload(s.Customer.orders), orm.selectinload(s.Customer.orders)),
        )
        fails("no root", lambda: select(s.Customer).options(orm.Load("customer")))
        fails("joined column", lambda: select(s.Customer).options(orm.joinedload(s.Customer.name)))
        fails("subquery of a column", lambda: select(s.Customer).options(orm.subqueryload(s.Customer.name)))
        fails("contained column", lambda: select(s.Customer).options(orm.contains_eager(s.Customer.name)))
        fails("only of another", lambda: select(s.Customer).options(orm.load_only(s.Order.total)))
        fails(
            "branch of another",
            lambda: select(s.Customer).options(orm.joinedload(s.Customer.orders).options(orm.joinedload(s.Tag.orders))),
        )
        log("of the table", session.execute(select(s.Tag.__table__).options(orm.selectinload(s.Customer.orders))).all())


@program
def from_statement(lib: Any, engine: Any, log: Log) -> None:
    s = full_shop(lib, engine, log)
    orm, select, text = lib.orm, lib.select, lib.text
    with session_on(lib, engine) as session:
        every = text("SELECT * FROM orders WHERE id = :id")
        tell(log, "text", session.scalars(select(s.Order).from_statement(every), {"id": 1}).all())
        session.expunge_all()
        some = text("SELECT id, total FROM orders").columns(s.Order.id, s.Order.total)
        tell(log, "some columns", session.scalars(select(s.Order).from_statement(some)).all())
        session.expunge_all()
        both = select(s.Customer).union(select(s.Customer)).order_by(s.Customer.id)
        statement = select(s.Customer).from_statement(both).options(orm.selectinload(s.Customer.orders))
        tell(log, "union", session.scalars(statement).all())
        session.expunge_all()
        inner = select(s.Customer, s.Order).join(s.Customer.orders)
        tell(log, "two", list(session.execute(select(s.Customer, s.Order).from_statement(inner)).all()))
        session.expunge_all()
        tell(log, "query", session.query(s.Tag).from_statement(text("SELECT id, label FROM tags")).all())
        labels = text("SELECT label FROM tags")
        log.error("no key", lambda: session.scalars(select(s.Tag).from_statement(labels)).all(), message=True)
