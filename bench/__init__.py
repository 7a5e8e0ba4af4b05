"""Measurements, each with its method."""
