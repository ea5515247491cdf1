"""Makes the playback restriction policy of a name match a declared one."""

import asyncio
import random
import time
from collections.abc import Mapping, Sequence
from weakref import WeakValueDictionary

from vidkit._internal.arguments import checked_arguments
from vidkit._internal.per_loop import PerLoop
from vidkit.config import AwsConfig
from vidkit.errors import AmbiguousError, ConflictError, NotFoundError, VidKitError
from vidkit.ivs.models.fields import API
from vidkit.ivs.models.policies import PlaybackRestrictionPolicy
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

_OPERATION_NAME = "EnsurePlaybackRestrictionPolicy"
# A program that competes for a name creates a policy, lists all policies and deletes its own.
_CALLS_PER_ROUND = 3
# Programs that start together are spread over so many base delays of the retry policy.
_START_SPREAD_DELAYS = 5

_Locks = WeakValueDictionary[tuple[AwsConfig, str], asyncio.Lock]

# All kits of an event loop share one set of locks, so that kits that ensure the same name wait for
# each other. A lock is dropped when nothing waits for it.
_NAME_LOCKS: PerLoop[_Locks] = PerLoop(WeakValueDictionary)


def _name_lock(config: AwsConfig, name: str) -> asyncio.Lock:
    """The lock of a name, for all kits of this event loop with the same configuration."""
    return _NAME_LOCKS.get().setdefault((config, name), asyncio.Lock())


