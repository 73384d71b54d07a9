"""Programs that type checkers read: what a user's editor must know about models, statements and results."""
