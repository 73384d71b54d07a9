"""Probes: small programs that ask a real database a question before the library relies on the answer."""
