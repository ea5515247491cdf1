"""Faults that the local cloud injects: which, when, and what they do to a connection."""
