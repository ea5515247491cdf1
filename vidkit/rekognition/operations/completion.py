"""Learning of the ends of jobs without polling: the queue, and setting it up."""

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
    """SNS and SQS, as far as the ends of jobs go."""

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
        """The SQS queue that tells of the ends of jobs; use it in ``async with``.

        Args:
            queue_url: the queue's URL; a topic that Rekognition publishes to is subscribed to it,
                by an SNS envelope or with raw message delivery.
            on_unknown: told of messages of other jobs; when it returns True they are deleted,
                otherwise they are left for others.
            safety_interval: how long a job waits for its message before it is looked at, in
                seconds or as a timedelta (300 s).
            linger: the pause between two receives (1 s); ends that come close together are then
                received together, up to ten at once. A backlog is received without pauses.
            wait_seconds: how long a receive waits for the first message, 1 to 20 (20).

        Raises:
            RequestError: a parameter is wrong.

        Source: ``ReceiveMessage`` and ``DeleteMessageBatch`` of SQS.
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
        """Make topic, queue, queue policy and subscription, as far as they are missing.

        Running it twice is running it once. Topic and queue are named ``AmazonRekognition-<name>``:
        the policy ``AmazonRekognitionServiceRole`` lets Rekognition publish only to topics whose
        names begin so.

        Args:
            name: 1 to 60 of ``a-zA-Z0-9_-``.
            role_arn: the role that Rekognition publishes with.

        Returns:
            The queue's URL and the notification channel to give to starts.

        Raises:
            RequestError: a parameter is wrong; nothing was sent.
            AuthError: the caller may not make topics or queues.
            VidKitError: see `vidkit.errors`.

        Source: ``CreateTopic`` and ``Subscribe`` of SNS, ``CreateQueue``, ``GetQueueAttributes``
        and ``SetQueueAttributes`` of SQS.
        """
        return await ensure_channel(SnsSqsClient(self._caller), name, role_arn)

    @checked_arguments
    async def check_completion_queue(
        self, queue_url: str, *, notification_channel: NotificationChannel
    ) -> list[Finding]:
        """What keeps completion messages from arriving, and what to do about it.

        Looks at what commonly is wrong: the region, the topic's name, the subscription, the
        queue's policy. The role's own permissions cannot be seen from here.

        Args:
            queue_url: the queue.
            notification_channel: what the starts are given.

        Returns:
            Findings; an empty list when nothing is wrong.

        Raises:
            RequestError: a parameter is wrong; nothing was sent.
            AuthError: the caller may not look.
            VidKitError: see `vidkit.errors`.

        Source: ``GetTopicAttributes`` and ``ListSubscriptionsByTopic`` of SNS,
        ``GetQueueAttributes`` of SQS.
        """
        region = await (await self._caller.runtime.aws()).region()
        return await check_channel(
            SnsSqsClient(self._caller), queue_url, notification_channel, region=region
        )
