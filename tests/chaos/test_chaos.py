import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from chaos_run import chaos


@pytest.mark.parametrize("seed", [1, 2])
async def test_over_a_bad_line_nothing_is_lost_and_nothing_happens_twice(seed):
    summary = await chaos(seed, 250)
    assert summary.violations == [], str(summary)
    # The line was as bad as it was meant to be, and most got through all the same.
    assert sum(summary.struck.values()) > 0.15 * summary.requests
    assert summary.succeeded > 0.6 * summary.operations
