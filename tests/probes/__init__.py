"""The answers of the probes, asked again."""
