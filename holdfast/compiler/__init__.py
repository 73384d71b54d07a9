"""The compiler: from SQL as data to text and the order of its parameters, once per structure."""
