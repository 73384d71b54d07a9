"""Database servers for the tests: one that a variable names, or a private one; where neither works, the reason."""
