"""How statements, types and DDL elements come to their text when one is printed: by the compiler, entered then."""

from __future__ import annotations

from typing import Any

from holdfast import compiler
from holdfast.schema.ddl import ddl_hooks
from holdfast.sql.element import hooks
from holdfast.sql.types.base import TypeEngine


def _statement(*given: Any, **keywords: Any) -> Any:
    return compiler.default.render(*given, **keywords)


def _type(type_: TypeEngine[Any]) -> str:
    return compiler.default.standard_type_text(type_)


def _ddl(*given: Any) -> Any:
    return compiler.ddl.ddl_text(*given)


hooks.render = _statement
ddl_hooks.text = _ddl
TypeEngine._standard_text = staticmethod(_type)  # type: ignore[assignment]
