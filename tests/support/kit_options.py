"""Options with which the tests open kits."""

from datetime import UTC, datetime

from vidkit import PollPolicy, RetryPolicy

T0 = datetime(2026, 1, 1, tzinfo=UTC)

FAST = {
    "poll": PollPolicy(initial_delay=0.05, max_delay=0.2, polls_per_second=1000),
    "retry": RetryPolicy(base_delay=0.001, throttling_base_delay=0.001),
}
