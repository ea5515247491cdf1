"""Face search: a collection, three faces, a video job, matches; on the local cloud."""

import asyncio
import io
import tempfile
from pathlib import Path

from PIL import Image

from vidkit import PollPolicy, S3Video
from vidkit.local import LocalCloud
from vidkit.local.clips import RenderedClip, render_clip

COLLECTION = "staff"
PERSONS = {"anna": (200, 80, 60), "ben": (60, 140, 90), "carla": (70, 90, 190)}
"""The persons, and the colors of their badge photos."""


def badge_photo(color: tuple[int, int, int]) -> bytes:
    """Return a JPEG of one color, in place of a photo."""
    buffer = io.BytesIO()
    Image.new("RGB", (120, 160), color).save(buffer, "JPEG")
    return buffer.getvalue()


def script(cloud: LocalCloud, video: S3Video, photos: dict[str, bytes]) -> None:
    """Script what pictures and video show: the local cloud runs no model."""
    for person, photo in photos.items():
        cloud.script_faces(photo, [person])
    seen = [(0, "carla"), (1000, "a visitor"), (2000, "anna")]
    cloud.script_results(
        "face_search",
        video.bucket,
        video.name,
        [
            {"Timestamp": timestamp, "Person": {"Index": index}, "Identity": person}
            for index, (timestamp, person) in enumerate(seen)
        ],
    )


async def main(clip: RenderedClip) -> None:
    """Create a collection, index three faces, search a video for them, and delete it all."""
    video = S3Video("videos", "clip.mp4")
    photos = {person: badge_photo(color) for person, color in PERSONS.items()}
    async with LocalCloud() as cloud:
        cloud.add_object(video.bucket, video.name, clip.path)
        script(cloud, video, photos)
        async with cloud.kit(poll=PollPolicy(initial_delay=0.2)) as kit:
            await kit.rekognition.create_collection(COLLECTION)
            try:
                for person, photo in photos.items():
                    # With an external image id, a repeated call stores no face twice.
                    await kit.rekognition.index_faces(COLLECTION, photo, external_image_id=person)
                described = await kit.rekognition.describe_collection(COLLECTION)
                print(f"{COLLECTION}: {described.face_count} faces")

                job = await kit.rekognition.start_face_search(video, collection_id=COLLECTION)
                async for item in await job:
                    found = [
                        f"{match.face.external_image_id} ({match.similarity:.0f} %)"
                        for match in item.face_matches or []
                        if match.face is not None and match.similarity is not None
                    ]
                    print(f"{item.timestamp:>6} ms  {', '.join(found) or 'nobody known'}")
            finally:
                await kit.rekognition.delete_collection(COLLECTION)
            print(f"collections left: {len(await kit.rekognition.list_collections().collect())}")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(main(render_clip(Path(folder, "clip.mp4"), duration=4, scenes=2)))
