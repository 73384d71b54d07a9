"""The keywords of ``__mapper_args__``."""

from __future__ import annotations

from typing import Any

# Keywords of `Mapper` that mean nothing without inheritance: they are kept, and have an effect when that is there.
INHERITANCE_ARGUMENTS = frozenset({
    "inherits", "inherit_condition", "inherit_foreign_keys", "polymorphic_on", "polymorphic_identity", "concrete",
    "with_polymorphic", "polymorphic_abstract", "polymorphic_load",
})  # fmt: skip
ARGUMENTS = INHERITANCE_ARGUMENTS | {
    "always_refresh", "version_id_col", "version_id_generator", "allow_partial_pks", "batch", "column_prefix",
    "include_properties", "exclude_properties", "passive_updates", "passive_deletes", "confirm_deleted_rows",
    "eager_defaults", "legacy_is_orphan",
}  # fmt: skip


def check_arguments(mapper: Any) -> None:
    """Refuse keywords that a mapper does not know.

    Raises: TypeError: with the class, and all keywords there are.
    """
    unknown = sorted(set(mapper.arguments) - ARGUMENTS)
    if unknown:
        raise TypeError(
            f"Mapper.__init__() got an unexpected keyword argument {unknown[0]!r}. It stands in __mapper_args__ of "
            f"{mapper.class_.__name__}; known are: {', '.join(sorted(ARGUMENTS))}, primary_key, properties."
        )
