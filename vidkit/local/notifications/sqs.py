"""SQS of the local cloud, over JSON 1.0."""

import json
from collections.abc import Callable, Iterable
from typing import Any, Final, TypeAlias, cast

from vidkit.local.notifications.batches import run_batch
from vidkit.local.notifications.queues import Queues, check_names
from vidkit.local.notifications.receiving import MAX_VISIBILITY_SECONDS, read_number, receive
from vidkit.local.notifications.sending import send_batch, send_one
from vidkit.local.notifications.served_members import check_served
from vidkit.local.protocol.lazy_models import LazyModel
from vidkit.local.protocol.page_tokens import PageTokens
from vidkit.local.protocol.wire import ApiError, Request, Response, parse_json
from vidkit.local.runtime.state import State

MAX_LISTED: Final = 1000
"""Queues on a page."""

_Content: TypeAlias = dict[str, Any]

_MEDIA_TYPE: Final = "application/x-amz-json-1.0"
_TARGET: Final = "AmazonSQS."
# The codes of these errors in the query protocol, which SQS had before.
_QUERY_CODES: Final = {
    "QueueDoesNotExist": "AWS.SimpleQueueService.NonExistentQueue",
    "QueueNameExists": "QueueAlreadyExists",
    **{
        name: f"AWS.SimpleQueueService.{name}"
        for name in (
            "BatchEntryIdsNotDistinct",
            "BatchRequestTooLong",
            "EmptyBatchRequest",
            "InvalidBatchEntryId",
            "MessageNotInflight",
            "TooManyEntriesInBatchRequest",
            "UnsupportedOperation",
        )
    },
}


