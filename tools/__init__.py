"""Programs for those who work on Holdfast; the library and its users never need them."""
