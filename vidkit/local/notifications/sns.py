"""SNS of the local cloud, over the query protocol."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, TypeAlias

from vidkit.local.notifications.attributes import read_attributes
from vidkit.local.notifications.batches import run_batch
from vidkit.local.notifications.query import entries, error_document, read_form, response_document
from vidkit.local.notifications.served_members import check_served
from vidkit.local.notifications.topics import (
    MAX_MESSAGE_BYTES,
    Topic,
    Topics,
    TopicSubscription,
    check_subscription_attribute,
    invalid,
)
from vidkit.local.protocol.lazy_models import LazyModel
from vidkit.local.protocol.page_tokens import PageTokens
from vidkit.local.protocol.wire import ApiError, Request, Response
from vidkit.local.runtime.state import State

PAGE_SIZE: Final = 100
"""Topics or subscriptions on a page."""

_Content: TypeAlias = dict[str, Any]

_MEDIA_TYPE: Final = "text/xml"
# In a form, an empty list or map is an empty text.
_LISTS_AND_MAPS: Final = frozenset({"Attributes", "MessageAttributes", "Tags"})
# What names the operation is no member of it.
_PROTOCOL: Final = frozenset({"Action", "Version"})
_ENTRIES: Final = "PublishBatchRequestEntries"
_NOT_PUBLISHED: Final = ("MessageDeduplicationId", "MessageGroupId", "PhoneNumber")
_BOOLEANS: Final = {"true": True, "false": False}


class SnsService:
    """Standard topics with queues as subscribers.

    Only the protocol ``sqs`` is supported. A queue's policy must admit the topic; as in AWS, the
    publisher gets no error when it does not. A message is delivered before the response to
    ``Publish``.

    Args:
        state: what the services share.
        topics: the account's topics.
    """

    name = "sns"

    def __init__(self, state: State, topics: Topics) -> None:
        self._state = state
        self._topics = topics
        self._model = LazyModel("sns", code="InvalidParameter")
        self._tokens = PageTokens()
        self._operations: dict[str, Callable[[_Content], _Content | None]] = {
            "CreateTopic": self._create,
            "ListTopics": self._list,
            "GetTopicAttributes": self._attributes,
            "DeleteTopic": self._delete,
            "Subscribe": self._subscribe,
            "ListSubscriptionsByTopic": self._subscriptions,
            "GetSubscriptionAttributes": self._subscription_attributes,
            "SetSubscriptionAttributes": self._set_subscription_attributes,
            "Unsubscribe": self._unsubscribe,
            "Publish": self._publish,
            "PublishBatch": self._publish_batch,
        }

    def operation(self, request: Request) -> str | None:
        """The operation that the form names."""
        try:
            operation = read_form(request.body).get("Action")
        except ApiError:
            return None
        # A name with dots makes it an object.
        known = isinstance(operation, str) and operation in self._operations
        return operation if known else None

    async def handle(self, operation: str, request: Request) -> Response:
        """Carry out one request.

        Raises:
            ApiError: the service rejects the request.
        """
        self._model.check_query(request)
        form = read_form(request.body)
        form = {
            name: value
            for name, value in form.items()
            if name not in _PROTOCOL and (value or name not in _LISTS_AND_MAPS)
        }
        if "ReturnSubscriptionArn" in form:
            # The only boolean parameter; in a form it is a text.
            text = form["ReturnSubscriptionArn"]
            form["ReturnSubscriptionArn"] = _BOOLEANS.get(text, text)
        if form.get(_ENTRIES) == "":
            form[_ENTRIES] = []
        parameters = await self._model.accept(operation, form)
        content = self._operations[operation](parameters)
        request_id = str(uuid.uuid4())
        return Response(
            body=response_document(operation, content, request_id),
            headers={"Content-Type": _MEDIA_TYPE, "x-amzn-RequestId": request_id},
        )

    def error_response(self, error: ApiError, request_id: str) -> Response:
        """The response for an error in the query protocol."""
        return Response(
            status=error.status,
            body=error_document(error, request_id),
            headers={"Content-Type": _MEDIA_TYPE, "x-amzn-RequestId": request_id},
        )

    async def close(self) -> None:
        """Do nothing: no work outlives its request."""

    def _create(self, parameters: _Content) -> _Content:
        check_served(parameters, ("DataProtectionPolicy", "Tags"), code="InvalidParameter")
        topic = self._topics.create(parameters["Name"], parameters.get("Attributes", {}))
        return {"TopicArn": topic.arn}

    def _list(self, parameters: _Content) -> _Content:
        members = [{"TopicArn": arn} for arn in self._topics.arns()]
        return self._page("Topics", members, parameters, "ListTopics")

    def _attributes(self, parameters: _Content) -> _Content:
        topic = self._topics.find(parameters["TopicArn"])
        shown = {
            "DisplayName": "",
            **topic.attributes,
            "TopicArn": topic.arn,
            "Owner": self._state.identity.account_id,
            "SubscriptionsConfirmed": str(len(topic.subscriptions)),
            "SubscriptionsPending": "0",
            "SubscriptionsDeleted": str(topic.deleted),
        }
        return {"Attributes": entries(shown)}

    def _delete(self, parameters: _Content) -> None:
        self._topics.delete(parameters["TopicArn"])

    def _subscribe(self, parameters: _Content) -> _Content:
        subscription = self._topics.subscribe(
            self._topics.find(parameters["TopicArn"]),
            parameters["Protocol"],
            parameters.get("Endpoint", ""),
            parameters.get("Attributes", {}),
        )
        return {"SubscriptionArn": subscription.arn}

    def _subscriptions(self, parameters: _Content) -> _Content:
        topic = self._topics.find(parameters["TopicArn"])
        members = [self._member(subscription) for subscription in topic.subscriptions.values()]
        return self._page("Subscriptions", members, parameters, topic.arn)

    def _subscription_attributes(self, parameters: _Content) -> _Content:
        subscription = self._topics.subscription(parameters["SubscriptionArn"])
        shown = {
            **self._member(subscription),
            "RawMessageDelivery": str(subscription.raw).lower(),
            "ConfirmationWasAuthenticated": "true",
            "PendingConfirmation": "false",
        }
        return {"Attributes": entries(shown)}

    def _set_subscription_attributes(self, parameters: _Content) -> None:
        subscription = self._topics.subscription(parameters["SubscriptionArn"])
        value = parameters.get("AttributeValue", "")
        check_subscription_attribute(parameters["AttributeName"], value)
        subscription.raw = value == "true"

    def _unsubscribe(self, parameters: _Content) -> None:
        self._topics.unsubscribe(parameters["SubscriptionArn"])

    def _publish(self, parameters: _Content) -> _Content:
        arn = parameters.get("TopicArn", parameters.get("TargetArn"))
        if arn is None:
            raise invalid("TopicArn or TargetArn Reason: no value for required parameter")
        return self._publish_to(self._topics.find(arn), parameters)

    def _publish_batch(self, parameters: _Content) -> _Content:
        topic = self._topics.find(parameters["TopicArn"])
        messages: list[_Content] = parameters[_ENTRIES]
        if sum(len(message["Message"].encode()) for message in messages) > MAX_MESSAGE_BYTES:
            raise ApiError(
                "BatchRequestTooLong",
                f"Batch requests cannot be longer than {MAX_MESSAGE_BYTES} bytes.",
            )
        results = run_batch(messages, lambda message: self._publish_to(topic, message))
        return {name: {"member": members} for name, members in results.items()}

    def _publish_to(self, topic: Topic, parameters: _Content) -> _Content:
        check_served(parameters, _NOT_PUBLISHED, code="InvalidParameter")
        message_id = self._topics.publish(
            topic,
            parameters["Message"],
            subject=parameters.get("Subject"),
            structure=parameters.get("MessageStructure"),
            attributes=read_attributes(
                parameters.get("MessageAttributes", {}), code="ParameterValueInvalid"
            ),
        )
        return {"MessageId": message_id}

    def _member(self, subscription: TopicSubscription) -> dict[str, str]:
        return {
            "SubscriptionArn": subscription.arn,
            "Owner": self._state.identity.account_id,
            "Protocol": "sqs",
            "Endpoint": subscription.endpoint,
            "TopicArn": subscription.topic_arn,
        }

    def _page(
        self,
        name: str,
        members: Sequence[Mapping[str, str]],
        parameters: _Content,
        bound: str,
    ) -> _Content:
        start: int | None = 0
        if token := parameters.get("NextToken"):
            start = self._tokens.read(token, bound)
        if start is None:
            raise invalid("NextToken")
        end = start + PAGE_SIZE
        content: _Content = {name: {"member": list(members[start:end])}}
        if end < len(members):
            content["NextToken"] = self._tokens.issue(end, bound)
        return content
