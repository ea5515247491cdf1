"""Read by mypy and pyright, never run: what the public API promises to type checkers."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any, assert_type

from vidkit import AsyncPager, Job, Outcome, S3Video, VidKit
from vidkit.images import Image, ImagePage
from vidkit.ivs import (
    BatchGetChannelResponse,
    Channel,
    ChannelSummary,
    ListChannelsResponse,
    ListPlaybackRestrictionPoliciesResponse,
    PlaybackRestrictionPolicy,
    PolicyReport,
)
from vidkit.mpc import ListThumbnailsTaskResponse, ObsObjInfo, ThumbnailPara, ThumbTask
from vidkit.rekognition import (
    CelebrityRecognition,
    ContentModerationDetection,
    DescribeStreamProcessorResponse,
    DetectLabelsResponse,
    Face,
    FaceDetection,
    FaceRecord,
    GetCelebrityRecognitionResponse,
    GetContentModerationResponse,
    GetFaceDetectionResponse,
    GetFaceSearchResponse,
    GetLabelDetectionResponse,
    GetPersonTrackingResponse,
    GetSegmentDetectionResponse,
    GetTextDetectionResponse,
    LabelDetection,
    ListCollectionsResponse,
    ListFacesResponse,
    ListStreamProcessorsResponse,
    ListUsersResponse,
    PersonDetection,
    PersonMatch,
    S3Image,
    SegmentDetection,
    StreamProcessor,
    TextDetectionResult,
    User,
)


async def images(kit: VidKit) -> None:
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    pager = kit.images.get_images(stream_name="s", start_timestamp=moment, end_timestamp=moment)
    assert_type(pager, AsyncPager[Image, ImagePage])
    assert_type(await pager, ImagePage)
    assert_type(await pager.first(), Image | None)
    assert_type(await pager.collect(limit=3), list[Image])
    assert_type(pager.pages(), AsyncIterator[ImagePage])
    async for image in pager:
        assert_type(image, Image)
        assert_type(image.content, bytes | None)
        assert_type(image.timestamp, datetime)


async def jobs(kit: VidKit) -> None:
    video = S3Video("bucket", "clip.mp4")
    labels = await kit.rekognition.start_label_detection(video)
    assert_type(labels, Job[AsyncPager[LabelDetection, GetLabelDetectionResponse]])
    assert_type(await labels, AsyncPager[LabelDetection, GetLabelDetectionResponse])
    async for item in await labels:
        assert_type(item, LabelDetection)
        assert_type(item.timestamp, int | None)
    segments = await kit.rekognition.start_segment_detection(video, segment_types=["SHOT"])
    assert_type(await segments.result(), AsyncPager[SegmentDetection, GetSegmentDetectionResponse])
    assert_type(await labels.status(), str)
    assert_type(labels.watch(), AsyncIterator[str])
    assert_type(
        kit.resume(labels.token), Job[AsyncPager[LabelDetection, GetLabelDetectionResponse]]
    )
    assert_type(kit.resume("vidkit1.x"), Job[Any])


async def faces_and_persons(kit: VidKit) -> None:
    video = S3Video("bucket", "clip.mp4")
    faces = await kit.rekognition.start_face_detection(video, face_attributes="ALL")
    assert_type(faces, Job[AsyncPager[FaceDetection, GetFaceDetectionResponse]])
    assert_type(await (await faces).first(), FaceDetection | None)
    assert_type(
        kit.rekognition.get_face_detection("j"), AsyncPager[FaceDetection, GetFaceDetectionResponse]
    )
    matches = await kit.rekognition.start_face_search(video, collection_id="staff")
    assert_type(matches, Job[AsyncPager[PersonMatch, GetFaceSearchResponse]])
    assert_type(
        kit.rekognition.get_face_search("j", sort_by="INDEX"),
        AsyncPager[PersonMatch, GetFaceSearchResponse],
    )
    persons = await kit.rekognition.start_person_tracking(video)  # pyright: ignore[reportDeprecated]
    assert_type(persons, Job[AsyncPager[PersonDetection, GetPersonTrackingResponse]])
    assert_type(
        kit.rekognition.get_person_tracking("j", sort_by="INDEX"),  # pyright: ignore[reportDeprecated]
        AsyncPager[PersonDetection, GetPersonTrackingResponse],
    )
    celebrities = await kit.rekognition.start_celebrity_recognition(video)
    assert_type(celebrities, Job[AsyncPager[CelebrityRecognition, GetCelebrityRecognitionResponse]])
    assert_type(
        kit.rekognition.get_celebrity_recognition("j", sort_by="ID"),
        AsyncPager[CelebrityRecognition, GetCelebrityRecognitionResponse],
    )


async def contents_and_texts(kit: VidKit) -> None:
    video = S3Video("bucket", "clip.mp4")
    contents = await kit.rekognition.start_content_moderation(video, min_confidence=80)
    assert_type(contents, Job[AsyncPager[ContentModerationDetection, GetContentModerationResponse]])
    assert_type(
        kit.rekognition.get_content_moderation("j", sort_by="NAME", aggregate_by="SEGMENTS"),
        AsyncPager[ContentModerationDetection, GetContentModerationResponse],
    )
    texts = await kit.rekognition.start_text_detection(video)
    assert_type(texts, Job[AsyncPager[TextDetectionResult, GetTextDetectionResponse]])
    assert_type(
        kit.rekognition.get_text_detection("j"),
        AsyncPager[TextDetectionResult, GetTextDetectionResponse],
    )


async def many(kit: VidKit) -> None:
    async def starter() -> Job[AsyncPager[SegmentDetection, GetSegmentDetectionResponse]]:
        return await kit.rekognition.start_segment_detection(
            S3Video("bucket", "clip.mp4"), segment_types=["SHOT"]
        )

    async for outcome in kit.run_jobs([starter]):
        assert_type(outcome, Outcome[AsyncPager[SegmentDetection, GetSegmentDetectionResponse]])
        if outcome.result is not None:
            assert_type(await outcome.result.first(), SegmentDetection | None)


async def processors(kit: VidKit) -> None:
    processors = kit.rekognition.list_stream_processors()
    assert_type(processors, AsyncPager[StreamProcessor, ListStreamProcessorsResponse])
    found = await kit.rekognition.wait_for_status("door", "RUNNING")
    assert_type(found, DescribeStreamProcessorResponse)


async def pictures(kit: VidKit) -> None:
    assert_type(kit.rekognition.list_collections(), AsyncPager[str, ListCollectionsResponse])
    indexed = await kit.rekognition.index_faces("staff", b"jpeg", external_image_id="anna")
    assert_type(indexed.face_records, list[FaceRecord])
    assert_type(kit.rekognition.list_faces("staff"), AsyncPager[Face, ListFacesResponse])
    assert_type(kit.rekognition.list_users("staff"), AsyncPager[User, ListUsersResponse])
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    frames = kit.images.get_images(stream_name="s", start_timestamp=moment, end_timestamp=moment)
    async for frame in frames:
        found = await kit.rekognition.detect_labels(frame, features=["GENERAL_LABELS"])
        assert_type(found, DetectLabelsResponse)
        await kit.rekognition.compare_faces(frame, S3Image("bucket", "anna.jpg"))


async def policies(kit: VidKit) -> None:
    policy = await kit.ivs.create_playback_restriction_policy(name="dach")
    assert_type(policy, PlaybackRestrictionPolicy)
    wanted = await kit.ivs.ensure_playback_restriction_policy(name="dach")
    assert_type(wanted, PlaybackRestrictionPolicy)
    channels = kit.ivs.list_channels()
    assert_type(channels, AsyncPager[ChannelSummary, ListChannelsResponse])
    assert_type(await kit.ivs.apply_policy(wanted, channels=channels), PolicyReport)
    assert_type(await kit.ivs.batch_get_channel(["arn"]), BatchGetChannelResponse)
    assert_type(await kit.ivs.get_channel("arn"), Channel)
    pager = kit.ivs.list_playback_restriction_policies()
    assert_type(
        pager, AsyncPager[PlaybackRestrictionPolicy, ListPlaybackRestrictionPoliciesResponse]
    )
    assert_type(policy.allowed_countries, list[str])


async def snapshots(kit: VidKit) -> None:
    place = ObsObjInfo(bucket="b", location="cn-north-4", object="o")
    job = await kit.mpc.create_thumbnails_task(
        input=place, output=place, thumbnail_para=ThumbnailPara(type="DOTS", dots=[1])
    )
    assert_type(job, Job[ThumbTask])
    assert_type(await job, ThumbTask)
    tasks = kit.mpc.list_thumbnails_task(status="FAILED")
    assert_type(tasks, AsyncPager[ThumbTask, ListThumbnailsTaskResponse])


async def calls_by_name(kit: VidKit) -> None:
    assert_type(await kit.ivs.call("ListAdConfigurations"), dict[str, Any])
    response = await kit.images.call("DescribeStream", {"StreamName": "a"}, idempotent=False)
    assert_type(response, dict[str, Any])
    assert_type(kit.rekognition.call_pages("ListFaces", {}), AsyncIterator[dict[str, Any]])
    listed = await kit.mpc.call("GET", "/v1/a", query={"task_id": ["1", 2], "size": 10})
    assert_type(listed, dict[str, Any])


async def what_is_refused_by_the_checkers(kit: VidKit) -> None:
    video = S3Video("bucket", "clip.mp4")
    await kit.rekognition.start_label_detection(video, confidence=5)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    await kit.rekognition.detect_labels("anna.jpg")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    await kit.rekognition.detect_faces(b"", attributes=["AGE"])  # type: ignore[list-item]  # pyright: ignore[reportArgumentType]
    await kit.rekognition.start_face_search(video)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    kit.rekognition.get_celebrity_recognition("j", sort_by="NAME")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    kit.mpc.list_thumbnails_task(status="DONE")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    ThumbnailPara(type="DOT")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    ThumbnailPara(interval=3)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
