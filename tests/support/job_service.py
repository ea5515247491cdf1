"""A service of jobs without a network, for runs of many jobs."""

import asyncio

from vidkit import PollPolicy, QuotaError
from vidkit.jobs.idempotency import take_planned_request_token
from vidkit.jobs.job import Job, JobDriver
from vidkit.jobs.polling import JobPoll, JobState
from vidkit.jobs.tokens import JobRef

FAST = PollPolicy(initial_delay=0.001, max_delay=0.01)


class Service:
    """Jobs that end after a few polls; counts starts and jobs in progress."""

    def __init__(self, polls_needed=3, limit=None):
        self.polls_needed = polls_needed
        self.limit = limit
        self.started = {}
        self.polls = {}
        self.most_in_progress = 0
        self.refused = 0

    def in_progress(self):
        return sum(self.polls[id_] < self.polls_needed for id_ in self.started.values())

    def starter(self, name, *, fails=False, refuses=None):
        async def start():
            await asyncio.sleep(0)
            if refuses is not None:
                raise refuses
            if self.limit is not None and self.in_progress() >= self.limit:
                self.refused += 1
                raise QuotaError("20 open jobs", code="LimitExceededException")
            token = take_planned_request_token() or f"own-{name}"
            id_ = self.started.setdefault(token, f"{name}{'!' if fails else ''}")
            self.polls.setdefault(id_, 0)
            self.most_in_progress = max(self.most_in_progress, self.in_progress())
            return self.job(id_)

        return start

    def job(self, id_):
        async def poll():
            await asyncio.sleep(0.001)
            self.polls[id_] += 1
            if self.polls[id_] < self.polls_needed:
                return JobPoll("IN_PROGRESS", JobState.RUNNING, None)
            if id_.endswith("!"):
                return JobPoll("FAILED", JobState.FAILED, None, "bad video")
            return JobPoll("SUCCEEDED", JobState.SUCCEEDED, id_)

        ref = JobRef("rekognition.label_detection", id_, "r")
        return Job(JobDriver(ref, poll, lambda response: f"result {response}"), FAST)
