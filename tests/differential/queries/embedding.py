"""A Query inside other statements, and what it says of itself."""

from collections.abc import Callable
from typing import Any

CASES: dict[str, Callable[[Any], Any]] = {
    "str": lambda w: str(w.q(w.C).filter(w.C.id == 1)),
    "str without session": lambda w: str(w.orm.Query(w.C).filter(w.C.id == 1).limit(1)),
    "statement": lambda w: w.q(w.C).filter(w.C.id == 1).statement,
    "statement with labels": lambda w: w.q(w.C).set_label_style(w.lib.LABEL_STYLE_TABLENAME_PLUS_COL).statement,
    "statement run": lambda w: w.s.execute(w.q(w.C).filter(w.C.id == 1).statement).all(),
    "statement with params": lambda w: dict(
        w.q(w.C).filter(w.C.id == w.lib.bindparam("n")).params(n=4).statement.compile().params
    ),
    "statement scalars": lambda w: w.s.scalars(w.q(w.C).order_by(w.C.id).statement).all(),
    "query executed": lambda w: w.tried(lambda: w.s.execute(w.q(w.C).order_by(w.C.id)).all()),
    "query in scalars": lambda w: w.tried(lambda: w.s.scalars(w.q(w.C.name).order_by(w.C.id)).all()),
    "with_labels": lambda w: w.q(w.C.id).with_labels().statement,
    "apply_labels": lambda w: w.q(w.C.id).apply_labels().statement,
    "get_label_style": lambda w: w.q(w.C).get_label_style.name,
    "selectable": lambda w: w.q(w.C.id).selectable,
    "subquery": lambda w: w.lib.select(w.q(w.C).filter(w.C.id > 1).subquery()),
    "subquery named": lambda w: w.lib.select(w.q(w.C.id).subquery("u")),
    "subquery with_labels": lambda w: w.lib.select(w.q(w.C.id, w.O.id).filter(w.C.id == w.O.customer_id).subquery(with_labels=True)),
    "subquery with_labels keys": lambda w: w.q(w.C).subquery(with_labels=True).c.keys(),
    "subquery keys": lambda w: w.q(w.C, w.O.id).subquery().c.keys(),
    "subquery reduce_columns": lambda w: w.q(w.C.id, w.O.customer_id).filter(w.C.id == w.O.customer_id).subquery(reduce_columns=True).c.keys(),
    "subquery joined": lambda w: (lambda sub: w.q(w.C).join(sub, w.C.id == sub.c.customer_id))(w.q(w.O).filter(w.O.id == 1).subquery()),
    "subquery of an alias": lambda w: (lambda a: w.lib.select(w.q(a).subquery()))(w.orm.aliased(w.C, name="x")),
    "cte": lambda w: (lambda cte: w.q(w.C).join(cte, cte.c.c == w.C.id))(w.q(w.O.customer_id.label("c")).distinct().cte()),
    "cte named": lambda w: (lambda cte: w.q(cte.c.id))(w.q(w.C.id).cte("buyers")),
    "cte recursive": lambda w: _chain(w),
    "cte nesting": lambda w: str(w.q(w.q(w.C.id).cte("n", nesting=True).c.id)),
    "scalar_subquery": lambda w: w.lib.select(w.q(w.lib.func.max(w.C.id)).scalar_subquery()),
    "as_scalar": lambda w: w.lib.select(w.q(w.lib.func.max(w.C.id)).as_scalar()),
    "label": lambda w: w.lib.select(w.q(w.lib.func.max(w.C.id)).label("top")),
    "exists": lambda w: w.q(w.C).filter(w.C.id == 1).exists(),
    "exists of a column": lambda w: w.q(w.C.id).exists(),
    "exists of a join": lambda w: w.q(w.C).join(w.C.orders).exists(),
    "exists of a function": lambda w: w.q(w.lib.func.count()).select_from(w.C).exists(),
    "exists queried": lambda w: w.q(w.q(w.C).filter(w.C.id == 9).exists()).scalar(),
    "exists negated": lambda w: w.q(w.C).filter(~w.q(w.O).filter(w.O.customer_id == w.C.id).exists()),
    "exists of ordered": lambda w: w.q(w.C).order_by(w.C.name).limit(1).exists(),
    "in select": lambda w: w.lib.select(w.C.id).where(w.C.id.in_(w.q(w.O.customer_id))),
    "in select as a column": lambda w: w.lib.select(w.C.id, w.q(w.lib.func.max(w.O.id)).scalar_subquery()),
    "in select from": lambda w: w.lib.select(w.lib.func.count()).select_from(w.q(w.C).subquery()),
    "in core union": lambda w: w.lib.union(w.q(w.C.id).statement, w.q(w.O.id).statement),
    "queries in core union": lambda w: w.lib.union(w.q(w.C.id), w.q(w.O.id)),
    "query in select": lambda w: w.tried(lambda: str(w.lib.select(w.q(w.C.id)))),
    "query as select_from": lambda w: w.tried(lambda: str(w.q(w.C.id).select_from(w.q(w.C)))),
    "query compared": lambda w: w.tried(lambda: str(w.q(w.C).filter(w.C.id == w.q(w.O.customer_id)))),
    "insert from a query": lambda w: w.lib.insert(w.link).from_select(["order_id", "tag_id"], w.q(w.O.id, w.O.customer_id)),
    "update from a query": lambda w: w.lib.update(w.C).values(name=w.q(w.lib.func.max(w.T.label)).scalar_subquery()),
    "aliased of a query": lambda w: w.q(w.orm.aliased(w.C, w.q(w.C).filter(w.C.id == 2).subquery())),
    "with_transformation": lambda w: w.q(w.C).with_transformation(lambda query: query.filter(w.C.id == 1)),
    "from_statement": lambda w: w.q(w.C).from_statement(w.lib.text("SELECT * FROM customers WHERE id > :i")).params(i=1).all(),
    "from_statement of select": lambda w: w.q(w.C).from_statement(w.lib.select(w.C).where(w.C.id == 1)).all(),
    "from_statement of columns": lambda w: w.q(w.C.id, w.C.name).from_statement(
        w.lib.text("SELECT id, name FROM customers ORDER BY name DESC").columns(w.C.id, w.C.name)
    ).all(),
    "from_statement of union": lambda w: w.q(w.C).from_statement(
        w.lib.union(w.lib.select(w.C).where(w.C.id == 1), w.lib.select(w.C).where(w.C.id == 2))
    ).all(),
    "from_statement one": lambda w: w.q(w.C).from_statement(w.lib.text("SELECT * FROM customers WHERE id = 2")).one(),
    "from_statement first": lambda w: w.q(w.C).from_statement(w.lib.text("SELECT * FROM customers ORDER BY id")).first(),
    "from_statement str": lambda w: str(w.q(w.C).from_statement(w.lib.text("SELECT * FROM customers"))),
    "from_statement statement": lambda w: w.q(w.C).from_statement(w.lib.select(w.C)).statement,
    "from_statement of a string": lambda w: w.q(w.C).from_statement("SELECT 1"),
    "from_statement then filter": lambda w: w.q(w.C).from_statement(w.lib.text("SELECT 1")).filter(w.C.id == 1),
    "from_statement after filter": lambda w: w.q(w.C).filter(w.C.id == 1).from_statement(w.lib.text("SELECT 1")),
    "from_statement then order_by": lambda w: w.q(w.C).from_statement(w.lib.text("SELECT 1")).order_by(w.C.id),
    "from_statement then limit": lambda w: w.q(w.C).from_statement(w.lib.text("SELECT 1")).limit(1),
    "from_statement then join": lambda w: w.q(w.C).from_statement(w.lib.text("SELECT 1")).join(w.C.orders),
    "repr does not query": lambda w: type(w.q(w.C)).__name__,
    "lazy_loaded_from": lambda w: w.q(w.C).lazy_loaded_from,
    "query is iterable": lambda w: hasattr(w.q(w.C), "__iter__"),
    "a query has no truth": lambda w: bool(w.q(w.C)),
    "is_select": lambda w: (lambda query: [query.is_select, query.is_text, query.is_dml, query.is_insert])(w.q(w.C)),
}  # fmt: skip


def _chain(w: Any) -> Any:
    """Return the employees below one, by a CTE that reads from itself."""
    top = w.q(w.E.id.label("id"), w.E.name.label("name")).filter(w.E.id == 2).cte("chain", recursive=True)
    below = top.union_all(w.q(w.E.id, w.E.name).filter(w.E.manager_id == top.c.id))
    return w.q(below.c.name)
