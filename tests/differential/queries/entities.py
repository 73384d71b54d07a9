"""What a Query may be of: classes, columns, aliases, labels, functions, tables, subqueries, text."""

from collections.abc import Callable
from typing import Any


def _alias(w: Any) -> Any:
    return w.orm.aliased(w.C)


def _named(w: Any) -> Any:
    return w.orm.aliased(w.C, name="buyer")


def _rows(query: Any) -> list[Any]:
    """Return what the rows say of themselves."""
    return [(list(row._fields), tuple(row)) for row in query]


CASES: dict[str, Callable[[Any], Any]] = {
    "a class": lambda w: w.q(w.C),
    "a mapper": lambda w: w.q(w.lib.inspect(w.C)),
    "two classes": lambda w: w.q(w.C, w.O).filter(w.C.id == w.O.customer_id),
    "a column": lambda w: w.q(w.C.name),
    "two columns": lambda w: w.q(w.C.name, w.C.id),
    "columns of two classes": lambda w: w.q(w.C.name, w.O.total).filter(w.C.id == w.O.customer_id),
    "the same column twice": lambda w: w.q(w.C.name, w.C.name),
    "a class and its column": lambda w: w.q(w.C, w.C.name),
    "a column and its class": lambda w: w.q(w.C.name, w.C),
    "the same class twice": lambda w: w.q(w.C, w.C),
    "an alias": lambda w: w.q(_alias(w)),
    "a named alias": lambda w: w.q(_named(w)),
    "a class and its alias": lambda w: (lambda a: w.q(w.C, a).filter(a.id == w.C.id + 1))(_alias(w)),
    "columns of an alias": lambda w: (lambda a: w.q(a.id, a.name))(_named(w)),
    "a label": lambda w: w.q(w.C.name.label("n")),
    "label and class": lambda w: w.q(w.C, w.C.name.label("n")),
    "an expression": lambda w: w.q(w.C.id + 1),
    "a labelled expression": lambda w: w.q((w.C.id + 1).label("next")),
    "a function": lambda w: w.q(w.lib.func.count(w.C.id)),
    "a labelled function": lambda w: w.q(w.lib.func.max(w.C.id).label("top")),
    "a function without a table": lambda w: w.q(w.lib.func.abs(-3)),
    "a literal": lambda w: w.q(w.lib.literal(5).label("five")),
    "a literal column": lambda w: w.q(w.lib.literal_column("7")),
    "a text column": lambda w: w.q(w.lib.text("name")).select_from(w.C),
    "null": lambda w: w.q(w.lib.null()),
    "true": lambda w: w.q(w.lib.true()),
    "a table": lambda w: w.q(w.C.__table__),
    "a table's columns": lambda w: w.q(w.C.__table__.c.id, w.C.__table__.c.name),
    "a table's alias": lambda w: w.q(w.C.__table__.alias("t")),
    "columns of a subquery": lambda w: (lambda sub: w.q(sub.c.name))(w.q(w.C).subquery()),
    "a subquery": lambda w: w.q(w.q(w.C.id, w.C.name).subquery()),
    "an alias of a subquery": lambda w: w.q(w.orm.aliased(w.C, w.q(w.C).filter(w.C.id > 1).subquery())),
    "case": lambda w: w.q(w.lib.case((w.C.id == 1, "one"), else_="more")),
    "cast": lambda w: w.q(w.lib.cast(w.C.id, w.lib.String)),
    "distinct column": lambda w: w.q(w.lib.func.count(w.lib.distinct(w.O.customer_id))),
    "exists": lambda w: w.q(w.q(w.C).filter(w.C.id == 1).exists()),
    "a scalar subquery": lambda w: w.q(w.C.id, w.q(w.lib.func.count(w.O.id)).filter(w.O.customer_id == w.C.id).scalar_subquery()),
    "a labelled subquery": lambda w: w.q(w.C.id, w.q(w.lib.func.count(w.O.id)).filter(w.O.customer_id == w.C.id).label("n")),
    "a window": lambda w: w.q(w.C.id, w.lib.func.row_number().over(order_by=w.C.id)),
    "a tuple of entities": lambda w: w.orm.Query((w.C, w.O), w.s).filter(w.C.id == w.O.customer_id),
    "a list of entities": lambda w: w.orm.Query([w.C.id, w.C.name], w.s),
    "one entity not in a list": lambda w: w.orm.Query(w.C, w.s),
    "a query without session": lambda w: w.orm.Query(w.C).filter(w.C.id == 1),
    "a bundle": lambda w: w.q(w.orm.Bundle("b", w.C.id, w.C.name)),
    "a bundle beside a class": lambda w: w.q(w.C, w.orm.Bundle("b", w.C.id, w.C.name)),
    "no entity": lambda w: str(w.q()),
    "rows of a class and a column": lambda w: _rows(w.q(w.C, w.C.name)),
    "rows of two classes": lambda w: _rows(w.q(w.C, w.O).join(w.C.orders)),
    "rows of labels": lambda w: _rows(w.q(w.C.name.label("n"), w.C.id)),
    "rows of aliases": lambda w: (lambda a: _rows(w.q(a.id, a).order_by(a.id).limit(1)))(_named(w)),
    "rows of expressions": lambda w: _rows(w.q(w.C.id + 1, w.lib.func.count("*"))),
    "descriptions": lambda w: [_told(each) for each in w.q(w.C, w.C.name, w.C.id.label("x"), _named(w), w.lib.func.count()).column_descriptions],
    "descriptions of a table": lambda w: [(each["name"], each["entity"]) for each in w.q(w.C.__table__.c.id).column_descriptions],
    "is_single_entity": lambda w: [
        w.q(*entities).is_single_entity for entities in ([w.C], [w.C.id], [w.C, w.O], [_alias(w)], [w.lib.func.count()])
    ],
    "only_return_tuples": lambda w: _rows(w.q(w.C).only_return_tuples(True)),
    "tuples": lambda w: w.q(w.C.id).tuples(),
    "add_columns": lambda w: w.q(w.C).add_columns(w.C.name, w.O.id).join(w.C.orders),
    "add_column": lambda w: w.q(w.C).add_column(w.C.name),
    "add_columns of an alias": lambda w: (lambda a: w.q(w.C).add_columns(a.name).join(a, a.id == w.C.id))(_named(w)),
    "add_entity": lambda w: w.q(w.C).add_entity(w.O).join(w.C.orders),
    "add_entity of an alias": lambda w: (lambda a: w.q(w.C.id).add_entity(a).filter(a.id == w.C.id))(_named(w)),
    "with_entities": lambda w: w.q(w.C).filter(w.C.id > 1).with_entities(w.C.name),
    "with_entities of a class": lambda w: w.q(w.C.id).with_entities(w.C),
    "with_entities of another class": lambda w: str(w.q(w.C).filter(w.C.id == 1).with_entities(w.O)),
    "with_entities of a function": lambda w: w.q(w.C).filter(w.C.id > 1).with_entities(w.lib.func.count()),
    "with_entities of a count": lambda w: w.q(w.C).with_entities(w.lib.func.count(w.C.id), w.lib.func.max(w.C.id)),
    "with_entities and order": lambda w: w.q(w.C).order_by(w.C.name.desc()).with_entities(w.C.id, w.C.name),
    "with_entities after join": lambda w: w.q(w.C).join(w.C.orders).with_entities(w.O.id),
}  # fmt: skip


def _told(description: dict[str, Any]) -> Any:
    entity = description["entity"]
    type_ = description["type"]
    return (
        description["name"],
        description["aliased"],
        type_.__name__ if isinstance(type_, type) else type(type_).__name__,
        getattr(entity, "__name__", None) if isinstance(entity, type) else entity is not None,
    )
