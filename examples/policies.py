"""Amazon IVS: keep a playback restriction policy as declared, on the local cloud."""

import asyncio

from vidkit.local import LocalCloud


async def main() -> None:
    """Ensure a policy three times, print the writes that were sent, and delete it."""
    async with LocalCloud() as cloud, cloud.kit() as kit:
        for countries in (["DE", "AT"], ["AT", "DE"], ["DE", "AT", "CH"]):
            before = len(cloud.calls)
            policy = await kit.ivs.ensure_playback_restriction_policy(
                name="dach",
                allowed_countries=countries,
                allowed_origins=["https://example.com"],
                tags={"team": "events"},
            )
            sent = {call.operation for call in cloud.calls[before:]}
            writes = sorted(name for name in sent if not name.startswith("List"))
            print(f"{policy.name}: {', '.join(policy.allowed_countries)}")
            print(f"  sent     {', '.join(writes) or 'no write'}")

        policy = await kit.ivs.get_playback_restriction_policy(policy.arn)
        print(f"got        {policy.arn}")
        await kit.ivs.delete_playback_restriction_policy(policy.arn)
        left = await kit.ivs.list_playback_restriction_policies().collect()
        print(f"deleted    {len(left)} policies left")


if __name__ == "__main__":
    asyncio.run(main())