class EnsureOperations(PolicyOperations, TagOperations):
    """The operation that makes a policy match a declared one."""

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
        """Make the policy of a name match the declared one, and return it.

        Searches all policies for the name. Creates the policy if it does not exist, updates it if
        it differs, and sends nothing more if it is equal.

        The operation is idempotent, also for several programs at the same time. A program that
        does not find the policy waits for a random time (at most half a second with the default
        `RetryPolicy`), and searches again before and after it creates the policy. If several
        policies were created at the same time, the programs that created them delete all but one.

        One call of this method makes several API calls; each of them has its own retries and
        deadline. After a call that may or may not have created the policy, it searches before it
        creates again.

        Args:
            name: 1 to 128 characters of ``a-zA-Z0-9_-``.
            allowed_countries: ISO 3166-1 alpha-2 codes, in any order; an empty list means all
                countries; default: unchanged, all countries in a new policy.
            allowed_origins: origins such as ``https://example.com``, in any order; an empty list
                means all origins; default: unchanged, all origins in a new policy.
            enable_strict_origin_enforcement: whether playback needs an origin of the list; default:
                unchanged, False in a new policy.
            tags: all tags of the policy, at most 50; other tags are removed, except those of AWS
                itself, which begin with ``aws:``; default: unchanged.

        Returns:
            The policy as it is now.

        Raises:
            RequestError: a parameter is invalid; nothing was sent.
            ConflictError: several policies have this name, or one of several that were created at
                the same time is in use already; the message lists them, and none was changed.
            QuotaError: the account has reached its quota of policies.
            AmbiguousError: every attempt to create the policy may or may not have been carried
                out, and none of them could be found.
            VidKitError: see `vidkit.errors`.

        Source: ``ListPlaybackRestrictionPolicies``, ``CreatePlaybackRestrictionPolicy``,
        ``UpdatePlaybackRestrictionPolicy``, ``DeletePlaybackRestrictionPolicy``, ``TagResource``,
        ``UntagResource``.
        """
        await self._load_countries(allowed_countries)
        declared = EnsurePlaybackRestrictionPolicyRequest(
            name=name,
            allowed_countries=allowed_countries,
            allowed_origins=allowed_origins,
            enable_strict_origin_enforcement=enable_strict_origin_enforcement,
            tags=tags,
        )
        self._caller.runtime.check()
        async with _name_lock(self._caller.runtime.aws_config, name):
            return await self._ensure(declared)

    async def _ensure(
        self, declared: EnsurePlaybackRestrictionPolicyRequest
    ) -> PlaybackRestrictionPolicy:
        max_rounds = self._caller.options.retry.max_attempts
        failure: VidKitError = _contention_error(declared.name)
        ambiguous: AmbiguousError | None = None
        # One search more than rounds, since only a search shows the effect of the last round.
        for number in range(1, max_rounds + 2):
            began = time.monotonic()
            existing = await self._find_by_name(declared.name)
            if number == 1 and not existing:
                # Programs that start together all find it missing. After random delays, one of
                # them creates it and the others find it.
                await asyncio.sleep(random.random() * self._start_spread_seconds())  # noqa: S311
                existing = await self._find_by_name(declared.name)
            # The first search may include opening connections, so its time is not typical.
            search_seconds = time.monotonic() - began if number > 1 else 0.0
            action = diff_policies(declared, existing)
            is_last = number > max_rounds
            if is_last and isinstance(action, CreatePolicy):
                break
            outcome = await self._carry_out(action, declared)
            if isinstance(outcome, PlaybackRestrictionPolicy):
                return outcome
            failure = outcome
            if isinstance(outcome, AmbiguousError):
                ambiguous = outcome
            elif outcome.__cause__ is None:
                # A create whose response was lost may have created one of several policies.
                outcome.__cause__ = ambiguous
            if not is_last:
                # There is something to wait for only if other programs compete for the name.
                has_rivals = isinstance(outcome, ConflictError)
                await self._pause(number, search_seconds if has_rivals else 0.0)
        raise failure

    async def _carry_out(
        self, action: Action, declared: EnsurePlaybackRestrictionPolicyRequest
    ) -> PlaybackRestrictionPolicy | VidKitError:
        """Returns the policy as declared, or the error after which a new search is worthwhile."""
        match action:
            case KeepPolicy(policy):
                return policy
            case UpdatePolicy():
                try:
                    return await self._update(action)
                except NotFoundError as error:
                    # It was deleted after the search, so the next round creates it.
                    return error
            case TooManyPolicies(policies):
                # Other programs may have just created them, and will delete all but one.
                return _duplicates_error(declared.name, policies)
            case CreatePolicy():
                try:
                    created = await self._create(declared)
                except AmbiguousError as error:
                    return error
                is_kept = await self._keep_or_delete(created, declared.name)
                return created if is_kept else _contention_error(declared.name)

    async def _find_by_name(self, name: str) -> list[PlaybackRestrictionPolicy]:
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

    async def _update(self, update: UpdatePolicy) -> PlaybackRestrictionPolicy:
        policy = update.policy
        if update.members:
            policy = await self.update_playback_restriction_policy(policy.arn, **update.members)
        # Tags are removed before others are added: a policy can have no more than 50.
        if update.untag:
            await self.untag_resource(policy.arn, update.untag)
        if update.tag:
            await self.tag_resource(policy.arn, update.tag)
        if update.untag or update.tag:
            policy = policy.model_copy(update={"tags": update.updated_tags()})
        return policy

    async def _keep_or_delete(self, created: PlaybackRestrictionPolicy, name: str) -> bool:
        """Keep a policy just created if it is the only one of its name; otherwise delete it.

        Of several policies that were created at the same time, the one with the smallest ARN is
        kept: the program that created it waits until the others are deleted. If another policy
        is not deleted, it existed before, and the one just created is deleted.

        Returns:
            Whether the policy was kept.

        Raises:
            ConflictError: it cannot be deleted, since it is in use.
        """
        others: list[PlaybackRestrictionPolicy] = []
        # One round less than programs that found several policies wait for one of them to go.
        for number in range(1, max(2, self._caller.options.retry.max_attempts)):
            began = time.monotonic()
            policies = await self._find_by_name(name)
            others = [policy for policy in policies if policy.arn != created.arn]
            search_seconds = time.monotonic() - began
            if not others:
                return True
            if any(policy.arn < created.arn for policy in others):
                break
            await self._pause(number, search_seconds)
        try:
            await self.delete_playback_restriction_policy(created.arn)
        except NotFoundError:
            pass
        except ConflictError as error:
            raise _duplicates_error(name, [created, *others]) from error
        return False

    def _start_spread_seconds(self) -> float:
        """The time over which programs that start together are spread."""
        policy = self._caller.options.retry
        return min(_START_SPREAD_DELAYS * policy.base_delay, policy.max_delay)

    async def _pause(self, number: int, search_seconds: float) -> None:
        """Wait as long as another program may take to create, search and delete.

        Args:
            number: which pause in a row it is; each may be twice as long as the one before.
            search_seconds: how long a search takes.
        """
        policy = self._caller.options.retry
        round_seconds = max(_CALLS_PER_ROUND * search_seconds, policy.base_delay)
        longest = min(round_seconds * 2.0 ** min(number - 1, 32), policy.max_delay)
        # A random part, so that two programs do not keep in step.
        await asyncio.sleep(longest * (0.5 + random.random() / 2))  # noqa: S311


def _duplicates_error(name: str, policies: Sequence[PlaybackRestrictionPolicy]) -> ConflictError:
    listed = ", ".join(sorted(policy.arn for policy in policies))
    return ConflictError(
        f"{len(policies)} policies have the name {name!r}, and it is not clear which one is "
        f"meant: {listed}",
        service=API,
        operation=_OPERATION_NAME,
    )


def _contention_error(name: str) -> ConflictError:
    return ConflictError(
        f"other programs keep creating and deleting policies of the name {name!r}; try again",
        service=API,
        operation=_OPERATION_NAME,
        retryable=True,
    )
