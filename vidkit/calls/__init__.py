"""Calls: what every call of every service goes through."""
