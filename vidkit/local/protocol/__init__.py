"""What the HTTP server and the services have in common: requests, responses, service models."""
