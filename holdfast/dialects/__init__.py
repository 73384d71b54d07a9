"""The databases: a table of answers, texts and drivers for each; found by name when an engine is made.

`registry` takes dialects of others by name, `plugins` plug-ins of `create_engine`.
"""

from holdfast.engine.registry import plugins, registry

__all__ = ["plugins", "registry"]
