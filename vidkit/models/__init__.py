"""The Pydantic bases of requests and responses, and the shapes that services share."""
