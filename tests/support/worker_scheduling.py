"""Which tests go to one worker together."""

from xdist.scheduler import LoadScopeScheduling

_WHOLE = (
    # These share something that takes seconds to make: a run of the demo, a stage, a server.
    "tests/client/test_fuzzed_responses.py",
    "tests/test_benchmarks.py",
    "tests/test_demo.py",
    # And these take hardly longer than it takes to deal them out.
    "tests/core/",
    "tests/promises/",
)


class Shares(LoadScopeScheduling):
    """Deals out tests one by one, and some files as a whole; those come first."""

    def _split_scope(self, nodeid: str) -> str:
        path = nodeid.partition("::")[0]
        return path if path.startswith(_WHOLE) else nodeid
