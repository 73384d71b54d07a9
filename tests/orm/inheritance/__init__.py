"""Class hierarchies: single-table, joined-table and concrete."""
