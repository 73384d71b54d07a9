"""Composites and synonyms, under the path by which some programs import them."""

from holdfast.orm.mapping.composites import Composite, CompositeProperty
from holdfast.orm.mapping.synonyms import Synonym, SynonymProperty

__all__ = ["Composite", "CompositeProperty", "Synonym", "SynonymProperty"]
