"""Benchmarks of vidkit and its peers: ``python -m benchmarks``.

Every figure is a ratio of two cases, measured in one run on one machine, alternating. One
server process, outside the measured one, returns the same bytes to all of them.
"""
