"""Requests and responses of Amazon IVS, by resource."""
