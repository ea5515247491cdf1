"""Rekognition Video: stored-video jobs and stream processors, their parameters and results."""

from typing import TYPE_CHECKING

from vidkit._internal.lazy_imports import lazy_names

if TYPE_CHECKING:
    from vidkit.rekognition.client import RekognitionClient
    from vidkit.rekognition.completion.completion_queue import CompletionQueue
    from vidkit.rekognition.completion.queue_setup import CompletionChannel, Finding
    from vidkit.rekognition.kinds.celebrities import (
        CelebrityDetail,
        CelebrityRecognition,
        GetCelebrityRecognitionResponse,
        KnownGender,
    )
    from vidkit.rekognition.kinds.face_search import (
        Face,
        FaceMatch,
        GetFaceSearchResponse,
        PersonMatch,
    )
    from vidkit.rekognition.kinds.faces import (
        AgeRange,
        Beard,
        Emotion,
        EyeDirection,
        Eyeglasses,
        EyeOpen,
        FaceDetail,
        FaceDetection,
        FaceOccluded,
        Gender,
        GetFaceDetectionResponse,
        ImageQuality,
        Landmark,
        MouthOpen,
        Mustache,
        Pose,
        Smile,
        Sunglasses,
    )
    from vidkit.rekognition.kinds.labels import (
        DominantColor,
        GeneralLabelsSettings,
        GetLabelDetectionRequestMetadata,
        GetLabelDetectionResponse,
        Instance,
        Label,
        LabelAlias,
        LabelCategory,
        LabelDetection,
        LabelDetectionSettings,
        Parent,
    )
    from vidkit.rekognition.kinds.moderation import (
        ContentModerationDetection,
        ContentType,
        GetContentModerationRequestMetadata,
        GetContentModerationResponse,
        ModerationLabel,
    )
    from vidkit.rekognition.kinds.persons import (
        GetPersonTrackingResponse,
        PersonDetail,
        PersonDetection,
    )
    from vidkit.rekognition.kinds.segments import (
        AudioMetadata,
        BlackFrame,
        GetSegmentDetectionResponse,
        SegmentDetection,
        SegmentTypeInfo,
        ShotSegment,
        StartSegmentDetectionFilters,
        StartShotDetectionFilter,
        StartTechnicalCueDetectionFilter,
        TechnicalCueSegment,
    )
    from vidkit.rekognition.kinds.texts import (
        DetectionFilter,
        GetTextDetectionResponse,
        StartTextDetectionFilters,
        TextDetection,
        TextDetectionResult,
    )
    from vidkit.rekognition.models import (
        BoundingBox,
        Geometry,
        NotificationChannel,
        Point,
        RegionOfInterest,
        S3Object,
        S3Video,
        Video,
        VideoMetadata,
    )
    from vidkit.rekognition.stream_processors.models import (
        ConnectedHomeSettings,
        ConnectedHomeSettingsForUpdate,
        FaceSearchSettings,
        KinesisDataStream,
        KinesisVideoStream,
        KinesisVideoStreamStartSelector,
        S3Destination,
        StreamProcessingStartSelector,
        StreamProcessingStopSelector,
        StreamProcessorDataSharingPreference,
        StreamProcessorInput,
        StreamProcessorNotificationChannel,
        StreamProcessorOutput,
        StreamProcessorSettings,
        StreamProcessorSettingsForUpdate,
    )
    from vidkit.rekognition.stream_processors.responses import (
        CreateStreamProcessorResponse,
        DescribedConnectedHome,
        DescribedDataSharingPreference,
        DescribedFaceSearch,
        DescribedInput,
        DescribedNotificationChannel,
        DescribedOutput,
        DescribedRegionOfInterest,
        DescribedS3Destination,
        DescribedSettings,
        DescribedStream,
        DescribeStreamProcessorResponse,
        ListStreamProcessorsResponse,
        StartStreamProcessorResponse,
        StreamProcessor,
    )
    from vidkit.rekognition.stream_processors.results import (
        ConnectedHomeEvent,
        DetectedFace,
        EventBoundingBox,
        EventInputInformation,
        EventKinesisVideo,
        EventKinesisVideoMapping,
        EventLabel,
        EventNamespace,
        EventVideoMapping,
        FaceSearchRecord,
        FaceSearchResponse,
        InputInformation,
        KinesisVideo,
        MatchedFace,
        StreamProcessingResults,
        StreamProcessorInformation,
        parse_connected_home_event,
        parse_face_search_record,
    )

