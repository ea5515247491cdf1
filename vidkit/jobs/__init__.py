"""Job pollers: a job, its token, and runs of many jobs."""

from typing import TYPE_CHECKING

from vidkit._internal.lazy_imports import on_first_use

if TYPE_CHECKING:
    from vidkit.jobs.job import Job, JobToken, PollPolicy
    from vidkit.jobs.runs import JobRun, Outcome

__all__ = ["Job", "JobRun", "JobToken", "Outcome", "PollPolicy"]

if not TYPE_CHECKING:
    __getattr__, __dir__ = on_first_use(
        globals(),
        {
            "Job": "vidkit.jobs.job",
            "JobRun": "vidkit.jobs.runs",
            "JobToken": "vidkit.jobs.job",
            "Outcome": "vidkit.jobs.runs",
            "PollPolicy": "vidkit.jobs.job",
        },
    )
