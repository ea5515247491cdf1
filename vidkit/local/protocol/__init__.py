"""What passes between the HTTP server and the services: requests, responses, service models."""