class SqsService:
    """Standard queues: at-least-once, with visibility timeouts and long polling.

    Where the documents leave a choice: messages are received in the order of sending and deleted
    immediately; an older receipt handle of a message deletes nothing; a queue's name can be used
    again as soon as the queue is deleted. Policies apply to SNS only: the account's own key pair
    may do everything. FIFO queues and dead-letter queues are not supported.

    Args:
        state: what the services share.
        queues: the account's queues.
    """

    name = "sqs"

    def __init__(self, state: State, queues: Queues) -> None:
        self._state = state
        self._queues = queues
        self._closing = False
        self._model = LazyModel("sqs", code="InvalidParameterValue")
        self._tokens = PageTokens()
        self._operations: dict[str, Callable[[_Content], _Content]] = {
            "DeleteQueue": self._delete_queue,
            "PurgeQueue": self._purge,
            "GetQueueAttributes": self._attributes,
            "SetQueueAttributes": self._set_attributes,
            "SendMessage": self._send,
            "SendMessageBatch": self._send_batch,
            "DeleteMessage": self._delete,
            "DeleteMessageBatch": self._delete_batch,
            "ChangeMessageVisibility": self._change_visibility,
            "ChangeMessageVisibilityBatch": self._change_visibility_batch,
        }
        # Their responses contain URLs, which must have the host that the client called.
        self._url_operations: dict[str, Callable[[_Content, str], _Content]] = {
            "CreateQueue": self._create,
            "GetQueueUrl": self._url,
            "ListQueues": self._list,
        }

    def operation(self, request: Request) -> str | None:
        """The operation that the ``X-Amz-Target`` header names."""
        named = request.headers.get("X-Amz-Target", "")
        operation = named.removeprefix(_TARGET)
        known = {*self._operations, *self._url_operations, "ReceiveMessage"}
        return operation if operation in known and named != operation else None

    async def handle(self, operation: str, request: Request) -> Response:
        """Carry out one request.

        Raises:
            ApiError: the service rejects the request.
        """
        self._model.check_query(request)
        body = parse_json(
            request.body,
            error=ApiError("SerializationException", "The request body is no JSON object."),
        )
        if operation == "ReceiveMessage":
            # The older name of the same parameter, whose enum in the model has other values.
            older = body.pop("AttributeNames", None)
            body.setdefault("MessageSystemAttributeNames", older)
        for member in ("Attributes", "AttributeNames"):
            if isinstance(body.get(member), dict | list):
                check_names(cast("Iterable[object]", body[member]))
        parameters = await self._model.accept(operation, body)
        if operation == "ReceiveMessage":
            content = await receive(
                lambda: self._queues.at(parameters["QueueUrl"]),
                parameters,
                self._state,
                lambda: self._closing,
            )
        elif operation in self._url_operations:
            base = f"http://{request.headers.get('Host', '127.0.0.1')}"
            content = self._url_operations[operation](parameters, base)
        else:
            content = self._operations[operation](parameters)
        return Response.json(content, media_type=_MEDIA_TYPE)

    def error_response(self, error: ApiError, request_id: str) -> Response:
        """The response for an error in JSON 1.0, with its query protocol code in a header."""
        del request_id  # The server puts it into a header; the body has none.
        sender = "Sender" if error.status < 500 else "Receiver"  # noqa: PLR2004 - HTTP's own
        return Response(
            status=error.status,
            body=json.dumps(
                {"__type": f"com.amazonaws.sqs#{error.code}", "message": error.message}
            ).encode(),
            headers={
                "Content-Type": _MEDIA_TYPE,
                "x-amzn-query-error": f"{_QUERY_CODES.get(error.code, error.code)};{sender}",
            },
        )

    def release(self) -> None:
        """Respond to the requests that wait for messages; no request waits from now on."""
        self._closing = True
        self._queues.wake_all()

    async def close(self) -> None:
        """Do nothing: no work outlives its request."""

    def _create(self, parameters: _Content, base: str) -> _Content:
        check_served(parameters, ("tags",), code="UnsupportedOperation")
        queue = self._queues.create(parameters["QueueName"], parameters.get("Attributes", {}))
        return {"QueueUrl": self._queue_url(base, queue.name)}

    def _url(self, parameters: _Content, base: str) -> _Content:
        account = self._state.identity.account_id
        if parameters.get("QueueOwnerAWSAccountId", account) != account:
            raise ApiError("QueueDoesNotExist", "The specified queue does not exist.")
        return {"QueueUrl": self._queue_url(base, self._queues.find(parameters["QueueName"]).name)}

    def _list(self, parameters: _Content, base: str) -> _Content:
        prefix: str = parameters.get("QueueNamePrefix", "")
        size = read_number(parameters, "MaxResults", 1, MAX_LISTED, default=MAX_LISTED)
        start: int | None = 0
        if token := parameters.get("NextToken"):
            start = self._tokens.read(token, prefix)
        if start is None:
            raise ApiError("InvalidParameterValue", "NextToken is not one of this request's.")
        names = self._queues.names(prefix)
        end = start + size
        content: _Content = {}
        if names[start:end]:
            content["QueueUrls"] = [self._queue_url(base, name) for name in names[start:end]]
        # Without MaxResults, the service returns one page and no token.
        if end < len(names) and "MaxResults" in parameters:
            content["NextToken"] = self._tokens.issue(end, prefix)
        return content

    def _delete_queue(self, parameters: _Content) -> _Content:
        self._queues.drop(self._queues.at(parameters["QueueUrl"]))
        return {}

    def _purge(self, parameters: _Content) -> _Content:
        self._queues.at(parameters["QueueUrl"]).clear()
        return {}

    def _attributes(self, parameters: _Content) -> _Content:
        queue = self._queues.at(parameters["QueueUrl"])
        names = set(parameters.get("AttributeNames", ()))
        counts = queue.counts(self._state.now())
        shown = {
            **queue.attributes,
            **{name: str(count) for name, count in counts.items()},
            "QueueArn": queue.arn,
            "CreatedTimestamp": str(int(queue.created.timestamp())),
            "LastModifiedTimestamp": str(int(queue.modified.timestamp())),
        }
        found = {name: text for name, text in shown.items() if {name, "All"} & names}
        return {"Attributes": found} if found else {}

    def _set_attributes(self, parameters: _Content) -> _Content:
        self._queues.change(self._queues.at(parameters["QueueUrl"]), parameters["Attributes"])
        return {}

    def _send(self, parameters: _Content) -> _Content:
        return send_one(self._queues.at(parameters["QueueUrl"]), parameters, self._state.now())

    def _send_batch(self, parameters: _Content) -> _Content:
        queue = self._queues.at(parameters["QueueUrl"])
        return send_batch(queue, parameters["Entries"], self._state.now())

    def _delete(self, parameters: _Content) -> _Content:
        queue = self._queues.at(parameters["QueueUrl"])
        try:
            queue.delete(parameters["ReceiptHandle"])
        except ValueError as error:
            raise ApiError("ReceiptHandleIsInvalid", str(error)) from None
        return {}

    def _delete_batch(self, parameters: _Content) -> _Content:
        url = {"QueueUrl": parameters["QueueUrl"]}
        self._queues.at(url["QueueUrl"])
        return run_batch(parameters["Entries"], lambda entry: self._delete(entry | url))

    def _change_visibility(self, parameters: _Content) -> _Content:
        queue = self._queues.at(parameters["QueueUrl"])
        timeout = read_number(
            parameters, "VisibilityTimeout", 0, MAX_VISIBILITY_SECONDS, default=-1
        )
        try:
            in_flight = queue.change_visibility(parameters["ReceiptHandle"], timeout)
        except ValueError as error:
            raise ApiError("ReceiptHandleIsInvalid", str(error)) from None
        if not in_flight:
            raise ApiError("MessageNotInflight", "The message is not in flight by this receipt.")
        return {}

    def _change_visibility_batch(self, parameters: _Content) -> _Content:
        url = {"QueueUrl": parameters["QueueUrl"]}
        self._queues.at(url["QueueUrl"])
        return run_batch(parameters["Entries"], lambda entry: self._change_visibility(entry | url))

    def _queue_url(self, base: str, name: str) -> str:
        return f"{base}/{self._state.identity.account_id}/{name}"
