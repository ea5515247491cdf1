"""A playback restriction policy by its name: made, changed or left, so that it is as wanted."""

import asyncio
import random
import time
from collections.abc import Mapping, Sequence
from weakref import WeakKeyDictionary, WeakValueDictionary

from vidkit._internal.arguments import checked_arguments
from vidkit.config import AwsConfig
from vidkit.errors import AmbiguousError, ConflictError, NotFoundError, VidKitError
from vidkit.ivs.models.policies import PlaybackRestrictionPolicy
from vidkit.ivs.operations.base import API
from vidkit.ivs.operations.policies import PolicyOperations
from vidkit.ivs.operations.tags import TagOperations
from vidkit.ivs.policy_diff import (
    Action,
    CreatePolicy,
    EnsurePlaybackRestrictionPolicyRequest,
    KeepPolicy,
    TooManyPolicies,
    UpdatePolicy,
    diff_policies,
)

__all__ = ["EnsureOperations"]

_NAME = "EnsurePlaybackRestrictionPolicy"
_CALLS_A_ROUND = 3
_DELAYS_APART = 5


_Locks = WeakValueDictionary[tuple[AwsConfig, str], asyncio.Lock]

# Of the process, not of a kit: several kits that ensure one name are told apart by nobody but
# themselves, and here they can wait for each other. All of it goes with those who wait.
_LOOPS: WeakKeyDictionary[asyncio.AbstractEventLoop, _Locks] = WeakKeyDictionary()


def _lock(config: AwsConfig, name: str) -> asyncio.Lock:
    """The lock of a name, for all kits of this event loop that have one configuration."""
    locks = _LOOPS.setdefault(asyncio.get_running_loop(), WeakValueDictionary())
    return locks.setdefault((config, name), asyncio.Lock())


