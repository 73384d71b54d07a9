"""Loading: from a statement to objects, as a plan that is made once and a loader that is generated."""
