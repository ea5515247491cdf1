"""The JSON document that SNS wraps a message in."""

import base64
import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime

from vidkit.local.notifications.attributes import Attribute


def envelope(
    message: str,
    *,
    message_id: str,
    topic_arn: str,
    subscription_arn: str,
    subject: str | None,
    attributes: Mapping[str, Attribute],
    now: datetime,
    endpoint: str,
) -> str:
    """The body of a delivery that is not raw.

    The signature has the form of a real one but is not valid, and nothing is served at the URL of
    its certificate.

    Args:
        message: the published message.
        message_id: its id, the same for all subscriptions.
        topic_arn: its topic.
        subscription_arn: the subscription that it is delivered to.
        subject: its subject; left out when there is none.
        attributes: its attributes; left out when there are none.
        now: when it was published.
        endpoint: the local cloud's endpoint URL.
    """
    timestamp = now.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    content: dict[str, object] = {
        "Type": "Notification",
        "MessageId": message_id,
        "TopicArn": topic_arn,
        **({} if subject is None else {"Subject": subject}),
        "Message": message,
        "Timestamp": timestamp,
        "SignatureVersion": "1",
        "Signature": base64.b64encode(
            hashlib.sha256(f"{message_id}{timestamp}{message}".encode()).digest()
        ).decode(),
        "SigningCertURL": f"{endpoint}/SimpleNotificationService-local.pem",
        "UnsubscribeURL": f"{endpoint}/?Action=Unsubscribe&SubscriptionArn={subscription_arn}",
    }
    if attributes:
        content["MessageAttributes"] = {
            name: {"Type": attribute.data_type, "Value": attribute.value}
            for name, attribute in attributes.items()
        }
    return json.dumps(content)
