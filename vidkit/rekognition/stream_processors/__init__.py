"""Requests and responses of stream processors, and the results that they emit."""
