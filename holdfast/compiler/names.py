"""The names that one statement's text needs beyond those that people gave: of parameters, labels, nameless aliases.

All of them count together, each base for itself: ``x_1``, ``x_2``, ``param_1``, ``anon_1``, ``users_1``.
"""

from __future__ import annotations

import re
from typing import Any

from holdfast.exc import CompileError
from holdfast.sql.naming import Anonymous, Prefixed
from holdfast.sql.quoted_name import quoted_like

_NO_WORDS = re.compile(r"\W+")

# Characters that do not begin a made-up name.
_NOT_MADE_UP = re.compile(r"[%() $]+")

# Characters that can not stand in the name of a parameter, each with the letter that stands for it.
_IN_BIND = str.maketrans({"%": "P", "(": "A", ")": "Z", ":": "C", ".": "_", "[": "_", "]": "_", " ": "_", "\0": "_"})


class Names:
    """The made-up names of one statement.

    Args:
        longest: characters of the longest made-up name; a longer one is cut, and gets a number.
    """

    def __init__(self, longest: int = 9999) -> None:
        # Six characters are left for the number.
        self._longest = max(longest - 6, 0)
        self._short: dict[tuple[str, str], str] = {}
        self._cut: dict[str, int] = {}
        self._made: dict[tuple[str, Any], str] = {}
        self._counts: dict[str, int] = {}
        self._binds: dict[str, Any] = {}
        self._reserved: set[str] = set()

    def anonymous(self, base: str, identity: Any) -> str:
        """Return the made-up name that begins with `base`: the same for the same identity."""
        key = (base, identity)
        found = self._made.get(key)
        if found is None:
            count = self._counts[base] = self._counts.get(base, 0) + 1
            found = self._made[key] = f"{base}_{count}"
        return found

    def of_from(self, element: Any) -> str:
        """Return the name by which columns of a FROM element name it."""
        if element.name is not None:
            return self.resolve(element.name)
        # A recursive expression and what it began with are one in the text.
        element = getattr(element, "origin", element)
        made = self.anonymous(_NOT_MADE_UP.sub("_", element._name_base), id(element))
        return self._shortened("alias", made)

    def _shortened(self, kind: str, name: str) -> str:
        """Return a made-up name, cut if it is too long for the database; names of a kind are numbered together."""
        if len(name) <= self._longest:
            return name
        found = self._short.get((kind, name))
        if found is None:
            number = self._cut[kind] = self._cut.get(kind, 0) + 1
            found = self._short[kind, name] = f"{name[: self._longest]}_{number:x}"
        return found

    def resolve(self, name: Any) -> str:
        """Return a name of `sql.naming` as a string."""
        return name if isinstance(name, str) else self._shortened("label", self._whole(name))

    def _whole(self, name: Any) -> str:
        """Return a name however long it is."""
        if isinstance(name, Prefixed):
            table = name.table
            prefix = f"{table.schema}_" if getattr(table, "schema", None) else ""
            of_table, own = self.of_from(table), self._whole(name.name)
            return quoted_like(f"{prefix}{of_table}_{own}", of_table, own)
        if isinstance(name, Anonymous):
            base = name.base
            repeated = base.__class__ is tuple
            text = self._whole(base[0]) + "_" if repeated else self._whole(base)
            return self.anonymous(_NOT_MADE_UP.sub("_", text), name.identity)
        return name if isinstance(name, str) else str(name)

    def of_bind(self, bind: Any) -> str:
        """Return the name of a parameter.

        Raises: CompileError: another parameter has that name, and would get this one's value.
        """
        if bind.unique:
            name = self._shortened("bind", self.anonymous(_NO_WORDS.sub("_", bind.key).strip("_"), id(bind)))
        else:
            name = bind.key.translate(_IN_BIND)
            # Two names that are written alike are two parameters all the same.
            while (other := self._binds.get(name)) is not None and not other.unique and other.key != bind.key:
                name += "_"
        other = self._binds.setdefault(name, bind)
        if other is not bind and (other.unique or bind.unique):
            raise CompileError(
                f"Bind parameter '{name}' conflicts with unique bind parameter of the same name. Give one of them another "
                "name."
            )
        if name in self._reserved and not bind.unique and not getattr(bind, "sets_column", False):
            raise self._taken_by_column(name)
        return name

    def reserve(self, name: str) -> None:
        """Note a name as that of a column's value in INSERT or UPDATE.

        Raises: CompileError: a parameter of the criteria has it, and would get the column's value.
        """
        if name in self._binds and not getattr(self._binds[name], "sets_column", False):
            raise self._taken_by_column(name)
        self._reserved.add(name)

    def _taken_by_column(self, name: str) -> CompileError:
        return CompileError(
            f"bindparam() name '{name}' is reserved for automatic usage in the VALUES or SET clause of this insert/update "
            "statement.   Please use a name other than column name when using bindparam() with insert() or update() "
            f"(for example, 'b_{name}')."
        )
