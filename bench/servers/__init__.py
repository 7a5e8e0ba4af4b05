"""Processes that are measured: each holds one way to serve, on a core of its own, and ends with its standard input."""
