"""The operations of Amazon IVS by resource, of which the client is composed."""
