"""The tests that run together on one worker."""

from xdist.scheduler import LoadScopeScheduling

_WHOLE = (
    # These share a fixture that takes seconds: a run of the demo, a stage, a server.
    "tests/client/test_fuzzed_responses.py",
    "tests/test_benchmarks.py",
    "tests/test_demo.py",
    # These take hardly longer than it takes to distribute them.
    "tests/core/",
    "tests/promises/",
)


class Shares(LoadScopeScheduling):
    """Distributes tests one by one, and some complete files, which come first."""

    def _split_scope(self, nodeid: str) -> str:
        path = nodeid.partition("::")[0]
        return path if path.startswith(_WHOLE) else nodeid
