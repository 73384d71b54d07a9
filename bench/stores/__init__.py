"""The databases on which rows are measured: each store has the tables of `data.py`, and fills and reads them back."""

from bench.stores.postgresql import PostgresqlStore
from bench.stores.sqlite import SqliteStore, database_folder
from bench.stores.store import Store

__all__ = ["PostgresqlStore", "SqliteStore", "Store", "database_folder"]
