"""Requests and responses of the operations on pictures."""
