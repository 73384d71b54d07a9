"""Results and rows: every way of taking them, and what is refused."""

from typing import Any

from tests.differential.log import Log
from tests.differential.programs.shop import full_shop, session_on
from tests.differential.registry import program


@program
def row_access(lib: Any, engine: Any, log: Log) -> None:
    s = full_shop(lib, engine, log)
    with engine.connect() as connection:
        row = connection.execute(lib.select(s.Customer.id, s.Customer.name.label("called")).limit(1)).one()
    log("tuple", tuple(row))
    log("by name", row.called)
    log("by place", (row[0], row[-1], row[0:2]))
    log("length", len(row))
    log("unpacked", [*row])
    log("mapping", dict(row._mapping))
    log("by column", row._mapping[s.Customer.__table__.c.id])
    log("fields", row._fields)
    log("as dict", row._asdict())
    log("equal to tuple", row == (1, "ann"))
    log("less than", row < (2, "a"))
    log("hash", hash(row) == hash((1, "ann")))
    log("contains", "ann" in row)
    log("repr", repr(row))
    log.error("unknown name", lambda: row.nothing, message=True)
    log.error("unknown key", lambda: row._mapping["nothing"])
    log.error("no such place", lambda: row[7])


@program
def rows_cannot_change(lib: Any, engine: Any, log: Log) -> None:
    s = full_shop(lib, engine, log)
    with engine.connect() as connection:
        row = connection.execute(lib.select(s.Customer.id)).first()
    log.error("attribute", lambda: setattr(row, "id", 5))
    log.error("item", lambda: row.__setitem__(0, 5))


@program
def keys_of_results(lib: Any, engine: Any, log: Log) -> None:
    s = full_shop(lib, engine, log)
    with engine.connect() as connection:
        for label, statement in {
            "columns": lib.select(s.Customer.id, s.Customer.name),
            "table": lib.select(s.Customer.__table__),
            "labels": lib.select(s.Customer.id.label("a"), lib.func.upper(s.Customer.name).label("b")),
            "functions": lib.select(lib.func.count(s.Customer.id), lib.func.max(s.Customer.id)),
            "expression": lib.select(s.Customer.id + 1),
            "same name": lib.select(s.Customer.id, s.Order.id).join(s.Customer.orders),
            "text": lib.text("SELECT id, name AS called FROM customers"),
        }.items():
            result = connection.execute(statement)
            log(label, list(result.keys()))
            result.close()


@program
def ways_of_fetching(lib: Any, engine: Any, log: Log) -> None:
    s = full_shop(lib, engine, log)
    statement = lib.select(s.Tag.id, s.Tag.label).order_by(s.Tag.id)
    with engine.connect() as connection:
        log("all", connection.execute(statement).all())
        log("fetchall", connection.execute(statement).fetchall())
        log("first", connection.execute(statement).first())
        log("iterated", [row.label for row in connection.execute(statement)])
        result = connection.execute(statement)
        log("fetchone", result.fetchone())
        log("fetchmany", result.fetchmany(1))
        log("the rest", result.all())
        log("no more", result.fetchone())
        log("all again", result.all())


@program
def ways_of_fetching_one(lib: Any, engine: Any, log: Log) -> None:
    s = full_shop(lib, engine, log)
    start = lib.select(s.Tag.id).order_by(s.Tag.id)
    with engine.connect() as connection:
        for label, statement in {
            "none": start.where(s.Tag.id > 99),
            "one": start.where(s.Tag.id == 2),
            "many": start,
        }.items():
            for method in ("first", "one", "one_or_none", "scalar", "scalar_one", "scalar_one_or_none"):
                result = connection.execute(statement)
                log.error(f"{method} of {label}", getattr(result, method), message=True)


@program
def scalars(lib: Any, engine: Any, log: Log) -> None:
    s = full_shop(lib, engine, log)
    statement = lib.select(s.Tag.id, s.Tag.label).order_by(s.Tag.id)
    with engine.connect() as connection:
        log("all", connection.execute(statement).scalars().all())
        log("by place", connection.execute(statement).scalars(1).all())
        log("by name", connection.execute(statement).scalars("label").all())
        log("iterated", list(connection.execute(statement).scalars()))
        log("first", connection.execute(statement).scalars().first())
        log.error("one", lambda: connection.execute(statement).scalars().one())
        log("connection.scalars", connection.scalars(statement).all())
        log("connection.scalar", connection.scalar(statement))
        log("scalar of none", connection.scalar(statement.where(s.Tag.id > 99)))


@program
def mappings(lib: Any, engine: Any, log: Log) -> None:
    s = full_shop(lib, engine, log)
    statement = lib.select(s.Tag.id, s.Tag.label).order_by(s.Tag.id)
    with engine.connect() as connection:
        log("all", [dict(each) for each in connection.execute(statement).mappings().all()])
        first = connection.execute(statement).mappings().first()
        log("by name", first["label"])
        log("keys", list(first.keys()))
        log("values", list(first.values()))
        log.error("unknown", lambda: first["nothing"])
        log("one", dict(connection.execute(statement.where(s.Tag.id == 1)).mappings().one()))


