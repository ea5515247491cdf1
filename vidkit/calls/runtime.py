"""The runtime that a kit and its views share.

It holds the event loop, the transports, the background tasks and the retry budgets.
"""

import asyncio
from collections import defaultdict
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from contextvars import Context
from importlib import import_module
from typing import TYPE_CHECKING, Any, Never, TypeVar

from vidkit._internal.descriptors import first_import
from vidkit._internal.single_flight import SingleFlight
from vidkit._internal.tasks import BackgroundTasks, wait_until_done
from vidkit.config import AwsConfig, HuaweiConfig
from vidkit.errors import RequestError, kit_closed
from vidkit.retry.budget import RetryBudget

if TYPE_CHECKING:
    from vidkit.transports.aws.transport import AwsTransport
    from vidkit.transports.huawei.transport import HuaweiTransport

__all__ = ["Runtime"]

T = TypeVar("T")

# How long a cancelled close still waits for the connections.
_CLOSING_GRACE_SECONDS = 1.0


class Runtime:
    """Owns the connections and the background tasks of a kit.

    A transport is imported and created on first use.
    """

    def __init__(self, aws: AwsConfig, huawei: HuaweiConfig) -> None:
        self.aws_config = aws
        self.huawei_config = huawei
        self._aws: AwsTransport | None = None
        self._huawei: HuaweiTransport | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._closed = False
        self._closing: asyncio.Task[None] | None = None
        self._shared: dict[type, Any] = {}
        self._tasks = BackgroundTasks()
        # Callers that are cancelled do not end the opening, which would begin again for the next.
        self._aws_opening = SingleFlight(self._tasks, self._open_aws)
        self._huawei_opening = SingleFlight(self._tasks, self._open_huawei)
        self.budgets: defaultdict[str, RetryBudget] = defaultdict(RetryBudget)

    def __reduce__(self) -> Never:
        raise TypeError(
            "a VidKit holds connections: it cannot be pickled; make one in each process"
        )

    @property
    def phase(self) -> str:
        """The state of this runtime: ``new``, ``open`` or ``closed``."""
        if self._closed:
            return "closed"
        return "new" if self._loop is None else "open"

    def open(self) -> None:
        """Bind this runtime to the running event loop.

        Raises:
            RequestError: the runtime is open already, or it is closed.
        """
        if self._closed:
            raise kit_closed()
        if self._loop is not None:
            raise RequestError("this VidKit is open already; share it, or make a second one")
        self._loop = asyncio.get_running_loop()

    def check(self) -> None:
        """Check that calls can be made from the running loop.

        Raises:
            RequestError: the runtime is not open, closed, or bound to another event loop.
        """
        if self._closed:
            raise kit_closed()
        if self._loop is None:
            raise RequestError(
                "this VidKit is not open; use it inside `async with VidKit() as kit`"
            )
        if self._loop is not asyncio.get_running_loop():
            raise RequestError(
                "this VidKit belongs to another event loop; make one inside each loop"
            )

    async def aws(self) -> "AwsTransport":
        """The transport for AWS; created on first use."""
        self.check()
        return self._aws or await self._aws_opening.join()

    async def aws_region(self) -> str:
        """The region of AWS calls; known without waiting after the first call.

        Raises:
            ConfigError: no region is configured.
        """
        transport = await self.aws()
        return transport.region or await transport.find_region()

    async def huawei(self) -> "HuaweiTransport":
        """The transport for Huawei Cloud; created on first use."""
        self.check()
        return self._huawei or await self._huawei_opening.join()

    async def _open_aws(self) -> "AwsTransport":
        module = await _import("vidkit.transports.aws.transport")
        self.check()
        transport: AwsTransport = module.AwsTransport(self.aws_config)
        self._aws = transport
        return transport

    async def _open_huawei(self) -> "HuaweiTransport":
        module = await _import("vidkit.transports.huawei.transport")
        self.check()
        transport: HuaweiTransport = module.HuaweiTransport(self.huawei_config)
        self._huawei = transport
        return transport

    def shared(self, kind: type[T]) -> T:
        """The instance of a class that all clients share; created on first use."""
        if kind not in self._shared:
            self._shared[kind] = kind()
        instance: T = self._shared[kind]
        return instance

    def spawn(
        self, work: Coroutine[Any, Any, T], *, context: Context | None = None
    ) -> "asyncio.Task[T]":
        """Start a task, which is cancelled when this runtime closes.

        Args:
            work: the coroutine to run.
            context: the context to run it in; default: a copy of the current one.
        """
        return self._tasks.spawn(work, context=context)

    async def close(self) -> None:
        """Cancel and await tasks, then close connections; safe to call twice.

        A cancellation ends the waiting for the tasks; the connections are closed nevertheless.
        One of the tasks may call this, too: it is cancelled with the others, and does not wait.
        """
        self._closed = True
        try:
            await self._tasks.close()
        finally:
            if self._closing is None:
                # A task of its own, which no cancellation of the caller interrupts.
                self._closing = asyncio.create_task(self._close_transports())
            await wait_until_done(self._closing, grace=_CLOSING_GRACE_SECONDS)
        if self._closing.done():
            self._closing.result()

    async def _close_transports(self) -> None:
        aws, self._aws = self._aws, None
        huawei, self._huawei = self._huawei, None
        async with AsyncExitStack() as stack:
            for transport in (huawei, aws):
                if transport is not None:
                    stack.push_async_callback(transport.close)


async def _import(name: str) -> Any:
    """Import a module in a thread: it takes so long that it would block the loop."""
    with first_import():
        return await asyncio.to_thread(import_module, name)
