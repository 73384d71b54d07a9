"""with_only_columns on statements that join: what the joins started from stays, as counting what a query finds needs."""

from typing import Any

from tests.differential.log import Log
from tests.differential.programs.shop import full_shop
from tests.differential.registry import program


@program
def other_columns_after_joins_of_tables(lib: Any, engine: Any, log: Log) -> None:
    s = full_shop(lib, engine, log)
    customers, orders = s.metadata.tables["customers"], s.metadata.tables["orders"]
    joined = lib.select(customers.c.id).join(orders)
    with engine.connect() as connection:
        for name, statement in {
            "of the other": joined.with_only_columns(orders.c.id),
            "count": joined.with_only_columns(lib.func.count()),
            "twice": joined.with_only_columns(orders.c.id).with_only_columns(lib.func.count(orders.c.id)),
            "by a condition": lib.select(customers.c.id)
            .join(orders, orders.c.customer_id == customers.c.id)
            .with_only_columns(orders.c.id),
            "outer": lib.select(customers).outerjoin(orders).with_only_columns(lib.func.count(orders.c.id)),
            "kept": joined.with_only_columns(orders.c.id, maintain_column_froms=True),
            "both named": lib.select(customers.c.id, orders.c.id)
            .join_from(customers, orders)
            .with_only_columns(customers.c.id),
        }.items():
            log(name, sorted(connection.execute(statement.order_by(None)).scalars()))


@program
def other_columns_after_joins_of_classes(lib: Any, engine: Any, log: Log) -> None:
    s = full_shop(lib, engine, log)
    with lib.orm.Session(engine) as session:
        for name, statement in {
            "class": lib.select(s.Customer).join(s.Order).with_only_columns(s.Order.id),
            "relationship": lib.select(s.Customer).join(s.Customer.orders).with_only_columns(s.Order.id),
            "count with criteria": lib.select(s.Customer)
            .join(s.Order)
            .where(s.Customer.active)
            .with_only_columns(lib.func.count()),
            "back": lib.select(s.Order).join(s.Order.customer).with_only_columns(s.Customer.name).distinct(),
            "counted subquery": lib.select(lib.func.count()).select_from(
                lib.select(s.Customer).join(s.Order).with_only_columns(s.Order.id).subquery()
            ),
        }.items():
            log(name, sorted(session.scalars(statement)))
