"""Job pollers: a job, its token, and runs of many jobs."""

from typing import TYPE_CHECKING

from vidkit._internal.lazy_imports import lazy_names

if TYPE_CHECKING:
    from vidkit.jobs.job import Job
    from vidkit.jobs.polling import JobPoll, JobState, PollPolicy, poll_delay
    from vidkit.jobs.runs import JobRun, Outcome
    from vidkit.jobs.tokens import JobRef, JobToken

__all__ = [
    "Job",
    "JobPoll",
    "JobRef",
    "JobRun",
    "JobState",
    "JobToken",
    "Outcome",
    "PollPolicy",
    "poll_delay",
]

if not TYPE_CHECKING:
    __getattr__, __dir__ = lazy_names(
        globals(),
        {
            "vidkit.jobs.job": "Job",
            "vidkit.jobs.polling": "JobPoll JobState PollPolicy poll_delay",
            "vidkit.jobs.runs": "JobRun Outcome",
            "vidkit.jobs.tokens": "JobRef JobToken",
        },
    )
