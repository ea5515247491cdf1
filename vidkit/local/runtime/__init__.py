"""What the services of the local cloud share: identity, clock, threads, rates."""
