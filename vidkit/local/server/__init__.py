"""The HTTP server in front of the local cloud's services."""
