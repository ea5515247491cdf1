"""The HTTP server in front of the local cloud's services."""

import ipaddress
import logging
import time
import uuid
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from typing import Final, Protocol, runtime_checkable

from aiohttp import web
from multidict import CIMultiDict

from vidkit.local import routes
from vidkit.local.admin import PREFIX, Admin
from vidkit.local.notifications.presence import client_is_there
from vidkit.local.routes import Route
from vidkit.local.state import State
from vidkit.local.threads import in_thread
from vidkit.local.wire import Answer, Fault, RecordedCall, Request, Service

MAX_BODY: Final = 64 * 2**20
"""The longest request body in bytes."""

_LARGE_BODY: Final = 2**18
_SHUTDOWN_SECONDS: Final = 2.0

logger: logging.Logger = logging.getLogger("vidkit.local")


def require_loopback(host: str) -> None:
    """Refuse an address that other machines can reach.

    Raises:
        ValueError: the host is not ``localhost`` and no loopback address.
    """
    try:
        loopback = host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        loopback = False
    if not loopback:
        raise ValueError(f"the local cloud serves on loopback only, not on {host!r}")


@runtime_checkable
class Waiting(Protocol):
    """A service whose requests wait for something, perhaps for long."""

    def release(self) -> None:
        """Answer those who wait, and let nobody wait any more."""
        ...


class Server:
    """One port for all services.

    Args:
        state: what the services share.
        services: the services, each under its own name.
        calls: where answered calls are recorded.
        host: a loopback address.
        port: the port, or 0 for a free one.

    Raises:
        ValueError: the host is no loopback address.
    """

    def __init__(
        self,
        state: State,
        services: Sequence[Service],
        *,
        calls: list[RecordedCall],
        host: str,
        port: int,
    ) -> None:
        require_loopback(host)
        self._state = state
        self._services = {service.name: service for service in services}
        self._calls = calls
        self._admin = Admin(state, calls)
        # Two families behind one name would get two free ports.
        self._host = "127.0.0.1" if host == "localhost" else host
        self._port = port
        app = web.Application(client_max_size=MAX_BODY)
        app.router.add_route("*", "/{path:.*}", self._respond)
        app.on_shutdown.append(self._release)
        # A body that is stored compressed is signed and kept as it came.
        self._runner = web.AppRunner(
            app, access_log=None, auto_decompress=False, shutdown_timeout=_SHUTDOWN_SECONDS
        )

    async def start(self) -> str:
        """Listen.

        Returns:
            The address that clients call, such as ``http://127.0.0.1:4588``.

        Raises:
            OSError: the port cannot be had.
        """
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, self._host, self._port).start()
        except BaseException:
            await self.close()
            raise
        port: int = self._runner.addresses[0][1]
        shown = f"[{self._host}]" if ":" in self._host else self._host
        return f"http://{shown}:{port}"

    async def close(self) -> None:
        """Stop listening, let requests in flight end, and close the services."""
        async with AsyncExitStack() as services:
            for service in self._services.values():
                services.push_async_callback(service.close)
            await self._runner.cleanup()

    async def _release(self, _: web.Application) -> None:
        for service in self._services.values():
            if isinstance(service, Waiting):
                service.release()

    async def _respond(self, incoming: web.Request) -> web.Response:
        client_is_there.set(lambda: incoming.transport is not None)
        try:
            body = await incoming.read()
        except web.HTTPRequestEntityTooLarge:
            body = None
        request = Request(
            method=incoming.method,
            path=incoming.path,
            query=tuple(incoming.query.items()),
            headers=incoming.headers,
            body=body or b"",
            raw_target=incoming.raw_path,
        )
        if request.path.startswith(PREFIX):
            answer = await self._admin.answer(request)
        else:
            answer = await self._serve(request, oversized=body is None)
        return web.Response(status=answer.status, body=answer.body, headers=answer.headers)

    async def _serve(self, request: Request, *, oversized: bool) -> Answer:
        started, clock = self._state.now(), time.perf_counter()
        request_id = str(uuid.uuid4())
        route: Route | None = None
        code: str | None = None
        operation: str | None = None
        try:
            route = routes.find_route(request)
            operation = self._services[route.service].operation(request)
            answer = await self._pass(route, request, operation, request_id, oversized=oversized)
        except _RefusedError as refused:
            answer, code = refused.answer, refused.code
        except Fault as fault:
            answer, code = routes.front_refusal(route, fault, request_id), fault.code
        self._calls.append(
            RecordedCall(
                service=route.service if route else "unknown",
                operation=operation or f"{request.method} {request.path}",
                status=answer.status,
                started=started,
                seconds=time.perf_counter() - clock,
                code=code,
            )
        )
        return routes.identified(route, answer, request_id)

    async def _pass(
        self,
        route: Route,
        request: Request,
        operation: str | None,
        request_id: str,
        *,
        oversized: bool,
    ) -> Answer:
        """Take a request through the front door to its service."""
        service = self._services[route.service]
        try:
            if oversized:
                raise routes.too_large(route)
            request = await self._verified(route, request)
            if operation is None:
                raise routes.unknown_operation(route, request)
            if route is routes.MPC:
                routes.check_project(request, self._state.identity)
        except Fault as fault:
            if route not in routes.ONE_VOICE and not fault.code.startswith("MPC."):
                raise
            raise _RefusedError(fault.code, service.refuse(fault, request_id)) from None
        try:
            return await service.handle(operation, request)
        except Fault as fault:
            raise _RefusedError(fault.code, service.refuse(fault, request_id)) from None
        except Exception:
            logger.exception("%s failed in %s", operation, service.name)
            failure = routes.internal_error(route)
            raise _RefusedError(failure.code, service.refuse(failure, request_id)) from None

    async def _verified(self, route: Route, request: Request) -> Request:
        identity, now = self._state.identity, self._state.now()
        if len(request.body) < _LARGE_BODY:
            payload = routes.verify(route, request, identity=identity, now=now)
        else:
            payload = await in_thread(routes.verify, route, request, identity=identity, now=now)
        headers: Mapping[str, str] = request.headers
        if payload.trailers:
            headers = CIMultiDict([*headers.items(), *payload.trailers.items()])
        return Request(
            method=request.method,
            path=request.path,
            query=request.query,
            headers=headers,
            body=payload.body,
            raw_target=request.raw_target,
        )


class _RefusedError(Exception):
    """A call was refused, and this is the answer."""

    def __init__(self, code: str, answer: Answer) -> None:
        super().__init__(code)
        self.code = code
        self.answer = answer
