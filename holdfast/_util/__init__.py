"""Small general tools without any knowledge of databases: coroutine driving, code generation, collections, sorting."""