@program
def unique_and_partitions(lib: Any, engine: Any, log: Log) -> None:
    s = full_shop(lib, engine, log)
    statement = lib.select(s.Item.product).order_by(s.Item.id)
    with engine.connect() as connection:
        log("unique", connection.execute(statement).unique().all())
        log("unique scalars", connection.execute(statement).scalars().unique().all())
        log("partitions", [list(part) for part in connection.execute(statement).partitions(2)])
        log("columns", connection.execute(lib.select(s.Item.id, s.Item.product)).columns("product").all())


@program
def closed_results(lib: Any, engine: Any, log: Log) -> None:
    s = full_shop(lib, engine, log)
    with engine.connect() as connection:
        result = connection.execute(lib.select(s.Tag.id))
        result.close()
        log.error("fetch after close", result.all)
        result = connection.execute(lib.select(s.Tag.id))
        result.first()
        log.error("fetch after first", result.all)
        result = connection.execute(lib.update(s.Tag.__table__).values(label=s.Tag.__table__.c.label + "!"))
        log("returns rows", result.returns_rows)
        log.error("fetch from update", result.all, message=True)


@program
def values_of_each_type(lib: Any, engine: Any, log: Log) -> None:
    s = full_shop(lib, engine, log)
    documents = s.Document.__table__
    with engine.connect() as connection:
        log("rows", connection.execute(lib.select(documents).order_by(documents.c.code)).all())
        log("sum", connection.scalar(lib.select(lib.func.sum(documents.c.price))))
        log("max", connection.scalar(lib.select(lib.func.max(documents.c.written))))
        log("count", connection.scalar(lib.select(lib.func.count(documents.c.code))))
        log("product", connection.scalar(lib.select(documents.c.price * 2).where(documents.c.code == "A")))


@program
def text_statements(lib: Any, engine: Any, log: Log) -> None:
    full_shop(lib, engine, log)
    with engine.begin() as connection:
        log("rows", connection.execute(lib.text("SELECT id, label FROM tags WHERE id < :top"), {"top": 3}).all())
        log("scalar", connection.execute(lib.text("SELECT count(*) FROM tags")).scalar())
        connection.execute(lib.text("UPDATE tags SET label = :new WHERE id = :id"), {"new": "late", "id": 1})
        connection.execute(
            lib.text("INSERT INTO tags (id, label) VALUES (:id, :label)"),
            [{"id": 8, "label": "x"}, {"id": 9, "label": "y"}],
        )
        log.error("missing value", lambda: connection.execute(lib.text("SELECT :a"), {"b": 1}))
        log.error("a plain string", lambda: connection.execute("SELECT 1"), message=True)


@program
def driver_sql(lib: Any, engine: Any, log: Log) -> None:
    full_shop(lib, engine, log)
    with engine.begin() as connection:
        log("rows", connection.exec_driver_sql("SELECT label FROM tags WHERE id = ?", (2,)).all())
        log("keys", list(connection.exec_driver_sql("SELECT id AS a, label FROM tags").keys()))


@program
def statement_executed_again(lib: Any, engine: Any, log: Log) -> None:
    s = full_shop(lib, engine, log)
    statement = lib.select(s.Tag.label).where(s.Tag.id == lib.bindparam("wanted"))
    with engine.connect() as connection:
        log("first", connection.scalar(statement, {"wanted": 1}))
        log("second", connection.scalar(statement, {"wanted": 2}))
        for count in (1, 2, 3):
            log(f"in {count}", connection.scalars(lib.select(s.Tag.id).where(s.Tag.id.in_(range(count)))).all())
        log("in none", connection.scalars(lib.select(s.Tag.id).where(s.Tag.id.in_([]))).all())


@program
def rows_with_objects(lib: Any, engine: Any, log: Log) -> None:
    s = full_shop(lib, engine, log)
    with session_on(lib, engine) as session:
        rows = session.execute(lib.select(s.Customer).order_by(s.Customer.id)).all()
        log("rows", rows)
        log("by name", rows[0].Customer is rows[0][0])
        pairs = session.execute(lib.select(s.Customer, s.Order.id).join(s.Customer.orders).order_by(s.Order.id)).all()
        log("object and column", pairs)
        log("same object in both rows", pairs[0][0] is pairs[1][0])
        both = session.execute(lib.select(s.Order, s.Customer).join(s.Order.customer).order_by(s.Order.id)).all()
        log("two objects", both)
        log("keys", list(session.execute(lib.select(s.Customer, s.Order.total).join(s.Customer.orders)).keys()))
