"""The engine: from SQL and parameters to rows, over pooled connections, synchronous and asynchronous."""
