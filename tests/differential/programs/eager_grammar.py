"""Loading programs made by a grammar: statements with criteria, order and limit, and options along paths of the shop.

Each number gives one program, the same at every run: the grammar draws by a generator that begins at that number.
"""

from random import Random
from typing import Any

from tests.differential.log import Log
from tests.differential.programs.eager import tell
from tests.differential.programs.shop import full_shop, session_on
from tests.differential.registry import program

PROGRAMS_MADE = 500
DIFFERENT = frozenset({458})
"""Here the oracle applies the conditions of `and_()` to the criteria of the outer statement too."""

WAYS = {
    "Customer": {"orders": "Order"},
    "Order": {"customer": "Customer", "items": "Item", "tags": "Tag"},
    "Item": {"order": "Order"},
    "Tag": {"orders": "Order"},
    "Employee": {"manager": "Employee", "reports": "Employee"},
}
COLUMNS = {
    "Customer": ("name", "email", "active"),
    "Order": ("total", "placed"),
    "Item": ("product", "quantity"),
    "Tag": ("label",),
    "Employee": ("name",),
}
MANY = {("Customer", "orders"), ("Order", "items"), ("Order", "tags"), ("Tag", "orders"), ("Employee", "reports")}
BACK = {
    "orders": ("customer", "tags"),
    "customer": ("orders",),
    "items": ("order",),
    "order": ("items",),
    "tags": ("orders",),
    "manager": ("reports",),
    "reports": ("manager",),
}
"""Relationship -> those that lead back: what is present is not asked for again, which is an intended difference."""

STRATEGIES = ("joined", "joined", "inner", "selectin", "selectin", "subquery", "immediate", "lazy", "raise", "default")


class Grammar:
    """Draws one program.

    Args:
        lib: the library.
        shop: its classes.
        number: which program.
    """

    def __init__(self, lib: Any, shop: Any, number: int) -> None:
        self.lib, self.orm, self.shop = lib, lib.orm, shop
        self.random = Random(number)
        self.first: set[str] = set()

    def statement(self) -> Any:
        """Return a SELECT with options."""
        name = self.random.choice(list(WAYS))
        class_ = getattr(self.shop, name)
        statement = self.lib.select(class_)
        if self.random.random() < 0.3:
            statement = statement.where(class_.id < self.random.choice([2, 3, 99]))
        if self.random.random() < 0.15:
            column = getattr(class_, self.random.choice(COLUMNS[name]))
            statement = statement.where(column.is_not(None))
        if self.random.random() < 0.2:
            key = self.random.choice(list(WAYS[name]))
            related = getattr(self.shop, WAYS[name][key])
            if related is not class_:
                statement = statement.where(
                    getattr(class_, key).any(related.id > 1)
                    if (name, key) in MANY
                    else getattr(class_, key).has(related.id > 1)
                )
        if self.random.random() < 0.6:
            statement = statement.order_by(class_.id.desc() if self.random.random() < 0.3 else class_.id)
            if self.random.random() < 0.35:
                statement = statement.limit(self.random.choice([1, 2, 3]))
                if self.random.random() < 0.3:
                    statement = statement.offset(1)
        if self.random.random() < 0.1:
            statement = statement.distinct()
        options = [one for one in (self.option(name, class_) for _ in range(self.random.choice([1, 1, 2]))) if one]
        if self.random.random() < 0.2:
            options.append(self.columns(name, self.orm.Load(class_) if self.random.random() < 0.5 else self.orm))
        return statement.options(*options)

    def option(self, name: str, class_: Any) -> Any:
        """Return one chain of options."""
        path: Any = self.orm if self.random.random() < 0.8 else self.orm.Load(class_)
        # What a class that refers to itself has already is not asked for again: an intended difference, as above.
        steps = 1 if name == "Employee" else self.random.choice([1, 1, 2, 2, 3])
        above = "joined"
        before = ""
        for step in range(steps):
            # Two options for one relationship contradict each other; that error has programs of its own.
            keys = [key for key in WAYS[name] if key not in BACK.get(before, ()) and (step or key not in self.first)]
            if not keys:
                return path if step else None
            key = before = self.random.choice(keys)
            self.first |= set() if step else {key}
            attribute = getattr(getattr(self.shop, name), key)
            target = WAYS[name][key]
            related = getattr(self.shop, target)
            last = step == steps - 1
            strategy = self.random.choice(STRATEGIES)
            if strategy in ("raise", "lazy", "default") and not last:
                strategy = "selectin"
            if strategy == "default" and last:
                strategy = "joined"
            # Below a select-in, Holdfast loads by the keys that it has instead of asking for the owners again.
            if strategy == "subquery" and above != "joined":
                strategy = "selectin"
            # The oracle leaves out what immediate loading leads to below immediate loading.
            if strategy == "immediate" and not last:
                strategy = "selectin"
            if key == "manager" and strategy == "selectin":
                strategy = "joined"
            above = strategy if strategy != "inner" else "joined"
            plain = strategy in ("raise", "default", "immediate") or (
                strategy == "subquery" and related is getattr(self.shop, name)
            )
            if not plain and self.random.random() < 0.15:
                attribute = attribute.and_(related.id > 1)
            path = self.step(path, strategy, attribute)
            name = target
            if self.random.random() < 0.12:
                path = self.columns(name, path)
        return path

    def step(self, path: Any, strategy: str, attribute: Any) -> Any:
        """Return a path with one strategy more."""
        if strategy == "inner":
            return path.joinedload(attribute, innerjoin=True)
        return getattr(path, f"{strategy}load")(attribute)

    def columns(self, name: str, path: Any) -> Any:
        """Return a path with a choice of columns."""
        columns = [getattr(getattr(self.shop, name), key) for key in self.random.sample(COLUMNS[name], 1)]
        if self.random.random() < 0.4 and name not in ("Order", "Item", "Employee"):
            return path.load_only(*columns)
        return path.defer(columns[0])


def _made(number: int) -> None:
    def run(lib: Any, engine: Any, log: Log) -> None:
        shop = full_shop(lib, engine, log)
        statement = Grammar(lib, shop, number).statement()
        with session_on(lib, engine) as session:
            found: list[Any] = []
            log.error("load", lambda: found.extend(session.scalars(statement).unique().all()), message=True)
            tell(log, "found", found)

    run.__name__ = f"made_{number}"
    run.__module__ = __name__
    program(run)


for _number in range(PROGRAMS_MADE):
    if _number not in DIFFERENT:
        _made(_number)