__all__ = [
    "AgeRange",
    "AudioMetadata",
    "Beard",
    "BlackFrame",
    "BoundingBox",
    "CelebrityDetail",
    "CelebrityRecognition",
    "CompletionChannel",
    "CompletionQueue",
    "ConnectedHomeEvent",
    "ConnectedHomeSettings",
    "ConnectedHomeSettingsForUpdate",
    "ContentModerationDetection",
    "ContentType",
    "CreateStreamProcessorResponse",
    "DescribeStreamProcessorResponse",
    "DescribedConnectedHome",
    "DescribedDataSharingPreference",
    "DescribedFaceSearch",
    "DescribedInput",
    "DescribedNotificationChannel",
    "DescribedOutput",
    "DescribedRegionOfInterest",
    "DescribedS3Destination",
    "DescribedSettings",
    "DescribedStream",
    "DetectedFace",
    "DetectionFilter",
    "DominantColor",
    "Emotion",
    "EventBoundingBox",
    "EventInputInformation",
    "EventKinesisVideo",
    "EventKinesisVideoMapping",
    "EventLabel",
    "EventNamespace",
    "EventVideoMapping",
    "EyeDirection",
    "EyeOpen",
    "Eyeglasses",
    "Face",
    "FaceDetail",
    "FaceDetection",
    "FaceMatch",
    "FaceOccluded",
    "FaceSearchRecord",
    "FaceSearchResponse",
    "FaceSearchSettings",
    "Finding",
    "Gender",
    "GeneralLabelsSettings",
    "Geometry",
    "GetCelebrityRecognitionResponse",
    "GetContentModerationRequestMetadata",
    "GetContentModerationResponse",
    "GetFaceDetectionResponse",
    "GetFaceSearchResponse",
    "GetLabelDetectionRequestMetadata",
    "GetLabelDetectionResponse",
    "GetPersonTrackingResponse",
    "GetSegmentDetectionResponse",
    "GetTextDetectionResponse",
    "ImageQuality",
    "InputInformation",
    "Instance",
    "KinesisDataStream",
    "KinesisVideo",
    "KinesisVideoStream",
    "KinesisVideoStreamStartSelector",
    "KnownGender",
    "Label",
    "LabelAlias",
    "LabelCategory",
    "LabelDetection",
    "LabelDetectionSettings",
    "Landmark",
    "ListStreamProcessorsResponse",
    "MatchedFace",
    "ModerationLabel",
    "MouthOpen",
    "Mustache",
    "NotificationChannel",
    "Parent",
    "PersonDetail",
    "PersonDetection",
    "PersonMatch",
    "Point",
    "Pose",
    "RegionOfInterest",
    "RekognitionClient",
    "S3Destination",
    "S3Object",
    "S3Video",
    "SegmentDetection",
    "SegmentTypeInfo",
    "ShotSegment",
    "Smile",
    "StartSegmentDetectionFilters",
    "StartShotDetectionFilter",
    "StartStreamProcessorResponse",
    "StartTechnicalCueDetectionFilter",
    "StartTextDetectionFilters",
    "StreamProcessingResults",
    "StreamProcessingStartSelector",
    "StreamProcessingStopSelector",
    "StreamProcessor",
    "StreamProcessorDataSharingPreference",
    "StreamProcessorInformation",
    "StreamProcessorInput",
    "StreamProcessorNotificationChannel",
    "StreamProcessorOutput",
    "StreamProcessorSettings",
    "StreamProcessorSettingsForUpdate",
    "Sunglasses",
    "TechnicalCueSegment",
    "TextDetection",
    "TextDetectionResult",
    "Video",
    "VideoMetadata",
    "parse_connected_home_event",
    "parse_face_search_record",
]

