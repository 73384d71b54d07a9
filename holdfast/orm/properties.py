"""The properties of mapped attributes, under the path by which some programs import them."""

from typing import TYPE_CHECKING

from holdfast._util.rooms import entered_at_first_use
from holdfast.orm.mapping.columns import MappedColumn
from holdfast.orm.mapping.composites import Composite, CompositeProperty
from holdfast.orm.mapping.properties import ColumnProperty, MappedSQLExpression
from holdfast.orm.mapping.synonyms import Synonym, SynonymProperty

if TYPE_CHECKING:
    from holdfast.orm.mapping.relationships import Relationship, RelationshipProperty

__all__ = [
    "ColumnProperty",
    "Composite",
    "CompositeProperty",
    "MappedColumn",
    "MappedSQLExpression",
    "Relationship",
    "RelationshipProperty",
    "Synonym",
    "SynonymProperty",
]

__getattr__, __dir__ = entered_at_first_use(
    __name__,
    {
        "Relationship": "holdfast.orm.mapping.relationships",
        "RelationshipProperty": "holdfast.orm.mapping.relationships",
    },
)
