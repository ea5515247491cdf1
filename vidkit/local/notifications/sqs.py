"""SQS of the local cloud, over JSON 1.0."""

import json
from collections.abc import Callable, Iterable
from typing import Any, Final, TypeAlias, cast

from vidkit.local.notifications.batches import run_batch
from vidkit.local.notifications.queues import Queues, check_names
from vidkit.local.notifications.receiving import MAX_VISIBILITY, receive, within
from vidkit.local.notifications.sending import send_batch, send_one
from vidkit.local.protocol.lazy_models import LazyModel
from vidkit.local.protocol.page_tokens import PageTokens
from vidkit.local.protocol.wire import Answer, Fault, Request, parse_json
from vidkit.local.runtime.state import State

MAX_LISTED: Final = 1000
"""Queues on a page."""

_Content: TypeAlias = dict[str, Any]

_MEDIA_TYPE: Final = "application/x-amz-json-1.0"
_TARGET: Final = "AmazonSQS."
# What clients of the query protocol, which came before, knew these errors as.
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


class Sqs:
    """Standard queues: at-least-once, with visibility timeouts and long polling.

    Where the documents leave a choice: messages come in the order of sending and are deleted at
    once; an older receipt handle of a message deletes nothing; a queue's name is free again as
    soon as the queue is deleted. A policy matters to SNS only: the account's own key pair may do
    everything. FIFO queues and dead-letter queues are refused.

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
            "ChangeMessageVisibility": self._postpone,
            "ChangeMessageVisibilityBatch": self._postpone_batch,
        }
        # Their answers hold addresses, which are those that the client knows.
        self._addressing: dict[str, Callable[[_Content, str], _Content]] = {
            "CreateQueue": self._create,
            "GetQueueUrl": self._url,
            "ListQueues": self._list,
        }

    def operation(self, request: Request) -> str | None:
        """The operation that the ``X-Amz-Target`` header names."""
        named = request.headers.get("X-Amz-Target", "")
        operation = named.removeprefix(_TARGET)
        known = {*self._operations, *self._addressing, "ReceiveMessage"}
        return operation if operation in known and named != operation else None

    async def handle(self, operation: str, request: Request) -> Answer:
        """Answer one request.

        Raises:
            Fault: the service refuses.
        """
        body = parse_json(
            request.body,
            fault=Fault("SerializationException", "The request body is no JSON object."),
        )
        if operation == "ReceiveMessage":
            # The older name of the same parameter; the model's list for it is one of other names.
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
        elif operation in self._addressing:
            base = f"http://{request.headers.get('Host', '127.0.0.1')}"
            content = self._addressing[operation](parameters, base)
        else:
            content = self._operations[operation](parameters)
        return Answer.json(content, media_type=_MEDIA_TYPE)

    def refuse(self, fault: Fault, request_id: str) -> Answer:
        """A fault as JSON 1.0 has it, with its code of the query protocol in a header."""
        del request_id  # The server puts it into a header; the body has none.
        sender = "Sender" if fault.status < 500 else "Receiver"  # noqa: PLR2004 - HTTP's own
        return Answer(
            status=fault.status,
            body=json.dumps(
                {"__type": f"com.amazonaws.sqs#{fault.code}", "message": fault.message}
            ).encode(),
            headers={
                "Content-Type": _MEDIA_TYPE,
                "x-amzn-query-error": f"{_QUERY_CODES.get(fault.code, fault.code)};{sender}",
            },
        )

    def release(self) -> None:
        """Answer those who wait for messages, and let nobody wait any more."""
        self._closing = True
        self._queues.wake_all()

    async def close(self) -> None:
        """End the work that is still running: each request ends its own."""

    def _create(self, parameters: _Content, base: str) -> _Content:
        queue = self._queues.create(parameters["QueueName"], parameters.get("Attributes", {}))
        return {"QueueUrl": self._address(base, queue.name)}

    def _url(self, parameters: _Content, base: str) -> _Content:
        account = self._state.identity.account_id
        if parameters.get("QueueOwnerAWSAccountId", account) != account:
            raise Fault("QueueDoesNotExist", "The specified queue does not exist.")
        return {"QueueUrl": self._address(base, self._queues.find(parameters["QueueName"]).name)}

    def _list(self, parameters: _Content, base: str) -> _Content:
        prefix: str = parameters.get("QueueNamePrefix", "")
        size = within(parameters, "MaxResults", 1, MAX_LISTED, default=MAX_LISTED)
        start: int | None = 0
        if token := parameters.get("NextToken"):
            start = self._tokens.read(token, prefix)
        if start is None:
            raise Fault("InvalidParameterValue", "NextToken is not one of this request's.")
        names = self._queues.names(prefix)
        end = start + size
        content: _Content = {}
        if names[start:end]:
            content["QueueUrls"] = [self._address(base, name) for name in names[start:end]]
        # Without a size asked for, the service leaves out what does not fit.
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
        wanted = set(parameters.get("AttributeNames", ()))
        counts = queue.counts(self._state.now())
        shown = {
            **queue.attributes,
            **{name: str(count) for name, count in counts.items()},
            "QueueArn": queue.arn,
            "CreatedTimestamp": str(int(queue.created.timestamp())),
            "LastModifiedTimestamp": str(int(queue.modified.timestamp())),
        }
        found = {name: text for name, text in shown.items() if {name, "All"} & wanted}
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
            raise Fault("ReceiptHandleIsInvalid", str(error)) from None
        return {}

    def _delete_batch(self, parameters: _Content) -> _Content:
        url = {"QueueUrl": parameters["QueueUrl"]}
        self._queues.at(url["QueueUrl"])
        return run_batch(parameters["Entries"], lambda entry: self._delete(entry | url))

    def _postpone(self, parameters: _Content) -> _Content:
        queue = self._queues.at(parameters["QueueUrl"])
        timeout = within(parameters, "VisibilityTimeout", 0, MAX_VISIBILITY, default=-1)
        try:
            in_flight = queue.postpone(parameters["ReceiptHandle"], timeout)
        except ValueError as error:
            raise Fault("ReceiptHandleIsInvalid", str(error)) from None
        if not in_flight:
            raise Fault("MessageNotInflight", "The message is not in flight by this receipt.")
        return {}

    def _postpone_batch(self, parameters: _Content) -> _Content:
        url = {"QueueUrl": parameters["QueueUrl"]}
        self._queues.at(url["QueueUrl"])
        return run_batch(parameters["Entries"], lambda entry: self._postpone(entry | url))

    def _address(self, base: str, name: str) -> str:
        return f"{base}/{self._state.identity.account_id}/{name}"
