"""The plugin, as another project's tests use it."""

import subprocess
import sys

import pytest

TEST = """
from datetime import UTC, datetime
import pytest

from vidkit.local.kinesis_video.state import KinesisVideoState

T0 = datetime(2026, 1, 1, tzinfo=UTC)

@pytest.mark.asyncio
async def test_with_a_kit(local_cloud, kit):
    local_cloud.add_stream("front-door", {clip!r}, start_timestamp=T0)
    pager = kit.images.get_images(stream_name="front-door", start_timestamp=T0, end_timestamp=T0)
    assert (await pager.first()).content

@pytest.mark.asyncio
async def test_each_test_has_a_cloud_of_its_own(local_cloud):
    assert not local_cloud.state.of(KinesisVideoState).streams
"""


@pytest.mark.parametrize("mode", ["strict", "auto"])
def test_other_projects_get_a_cloud_and_a_kit(tmp_path, clock_clip, mode):
    (tmp_path / "test_theirs.py").write_text(TEST.format(clip=str(clock_clip.path)))
    done = subprocess.run(
        [
            sys.executable,
            *("-m", "pytest", "-q", "-W", "error", "-p", "no:cacheprovider"),
            *("-o", "asyncio_default_fixture_loop_scope=function"),
            *("-o", f"asyncio_mode={mode}", "--rootdir", str(tmp_path), str(tmp_path)),
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "2 passed" in done.stdout
