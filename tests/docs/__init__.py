"""The documentation is tested: its programs run, its paths exist, its pages are on the map."""
