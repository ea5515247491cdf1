"""The HTTP server in front of the local cloud's services."""

import ipaddress
import logging
import time
import uuid
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, timedelta
from email.utils import format_datetime
from functools import partial
from typing import Final, Protocol, runtime_checkable

from aiohttp import web
from multidict import CIMultiDict

from vidkit.local.faults import error_responses
from vidkit.local.faults.breakage import DEFAULT_SECONDS, Breakage, plain
from vidkit.local.faults.fault_rules import FaultRule
from vidkit.local.notifications.presence import client_is_there
from vidkit.local.protocol.wire import Answer, Fault, RecordedCall, Request, Service
from vidkit.local.runtime.state import State
from vidkit.local.runtime.worker_threads import in_thread
from vidkit.local.server import routes
from vidkit.local.server.admin import PREFIX, Admin
from vidkit.local.server.routes import Route

MAX_BODY: Final = 64 * 2**20
"""The longest request body in bytes."""

_LARGE_BODY: Final = 2**18
_SHUTDOWN_SECONDS: Final = 2.0
_DROPPED_SHARE: Final = 10

# Faults that the service tells of itself, and faults of requests that it never gets to see.
_WORDED: Final = frozenset(
    {"throttled", "unavailable", "late_unavailable", "expired_token", "skewed_clock"}
)
_UNSEEN: Final = frozenset({"reset", "hang", "html"})

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
        recorded_calls: how many of them are kept at the most.
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
        recorded_calls: int,
        host: str,
        port: int,
    ) -> None:
        require_loopback(host)
        self._state = state
        self._services = {service.name: service for service in services}
        self._calls = calls
        self._recorded_calls = recorded_calls
        self._closing = False
        self._breakage = Breakage(lambda: self._closing)
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
        self._closing = True
        for service in self._services.values():
            if isinstance(service, Waiting):
                service.release()

    async def _respond(self, incoming: web.Request) -> web.StreamResponse:
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
            return plain(await self._admin.answer(request))
        call = self._call(request, oversized=body is None)
        rule = call.rule
        if rule is None or rule.kind in _WORDED:
            return plain(await self._serve(call))
        if rule.kind in _UNSEEN:
            self._record(call, status=0)
        return await self._breakage.respond(incoming, rule, lambda: self._serve(call))

    def _call(self, request: Request, *, oversized: bool) -> "_Call":
        route: Route | None = None
        operation: str | None = None
        refusal: Fault | None = None
        try:
            route = routes.find_route(request)
            operation = self._services[route.service].operation(request)
        except Fault as fault:
            refusal = fault
        rule = self._state.faults.draw(route.service if route else "unknown", operation)
        return _Call(request, route, operation, refusal, rule, oversized=oversized)

    async def _serve(self, call: "_Call") -> Answer:
        clock = time.perf_counter()
        request_id = str(uuid.uuid4())
        code: str | None = None
        try:
            answer = await self._pass(call, request_id)
        except _RefusedError as refused:
            answer, code = refused.answer, refused.code
        except Fault as fault:
            answer, code = routes.front_refusal(call.route, fault, request_id), fault.code
        self._record(call, status=answer.status, seconds=time.perf_counter() - clock, code=code)
        if call.rule is not None:
            answer = self._marked(answer, call.rule)
        answer = routes.identified(call.route, answer, request_id)
        # By the cloud's own clock, for clients that correct theirs.
        date = format_datetime(self._state.now().astimezone(UTC), usegmt=True)
        return Answer(answer.status, answer.body, {"Date": date, **answer.headers})

    def _record(
        self, call: "_Call", *, status: int, seconds: float = 0.0, code: str | None = None
    ) -> None:
        request, now = call.request, self._state.now()
        if len(self._calls) >= self._recorded_calls:
            # Many at once, since all that stay are moved.
            del self._calls[: max(1, self._recorded_calls // _DROPPED_SHARE)]
        self._calls.append(
            RecordedCall(
                service=call.route.service if call.route else "unknown",
                operation=call.operation or f"{request.method} {request.path}",
                status=status,
                started=now - timedelta(seconds=seconds),
                seconds=seconds,
                code=code,
                fault=call.rule.kind if call.rule else None,
            )
        )

    def _marked(self, answer: Answer, rule: FaultRule) -> Answer:
        """The answer with the headers that a fault brings along."""
        headers = dict(answer.headers)
        if rule.retry_after is not None and rule.kind in _WORDED:
            headers["Retry-After"] = str(rule.retry_after)
        if rule.kind == "skewed_clock":
            headers["Date"] = format_datetime(self._state.now() + _skew(rule), usegmt=True)
        return Answer(answer.status, answer.body, headers)

    async def _pass(self, call: "_Call", request_id: str) -> Answer:
        """Take a request through the front door to its service."""
        route, operation, rule = call.route, call.operation, call.rule
        if route is None:
            raise call.refusal or Fault("UnknownOperationException", "Nobody serves this.")
        service = self._services[route.service]
        try:
            if call.oversized:
                raise routes.too_large(route)
            request = await self._verified(route, call.request, _skew(rule))
            error_responses.at_the_door(rule, route.service)
            if operation is None:
                raise routes.unknown_operation(route, request)
            if route is routes.MPC:
                identity, accounts = self._state.identity, self._state.accounts
                routes.check_project(request, identity=identity, accounts=accounts)
        except Fault as fault:
            if route not in routes.ONE_VOICE and not fault.code.startswith("MPC."):
                raise
            raise _RefusedError(fault.code, service.refuse(fault, request_id)) from None
        try:
            answer = await service.handle(operation, request)
            error_responses.at_the_end(rule, route.service)
        except Fault as fault:
            raise _RefusedError(fault.code, service.refuse(fault, request_id)) from None
        except Exception:
            logger.exception("%s failed in %s", operation, service.name)
            failure = routes.internal_error(route)
            raise _RefusedError(failure.code, service.refuse(failure, request_id)) from None
        return answer

    async def _verified(self, route: Route, request: Request, skew: timedelta) -> Request:
        verify = partial(
            routes.verify,
            route,
            request,
            identity=self._state.identity,
            accounts=self._state.accounts,
            now=self._state.now() + skew,
        )
        payload = verify() if len(request.body) < _LARGE_BODY else await in_thread(verify)
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


@dataclass(frozen=True, slots=True)
class _Call:
    """A request, where it goes, and the fault that strikes it."""

    request: Request
    route: Route | None
    operation: str | None
    refusal: Fault | None
    rule: FaultRule | None
    oversized: bool = False


def _skew(rule: FaultRule | None) -> timedelta:
    if rule is None or rule.kind != "skewed_clock":
        return timedelta()
    seconds = DEFAULT_SECONDS["skewed_clock"] if rule.seconds is None else rule.seconds
    return timedelta(seconds=seconds)


class _RefusedError(Exception):
    """A call was refused, and this is the answer."""

    def __init__(self, code: str, answer: Answer) -> None:
        super().__init__(code)
        self.code = code
        self.answer = answer
