"""The queues of an account, and their attributes."""

import re
from collections.abc import Iterable, Mapping
from urllib.parse import urlsplit

from vidkit.local.notifications.attributes import Attribute
from vidkit.local.notifications.message_queue import Queue
from vidkit.local.protocol.whole_numbers import whole_number
from vidkit.local.protocol.wire import ApiError
from vidkit.local.runtime.state import State
from vidkit.rekognition.completion.queue_policies import PolicyDecision, evaluate, statements_of

SETTABLE: dict[str, tuple[int, int, int]] = {
    "VisibilityTimeout": (30, 0, 43_200),
    "MessageRetentionPeriod": (345_600, 60, 1_209_600),
    "MaximumMessageSize": (1_048_576, 1_024, 1_048_576),
    "DelaySeconds": (0, 0, 900),
    "ReceiveMessageWaitTimeSeconds": (0, 0, 20),
}
"""Default, minimum and maximum of the numeric attributes."""

_NAME = re.compile(r"[A-Za-z0-9_-]{1,80}")
# Encryption at rest makes no difference to clients.
_WITHOUT_EFFECT = frozenset(
    {"KmsMasterKeyId", "KmsDataKeyReusePeriodSeconds", "SqsManagedSseEnabled"}
)
_NOT_SUPPORTED = frozenset(
    {
        "FifoQueue",
        "ContentBasedDeduplication",
        "DeduplicationScope",
        "FifoThroughputLimit",
        "RedrivePolicy",
        "RedriveAllowPolicy",
    }
)
_KNOWN = frozenset(
    {
        "All",
        "Policy",
        "QueueArn",
        "CreatedTimestamp",
        "LastModifiedTimestamp",
        "ApproximateNumberOfMessages",
        "ApproximateNumberOfMessagesNotVisible",
        "ApproximateNumberOfMessagesDelayed",
        *SETTABLE,
        *_WITHOUT_EFFECT,
        *_NOT_SUPPORTED,
    }
)


class Queues:
    """The standard queues of an account, by name."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._queues: dict[str, Queue] = {}

    def create(self, name: str, attributes: Mapping[str, str]) -> Queue:
        """Create a queue, or return the one that has the same name and attributes.

        Raises:
            ApiError: the name or an attribute is not allowed, or a queue of that name has another
                value for one of the attributes.
        """
        if name.endswith(".fifo"):
            raise _not_supported("FIFO queues")
        if not _NAME.fullmatch(name):
            raise ApiError(
                "InvalidParameterValue",
                "Can only include alphanumeric characters, hyphens, or underscores."
                " 1 to 80 in length",
            )
        settings = read_settings(attributes)
        queue = self._queues.get(name)
        if queue is not None:
            for key, value in settings.items():
                if queue.attributes.get(key) != value:
                    raise ApiError(
                        "QueueNameExists",
                        "A queue already exists with the same name and a different value for"
                        f" attribute {key}",
                    )
            return queue
        identity = self._state.identity
        arn = f"arn:aws:sqs:{identity.region}:{identity.account_id}:{name}"
        defaults = {key: str(default) for key, (default, _, _) in SETTABLE.items()}
        queue = Queue(name, arn, {**defaults, **settings}, self._state.now())
        self._queues[name] = queue
        return queue

    def find(self, name: str) -> Queue:
        """The queue with a name.

        Raises:
            ApiError: ``QueueDoesNotExist``.
        """
        queue = self._queues.get(name)
        if queue is None:
            raise ApiError("QueueDoesNotExist", "The specified queue does not exist.")
        return queue

    def at(self, url: str) -> Queue:
        """The queue with a URL; the URL's host is ignored.

        Raises:
            ApiError: ``InvalidAddress`` or ``QueueDoesNotExist``.
        """
        try:
            parts = urlsplit(url).path.split("/")
        except ValueError:
            parts = []
        account = self._state.identity.account_id
        if parts[:-1] != ["", account] or not parts[-1]:
            raise ApiError("InvalidAddress", f"The address {url} is not valid for this endpoint.")
        return self.find(parts[-1])

    def names(self, prefix: str) -> list[str]:
        """The names with a prefix, sorted."""
        return sorted(name for name in self._queues if name.startswith(prefix))

    def change(self, queue: Queue, attributes: Mapping[str, str]) -> None:
        """Set attributes of a queue.

        Raises:
            ApiError: an attribute is unknown, or its value is not allowed.
        """
        queue.attributes.update(read_settings(attributes))
        if not queue.attributes.get("Policy", "-"):
            del queue.attributes["Policy"]
        queue.modified = self._state.now()
        queue.wake()

    def drop(self, queue: Queue) -> None:
        """Delete a queue with its messages."""
        del self._queues[queue.name]
        queue.clear()
        queue.wake()

    def wake_all(self) -> None:
        """End all current waits for messages."""
        for queue in self._queues.values():
            queue.wake()

    def deliver(
        self, queue_arn: str, topic_arn: str, body: str, attributes: Mapping[str, Attribute]
    ) -> bool:
        """Send a topic's message to a queue, if the queue exists and its policy admits it.

        Returns:
            Whether the message was sent.
        """
        queue = next((queue for queue in self._queues.values() if queue.arn == queue_arn), None)
        if queue is None:
            return False
        decision = evaluate(
            queue.attributes.get("Policy"),
            queue_arn=queue_arn,
            topic_arn=topic_arn,
            account_id=self._state.identity.account_id,
        )
        if decision is not PolicyDecision.ALLOWED:
            return False
        queue.send(body, self._state.now(), attributes=attributes)
        return True


def check_names(names: Iterable[object]) -> None:
    """Check that queue attributes are known.

    Raises:
        ApiError: ``InvalidAttributeName``.
    """
    for name in names:
        if name not in _KNOWN:
            raise ApiError("InvalidAttributeName", f"Unknown Attribute {name}.")


def read_settings(attributes: Mapping[str, str]) -> dict[str, str]:
    """The attributes of a request, checked.

    Raises:
        ApiError: an attribute is unknown or not supported here, or its value is not allowed.
    """
    return {name: _read_setting(name, value) for name, value in attributes.items()}


def _read_setting(name: str, value: str) -> str:
    if name in _WITHOUT_EFFECT:
        return value
    if name in _NOT_SUPPORTED:
        raise _not_supported(name)
    invalid_value = ApiError("InvalidAttributeValue", f"Invalid value for the parameter {name}.")
    if name == "Policy":
        if value and statements_of(value) is None:
            raise invalid_value
        return value
    if name not in SETTABLE:
        raise ApiError("InvalidAttributeName", f"Unknown Attribute {name}.")
    _, least, most = SETTABLE[name]
    number = whole_number(value, least, most)
    if number is None:
        raise invalid_value
    return str(number)


def _not_supported(what: str) -> ApiError:
    return ApiError("UnsupportedOperation", f"{what} is not served here: queues are standard ones.")
