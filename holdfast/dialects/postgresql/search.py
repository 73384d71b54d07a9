"""Full text search: documents, queries, configurations, and the functions that make them."""

from __future__ import annotations

from typing import Any

from holdfast.dialects.postgresql.own_type import TextType
from holdfast.sql.binds import BindParameter
from holdfast.sql.coercions import as_argument, resolve
from holdfast.sql.element import ClauseElement
from holdfast.sql.functions.generic import GenericFunction
from holdfast.sql.operator_classes import OperatorClass
from holdfast.sql.types import TEXT


class TSVECTOR(TextType):
    """``TSVECTOR``: the words of a document."""

    operator_classes = OperatorClass.STRING
    visit_name = "TSVECTOR"
    _family = "tsvector"


class TSQUERY(TextType):
    """``TSQUERY``: what is searched for."""

    operator_classes = OperatorClass.BASE | OperatorClass.EQUALITY | OperatorClass.ORDERING
    visit_name = "TSQUERY"
    _family = "tsquery"


class REGCONFIG(TextType):
    """``REGCONFIG``: a configuration of full text search, by its name."""

    operator_classes = OperatorClass.BASE | OperatorClass.EQUALITY | OperatorClass.ORDERING
    visit_name = "REGCONFIG"
    _family = "regconfig"
    _is_cast = True


class _SearchFunction(GenericFunction[Any]):
    """A function whose first argument may be the name of a configuration."""

    inherit_cache = True
    _register = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        arguments = list(args)
        if len(arguments) > 1 and not _is_sql(arguments[0]):
            arguments[0] = BindParameter(self.name, arguments[0], REGCONFIG(), unique=True)
        super().__init__(**kwargs, _arguments=[as_argument(argument, self.name) for argument in arguments])


def _is_sql(value: Any) -> bool:
    return isinstance(resolve(value), ClauseElement)


class to_tsvector(_SearchFunction):
    """``to_tsvector([configuration,] document)``."""

    inherit_cache = True
    type = TSVECTOR()


class to_tsquery(_SearchFunction):
    """``to_tsquery([configuration,] words)``: words with ``&``, ``|``, ``!`` and ``<->`` between them."""

    inherit_cache = True
    type = TSQUERY()


class plainto_tsquery(_SearchFunction):
    """``plainto_tsquery([configuration,] text)``: all of the words."""

    inherit_cache = True
    type = TSQUERY()


class phraseto_tsquery(_SearchFunction):
    """``phraseto_tsquery([configuration,] text)``: the words in this order."""

    inherit_cache = True
    type = TSQUERY()


class websearch_to_tsquery(_SearchFunction):
    """``websearch_to_tsquery([configuration,] text)``: as search engines of the web read it."""

    inherit_cache = True
    type = TSQUERY()


class ts_headline(_SearchFunction):
    """``ts_headline([configuration,] document, query[, options])``: the document with what was found marked."""

    inherit_cache = True
    type = TEXT()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        # The document stands before a query: with one in the second place there is no configuration.
        second = resolve(args[1]) if len(args) > 1 else None
        if isinstance(second, ClauseElement) and isinstance(getattr(second, "type", None), TSQUERY):
            GenericFunction.__init__(self, **kwargs, _arguments=[as_argument(each, self.name) for each in args])
        else:
            super().__init__(*args, **kwargs)
