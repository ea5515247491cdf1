"""The facade: one client for each service, over shared connections."""

import inspect
from collections.abc import Iterable, Mapping
from datetime import timedelta
from functools import cached_property
from os import PathLike
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypeVar, overload

from vidkit._internal.arguments import checked_arguments, checked_constructor, seconds
from vidkit._internal.descriptors import first_import
from vidkit.config import AwsConfig, HuaweiConfig
from vidkit.config.secret_fields import check_secrets_present
from vidkit.errors import ConfigError, RequestError

if TYPE_CHECKING:
    from vidkit.calls.events import Listener
    from vidkit.calls.options import Options
    from vidkit.calls.runtime import Runtime
    from vidkit.images.client import ImagesClient
    from vidkit.ivs.client import IvsClient
    from vidkit.jobs.job import Job
    from vidkit.jobs.polling import PollPolicy
    from vidkit.jobs.runs import JobRun, Starter
    from vidkit.jobs.tokens import JobToken
    from vidkit.mpc.client import MpcClient
    from vidkit.rekognition.client import RekognitionClient
    from vidkit.rekognition.completion.completion_queue import CompletionQueue
    from vidkit.retry.policy import RetryPolicy

__all__ = ["VidKit"]

R = TypeVar("R")


class _Unset:
    """The default of an option for which None is a valid value."""

    def __repr__(self) -> str:
        return "<unset>"


_UNSET = _Unset()