if not TYPE_CHECKING:
    __getattr__, __dir__ = lazy_names(
        globals(),
        {
            "vidkit.rekognition.client": "RekognitionClient",
            "vidkit.rekognition.completion.completion_queue": "CompletionQueue",
            "vidkit.rekognition.completion.queue_setup": "CompletionChannel Finding",
            "vidkit.rekognition.kinds.celebrities": (
                "CelebrityDetail CelebrityRecognition GetCelebrityRecognitionResponse KnownGender"
            ),
            "vidkit.rekognition.kinds.face_search": (
                "Face FaceMatch GetFaceSearchResponse PersonMatch"
            ),
            "vidkit.rekognition.kinds.faces": (
                "AgeRange Beard Emotion EyeDirection EyeOpen Eyeglasses FaceDetail FaceDetection "
                "FaceOccluded Gender GetFaceDetectionResponse ImageQuality Landmark MouthOpen "
                "Mustache Pose Smile Sunglasses"
            ),
            "vidkit.rekognition.kinds.labels": (
                "DominantColor GeneralLabelsSettings GetLabelDetectionRequestMetadata "
                "GetLabelDetectionResponse Instance Label LabelAlias LabelCategory LabelDetection "
                "LabelDetectionSettings Parent"
            ),
            "vidkit.rekognition.kinds.moderation": (
                "ContentModerationDetection ContentType GetContentModerationRequestMetadata "
                "GetContentModerationResponse ModerationLabel"
            ),
            "vidkit.rekognition.kinds.persons": (
                "GetPersonTrackingResponse PersonDetail PersonDetection"
            ),
            "vidkit.rekognition.kinds.segments": (
                "AudioMetadata BlackFrame GetSegmentDetectionResponse SegmentDetection "
                "SegmentTypeInfo ShotSegment StartSegmentDetectionFilters "
                "StartShotDetectionFilter StartTechnicalCueDetectionFilter TechnicalCueSegment"
            ),
            "vidkit.rekognition.kinds.texts": (
                "DetectionFilter GetTextDetectionResponse StartTextDetectionFilters TextDetection "
                "TextDetectionResult"
            ),
            "vidkit.rekognition.models": (
                "BoundingBox Geometry NotificationChannel Point RegionOfInterest S3Object S3Video "
                "Video VideoMetadata"
            ),
            "vidkit.rekognition.stream_processors.models": (
                "ConnectedHomeSettings ConnectedHomeSettingsForUpdate FaceSearchSettings "
                "KinesisDataStream KinesisVideoStream KinesisVideoStreamStartSelector "
                "S3Destination StreamProcessingStartSelector StreamProcessingStopSelector "
                "StreamProcessorDataSharingPreference StreamProcessorInput "
                "StreamProcessorNotificationChannel StreamProcessorOutput StreamProcessorSettings "
                "StreamProcessorSettingsForUpdate"
            ),
            "vidkit.rekognition.stream_processors.responses": (
                "CreateStreamProcessorResponse DescribeStreamProcessorResponse "
                "DescribedConnectedHome DescribedDataSharingPreference DescribedFaceSearch "
                "DescribedInput DescribedNotificationChannel DescribedOutput "
                "DescribedRegionOfInterest DescribedS3Destination DescribedSettings "
                "DescribedStream ListStreamProcessorsResponse StartStreamProcessorResponse "
                "StreamProcessor"
            ),
            "vidkit.rekognition.stream_processors.results": (
                "ConnectedHomeEvent DetectedFace EventBoundingBox EventInputInformation "
                "EventKinesisVideo EventKinesisVideoMapping EventLabel EventNamespace "
                "EventVideoMapping FaceSearchRecord FaceSearchResponse InputInformation "
                "KinesisVideo MatchedFace StreamProcessingResults StreamProcessorInformation "
                "parse_connected_home_event parse_face_search_record"
            ),
        },
    )
