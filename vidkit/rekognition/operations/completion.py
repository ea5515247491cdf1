"""The completion queue of jobs: opening it, setting it up and checking it."""

from datetime import timedelta

from vidkit._internal.arguments import checked_arguments
from vidkit.rekognition.completion.completion_queue import CompletionQueue, OnUnknown
from vidkit.rekognition.completion.queue_setup import (
    CompletionChannel,
    Finding,
    check_channel,
    ensure_channel,
)
from vidkit.rekognition.completion.sns_sqs import SnsSqsClient
from vidkit.rekognition.models import NotificationChannel
from vidkit.rekognition.operations.base import RekognitionOperations

__all__ = ["CompletionOperations"]


class CompletionOperations(RekognitionOperations):
    """Completion notifications of jobs over SNS and SQS."""

    @checked_arguments
    def completion_queue(
        self,
        queue_url: str,
        *,
        on_unknown: OnUnknown | None = None,
        safety_interval: float | timedelta = 300.0,
        linger: float | timedelta = 1.0,
        wait_seconds: int = 20,
    ) -> CompletionQueue:
        """The SQS queue that reports the completion of jobs; use it in ``async with``.

        Args:
            queue_url: the URL of a queue that is subscribed to the topic of the notification
                channel, with or without raw message delivery.
            on_unknown: called with each message that this queue does not wait for: about other
                jobs, or no completion notification (its ``body`` is set); the message is deleted
                if it returns True, and is visible to other consumers again otherwise.
            safety_interval: how long a job waits for its message before it is polled, in seconds or
                as a timedelta (300 s).
            linger: the pause between two receives, in seconds or as a timedelta (1 s), so that
                messages that arrive close together are received together, up to ten at once. A
                backlog is received without pauses, and so are messages of others.
            wait_seconds: how long a receive waits for the first message, 1 to 20 (20).

        Raises:
            RequestError: a parameter is invalid.

        Source: ``ReceiveMessage``, ``DeleteMessageBatch`` and ``ChangeMessageVisibilityBatch`` of
        SQS.
        """
        return CompletionQueue(
            self._caller,
            queue_url,
            on_unknown=on_unknown,
            safety_interval=safety_interval,
            linger=linger,
            wait_seconds=wait_seconds,
        )

    @checked_arguments
    async def ensure_completion_queue(self, name: str, *, role_arn: str) -> CompletionChannel:
        """Create topic, queue, queue policy and subscription, each if it does not exist.

        The operation is idempotent. Topic and queue are named ``AmazonRekognition-<name>``, because
        the policy ``AmazonRekognitionServiceRole`` allows Rekognition to publish only to topics
        whose names begin with ``AmazonRekognition``.

        Args:
            name: 1 to 60 of ``a-zA-Z0-9_-``.
            role_arn: the role that Rekognition assumes to publish to the topic.

        Returns:
            The queue's URL, and the notification channel to start jobs with.

        Raises:
            RequestError: a parameter is invalid; nothing was sent.
            AuthError: the credentials do not allow creating topics or queues.
            ConflictError: no message can arrive because of a ``Deny`` statement in the queue's
                policy, or a subscription that is not confirmed or has a filter policy; the message
                says what to change.
            VidKitError: see `vidkit.errors`.

        Source: ``CreateTopic``, ``Subscribe`` and ``GetSubscriptionAttributes`` of SNS,
        ``CreateQueue``, ``GetQueueAttributes`` and ``SetQueueAttributes`` of SQS.
        """
        return await ensure_channel(SnsSqsClient(self._caller), name, role_arn)

    @checked_arguments
    async def check_completion_queue(
        self, queue_url: str, *, notification_channel: NotificationChannel
    ) -> list[Finding]:
        """Find what keeps completion messages from arriving, and how to correct it.

        Checks what is commonly misconfigured: the topic's region and name; whether the queue is
        subscribed, the subscription confirmed and without a filter policy; the queue's policy with
        its conditions; and whether the queue is encrypted with the AWS managed key. It does not
        check the permissions of the role, nor the policy of a customer managed key. The queue may
        be in another region than the kit's: its URL names it.

        Args:
            queue_url: the queue's URL.
            notification_channel: the notification channel that jobs are started with.

        Returns:
            The findings; an empty list if there are none.

        Raises:
            RequestError: a parameter is invalid; nothing was sent.
            AuthError: the credentials do not allow reading the topic or the queue.
            VidKitError: see `vidkit.errors`.

        Source: ``GetTopicAttributes``, ``ListSubscriptionsByTopic`` and
        ``GetSubscriptionAttributes`` of SNS, ``GetQueueAttributes`` of SQS.
        """
        region = await self._caller.runtime.aws_region()
        return await check_channel(
            SnsSqsClient(self._caller), queue_url, notification_channel, region=region
        )
