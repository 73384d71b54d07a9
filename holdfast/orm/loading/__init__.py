"""From statements to objects; programs import `merge_frozen_result` from here."""

from holdfast.orm.loading.merging import merge_frozen_result

__all__ = ["merge_frozen_result"]
