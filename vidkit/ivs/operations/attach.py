"""Attaches a playback restriction policy to many channels, or detaches it."""

import asyncio
import random
import time
from collections.abc import AsyncIterable, Mapping, Sequence
from datetime import timedelta

from vidkit._internal.arguments import checked_arguments, seconds, short_repr
from vidkit.errors import ConflictError, RequestError, VidKitError
from vidkit.ivs.channel_batches import batches, merge_responses
from vidkit.ivs.models.channels import BatchGetChannelResponse, UpdateChannelRequest
from vidkit.ivs.models.policies import PlaybackRestrictionPolicy
from vidkit.ivs.operations.channels import UPDATE, ChannelOperations
from vidkit.ivs.policy_report import (
    Channels,
    PolicyReport,
    SortedChannels,
    channel_arn,
    check_channels,
    policy_arn,
)
from vidkit.ivs.rate_limits import (
    CALLS_PER_SECOND,
    ThrottlingPatience,
    call_at_rate,
    check_rate,
    run_for_each,
)
from vidkit.jobs.polling import poll_delay

__all__ = ["AttachOperations"]


class AttachOperations(ChannelOperations):
    """Operations that set the policy of many channels."""

    @checked_arguments
    async def apply_policy(
        self,
        policy: PlaybackRestrictionPolicy | str,
        *,
        channels: Channels,
        plan: bool = False,
        wait_while_live: timedelta | None = None,
        rate: float = CALLS_PER_SECOND,
    ) -> PolicyReport:
        """Attach a policy to channels, and report the outcome for each of them.

        First all channels are fetched, 50 per call; then those that have another policy or none
        are updated, a few at the same time. The failure of a channel is not raised and does not
        stop the others. A channel that is given twice is updated once. One call of this method
        makes many API calls; each of them has its own retries and deadline. Throttling fails no
        channel: the calls slow down and are repeated, unless none succeeds for as long as the
        patience of the kit's `PollPolicy` (300 s).

        Args:
            policy: the policy, or its ARN.
            channels: ARNs, channels or summaries, or an iterator over them, synchronous or not,
                such as ``kit.ivs.list_channels()``; read to its end before anything is changed.
            plan: whether to send no updates, and to report in ``planned`` which would be sent.
            wait_while_live: how long to repeat the update of a channel that is live and therefore
                cannot be updated, as often as the kit's `PollPolicy` says; default: not at all.
            rate: calls per second, of ``BatchGetChannel`` and of ``UpdateChannel`` each, evenly
                spaced (5, which is the service's quota per account and region). All calls of a kit
                with the same rate share it; give less if other programs call these operations too.

        Raises:
            RequestError: a parameter is invalid; nothing was sent, except what ``channels`` itself
                sends.
            VidKitError: from ``channels``, if it is an iterator that fails; nothing was changed.

        Source: ``BatchGetChannel``, ``UpdateChannel``.
        """
        arn = policy_arn(policy)
        return await self._set_policy(
            arn, channels, plan=plan, wait_while_live=wait_while_live, rate=rate
        )

    @checked_arguments
    async def detach_policy(
        self,
        *,
        channels: Channels,
        plan: bool = False,
        wait_while_live: timedelta | None = None,
        rate: float = CALLS_PER_SECOND,
    ) -> PolicyReport:
        """Detach the policies of channels, and report the outcome for each of them.

        Works like `apply_policy`, but the channels have no policy afterwards.

        Args:
            channels: ARNs, channels or summaries, or an iterator over them, as in `apply_policy`.
            plan: whether to send no updates, and to report in ``planned`` which would be sent.
            wait_while_live: how long to repeat the update of a channel that is live, as in
                `apply_policy`; default: not at all.
            rate: calls per second, of ``BatchGetChannel`` and of ``UpdateChannel`` each (5).

        Raises:
            RequestError: a parameter is invalid; nothing was sent, except what ``channels`` itself
                sends.
            VidKitError: from ``channels``, if it is an iterator that fails; nothing was changed.

        Source: ``BatchGetChannel``, ``UpdateChannel``.
        """
        return await self._set_policy(
            "", channels, plan=plan, wait_while_live=wait_while_live, rate=rate
        )

    async def _set_policy(
        self,
        policy: str,
        channels: Channels,
        *,
        plan: bool,
        wait_while_live: timedelta | None,
        rate: float,
    ) -> PolicyReport:
        check_channels(channels)
        patience = _patience_seconds(wait_while_live)
        rate = check_rate(rate)
        if not isinstance(plan, bool):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise RequestError(f"plan={short_repr(plan)}: must be True or False")
        self._caller.runtime.check()
        arns = await _unique_arns(channels)
        sorted_channels = await self._sort_channels(policy, arns, rate)
        if plan:
            return PolicyReport(
                policy_arn=policy,
                planned=sorted_channels.differing,
                unchanged=sorted_channels.unchanged,
                failed=sorted_channels.failed,
            )
        outcomes = await self._update_all(policy, sorted_channels.differing, patience, rate)
        failed = sorted_channels.failed | {
            arn: outcome
            for arn, outcome in outcomes.items()
            if outcome is not None and not isinstance(outcome, ConflictError)
        }
        return PolicyReport(
            policy_arn=policy,
            changed=[arn for arn, outcome in outcomes.items() if outcome is None],
            unchanged=sorted_channels.unchanged,
            live=[arn for arn, outcome in outcomes.items() if isinstance(outcome, ConflictError)],
            failed={arn: failed[arn] for arn in arns if arn in failed},
        )

    def _throttling_patience(self) -> ThrottlingPatience:
        return ThrottlingPatience(self._caller.options.poll.patience)

    async def _sort_channels(self, policy: str, arns: Sequence[str], rate: float) -> SortedChannels:
        """Get all channels; if a call fails, all channels of its batch have failed."""
        throttling_patience = self._throttling_patience()

        async def get(batch: list[str]) -> BatchGetChannelResponse | VidKitError:
            try:
                return await self._get_batch(batch, rate=rate, patience=throttling_patience)
            except VidKitError as error:
                return error

        all_batches = batches(arns)
        outcomes = await run_for_each(get, all_batches)
        failed: dict[str, VidKitError] = {}
        responses: list[BatchGetChannelResponse] = []
        for batch, outcome in zip(all_batches, outcomes, strict=True):
            if isinstance(outcome, VidKitError):
                failed |= dict.fromkeys(batch, outcome)
            else:
                responses.append(outcome)
        received = SortedChannels.from_response(
            policy, merge_responses([arn for arn in arns if arn not in failed], responses)
        )
        failed |= received.failed
        return SortedChannels(
            received.differing,
            received.unchanged,
            {arn: failed[arn] for arn in arns if arn in failed},
        )

    async def _update_all(
        self, policy: str, arns: Sequence[str], patience: float, rate: float
    ) -> Mapping[str, VidKitError | None]:
        """Update channels, and repeat those that are live; the outcome of each channel by ARN."""
        outcomes: dict[str, VidKitError | None] = dict.fromkeys(arns)
        updated_at: dict[str, float] = {}
        wait_until: dict[str, float] = {}
        throttling_patience = self._throttling_patience()

        async def update(arn: str) -> VidKitError | None:
            outcome = await self._update_one(
                policy, arn, rate=rate, throttling_patience=throttling_patience
            )
            updated_at[arn] = time.monotonic()
            return outcome

        remaining: list[str] = list(arns)
        rounds = 0
        while remaining:
            rounds += 1
            outcomes |= dict(zip(remaining, await run_for_each(update, remaining), strict=True))
            live = [arn for arn in remaining if isinstance(outcomes[arn], ConflictError)]
            # A round may take longer than the patience. So each channel has its own time limit,
            # which begins when the service first responds that it is live.
            remaining = [
                arn
                for arn in live
                if wait_until.setdefault(arn, updated_at[arn] + patience) > updated_at[arn]
            ]
            if remaining:
                delay = poll_delay(self._caller.options.poll, rounds, random.random())  # noqa: S311
                until_first = min(wait_until[arn] for arn in remaining) - time.monotonic()
                await asyncio.sleep(min(delay, max(until_first, 0)))
        return outcomes

    async def _update_one(
        self, policy: str, arn: str, *, rate: float, throttling_patience: ThrottlingPatience
    ) -> VidKitError | None:
        request = UpdateChannelRequest(arn=arn, playback_restriction_policy_arn=policy)
        try:
            await call_at_rate(
                self._caller, UPDATE, request, rate=rate, patience=throttling_patience
            )
        except VidKitError as error:
            return error
        return None


async def _unique_arns(channels: Channels) -> list[str]:
    """The ARNs of the channels, without duplicates, in order.

    Raises:
        RequestError: an item is not a channel.
    """
    if isinstance(channels, AsyncIterable):
        items = [channel async for channel in channels]
    else:
        items = list(channels)
    return list(dict.fromkeys(channel_arn(channel, n) for n, channel in enumerate(items)))


def _patience_seconds(wait_while_live: timedelta | None) -> float:
    if wait_while_live is None:
        return 0.0
    if not isinstance(wait_while_live, timedelta):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise RequestError(
            f"wait_while_live={short_repr(wait_while_live)}: must be a timedelta, or None"
        )
    return seconds(wait_while_live, parameter="wait_while_live", error=RequestError, zero=True)
