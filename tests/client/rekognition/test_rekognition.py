import asyncio
import json
from datetime import timedelta

import pytest

from vidkit import (
    ConflictError,
    DecodeError,
    InvalidRequestError,
    JobFailedError,
    NotFoundError,
    NotSupportedError,
    RequestError,
    S3Video,
    VidKitTimeoutError,
)
from vidkit.local import ScriptedLabel
from vidkit.rekognition import (
    BlackFrame,
    GeneralLabelsSettings,
    LabelDetectionSettings,
    NotificationChannel,
    StartSegmentDetectionFilters,
    StartShotDetectionFilter,
    StartTechnicalCueDetectionFilter,
)

VIDEO = S3Video("bucket", "clip.mp4")


def script(cloud, count=3, name="clip.mp4"):
    cloud.script_labels(
        "bucket",
        name,
        [
            ScriptedLabel(
                f"Label{n % 5}",
                timedelta(milliseconds=40 * n),
                confidence=60 + n % 40,
                duration=timedelta(milliseconds=40),
                parents=("Parent",),
                categories=("Category",),
            )
            for n in range(count)
        ],
    )


async def test_labels_are_typed_and_the_successful_poll_is_page_one(cloud, kit):
    script(cloud)
    job = await kit.rekognition.start_label_detection(
        VIDEO, min_confidence=50, job_tag="tag-1", features=["GENERAL_LABELS"]
    )
    labels = await job
    before = len(cloud.calls)
    items = [item async for item in labels]
    assert len(cloud.calls) == before
    assert [item.label.name for item in items] == ["Label0", "Label1", "Label2"]
    assert items[1].timestamp == 40
    assert items[0].label.parents[0].name == "Parent"
    page = await labels
    assert (page.job_status, page.job_id, page.job_tag) == ("SUCCEEDED", job.id, "tag-1")
    assert page.video.s3_object.name == "clip.mp4"
    assert page.video_metadata.frame_width == 320
    assert page.get_request_metadata.sort_by == "TIMESTAMP"


async def test_more_labels_than_a_page_holds(cloud, kit):
    script(cloud, count=2500)
    job = await kit.rekognition.start_label_detection(VIDEO)
    labels = await job.result(timeout=timedelta(seconds=20))
    sizes = [len(page.items) async for page in labels.pages()]
    assert sizes == [1000, 1000, 500]
    timestamps = [item.timestamp async for item in labels]
    assert timestamps == [40 * n for n in range(2500)]


async def test_pages_resume_and_sort_and_aggregate(cloud, kit):
    script(cloud, count=10)
    job = await kit.rekognition.start_label_detection(VIDEO)
    await job
    pager = kit.rekognition.get_label_detection(job.id, max_results=4, sort_by="NAME")
    pages = [page async for page in pager.pages()]
    assert [len(page.items) for page in pages] == [4, 4, 2]
    names = [item.label.name for page in pages for item in page.items]
    assert names == sorted(names)
    resumed = [page async for page in pager.pages(token=pages[0].next_token)]
    assert [page.items for page in resumed] == [page.items for page in pages[1:]]
    begun = kit.rekognition.get_label_detection(
        job.id, max_results=4, sort_by="NAME", next_token=pages[1].next_token
    )
    assert await begun.collect() == pages[2].items
    merged = kit.rekognition.get_label_detection(job.id, aggregate_by="SEGMENTS")
    item = await merged.first()
    assert item.timestamp is None
    assert item.duration_millis is not None


async def test_settings_filter_labels(cloud, kit):
    script(cloud, count=10)
    job = await kit.rekognition.start_label_detection(
        VIDEO,
        settings=LabelDetectionSettings(
            general_labels=GeneralLabelsSettings(label_inclusion_filters=["Label3"])
        ),
    )
    assert {item.label.name async for item in await job} == {"Label3"}


async def test_segments_are_the_clips_own(kit, clock_clip):
    job = await kit.rekognition.start_segment_detection(
        VIDEO,
        segment_types=["SHOT", "TECHNICAL_CUE"],
        filters=StartSegmentDetectionFilters(
            shot_filter=StartShotDetectionFilter(min_segment_confidence=60),
            technical_cue_filter=StartTechnicalCueDetectionFilter(
                min_segment_confidence=60,
                black_frame=BlackFrame(max_pixel_threshold=0.2, min_coverage_percentage=99),
            ),
        ),
    )
    segments = await (await job).collect()
    shots = [segment for segment in segments if segment.type == "SHOT"]
    starts = {shot.start_timestamp_millis for shot in shots}
    assert {scene.start_ms for scene in clock_clip.scenes} <= starts
    black = [segment for segment in segments if segment.type == "TECHNICAL_CUE"]
    assert [cue.technical_cue_segment.type for cue in black] == ["BlackFrames"]
    assert black[0].start_timestamp_millis == clock_clip.black[0]
    page = await (await job)
    assert [info.type for info in page.selected_segment_types] == ["SHOT", "TECHNICAL_CUE"]
    assert page.video_metadata[0].frame_rate == 25
    assert page.audio_metadata in ([], None)


