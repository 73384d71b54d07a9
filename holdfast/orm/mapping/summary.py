"""What loaders and the unit of work ask of a mapper again and again, worked out once."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any

from holdfast.orm.mapping.composites import CompositeProperty
from holdfast.orm.mapping.properties import ColumnProperty
from holdfast.orm.mapping.synonyms import SynonymProperty
from holdfast.sql.columns import ColumnCollection

CASCADE_NAMES = {
    "save_update_names": "save_update",
    "delete_names": "delete",
    "delete_orphan_names": "delete_orphan",
    "merge_names": "merge",
    "expunge_names": "expunge",
    "refresh_expire_names": "refresh_expire",
}


def summarise(mapper: Any) -> None:
    """Work out the names, columns and links of a mapper, at each change of its attributes; see `Mapper`."""
    """Work out once what loaders and the unit of work ask for again and again."""
    mapper.memo.clear()
    columns = {key: prop for key, prop in mapper._properties.items() if isinstance(prop, ColumnProperty)}
    mapper.columns = mapper.c = ColumnCollection((key, prop.column) for key, prop in columns.items())
    mapper.column_set = frozenset(columns)
    mapper.column_names = tuple(key for key, prop in columns.items() if not prop.deferred)
    mapper.inner_names = tuple(key for key, prop in columns.items() if prop.is_stored or not prop.deferred)
    mapper._values = tuple(
        value for key in mapper.column_names if not columns[key].is_stored for value in mapper.attribute(key)._values
    )
    mapper.attribute_names = tuple(
        key for key, prop in mapper._properties.items() if not isinstance(prop, SynonymProperty)
    )
    mapper.composite_names = frozenset(
        key for key, prop in mapper._properties.items() if isinstance(prop, CompositeProperty)
    )
    mapper.loaded_names = tuple(name for name in mapper.attribute_names if name not in mapper.composite_names)
    version = mapper.version_id_col
    mapper.active_names = frozenset(
        key for key, prop in columns.items() if prop.active_history or (version is not None and prop.column is version)
    )
    mapper.expiring_names = tuple(key for key, prop in columns.items() if prop.expire_on_flush and not prop.is_stored)
    mapper.primary_key_names = tuple(mapper.name_of_column(column) for column in mapper.primary_key)
    mapper.scalar_key = len(mapper.primary_key_names) == 1
    mapper.renamed_columns = {
        key: prop.column.key for key, prop in columns.items() if prop.is_stored and key != prop.column.key
    }
    related: dict[str, Any] = {key: prop for key, prop in mapper._properties.items() if prop.is_relationship}
    mapper.links = MappingProxyType({key: prop.link for key, prop in related.items() if hasattr(prop, "link")})
    for attribute, cascade in CASCADE_NAMES.items():
        names = tuple(key for key, prop in related.items() if getattr(prop.cascade, cascade))
        setattr(mapper, attribute, names)
