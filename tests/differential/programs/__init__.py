"""The programs, by subject; importing this package fills the list."""

import importlib

from tests.differential.registry import PROGRAMS

_SUBJECTS = (
    "expressions",
    "selects",
    "changes",
    "column_defaults",
    "tables",
    "results",
    "result_facts",
    "blocks",
    "questions",
    "flushing",
    "relationships",
    "cascades",
    "aliases",
    "inserts",
    "values_of_values",
    "inspection",
    "collections_of_objects",
    "association_proxies",
    "relationship_options",
    "mapping_forms",
    "mapper_options",
    "collection_views",
    "edits_of_relationships",
    "mapped_joins",
    "natural_keys",
    "join_conditions",
    "states",
    "transactions",
    "savepoints",
    "failures",
    "lazy_loading",
    "eager",
    "class_hierarchies",
    "hierarchy_changes",
    "hierarchy_mapped_loading",
    "unheld",
    "loader_criteria",
    "identity",
    "old_query",
    "schemas",
    "engines",
    "listeners",
    "properties",
    "situations",
    "session_events",
    "session_transactions",
    "binds",
    "orm_execute",
    "set_based",
    "mutable_values",
    "versions",
    "extensions",
    "attribute_events",
    "eager_grammar",
    "set_based_situations",
    "extension_operations",
)

for _subject in _SUBJECTS:
    importlib.import_module(f"{__name__}.{_subject}")

__all__ = ["PROGRAMS"]
