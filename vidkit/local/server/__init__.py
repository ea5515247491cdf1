"""The HTTP server of the local cloud: routes, authentication, admin endpoints."""
