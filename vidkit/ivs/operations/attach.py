"""A playback restriction policy put on many channels, or taken off them."""

import asyncio
import random
import time
from collections.abc import AsyncIterable, Mapping, Sequence
from datetime import timedelta

from vidkit._internal.arguments import checked_arguments, seconds, shown
from vidkit.errors import ConflictError, RequestError, VidKitError
from vidkit.ivs.channel_batches import in_order, parts
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
from vidkit.ivs.rate_limits import RATE, check_rate, each, paced
from vidkit.jobs.polling import poll_delay

__all__ = ["AttachOperations"]


class AttachOperations(ChannelOperations):
    """One policy for many channels."""

    @checked_arguments
    async def apply_policy(
        self,
        policy: PlaybackRestrictionPolicy | str,
        *,
        channels: Channels,
        plan: bool = False,
        wait_while_live: timedelta | None = None,
        rate: float = RATE,
    ) -> PolicyReport:
        """Attach a policy to channels, and tell what became of each of them.

        First all channels are looked up, 50 a call; then those that have another policy or none are
        updated, a few at once. No channel's failure is raised or holds up the others. A channel
        that stands there twice is done once. One call of this method makes many calls of the API;
        each of them has the kit's retries and deadline for itself.

        Args:
            policy: the policy, or its ARN.
            channels: ARNs, channels or summaries, or an iterator over them, synchronous or not,
                such as ``kit.ivs.list_channels()``; read to its end before anything is changed.
            plan: whether to send no update and tell in ``planned`` which would be sent.
            wait_while_live: how long to try again, as often as the kit's `PollPolicy` says, when a
                channel is live and therefore cannot be updated; default: not at all.
            rate: calls a second, of ``BatchGetChannel`` and of ``UpdateChannel`` each, evenly
                spaced (5, which is what the service takes from an account in a region). All runs of
                a kit that have one rate share it; give less where other programs call too.

        Raises:
            RequestError: a parameter is wrong; nothing was sent but what ``channels`` itself sends.
            VidKitError: from ``channels``, when it is an iterator that fails; nothing was changed.

        Source: ``BatchGetChannel``, ``UpdateChannel``.
        """
        arn = policy_arn(policy)
        return await self._give(
            arn, channels, plan=plan, wait_while_live=wait_while_live, rate=rate
        )

    @checked_arguments
    async def detach_policy(
        self,
        *,
        channels: Channels,
        plan: bool = False,
        wait_while_live: timedelta | None = None,
        rate: float = RATE,
    ) -> PolicyReport:
        """Take whatever policy they have off channels, and tell what became of each of them.

        Works like `apply_policy`, with no policy for a policy.

        Args:
            channels: as in `apply_policy`.
            plan: as in `apply_policy`.
            wait_while_live: as in `apply_policy`.
            rate: as in `apply_policy`.

        Raises:
            RequestError: a parameter is wrong; nothing was sent but what ``channels`` itself sends.
            VidKitError: from ``channels``, when it is an iterator that fails; nothing was changed.

        Source: ``BatchGetChannel``, ``UpdateChannel``.
        """
        return await self._give("", channels, plan=plan, wait_while_live=wait_while_live, rate=rate)

    async def _give(
        self,
        policy: str,
        channels: Channels,
        *,
        plan: bool,
        wait_while_live: timedelta | None,
        rate: float,
    ) -> PolicyReport:
        check_channels(channels)
        patience = _patience(wait_while_live)
        rate = check_rate(rate)
        if not isinstance(plan, bool):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise RequestError(f"plan={shown(plan)}: must be True or False")
        self._caller.runtime.check()
        arns = await _arns(channels)
        found = await self._sorted(policy, arns, rate)
        if plan:
            return PolicyReport(
                policy_arn=policy,
                planned=found.differing,
                unchanged=found.unchanged,
                failed=found.failed,
            )
        ends = await self._update(policy, found.differing, patience, rate)
        live = [arn for arn, end in ends.items() if isinstance(end, ConflictError)]
        failed = found.failed | {
            arn: end
            for arn, end in ends.items()
            if end is not None and not isinstance(end, ConflictError)
        }
        return PolicyReport(
            policy_arn=policy,
            changed=[arn for arn, end in ends.items() if end is None],
            unchanged=found.unchanged,
            live=live,
            failed={arn: failed[arn] for arn in arns if arn in failed},
        )

    async def _sorted(self, policy: str, arns: Sequence[str], rate: float) -> SortedChannels:
        """Look all channels up; where that fails, all channels of the call have failed."""

        async def look(part: list[str]) -> BatchGetChannelResponse | VidKitError:
            try:
                return await self._batch(part, rate=rate)
            except VidKitError as error:
                return error

        asked = parts(arns)
        responses = await each(look, asked)
        failed: dict[str, VidKitError] = {}
        told: list[BatchGetChannelResponse] = []
        for part, response in zip(asked, responses, strict=True):
            if isinstance(response, VidKitError):
                failed |= dict.fromkeys(part, response)
            else:
                told.append(response)
        found = SortedChannels.by(
            policy, in_order([arn for arn in arns if arn not in failed], told)
        )
        merged = found.failed | failed
        return SortedChannels(
            found.differing, found.unchanged, {arn: merged[arn] for arn in arns if arn in merged}
        )

    async def _update(
        self, policy: str, arns: Sequence[str], patience: float, rate: float
    ) -> Mapping[str, VidKitError | None]:
        """Update channels, and those that are live again and again; each channel's end by ARN."""
        ends: dict[str, VidKitError | None] = dict.fromkeys(arns)
        told: dict[str, float] = {}
        until: dict[str, float] = {}

        async def work(arn: str) -> VidKitError | None:
            end = await self._update_one(policy, arn, rate=rate)
            told[arn] = time.monotonic()
            return end

        left: list[str] = list(arns)
        rounds = 0
        while left:
            rounds += 1
            ends |= dict(zip(left, await each(work, left), strict=True))
            live = [arn for arn in left if isinstance(ends[arn], ConflictError)]
            # A round can take longer than the wait: what counts is when each was told that it is.
            left = [arn for arn in live if until.setdefault(arn, told[arn] + patience) > told[arn]]
            if left:
                delay = poll_delay(self._caller.options.poll, rounds, random.random())  # noqa: S311
                soonest = min(until[arn] for arn in left) - time.monotonic()
                await asyncio.sleep(min(delay, max(soonest, 0)))
        return ends

    async def _update_one(self, policy: str, arn: str, *, rate: float) -> VidKitError | None:
        request = UpdateChannelRequest(arn=arn, playback_restriction_policy_arn=policy)
        try:
            await paced(self._caller, UPDATE, request, rate=rate)
        except VidKitError as error:
            return error
        return None


async def _arns(channels: Channels) -> list[str]:
    """The ARNs of the channels, each once, in order.

    Raises:
        RequestError: something is no channel.
    """
    if isinstance(channels, AsyncIterable):
        given = [channel async for channel in channels]
    else:
        given = list(channels)
    return list(dict.fromkeys(channel_arn(channel, n) for n, channel in enumerate(given)))


def _patience(wait_while_live: timedelta | None) -> float:
    if wait_while_live is None:
        return 0.0
    if not isinstance(wait_while_live, timedelta):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise RequestError(
            f"wait_while_live={shown(wait_while_live)}: must be a timedelta, or None"
        )
    return seconds(wait_while_live, parameter="wait_while_live", error=RequestError, zero=True)
