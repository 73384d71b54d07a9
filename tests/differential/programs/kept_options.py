"""What objects keep of the options that they came with: by refresh, by merge, and what listeners to `refresh` are told."""

from typing import Any

from tests.differential.log import Log
from tests.differential.programs.shop import full_shop, session_on
from tests.differential.registry import program


def read_orders(log: Log, customer: Any) -> None:
    log("orders", [(order.id, [item.id for item in order.items]) for order in customer.orders])


@program
def refreshed_with_their_options(lib: Any, engine: Any, log: Log) -> None:
    """A column that an option deferred stays away by refresh, and comes when the object is expired."""
    s = full_shop(lib, engine, log)
    for option in (
        lib.orm.defer(s.Customer.name),
        lib.orm.joinedload(s.Customer.orders),
    ):
        with session_on(lib, engine) as session:
            found = session.scalars(lib.select(s.Customer).where(s.Customer.id == 1).options(option)).unique().one()
            session.refresh(found)
            log.loaded(found)
            log("expired", lib.inspect(found).expired)
            log("again", session.get(s.Customer, 1) is found)
            log("name and email", (found.name, found.email))
            session.refresh(found)
            log.loaded(found)
            session.expire(found)
            log("active", found.active)
            log.loaded(found)


@program
def merged_with_their_options(lib: Any, engine: Any, log: Log) -> None:
    """What a merged object loads later goes by the source's options, whatever the target came with."""
    s = full_shop(lib, engine, log)
    given = {
        "none": (),
        "joined": (lib.orm.lazyload(s.Customer.orders).joinedload(s.Order.items),),
        "select in": (lib.orm.lazyload(s.Customer.orders).selectinload(s.Order.items),),
    }
    for load in (True, False):
        for source_has, options in given.items():
            for target_has in ("nothing", *given):
                with session_on(lib, engine) as session:
                    source = session.scalars(lib.select(s.Customer).where(s.Customer.id == 1).options(*options)).one()
                with session_on(lib, engine) as session:
                    if target_has != "nothing":
                        # Held, so that it is there.
                        target = session.get(s.Customer, 1, options=given[target_has])
                        log("target", target)
                    log(f"{load}, source with {source_has}, target with {target_has}")
                    read_orders(log, session.merge(source, load=load, options=given["joined"]))
    with session_on(lib, engine) as session:
        transient = lib.orm.make_transient
        source = session.get(s.Customer, 1)
        transient(source)
        log.error("transient", lambda: session.merge(source, load=False), message=True)


@program
def listeners_to_refresh_are_told_what_came(lib: Any, engine: Any, log: Log) -> None:
    """Some names where some were lacking; with all columns what is related; None where all were asked for."""
    s = full_shop(lib, engine, log)
    loads: dict[str, Any] = {
        "expired": lambda session, one: (session.expire(one), one.name),
        "committed": lambda session, one: (session.commit(), one.name),
        "some expired": lambda session, one: (session.expire(one, ["name", "email"]), one.name),
        "refreshed": lambda session, one: session.refresh(one),
        "columns refreshed": lambda session, one: session.refresh(one, ["name", "email"]),
        "a relationship refreshed": lambda session, one: session.refresh(one, ["orders"]),
        "both refreshed": lambda session, one: session.refresh(one, ["orders", "name"]),
        "replaced": lambda session, one: session.get(s.Customer, 1, populate_existing=True),
    }

    def refresh(target: Any, context: Any, attrs: Any) -> None:
        log("refreshed", None if attrs is None else sorted(attrs))

    lib.event.listen(s.Customer, "refresh", refresh)
    try:
        for name, load in loads.items():
            with session_on(lib, engine) as session:
                one = session.get(s.Customer, 1)
                log(name)
                load(session, one)
                log.loaded(one)
    finally:
        lib.event.remove(s.Customer, "refresh", refresh)
