"""Making engines, under the path by which some programs import it."""

from holdfast.engine_factory import create_engine, create_pool_from_url, engine_from_config

__all__ = ["create_engine", "create_pool_from_url", "engine_from_config"]
