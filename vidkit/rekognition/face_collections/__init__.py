"""Requests and responses of face collections and their users."""
