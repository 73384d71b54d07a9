"""Class hierarchies: which table a subclass has, which attributes it inherits, how a row tells its class."""
