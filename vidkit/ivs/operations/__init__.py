"""The operations of Amazon IVS, by resource; the client is put together from them."""
