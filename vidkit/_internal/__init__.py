"""Helpers that know no service and no network."""
