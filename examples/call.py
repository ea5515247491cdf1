"""Operations without a method: by the service's own names, on the local cloud."""

import asyncio
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from vidkit import AmbiguousError, InvalidRequestError, RequestError, RetryPolicy, VidKit
from vidkit.local import LocalCloud
from vidkit.local.clips import render_clip

START = datetime(2026, 1, 1, 12, tzinfo=UTC)


async def channels(cloud: LocalCloud, kit: VidKit) -> None:
    """Create channels, read them in pages, and lose a response on purpose."""
    for number in range(3):
        await kit.ivs.call("CreateChannel", {"name": f"stage-{number}", "authorized": True})
    async for page in kit.ivs.call_pages("ListChannels", {"maxResults": 2}):
        print(f"page       {len(page['channels'])} channels")

    cloud.inject("lost_answer", service="ivs", times=2)
    listed = await kit.ivs.call("ListChannels")
    print(f"lost       a list is requested again: {len(listed['channels'])} channels")
    cloud.inject("lost_answer", service="ivs", times=1)
    try:
        await kit.ivs.call("CreateChannel", {"name": "once"})
    except AmbiguousError as error:
        print(f"lost       a create is not: {type(error).__name__}")


async def media(kit: VidKit) -> None:
    """Look at the fragments of a stream; its data endpoint is found."""
    times = {"StartTimestamp": START, "EndTimestamp": START + timedelta(seconds=4)}
    selector = {"FragmentSelectorType": "SERVER_TIMESTAMP", "TimestampRange": times}
    params = {"StreamName": "front-door", "FragmentSelector": selector}
    response = await kit.images.call("ListFragments", params)
    first = min(one["ServerTimestamp"] for one in response["Fragments"])
    print(f"fragments  {len(response['Fragments'])}, the first at {first:%H:%M:%S} {first.tzinfo}")


async def mistakes(kit: VidKit) -> None:
    """Print what vidkit rejects, and what the local cloud does not have."""
    for operation, params in (
        ("detect_custom_lables", {}),
        ("DetectCustomLabels", {"Image": {"Bytes": b"..."}}),
        ("DetectCustomLabels", {"ProjectVersionArn": "arn", "Image": {"Byte": b"..."}}),
    ):
        try:
            await kit.rekognition.call(operation, params)
        except RequestError as error:
            print(f"rejected   {error.message}")
    try:
        await kit.ivs.call("ListAdConfigurations")
    except InvalidRequestError as error:
        print(f"not here   {error.operation}: {error.code}")


async def main() -> None:
    """Call operations of all services."""
    with tempfile.TemporaryDirectory() as folder:
        clip = render_clip(Path(folder) / "clip.mp4", duration=4, width=160, height=90)
        retry = RetryPolicy(base_delay=0.01)
        async with LocalCloud() as cloud, cloud.kit(retry=retry) as kit:
            cloud.add_stream("front-door", clip.path, start_timestamp=START)
            await channels(cloud, kit)
            await media(kit)
            tasks = await kit.mpc.call("GET", "/v1/{project_id}/thumbnails", query={"size": 10})
            print(f"tasks      {tasks['total']} of MPC")
            await mistakes(kit)


if __name__ == "__main__":
    asyncio.run(main())