class EnsureOperations(PolicyOperations, TagOperations):
    """Policies as they are declared, whatever they were before."""

    @checked_arguments
    async def ensure_playback_restriction_policy(
        self,
        *,
        name: str,
        allowed_countries: Sequence[str] | None = None,
        allowed_origins: Sequence[str] | None = None,
        enable_strict_origin_enforcement: bool | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> PlaybackRestrictionPolicy:
        """Make the policy of a name be as it is wanted, and return it.

        Looks for the name among all policies; creates the policy if it is missing, updates it if it
        differs, sends nothing more if it is equal. Doing it twice is doing it once, in one kit or
        in several programs at once: whoever finds it missing waits for a moment that is drawn, half
        a second at the most with the default `RetryPolicy`, and looks again before and after it
        creates; of those that were created at the same time all but one are deleted by their
        makers.

        One call of this method makes several calls of the API; each of them has the kit's retries
        and deadline for itself, and after one that may or may not have created the policy, it
        looks before it creates again.

        Args:
            name: 1 to 128 of ``a-zA-Z0-9_-``.
            allowed_countries: ISO 3166-1 alpha-2 codes, in any order; an empty list means all
                countries; default: as they are, all countries in a new policy.
            allowed_origins: origins such as ``https://example.com``, likewise.
            enable_strict_origin_enforcement: whether playback needs an origin of the list; default:
                as it is, False in a new policy.
            tags: all tags that the policy is to have, at most 50; others are taken off, except
                those of AWS itself, which begin with ``aws:``; default: as they are.

        Returns:
            The policy as it is now.

        Raises:
            RequestError: a parameter is wrong; nothing was sent.
            ConflictError: several policies have this name, or one that was made at the same time
                as another is in use already; the message lists them, and none was changed.
            QuotaError: the account has as many policies as it may.
            AmbiguousError: all tries to create it may or may not have been carried out, and none
                of them could be found.
            VidKitError: see `vidkit.errors`.

        Source: ``ListPlaybackRestrictionPolicies``, ``CreatePlaybackRestrictionPolicy``,
        ``UpdatePlaybackRestrictionPolicy``, ``DeletePlaybackRestrictionPolicy``, ``TagResource``,
        ``UntagResource``.
        """
        await self._know_countries(allowed_countries)
        declared = EnsurePlaybackRestrictionPolicyRequest(
            name=name,
            allowed_countries=allowed_countries,
            allowed_origins=allowed_origins,
            enable_strict_origin_enforcement=enable_strict_origin_enforcement,
            tags=tags,
        )
        self._caller.runtime.check()
        async with _lock(self._caller.runtime.aws_config, name):
            return await self._ensure(declared)

    async def _ensure(
        self, declared: EnsurePlaybackRestrictionPolicyRequest
    ) -> PlaybackRestrictionPolicy:
        tries = self._caller.options.retry.max_attempts
        failure: VidKitError = _unsettled(declared.name)
        lost: AmbiguousError | None = None
        # One look more than tries, since what a try did may only be seen by looking.
        for number in range(1, tries + 2):
            began = time.monotonic()
            found = await self._named(declared.name)
            if number == 1 and not found:
                # Programs that start together find it missing together. Drawn apart, one of them
                # creates it and the others find it.
                await asyncio.sleep(random.random() * self._apart())  # noqa: S311
                found = await self._named(declared.name)
            # The first look may have opened the connections too, which says nothing of the others.
            taken = time.monotonic() - began if number > 1 else 0.0
            action = diff_policies(declared, found)
            last = number > tries
            if last and isinstance(action, CreatePolicy):
                break
            outcome = await self._act(action, declared)
            if isinstance(outcome, PlaybackRestrictionPolicy):
                return outcome
            failure = outcome
            if isinstance(outcome, AmbiguousError):
                lost = outcome
            elif outcome.__cause__ is None:
                # A create whose answer was lost may have made one of those that are too many.
                outcome.__cause__ = lost
            if not last:
                # Only where other programs are at work there is something to wait for.
                others = isinstance(outcome, ConflictError)
                await self._pause(number, taken if others else 0.0)
        raise failure

    async def _act(
        self, action: Action, declared: EnsurePlaybackRestrictionPolicyRequest
    ) -> PlaybackRestrictionPolicy | VidKitError:
        """The policy as it is wanted, or why another look is worth its while."""
        match action:
            case KeepPolicy(policy):
                return policy
            case UpdatePolicy():
                try:
                    return await self._change(action)
                except NotFoundError as error:
                    # Somebody deleted it since; then it is missing, and that can be mended.
                    return error
            case TooManyPolicies(policies):
                # Others may have made them just now and be about to delete all but one.
                return _several(declared.name, policies)
            case CreatePolicy():
                try:
                    made = await self._create(declared)
                except AmbiguousError as error:
                    return error
                stays = await self._is_the_one(made, declared.name)
                return made if stays else _unsettled(declared.name)

    async def _named(self, name: str) -> list[PlaybackRestrictionPolicy]:
        policies = self.list_playback_restriction_policies()
        return [policy async for policy in policies if policy.name == name]

    async def _create(
        self, declared: EnsurePlaybackRestrictionPolicyRequest
    ) -> PlaybackRestrictionPolicy:
        return await self.create_playback_restriction_policy(
            name=declared.name,
            allowed_countries=declared.allowed_countries,
            allowed_origins=declared.allowed_origins,
            enable_strict_origin_enforcement=declared.enable_strict_origin_enforcement,
            tags=declared.tags,
        )

    async def _change(self, change: UpdatePolicy) -> PlaybackRestrictionPolicy:
        policy = change.policy
        if change.members:
            policy = await self.update_playback_restriction_policy(policy.arn, **change.members)
        # First off, then on: otherwise there could be more than the 50 that may be.
        if change.untag:
            await self.untag_resource(policy.arn, change.untag)
        if change.tag:
            await self.tag_resource(policy.arn, change.tag)
        if change.untag or change.tag:
            policy = policy.model_copy(update={"tags": change.tags()})
        return policy

    async def _is_the_one(self, made: PlaybackRestrictionPolicy, name: str) -> bool:
        """Whether a policy just made stays: the only one of its name, when all have looked.

        Of several that were made at once the one with the smallest ARN stays, and its maker waits
        for the others to be deleted by theirs. One that does not go was there before: then this
        one goes.

        Raises:
            ConflictError: it cannot be deleted, since somebody uses it.
        """
        others: list[PlaybackRestrictionPolicy] = []
        # Shorter than others wait who see two and hope for one of them to go.
        for number in range(1, max(2, self._caller.options.retry.max_attempts)):
            began = time.monotonic()
            others = [policy for policy in await self._named(name) if policy.arn != made.arn]
            taken = time.monotonic() - began
            if not others:
                return True
            if any(policy.arn < made.arn for policy in others):
                break
            await self._pause(number, taken)
        try:
            await self.delete_playback_restriction_policy(made.arn)
        except NotFoundError:
            pass
        except ConflictError as error:
            raise _several(name, [made, *others]) from error
        return False

    def _apart(self) -> float:
        """Seconds over which programs that start together are spread."""
        policy = self._caller.options.retry
        return min(_DELAYS_APART * policy.base_delay, policy.max_delay)

    async def _pause(self, number: int, taken: float) -> None:
        """Wait as long as another program may take to create, look and delete.

        Args:
            number: which pause in a row it is; each may be twice as long as the one before.
            taken: seconds that a look takes.
        """
        policy = self._caller.options.retry
        a_round = max(_CALLS_A_ROUND * taken, policy.base_delay)
        longest = min(a_round * 2.0 ** min(number - 1, 32), policy.max_delay)
        # The draw keeps two programs from going on in step for ever.
        await asyncio.sleep(longest * (0.5 + random.random() / 2))  # noqa: S311


def _several(name: str, policies: Sequence[PlaybackRestrictionPolicy]) -> ConflictError:
    listed = ", ".join(sorted(policy.arn for policy in policies))
    return ConflictError(
        f"{len(policies)} policies have the name {name!r}, and it cannot be told which one is "
        f"meant: {listed}",
        service=API,
        operation=_NAME,
    )


def _unsettled(name: str) -> ConflictError:
    return ConflictError(
        f"other programs keep creating and deleting policies of the name {name!r}; try again",
        service=API,
        operation=_NAME,
        retryable=True,
    )
