"""The HTTP server in front of the local cloud's services."""

import asyncio
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
from aiohttp.typedefs import Handler
from multidict import CIMultiDict

from vidkit.config.endpoints import is_loopback_host
from vidkit.local.faults import error_responses
from vidkit.local.faults.breakage import DEFAULT_SECONDS, Breakage, to_web_response
from vidkit.local.faults.fault_rules import FaultRule, Faults
from vidkit.local.notifications.presence import client_is_connected
from vidkit.local.protocol.wire import ApiError, RecordedCall, Request, Response, Service
from vidkit.local.runtime.huawei_accounts import HuaweiAccounts
from vidkit.local.runtime.state import State
from vidkit.local.runtime.worker_threads import in_worker_thread
from vidkit.local.server import routes
from vidkit.local.server.admin import PREFIX, Admin
from vidkit.local.server.request_target import split_target
from vidkit.local.server.routes import Route
from vidkit.local.server.unknown_services import unknown_service_error_response

MAX_BODY_BYTES: Final = 64 * 2**20
"""The longest request body in bytes."""

HEAD_SECONDS: Final = 75.0
"""How long a connection stays open without a complete request head."""

BODY_SECONDS: Final = 300.0
"""How long a request body may take."""

_LARGE_BODY_BYTES: Final = 2**18
_SHUTDOWN_SECONDS: Final = 2.0
_DROPPED_SHARE: Final = 10

# Faults that are error responses of the service, and faults of requests that do not reach it.
_ERROR_RESPONSES: Final = frozenset(
    {"throttled", "unavailable", "late_unavailable", "expired_token", "skewed_clock"}
)
_NOT_CARRIED_OUT: Final = frozenset({"reset", "hang", "html"})

logger: logging.Logger = logging.getLogger("vidkit.local")


def require_loopback(host: str) -> None:
    """Reject an address that other machines can reach.

    Raises:
        ValueError: the host is neither ``localhost`` nor a loopback address.
    """
    if not is_loopback_host(host):
        raise ValueError(f"the local cloud serves on loopback only, not on {host!r}")


@runtime_checkable
class LongPolling(Protocol):
    """A service whose requests may wait for a long time."""

    def release(self) -> None:
        """Respond to the requests that wait; no request waits from now on."""
        ...


