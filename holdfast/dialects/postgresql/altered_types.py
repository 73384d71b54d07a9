"""ALTER of the types that the server keeps under names: values of an `ENUM`, default and conditions of a `DOMAIN`.

Each is a statement to be executed. It changes the database alone: the type object is declared anew by the program.
"""

from __future__ import annotations

from typing import Any

from holdfast.exc import ArgumentError
from holdfast.schema.ddl import DDLElement
from holdfast.sql.text import text


class AddEnumValue(DDLElement):
    """``ALTER TYPE ... ADD VALUE``. The value can not be used in the transaction that adds it.

    Args:
        element: the `ENUM` or `Enum`.
        value: the new string.
        before: the value that it stands before in the order; it comes last if neither is given.
        after: the value that it stands behind.
        if_not_exists: do nothing where it is there already.

    Raises: ArgumentError: both places are given.
    """

    visit_name = "add_enum_value"

    def __init__(
        self,
        element: Any,
        value: str,
        *,
        before: str | None = None,
        after: str | None = None,
        if_not_exists: bool = False,
    ) -> None:
        super().__init__(element)
        if before is not None and after is not None:
            raise ArgumentError(f"AddEnumValue({value!r}): give 'before' or 'after', not both")
        self.value = value
        self.before = before
        self.after = after
        self.if_not_exists = if_not_exists


class RenameEnumValue(DDLElement):
    """``ALTER TYPE ... RENAME VALUE``: rows that have the value show the new string.

    Args:
        element: the `ENUM` or `Enum`.
        value: the string as it is.
        new_value: the string as it shall be.
    """

    visit_name = "rename_enum_value"

    def __init__(self, element: Any, value: str, new_value: str) -> None:
        super().__init__(element)
        self.value = value
        self.new_value = new_value


class SetDomainDefault(DDLElement):
    """``ALTER DOMAIN ... SET DEFAULT`` or ``DROP DEFAULT``.

    Args:
        element: the `DOMAIN`.
        default: a string, or SQL as `text`; None: there is none any more.
    """

    visit_name = "set_domain_default"

    def __init__(self, element: Any, default: Any) -> None:
        super().__init__(element)
        self.default = default


class SetDomainNotNull(DDLElement):
    """``ALTER DOMAIN ... SET NOT NULL`` or ``DROP NOT NULL``.

    Args:
        element: the `DOMAIN`.
        not_null: NULL is refused from now on, or allowed.
    """

    visit_name = "set_domain_not_null"

    def __init__(self, element: Any, not_null: bool = True) -> None:
        super().__init__(element)
        self.not_null = not_null


class AddDomainCheck(DDLElement):
    """``ALTER DOMAIN ... ADD CONSTRAINT``.

    Args:
        element: the `DOMAIN`.
        check: the condition, ``VALUE`` standing for the value: SQL (never from a user) or an expression.
        name: of the condition; the server makes one if there is none.
        not_valid: values that are there are not looked at; see `ValidateDomainCheck`.
    """

    visit_name = "add_domain_check"

    def __init__(self, element: Any, check: Any, *, name: str | None = None, not_valid: bool = False) -> None:
        super().__init__(element)
        self.check = text(check) if isinstance(check, str) else check
        self.name = name
        self.not_valid = not_valid


class ValidateDomainCheck(DDLElement):
    """``ALTER DOMAIN ... VALIDATE CONSTRAINT``: look at the values that were there before a condition was added.

    Args:
        element: the `DOMAIN`.
        name: of the condition.
    """

    visit_name = "validate_domain_check"

    def __init__(self, element: Any, name: str) -> None:
        super().__init__(element)
        self.name = name


class DropDomainCheck(DDLElement):
    """``ALTER DOMAIN ... DROP CONSTRAINT``.

    Args:
        element: the `DOMAIN`.
        name: of the condition.
        if_exists: do nothing where it is gone already.
    """

    visit_name = "drop_domain_check"

    def __init__(self, element: Any, name: str, *, if_exists: bool = False) -> None:
        super().__init__(element)
        self.name = name
        self.if_exists = if_exists


__all__ = [
    "AddDomainCheck",
    "AddEnumValue",
    "DropDomainCheck",
    "RenameEnumValue",
    "SetDomainDefault",
    "SetDomainNotNull",
    "ValidateDomainCheck",
]
