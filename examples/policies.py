"""Amazon IVS: keep a playback restriction policy as it should be, on the local cloud."""

import asyncio
from collections.abc import Sequence

from vidkit import VidKit
from vidkit.ivs import PlaybackRestrictionPolicy
from vidkit.local import LocalCloud


async def ensure_policy(
    kit: VidKit, name: str, *, allowed_countries: Sequence[str], allowed_origins: Sequence[str]
) -> tuple[PlaybackRestrictionPolicy, str]:
    """Find the policy of this name; create it if it is missing, update it if it differs.

    Args:
        kit: an open kit.
        name: the policy's name; IVS lets several policies share one, the first one counts.
        allowed_countries: ISO 3166-1 alpha-2 codes.
        allowed_origins: origins such as ``https://example.com``.

    Returns:
        The policy, and what was done: ``created``, ``updated`` or ``unchanged``.
    """
    async for policy in kit.ivs.list_playback_restriction_policies():
        if policy.name != name:
            continue
        same_countries = set(policy.allowed_countries) == set(allowed_countries)
        if same_countries and set(policy.allowed_origins) == set(allowed_origins):
            return policy, "unchanged"
        changed = await kit.ivs.update_playback_restriction_policy(
            policy.arn, allowed_countries=allowed_countries, allowed_origins=allowed_origins
        )
        return changed, "updated"
    policy = await kit.ivs.create_playback_restriction_policy(
        name=name, allowed_countries=allowed_countries, allowed_origins=allowed_origins
    )
    return policy, "created"


async def main() -> None:
    """Ensure a policy three times, look at it, delete it."""
    origins = ["https://example.com"]
    async with LocalCloud() as cloud, cloud.kit() as kit:
        for countries in (["DE", "AT"], ["AT", "DE"], ["DE", "AT", "CH"]):
            policy, done = await ensure_policy(
                kit, "dach", allowed_countries=countries, allowed_origins=origins
            )
            print(f"{done:9}  {policy.name}: {', '.join(policy.allowed_countries)}")

        policy = await kit.ivs.get_playback_restriction_policy(policy.arn)
        print(f"got        {policy.arn}")
        await kit.ivs.delete_playback_restriction_policy(policy.arn)
        left = await kit.ivs.list_playback_restriction_policies().collect()
        print(f"deleted    {len(left)} policies left")


if __name__ == "__main__":
    asyncio.run(main())