async def test_another_process_resumes_the_job_from_its_token(cloud, kit):
    script(cloud)
    job = await kit.rekognition.start_label_detection(VIDEO)
    token = json.loads(json.dumps(job.token))
    async with cloud.kit() as other:
        resumed = other.resume(token)
        assert (resumed.id, resumed.kind, resumed.token) == (job.id, job.kind, token)
        assert len(await (await resumed).collect()) == 3


async def test_watch_yields_each_status_until_the_job_ends(kit):
    job = await kit.rekognition.start_label_detection(VIDEO)
    assert await job.status() == "IN_PROGRESS"
    assert [status async for status in job.watch()] == ["IN_PROGRESS", "SUCCEEDED"]


async def test_a_start_with_the_same_request_token_is_the_same_job(cloud, kit):
    first = await kit.rekognition.start_label_detection(VIDEO, client_request_token="once")
    second = await kit.rekognition.start_label_detection(VIDEO, client_request_token="once")
    assert first.id == second.id
    with pytest.raises(ConflictError) as caught:
        await kit.rekognition.start_label_detection(
            VIDEO, client_request_token="once", min_confidence=90
        )
    assert caught.value.code == "IdempotentParameterMismatchException"
    await asyncio.gather(first, second)


async def test_a_retry_after_a_lost_response_returns_the_same_job(scripted):
    scripted.drop().json({}, status=500).json({"JobId": "j1"})
    async with scripted.kit() as kit:
        job = await kit.rekognition.start_label_detection(VIDEO)
    assert job.id == "j1"
    tokens = {json.loads(body)["ClientRequestToken"] for _, body in scripted.requests}
    assert len(scripted.requests) == 3
    assert len(tokens) == 1


async def test_each_start_has_its_own_request_token(scripted):
    scripted.json({"JobId": "j1"})
    async with scripted.kit() as kit:
        await kit.rekognition.start_label_detection(VIDEO)
        await kit.rekognition.start_segment_detection(VIDEO, segment_types=["SHOT"])
    first, second = (json.loads(body) for _, body in scripted.requests)
    assert first["ClientRequestToken"] != second["ClientRequestToken"]


async def test_an_unreadable_video_fails_with_the_message_of_the_service(cloud, kit):
    cloud.add_object("bucket", "notes.txt", b"not a video")
    job = await kit.rekognition.start_label_detection(S3Video("bucket", "notes.txt"))
    with pytest.raises(JobFailedError, match="codec") as caught:
        await job
    assert caught.value.job_token == job.token


async def test_a_missing_object_and_a_missing_job(kit):
    with pytest.raises(InvalidRequestError) as caught:
        await kit.rekognition.start_label_detection(S3Video("bucket", "missing.mp4"))
    assert caught.value.code == "InvalidS3ObjectException"
    with pytest.raises(NotFoundError):
        await kit.rekognition.get_label_detection("0" * 64)
    label_job = await kit.rekognition.start_label_detection(VIDEO)
    with pytest.raises(NotFoundError):
        await kit.rekognition.get_segment_detection(label_job.id)


async def test_rekognition_jobs_cannot_be_canceled(cloud, kit):
    job = await kit.rekognition.start_label_detection(VIDEO)
    before = len(cloud.calls)
    with pytest.raises(NotSupportedError):
        await job.cancel()
    assert len(cloud.calls) == before


async def test_a_timeout_leaves_the_job_running(kit):
    job = await kit.rekognition.start_label_detection(VIDEO)
    with pytest.raises(VidKitTimeoutError, match="continues"):
        await job.result(timeout=0.01)
    await job


async def test_a_start_response_without_a_job_id_is_a_decode_error(scripted):
    scripted.json({})
    async with scripted.kit() as kit:
        with pytest.raises(DecodeError, match="JobId"):
            await kit.rekognition.start_label_detection(VIDEO)


async def test_a_job_token_of_another_region_is_rejected_before_it_is_sent(scripted):
    from vidkit.jobs.tokens import JobRef

    token = JobRef("rekognition.label_detection", "j", "ap-south-1").token()
    async with scripted.kit() as kit:
        job = kit.resume(token)
        with pytest.raises(RequestError, match=r"ap-south-1.*us-east-1"):
            await job
    assert scripted.requests == []


@pytest.mark.parametrize("kind", ["rekognition.dreams", "mpc.dreams", "images.x", "x"])
async def test_a_job_token_of_an_unknown_kind_is_rejected(scripted, kind):
    from vidkit.jobs.tokens import JobRef

    async with scripted.kit() as kit:
        with pytest.raises(RequestError, match="token"):
            kit.resume(JobRef(kind, "j", "us-east-1").token())


ARN = "arn:aws:sns:us-east-1:123456789012:AmazonRekognition-x"
ROLE = "arn:aws:iam::123456789012:role/rekognition"