class Server:
    """One port for all services.

    Args:
        state: what the services share.
        services: the services.
        calls: the list that calls are recorded in.
        recorded_calls: the largest number of calls that it keeps.
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
        # "localhost" can stand for IPv4 and IPv6, each with a free port of its own.
        self._host = "127.0.0.1" if host == "localhost" else host
        self._port = port

        # A route would not match a target without a path, such as ``http://host`` or ``*``.
        app = web.Application(client_max_size=MAX_BODY_BYTES, middlewares=[self._respond_to_all])
        app.on_shutdown.append(self._release)
        # An object that is uploaded compressed is verified and stored as it was sent.
        self._runner = web.AppRunner(
            app,
            access_log=None,
            auto_decompress=False,
            keepalive_timeout=HEAD_SECONDS,
            shutdown_timeout=_SHUTDOWN_SECONDS,
        )

    async def start(self) -> str:
        """Listen.

        Returns:
            The endpoint URL, such as ``http://127.0.0.1:4588``.

        Raises:
            OSError: the port cannot be used.
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
        """Stop listening, wait for the requests in flight, and close the services."""
        async with AsyncExitStack() as services:
            for service in self._services.values():
                services.push_async_callback(service.close)
            await self._runner.cleanup()

    async def _release(self, _: web.Application) -> None:
        self._closing = True
        for service in self._services.values():
            if isinstance(service, LongPolling):
                service.release()

    @web.middleware
    async def _respond_to_all(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        del handler  # There are no routes.
        return await self._respond(request)

    async def _respond(self, incoming: web.Request) -> web.StreamResponse:
        client_is_connected.set(lambda: incoming.transport is not None)
        try:
            async with asyncio.timeout(BODY_SECONDS):
                body = await incoming.read()
        except web.HTTPRequestEntityTooLarge:
            body = None
        except (ConnectionError, TimeoutError):
            # The client has disconnected, or has stopped sending: no request has come.
            if incoming.transport is not None:
                incoming.transport.close()
            return web.Response(status=408)
        request = _request(incoming, body or b"")
        if request.path.startswith(PREFIX):
            return to_web_response(await self._admin.handle(request))
        call = self._call(request, oversized=body is None)
        rule = call.rule
        if rule is None or rule.kind in _ERROR_RESPONSES:
            return to_web_response(await self._serve(call))
        if rule.kind in _NOT_CARRIED_OUT:
            self._record(call, status=0)
        return await self._breakage.respond(incoming, rule, lambda: self._serve(call))

    def _call(self, request: Request, *, oversized: bool) -> "_Call":
        route: Route | None = None
        operation: str | None = None
        routing_error: ApiError | None = None
        try:
            route = routes.find_route(request)
            operation = self._services[route.service].operation(request)
        except ApiError as error:
            routing_error = error
        rule = self._state.of(Faults).draw(route.service if route else "unknown", operation)
        return _Call(request, route, operation, routing_error, rule, oversized=oversized)

    async def _serve(self, call: "_Call") -> Response:
        started = time.perf_counter()
        request_id = str(uuid.uuid4())
        code: str | None = None
        try:
            response = await self._handle(call, request_id)
        except _ServiceError as error:
            response, code = error.response, error.code
        except ApiError as error:
            response, code = _front_end_error_response(call, error, request_id), error.code
        seconds = time.perf_counter() - started
        self._record(call, status=response.status, seconds=seconds, code=code)
        if call.rule is not None:
            response = self._with_fault_headers(response, call.rule)
        response = routes.with_request_id(call.route, response, request_id)
        # The cloud's own clock: clients use the header to correct theirs.
        date = format_datetime(self._state.now().astimezone(UTC), usegmt=True)
        return Response(response.status, response.body, {"Date": date, **response.headers})

    def _record(
        self, call: "_Call", *, status: int, seconds: float = 0.0, code: str | None = None
    ) -> None:
        request, now = call.request, self._state.now()
        if len(self._calls) >= self._recorded_calls:
            # Several at once, because each deletion moves all remaining items.
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

    def _with_fault_headers(self, response: Response, rule: FaultRule) -> Response:
        """The response with the headers that belong to a fault."""
        headers = dict(response.headers)
        if rule.retry_after is not None and rule.kind in _ERROR_RESPONSES:
            headers["Retry-After"] = str(rule.retry_after)
        if rule.kind == "skewed_clock":
            headers["Date"] = format_datetime(self._state.now() + _skew(rule), usegmt=True)
        return Response(response.status, response.body, headers)

    async def _handle(self, call: "_Call", request_id: str) -> Response:
        """Check a request as the service's front end does, then let the service carry it out."""
        route, operation, rule = call.route, call.operation, call.rule
        if route is None:
            raise call.routing_error or ApiError(
                "UnknownOperationException", "No service has this operation."
            )
        service = self._services[route.service]
        try:
            if call.oversized:
                raise routes.too_large(route)
            request = await self._authenticated(route, call.request, _skew(rule))
            error_responses.before_service(rule, route.service)
            if operation is None:
                raise routes.unknown_operation(route, request)
            if route is routes.MPC:
                identity, accounts = self._state.identity, self._state.of(HuaweiAccounts)
                routes.check_huawei_project(request, identity=identity, accounts=accounts)
        except ApiError as error:
            if route not in routes.SAME_ERROR_FORMAT and not error.code.startswith("MPC."):
                raise
            raise _ServiceError(error.code, service.error_response(error, request_id)) from None
        try:
            response = await service.handle(operation, request)
            error_responses.after_service(rule, route.service)
        except ApiError as error:
            raise _ServiceError(error.code, service.error_response(error, request_id)) from None
        except Exception:
            logger.exception("%s failed in %s", operation, service.name)
            failure = routes.internal_error(route)
            raise _ServiceError(failure.code, service.error_response(failure, request_id)) from None
        return response

    async def _authenticated(self, route: Route, request: Request, skew: timedelta) -> Request:
        authenticate = partial(
            routes.authenticate,
            route,
            request,
            identity=self._state.identity,
            accounts=self._state.of(HuaweiAccounts),
            now=self._state.now() + skew,
        )
        small = len(request.body) < _LARGE_BODY_BYTES
        payload = authenticate() if small else await in_worker_thread(authenticate)
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
    """A request, its route, and the fault that strikes it."""

    request: Request
    route: Route | None
    operation: str | None
    routing_error: ApiError | None
    rule: FaultRule | None
    oversized: bool = False


def _request(incoming: web.Request, body: bytes) -> Request:
    target, host = split_target(incoming.raw_path)
    headers: Mapping[str, str] = incoming.headers
    if host is not None:
        headers = CIMultiDict(headers)
        headers["Host"] = host
    return Request(
        method=incoming.method,
        path=incoming.path or "/",
        query=tuple(incoming.query.items()),
        headers=headers,
        body=body,
        raw_target=target,
    )


def _front_end_error_response(call: _Call, error: ApiError, request_id: str) -> Response:
    if call.route is None:
        return unknown_service_error_response(call.request, error, request_id)
    return routes.front_end_error_response(call.route, error, request_id)


def _skew(rule: FaultRule | None) -> timedelta:
    if rule is None or rule.kind != "skewed_clock":
        return timedelta()
    seconds = DEFAULT_SECONDS["skewed_clock"] if rule.seconds is None else rule.seconds
    return timedelta(seconds=seconds)


class _ServiceError(Exception):
    """An error response in the service's own format."""

    def __init__(self, code: str, response: Response) -> None:
        super().__init__(code)
        self.code = code
        self.response = response
