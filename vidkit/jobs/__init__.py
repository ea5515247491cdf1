"""Job pollers: a job, its token, and runs of many jobs."""

from typing import TYPE_CHECKING

from vidkit._internal.lazy_imports import lazy_names

if TYPE_CHECKING:
    from vidkit.jobs.job import Job
    from vidkit.jobs.polling import PollPolicy
    from vidkit.jobs.runs import JobRun, Outcome
    from vidkit.jobs.tokens import JobToken

__all__ = ["Job", "JobRun", "JobToken", "Outcome", "PollPolicy"]

if not TYPE_CHECKING:
    __getattr__, __dir__ = lazy_names(
        globals(),
        {
            "vidkit.jobs.job": "Job",
            "vidkit.jobs.polling": "PollPolicy",
            "vidkit.jobs.runs": "JobRun Outcome",
            "vidkit.jobs.tokens": "JobToken",
        },
    )
