"""One call of one operation: what every service goes through."""
