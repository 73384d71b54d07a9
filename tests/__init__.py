"""All tests; a package, so that folders named like modules of the standard library (tests/typing) do not hide them."""
