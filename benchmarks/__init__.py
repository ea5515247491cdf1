"""What vidkit costs beside its peers: ``python -m benchmarks``.

Every figure is a ratio of two cases that were measured in one run on one machine, in turns. One
server process, outside the measured one, answers all of them with the same bytes.
"""