@checked_constructor(ConfigError)
class VidKit:
    """One typed client for each service, over shared connections.

    Open it with ``async with``. A service is imported and connected when it is first used.

    Args:
        aws: the configuration of AWS; default: as botocore resolves it.
        huawei: the configuration of Huawei Cloud; default: the environment variables
            ``HUAWEICLOUD_SDK_*``.
        retry: the retry policy; default: `RetryPolicy()`.
        deadline: the total time of one call with all its attempts and delays, in seconds or as a
            timedelta (60 s).
        poll: the poll policy of jobs; default: `PollPolicy()`.
        on_event: called with a `CallEvent` for every attempt; must not block.

    Raises:
        ConfigError: an option is unknown or invalid.

    Example:
        ```python
        async with VidKit(aws=AwsConfig(region="eu-central-1")) as kit:
            async for policy in kit.ivs.list_playback_restriction_policies():
                print(policy.name)
        ```
    """

    def __init__(
        self,
        *,
        aws: AwsConfig | None = None,
        huawei: HuaweiConfig | None = None,
        retry: "RetryPolicy | None" = None,
        deadline: float | timedelta = 60.0,
        poll: "PollPolicy | None" = None,
        on_event: "Listener | None" = None,
    ) -> None:
        from vidkit.calls.caller import Caller
        from vidkit.calls.options import Options
        from vidkit.calls.runtime import Runtime
        from vidkit.jobs.polling import PollPolicy
        from vidkit.retry.policy import RetryPolicy

        _check_type(aws, AwsConfig, "aws")
        _check_type(huawei, HuaweiConfig, "huawei")
        for config in (aws, huawei):
            if config is not None:
                check_secrets_present(config)
        _check_options(retry, poll, on_event)
        options = Options(
            retry=retry or RetryPolicy(),
            deadline=seconds(deadline, parameter="deadline"),
            poll=poll or PollPolicy(),
            on_event=on_event,
        )
        self._runtime = Runtime(aws or AwsConfig(), huawei or HuaweiConfig())
        self._caller = Caller(self._runtime, options)

    def __repr__(self) -> str:
        return f"<{type(self).__name__.strip('_')} {self._runtime.phase}>"

    @cached_property
    def images(self) -> "ImagesClient":
        """Kinesis Video Streams archived media: images."""
        with first_import():
            from vidkit.images.client import ImagesClient

        return ImagesClient(self._caller)

    @cached_property
    def rekognition(self) -> "RekognitionClient":
        """Rekognition Video: stored-video jobs and stream processors."""
        with first_import():
            from vidkit.rekognition.client import RekognitionClient

        return RekognitionClient(self._caller)

    @cached_property
    def ivs(self) -> "IvsClient":
        """Amazon IVS: channels, streams and playback restriction policies."""
        with first_import():
            from vidkit.ivs.client import IvsClient

        return IvsClient(self._caller)

    @cached_property
    def mpc(self) -> "MpcClient":
        """Huawei Cloud MPC: thumbnails."""
        with first_import():
            from vidkit.mpc.client import MpcClient

        return MpcClient(self._caller)

    @checked_arguments
    def with_options(
        self,
        *,
        retry: "RetryPolicy | None" = None,
        deadline: float | timedelta | None = None,
        poll: "PollPolicy | None" = None,
        on_event: "Listener | _Unset | None" = _UNSET,
    ) -> "VidKit":
        """A view of this kit with other options.

        It shares the connections of this kit and cannot close them.

        Args:
            retry: as in the constructor; default: this kit's.
            deadline: as in the constructor; default: this kit's.
            poll: as in the constructor; default: this kit's.
            on_event: as in the constructor; None: no listener; default: this kit's.

        Raises:
            ConfigError: an option is invalid.
        """
        from vidkit.calls.options import Options

        current = self._caller.options
        listener = current.on_event if isinstance(on_event, _Unset) else on_event
        _check_options(retry, poll, listener)
        options = Options(
            retry=retry or current.retry,
            deadline=(
                current.deadline if deadline is None else seconds(deadline, parameter="deadline")
            ),
            poll=poll or current.poll,
            on_event=listener,
        )
        return _View(self._runtime, options)

    @overload
    def resume(
        self, token: "JobToken[R]", *, completion: "CompletionQueue | None" = None
    ) -> "Job[R]": ...

    @overload
    def resume(self, token: str, *, completion: "CompletionQueue | None" = None) -> "Job[Any]": ...

    @checked_arguments
    def resume(self, token: str, *, completion: "CompletionQueue | None" = None) -> "Job[Any]":
        """The job of a token, which this or another process has started.

        Nothing is sent until the job is polled or awaited.

        Args:
            token: the ``Job.token`` of the job.
            completion: a queue that receives the completion notification of a Rekognition job, so
                that it is not polled.

        Raises:
            RequestError: the token is not that of a vidkit job, or the job is in another project.
        """
        from vidkit.jobs.tokens import JobRef

        ref = JobRef.from_token(token)
        if ref.service == "rekognition":
            return self.rekognition.resume(ref, completion=completion)
        if ref.service == "mpc":
            if completion is not None:
                raise RequestError(
                    "completion: only Rekognition publishes completion notifications of jobs"
                )
            return self.mpc.resume(ref)
        raise RequestError(f"token: stands for a {ref.kind!r} job, a kind not known here")

    @checked_arguments
    def run_jobs(
        self,
        starters: "Iterable[Starter[R]] | Mapping[str, Starter[R]]",
        *,
        max_in_flight: int = 20,
        journal: str | PathLike[str] | None = None,
        completion: "CompletionQueue | None" = None,
    ) -> "JobRun[R]":
        """Run many jobs, a few at a time, with an outcome as each one ends.

        A job that fails has an outcome too, and stops nothing. While the account's quota of jobs in
        progress is used up, the run waits before it starts another job.

        Args:
            starters: callables without arguments that start one job each. A mapping gives them
                keys; otherwise the keys are counted from ``"0"``.
            max_in_flight: the maximum number of jobs in progress (20, Rekognition's quota of an
                account).
            journal: a file that records the starts. A later run with the same starters and file
                resumes the jobs that were started, and starts none twice.
            completion: a queue that receives the completion notifications of resumed jobs. Started
                jobs use the queue that their starter gives them.

        Returns:
            An iterator over outcomes: ``key``, ``job``, ``result``, ``error``, ``repeated``.

        Raises:
            RequestError: at once or from the iteration: a parameter is invalid, or the journal
                cannot be used.
        """
        with first_import():
            from vidkit.jobs.runs import JobRun

        def resume(token: str) -> "Job[R]":
            return self.resume(token, completion=completion)

        return JobRun(
            starters,
            runtime=self._runtime,
            resume=resume,
            policy=self._caller.options.poll,
            max_in_flight=max_in_flight,
            journal=journal,
        )

    async def close(self) -> None:
        """Close the connections, cancel background tasks; safe to call twice."""
        await self._runtime.close()

    async def __aenter__(self) -> Self:
        self._runtime.open()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.close()


class _View(VidKit):
    """A kit with other options that shares the connections of its parent."""

    def __init__(self, runtime: "Runtime", options: "Options") -> None:
        from vidkit.calls.caller import Caller

        self._runtime = runtime
        self._caller = Caller(runtime, options)

    async def close(self) -> None:
        """Do nothing: the parent closes the connections."""

    async def __aenter__(self) -> Self:
        self._runtime.check()
        return self


def _check_type(value: object, kind: type, parameter: str) -> None:
    if value is not None and not isinstance(value, kind):
        raise ConfigError(f"{parameter}: must be a {kind.__name__}, not a {type(value).__name__}")


def _check_options(retry: object, poll: object, on_event: object) -> None:
    from vidkit.jobs.polling import PollPolicy
    from vidkit.retry.policy import RetryPolicy

    _check_type(retry, RetryPolicy, "retry")
    _check_type(poll, PollPolicy, "poll")
    if on_event is not None and not callable(on_event):
        raise ConfigError(f"on_event: must be callable, not a {type(on_event).__name__}")
    if inspect.iscoroutinefunction(on_event):
        raise ConfigError("on_event: must be a plain function, since nothing awaits it")
