"""What the services of the local cloud share: identity, clock, accounts, threads, rates."""
