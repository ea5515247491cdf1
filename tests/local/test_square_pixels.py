"""Pictures of a video whose pixels are not square, over HTTP."""

import io
from datetime import UTC, datetime
from fractions import Fraction

import pytest
from PIL import Image
from small_clips import grey, write_clip

from vidkit import S3Video
from vidkit.local import LocalCloud
from vidkit.mpc import ObsObjInfo, ThumbnailPara

T0 = datetime(2026, 5, 1, 12, tzinfo=UTC)


def size_of(content):
    return Image.open(io.BytesIO(content)).size


@pytest.fixture
def anamorphic(tmp_path):
    return write_clip(tmp_path / "clip.mp4", [grey(3)] * 3, aspect=Fraction(4, 3))


@pytest.mark.parametrize(
    ("options", "width", "snapshot_size"),
    [({}, 213, (240, 108)), ({"square_pixels": False}, 160, (240, 144))],
)
async def test_all_services_show_square_pixels_unless_the_cloud_keeps_stored_ones(
    anamorphic, options, width, snapshot_size
):
    async with LocalCloud(job_seconds=0, **options) as cloud, cloud.kit() as kit:
        cloud.add_stream("door", anamorphic, start_timestamp=T0)
        cloud.add_object("videos", "clip.mp4", anamorphic)
        stream = {"stream_name": "door", "start_timestamp": T0, "end_timestamp": T0}
        image = await kit.images.get_images(**stream).first()
        small = await kit.images.get_images(**stream, width_pixels=64, height_pixels=32).first()
        source, target = (
            ObsObjInfo(bucket="videos", location=cloud.identity.huawei_region, object=name)
            for name in ("clip.mp4", "out")
        )
        para = ThumbnailPara(max_length=240)
        await (
            await kit.mpc.create_thumbnails_task(
                input=source, output=target, thumbnail_para=para, original_dir=1
            )
        )
        snapshot = cloud.read_object("videos", "out/clip_0.jpg")
        job = await kit.rekognition.start_label_detection(S3Video("videos", "clip.mp4"))
        page = await (await job)

    assert size_of(image.content) == (width, 96)
    assert size_of(small.content) == (64, 32)
    assert size_of(snapshot) == snapshot_size
    assert (page.video_metadata.frame_width, page.video_metadata.frame_height) == (width, 96)
