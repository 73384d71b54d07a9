"""Loader strategies: how a relationship comes to its members, one file each."""