async def test_every_parameter_reaches_the_service(scripted):
    scripted.json({"JobId": "j1"})
    async with scripted.kit() as kit:
        await kit.rekognition.start_label_detection(
            S3Video("bucket", "clip.mp4", version="7"),
            client_request_token="t",
            min_confidence=12.5,
            notification_channel=NotificationChannel(sns_topic_arn=ARN, role_arn=ROLE),
            job_tag="tag",
            features=["GENERAL_LABELS"],
            settings=LabelDetectionSettings(
                general_labels=GeneralLabelsSettings(label_category_exclusion_filters=["Animals"])
            ),
        )
    request, body = scripted.requests[0]
    assert request.headers["X-Amz-Target"] == "RekognitionService.StartLabelDetection"
    assert json.loads(body) == {
        "Video": {"S3Object": {"Bucket": "bucket", "Name": "clip.mp4", "Version": "7"}},
        "ClientRequestToken": "t",
        "MinConfidence": 12.5,
        "NotificationChannel": {"SNSTopicArn": ARN, "RoleArn": ROLE},
        "JobTag": "tag",
        "Features": ["GENERAL_LABELS"],
        "Settings": {"GeneralLabels": {"LabelCategoryExclusionFilters": ["Animals"]}},
    }


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        ({"video": "clip.mp4"}, ["video='clip.mp4'", "S3Video"]),
        ({"video": {"bucket": "bucket", "name": "x"}}, ["video", "S3Video"]),
        ({"min_confidence": 101}, ["min_confidence=101", "100"]),
        ({"min_confidence": -1}, ["min_confidence=-1", "0"]),
        ({"client_request_token": "white space"}, ["client_request_token='white space'"]),
        ({"client_request_token": "x" * 65}, ["client_request_token"]),
        ({"job_tag": ""}, ["job_tag=''"]),
        ({"job_tag": "a b"}, ["job_tag='a b'"]),
        ({"features": ["FACES"]}, ["features.0='FACES'", "GENERAL_LABELS"]),
        ({"features": ["GENERAL_LABELS"] * 2}, ["features", "1"]),
        ({"notification_channel": {"sns_topic_arn": ARN}}, ["notification_channel"]),
        ({"confidence": 5}, ["confidence", "min_confidence"]),
    ],
)
async def test_invalid_parameters_are_rejected_before_they_are_sent(scripted, parameters, words):
    async with scripted.kit() as kit:
        with pytest.raises(RequestError) as caught:
            await kit.rekognition.start_label_detection(**({"video": VIDEO} | parameters))
    for word in words:
        assert word in str(caught.value)
    assert scripted.requests == []


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: S3Video("ab", "x"), ["S3Video", "bucket='ab'", "3"]),
        (lambda: S3Video("bucket", ""), ["name=''"]),
        (lambda: S3Video("bucket", "x", "7"), ["S3Video", "position 3"]),
        (lambda: S3Video("bucket"), ["name", "missing"]),
        (lambda: S3Video(bucket="bucket", key="x"), ["key", "name"]),
        (lambda: BlackFrame(max_pixel_threshold=1.1), ["max_pixel_threshold=1.1", "1"]),
        (
            lambda: StartShotDetectionFilter(min_segment_confidence=49),
            ["min_segment_confidence=49", "50"],
        ),
        (
            lambda: NotificationChannel(sns_topic_arn="topic", role_arn=ROLE),
            ["sns_topic_arn='topic'"],
        ),
        (
            lambda: GeneralLabelsSettings(label_inclusion_filters=["x" * 51]),
            ["label_inclusion_filters.0", "50"],
        ),
    ],
)
def test_invalid_models_are_rejected_by_their_constructor(make, words):
    with pytest.raises(RequestError) as caught:
        make()
    for word in words:
        assert word in str(caught.value)


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        ({"segment_types": []}, ["segment_types=[]", "1"]),
        ({"segment_types": "SHOT"}, ["segment_types='SHOT'"]),
        ({"segment_types": ["SCENE"]}, ["segment_types.0='SCENE'", "TECHNICAL_CUE"]),
        ({}, ["segment_types"]),
    ],
)
async def test_segment_types_are_checked(scripted, parameters, words):
    async with scripted.kit() as kit:
        with pytest.raises(RequestError) as caught:
            await kit.rekognition.start_segment_detection(VIDEO, **parameters)
    for word in words:
        assert word in str(caught.value)
    assert scripted.requests == []


@pytest.mark.parametrize(
    "parameters",
    [
        {"job_id": ""},
        {"job_id": "a/b"},
        {"job_id": "x", "max_results": 0},
        {"job_id": "x", "max_results": 1001},
        {"job_id": "x", "next_token": ""},
        {"job_id": "x", "sort_by": "SIZE"},
        {"job_id": "x", "aggregate_by": "HOURS"},
    ],
)
async def test_parameters_of_a_get_are_checked_by_the_call(kit, parameters):
    with pytest.raises(RequestError, match=r"rekognition\.GetLabelDetection"):
        kit.rekognition.get_label_detection(**parameters)
