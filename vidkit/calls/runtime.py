"""What a kit and all its views share: one loop, transports, background tasks, retry budgets."""

import asyncio
from collections import defaultdict
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from contextvars import Context
from importlib import import_module
from typing import TYPE_CHECKING, Any, Never, TypeVar

from vidkit.config import AwsConfig, HuaweiConfig
from vidkit.errors import RequestError, kit_closed
from vidkit.retry.budget import RetryBudget

if TYPE_CHECKING:
    from vidkit.transports.aws.transport import AwsTransport
    from vidkit.transports.huawei.transport import HuaweiTransport

__all__ = ["Runtime"]

T = TypeVar("T")


class Runtime:
    """Owns what must be closed; a transport is imported and made on first touch."""

    def __init__(self, aws: AwsConfig, huawei: HuaweiConfig) -> None:
        self.aws_config = aws
        self.huawei_config = huawei
        self._aws: AwsTransport | None = None
        self._huawei: HuaweiTransport | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._opening = asyncio.Lock()
        self._closed = False
        self._shared: dict[type, Any] = {}
        self._tasks: set[asyncio.Task[Any]] = set()
        self.budgets: defaultdict[str, RetryBudget] = defaultdict(RetryBudget)

    def __reduce__(self) -> Never:
        raise TypeError("a VidKit holds connections: it is not pickled, make one in each process")

    @property
    def phase(self) -> str:
        """Where this runtime is in its life: ``new``, ``open`` or ``closed``."""
        if self._closed:
            return "closed"
        return "new" if self._loop is None else "open"

    def open(self) -> None:
        """Bind to the running loop.

        Raises:
            RequestError: opened or closed before.
        """
        if self._closed:
            raise kit_closed()
        if self._loop is not None:
            raise RequestError("this VidKit is open already; share it, or make a second one")
        self._loop = asyncio.get_running_loop()

    def check(self) -> None:
        """Whether calls can be made here and now.

        Raises:
            RequestError: not opened yet, closed, or opened in another event loop.
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
        """The transport to AWS."""
        self.check()
        transport = self._aws
        if transport is not None:
            return transport
        async with self._opening:
            transport = self._aws
            if transport is None:
                # The import takes long enough to hold up the loop.
                module = await asyncio.to_thread(import_module, "vidkit.transports.aws.transport")
                self.check()
                transport = self._aws = module.AwsTransport(self.aws_config)
            return transport

    async def huawei(self) -> "HuaweiTransport":
        """The transport to Huawei Cloud."""
        self.check()
        transport = self._huawei
        if transport is not None:
            return transport
        async with self._opening:
            transport = self._huawei
            if transport is None:
                module = await asyncio.to_thread(
                    import_module, "vidkit.transports.huawei.transport"
                )
                self.check()
                transport = self._huawei = module.HuaweiTransport(self.huawei_config)
            return transport

    def shared(self, kind: type[T]) -> T:
        """The one object of a kind that all clients over these connections share."""
        if kind not in self._shared:
            self._shared[kind] = kind()
        found: T = self._shared[kind]
        return found

    def spawn(
        self, work: Coroutine[Any, Any, T], *, context: Context | None = None
    ) -> "asyncio.Task[T]":
        """Start a task that ends with this runtime at the latest.

        Args:
            work: what it does.
            context: what it does it in; default: a copy of the caller's own.
        """
        task = asyncio.get_running_loop().create_task(work, context=context)
        self._tasks.add(task)
        task.add_done_callback(self._forget)
        return task

    def _forget(self, task: "asyncio.Task[Any]") -> None:
        self._tasks.discard(task)
        if not task.cancelled():
            # An abandoned page's failure is nobody's news; asking for it keeps asyncio quiet.
            task.exception()

    async def close(self) -> None:
        """Cancel and await the tasks, then close the connections; closing twice is fine."""
        self._closed = True
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        aws, self._aws = self._aws, None
        huawei, self._huawei = self._huawei, None
        async with AsyncExitStack() as stack:
            # Whoever cancels the closing ends the waiting; all is closed nevertheless.
            for transport in (huawei, aws):
                if transport is not None:
                    stack.push_async_callback(transport.close)
            await asyncio.gather(*tasks, return_exceptions=True)
