"""The Session: identity map, unit of work and transaction in one holding zone; synchronous and asynchronous faces."""
