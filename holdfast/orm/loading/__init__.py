"""From statements to objects; entered by the first statement that asks for some."""

from typing import TYPE_CHECKING

from holdfast._util.rooms import entered_at_first_use

if TYPE_CHECKING:
    from holdfast.orm.loading.merging import merge_frozen_result

__all__ = ["merge_frozen_result"]

__getattr__, __dir__ = entered_at_first_use(__name__, {"merge_frozen_result": "holdfast.orm.loading.merging"})
