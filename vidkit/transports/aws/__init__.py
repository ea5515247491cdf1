"""AWS through aiobotocore."""
