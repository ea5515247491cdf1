"""The local cloud as one object."""

from collections.abc import Collection
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from vidkit.local.ivs.account import IvsAccount
from vidkit.local.notifications.remote_publisher import RemotePublisher, require_local_endpoint
from vidkit.local.protocol.wire import RecordedCall, Service
from vidkit.local.runtime.huawei_accounts import HuaweiAccounts
from vidkit.local.runtime.state import Identity, State
from vidkit.local.server.http_server import Server, require_loopback
from vidkit.local.setup.broadcasts import BroadcastSetup
from vidkit.local.setup.faults import FaultSetup
from vidkit.local.setup.huawei_accounts import HuaweiAccountSetup
from vidkit.local.setup.jobs import JobSetup
from vidkit.local.setup.objects import ObjectSetup
from vidkit.local.setup.pictures_shown import PictureSetup
from vidkit.local.setup.video_streams import StreamSetup

if TYPE_CHECKING:
    from vidkit.kit import VidKit

_HIGHEST_PORT = 65535
_THROTTLED = frozenset({"images", "rekognition", "ivs", "mpc"})


class LocalCloud(
    StreamSetup, ObjectSetup, JobSetup, PictureSetup, BroadcastSetup, HuaweiAccountSetup, FaultSetup
):
    """Kinesis Video, Rekognition, IVS, S3, SNS, SQS, Huawei Cloud MPC and IAM on a loopback port.

    It serves any client that signs its requests with the cloud's key pair. Streams, objects,
    scripts and collections can be added before it runs and while it runs. They outlive a restart;
    jobs, tasks, channels, policies, stream processors, topics and queues do not.

    Args:
        host: a loopback address.
        port: the port, or 0 for a free one.
        identity: regions, account, project and key pair.
        job_seconds: the shortest time that an asynchronous job or task takes.
        stop_seconds: how long a stream of IVS stays live after ``StopStream``.
        throttle: whether services reject requests beyond their documented rates, or the names of
            those that do: ``images``, ``rekognition``, ``ivs``, ``mpc``.
        sns_endpoint: the endpoint URL of another SNS on this machine, such as moto's server, to
            which completion notifications are published; the cloud's own SNS by default.
        square_pixels: whether pictures of a video whose pixels are not square are stretched, as
            players do; False keeps the pixels as they are stored.
        recorded_calls: the largest number of calls that ``calls`` holds (100,000).

    Raises:
        ValueError: an argument is invalid, such as a host that other machines can reach.

    Example:
        ```python
        async with LocalCloud() as cloud:
            cloud.add_stream("front-door", "clip.mp4", start_timestamp=t0)
            async with cloud.kit() as kit:
                images = await kit.images.get_images(
                    stream_name="front-door", start_timestamp=t0, end_timestamp=t1
                ).collect()
        ```
    """

    def __init__(
        self,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        identity: Identity = Identity(),  # noqa: B008 - it is frozen
        job_seconds: float = 0.5,
        stop_seconds: float = 0.0,
        throttle: bool | Collection[str] = False,
        sns_endpoint: str | None = None,
        square_pixels: bool = True,
        recorded_calls: int = 100_000,
    ) -> None:
        require_loopback(host)
        if not 0 <= port <= _HIGHEST_PORT:
            raise ValueError(f"port must be from 0 to {_HIGHEST_PORT}, not {port}")
        if job_seconds < 0:
            raise ValueError(f"job_seconds must not be negative, but it is {job_seconds}")
        if stop_seconds < 0:
            raise ValueError(f"stop_seconds must not be negative, but it is {stop_seconds}")
        if recorded_calls < 1:
            raise ValueError(f"recorded_calls must be at least 1, but it is {recorded_calls}")
        self._recorded_calls = recorded_calls
        self._host = host
        self._port = port
        if sns_endpoint is not None:
            require_local_endpoint(sns_endpoint)
        self._sns_endpoint = sns_endpoint
        self._state = State(
            identity,
            job_seconds=job_seconds,
            throttle=_throttled_services(throttle),
            square_pixels=square_pixels,
        )
        self._state.of(HuaweiAccounts).projects[identity.project_id] = identity.huawei_region
        self._state.of(IvsAccount).stop_seconds = stop_seconds
        self._calls: list[RecordedCall] = []
        self._server: Server | None = None
        self._endpoint: str | None = None

    def __repr__(self) -> str:
        return f"<LocalCloud {self._endpoint or 'not started'}>"

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.close()

    async def start(self) -> None:
        """Start serving.

        Raises:
            RuntimeError: it is already serving.
            OSError: the port cannot be used.
        """
        if self._server is not None:
            raise RuntimeError("this LocalCloud has been started already; close it first")
        server = Server(
            self._state,
            self._services(),
            calls=self._calls,
            recorded_calls=self._recorded_calls,
            host=self._host,
            port=self._port,
        )
        self._server = server
        try:
            self._endpoint = self._state.endpoint = await server.start()
        except BaseException:
            self._server = None
            raise

    async def close(self) -> None:
        """Stop serving and cancel the jobs in progress; a second close does nothing."""
        server, self._server, self._endpoint = self._server, None, None
        if server is not None:
            await server.close()

    @property
    def endpoint(self) -> str:
        """The endpoint URL of all services, such as ``http://127.0.0.1:4588``.

        Raises:
            RuntimeError: it is not serving.
        """
        if self._endpoint is None:
            raise RuntimeError(
                "this LocalCloud is not started: use 'async with LocalCloud()' or await start()"
            )
        return self._endpoint

    @property
    def region(self) -> str:
        """The AWS region."""
        return self.identity.region

    @property
    def access_key_id(self) -> str:
        """The access key id, the same for AWS and Huawei Cloud."""
        return self.identity.access_key_id

    @property
    def secret_access_key(self) -> str:
        """The secret that belongs to the access key id."""
        return self.identity.secret_access_key

    @property
    def project_id(self) -> str:
        """The Huawei Cloud project."""
        return self.identity.project_id

    @property
    def calls(self) -> list[RecordedCall]:
        """The calls so far, oldest first; when the list is full, the oldest are dropped."""
        return self._calls

    @property
    def state(self) -> State:
        """The clock and settings that the services share, and ``of``: each service's own state."""
        return self._state

    @property
    def throttle(self) -> bool | Collection[str]:
        """Whether, or which, services reject requests beyond their rates; can be set."""
        return self._state.throttle

    @throttle.setter
    def throttle(self, on: bool | Collection[str]) -> None:
        self._state.throttle = _throttled_services(on)

    def kit(self, **options: Any) -> "VidKit":
        """A client of this cloud, for ``async with``.

        Args:
            **options: arguments of ``VidKit``; ``aws`` and ``huawei`` replace this cloud's own.

        Raises:
            RuntimeError: it is not serving.
        """
        from vidkit.config import AwsConfig, HuaweiConfig
        from vidkit.kit import VidKit

        identity = self.identity
        aws = AwsConfig(
            region=identity.region,
            access_key_id=identity.access_key_id,
            secret_access_key=identity.secret_access_key,
            endpoint_url=self.endpoint,
        )
        huawei = HuaweiConfig(
            region=identity.huawei_region,
            project_id=identity.project_id,
            access_key=identity.access_key_id,
            secret_key=identity.secret_access_key,
            endpoint=self.endpoint,
            iam_endpoint=self.endpoint,
        )
        arguments: dict[str, Any] = {"aws": aws, "huawei": huawei, **options}
        return VidKit(**arguments)

    def _services(self) -> list[Service]:
        from vidkit.local.iam.metadata import MetadataService
        from vidkit.local.iam.service import IamService
        from vidkit.local.ivs.service import IvsService
        from vidkit.local.kinesis_video.service import KinesisVideoService
        from vidkit.local.mpc.service import MpcService
        from vidkit.local.notifications.queues import Queues
        from vidkit.local.notifications.sns import SnsService
        from vidkit.local.notifications.sqs import SqsService
        from vidkit.local.notifications.topics import Topics
        from vidkit.local.objects.service import ObjectsService
        from vidkit.local.rekognition.service import RekognitionService

        state = self._state
        queues = Queues(state)
        topics = Topics(state, queues)
        publish = topics.publish_text
        if self._sns_endpoint is not None:
            publish = RemotePublisher(state, self._sns_endpoint).publish
        return [
            KinesisVideoService(state),
            RekognitionService(state, publish),
            IvsService(state),
            MpcService(state),
            IamService(state),
            MetadataService(state),
            ObjectsService(state),
            SnsService(state, topics),
            SqsService(state, queues),
        ]


def _throttled_services(
    throttle: bool | Collection[str],  # noqa: FBT001 - it is the user's own argument
) -> bool | frozenset[str]:
    if isinstance(throttle, bool):
        return throttle
    names = frozenset({throttle} if isinstance(throttle, str) else throttle)
    if not names <= _THROTTLED:
        raise ValueError(f"throttle names services out of {', '.join(sorted(_THROTTLED))}")
    return names
