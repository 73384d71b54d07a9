"""Writing by statement, kept in step with the objects of the session."""
