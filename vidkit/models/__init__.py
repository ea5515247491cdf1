"""The base models of requests and responses, and their shared types."""
