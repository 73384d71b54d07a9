"""A grammar of statements: a seed gives one Python expression, which both libraries then build and are compared on."""
