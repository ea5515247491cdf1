"""Injected faults: which requests they strike, and what they do to responses and connections."""
