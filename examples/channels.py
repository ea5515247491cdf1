"""Amazon IVS: one policy for all channels, including a live one, on the local cloud."""

import asyncio
from datetime import timedelta

from vidkit import PollPolicy
from vidkit.ivs import PolicyReport
from vidkit.local import LocalCloud


def show(title: str, report: PolicyReport) -> None:
    """Print the number of channels in each list of a report."""
    counts = {
        "planned": report.planned,
        "changed": report.changed,
        "unchanged": report.unchanged,
        "live": report.live,
        "failed": report.failed,
    }
    summary = ", ".join(f"{len(arns)} {name}" for name, arns in counts.items() if arns)
    print(f"{title:9}  {summary}")


async def main() -> None:
    """Create channels, then plan, apply, wait for the live channel, and detach."""
    poll = PollPolicy(initial_delay=0.1, max_delay=0.5)
    async with LocalCloud() as cloud, cloud.kit(poll=poll) as kit:
        created = [await kit.ivs.create_channel(name=f"stage-{number}") for number in range(4)]
        first = created[0]
        print(f"created    {len(created)} channels; {first.stream_key.value} is a stream key")
        policy = await kit.ivs.ensure_playback_restriction_policy(
            name="dach", allowed_countries=["DE", "AT", "CH"]
        )
        live_arn = first.channel.arn
        stream_id = cloud.go_live(live_arn)

        show(
            "plan", await kit.ivs.apply_policy(policy, channels=kit.ivs.list_channels(), plan=True)
        )
        show("apply", await kit.ivs.apply_policy(policy, channels=kit.ivs.list_channels()))

        # The stream ends while the next run waits for it.
        waiting = asyncio.create_task(
            kit.ivs.apply_policy(
                policy,
                channels=kit.ivs.list_channels(),
                wait_while_live=timedelta(minutes=5),
            )
        )
        await asyncio.sleep(0.5)
        await kit.ivs.stop_stream(live_arn)
        show("wait", await waiting)

        session = await kit.ivs.get_stream_session(live_arn, stream_id=stream_id)
        names = [event.name for event in reversed(session.truncated_events or [])]
        print(f"session    {', '.join(name for name in names if name)}")
        show("detach", await kit.ivs.detach_policy(channels=[item.channel for item in created]))


if __name__ == "__main__":
    asyncio.run(main())
