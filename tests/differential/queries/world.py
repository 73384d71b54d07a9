"""What a Query program works on: the shop with a few rows, a session on it, and the account of what happened."""

from __future__ import annotations

import importlib
import warnings
from collections.abc import Callable
from functools import cache
from typing import Any

from tests.differential.intended import prepare_engine
from tests.differential.log import MESSAGE, WARNING, Log
from tests.differential.programs.shop import full_shop, shop


class World:
    """The names that cases use.

    Attributes:
        lib, orm: the library.
        C, O, I, T, E, D: the shop's classes Customer, Order, Item, Tag, Employee, Document; `link` the table order_tags.
        s: a session; `q` its `query`.
    """

    def __init__(self, lib: Any, engine: Any, log: Log) -> None:
        self.lib, self.orm, self.engine, self.log = lib, lib.orm, engine, log
        made = shop(lib)
        self.C, self.O, self.I = made.Customer, made.Order, made.Item
        self.T, self.E, self.D = made.Tag, made.Employee, made.Document
        self.link = made.order_tags
        self.s = lib.orm.Session(engine)
        self.q = self.s.query

    def tried(self, action: Callable[[], Any]) -> Any:
        """Return what an action gives, or the class of its error."""
        try:
            return action()
        except Exception as error:
            return type(error).__name__


@cache
def _engine(lib: Any) -> Any:
    """Make the shop's database once per library; each case rolls back what it changes."""
    engine = lib.create_engine("sqlite://", poolclass=lib.pool.StaticPool)
    prepare_engine(lib, engine, lambda connection: None)
    full_shop(lib, engine, Log(lib))
    lib.event.listen(
        engine, "before_cursor_execute", lambda c, k, text, values, x, many: _heard(lib, text, values, many)
    )
    return engine


_LOGS: dict[str, Log] = {}


def _heard(lib: Any, text: str, values: Any, many: bool) -> None:
    _LOGS[lib.__name__].sent(text, values, many)


def account(name: str, case: Callable[[World], Any]) -> Log:
    """Run a case on one library.

    Args:
        name: "sqlalchemy" or "holdfast".
    Returns:
        the log of what it gave, of the statements sent, of warnings with their words.
    """
    lib = importlib.import_module(name)
    for part in ("orm", "exc", "event", "pool"):
        importlib.import_module(f"{name}.{part}")
    engine = _engine(lib)
    log = _LOGS[name] = Log(lib)
    world = World(lib, engine, log)
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.showwarning = lambda message, category, *_, **__: _warned(log, message, category)
        try:
            _write(log, "gives", case(world))
        except Exception as error:
            log.escaped(error)
            log.raised("fails", error, message=True)
        finally:
            world.s.close()
            lib.orm.close_all_sessions()
    return log


def _warned(log: Log, message: Warning | str, category: type[Warning]) -> None:
    names = [each.__name__ for each in category.__mro__]
    kind = next((name for name in names if name in ("SAWarning", "LegacyAPIWarning", "SADeprecationWarning")), None)
    if kind is not None:
        log(f"{WARNING}{kind}")
        log.entries.append((MESSAGE + str(message).split("(deprecated", 1)[0].strip(),))


def _write(log: Log, label: str, value: Any) -> None:
    """Write down a value: of a query its text and its rows, of SQL its text and values."""
    if hasattr(value, "column_descriptions") and hasattr(value, "with_entities"):
        log(f"{label} a query", str(value).split("\n"))
        if value.session is not None:
            _write(log, "rows", value.all())
    elif hasattr(value, "compile") and not isinstance(value, type):
        compiled = value.compile()
        log(f"{label} SQL", str(compiled).split("\n"))
        log("with", dict(compiled.params))
    elif isinstance(value, list) and any(hasattr(part, "compile") for part in value):
        for part in value:
            _write(log, label, part)
    else:
        log(label, value)
