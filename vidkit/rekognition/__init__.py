"""Rekognition: video jobs, stream processors, face collections and pictures, with models."""

from typing import TYPE_CHECKING

from vidkit._internal.lazy_imports import lazy_names

if TYPE_CHECKING:
    from vidkit.rekognition.client import RekognitionClient
    from vidkit.rekognition.completion.completion_queue import CompletionQueue
    from vidkit.rekognition.completion.queue_setup import CompletionChannel, Finding
    from vidkit.rekognition.face_collections.responses import (
        CreateCollectionResponse,
        DeleteCollectionResponse,
        DeleteFacesResponse,
        DescribeCollectionResponse,
        FaceRecord,
        IndexFacesResponse,
        ListCollectionsResponse,
        ListFacesResponse,
        SearchFacesByImageResponse,
        SearchFacesResponse,
        UnindexedFace,
        UnsuccessfulFaceDeletion,
    )
    from vidkit.rekognition.face_collections.users import (
        AssociatedFace,
        AssociateFacesResponse,
        DisassociatedFace,
        DisassociateFacesResponse,
        ListUsersResponse,
        MatchedUser,
        SearchedFace,
        SearchedFaceDetails,
        SearchedUser,
        SearchUsersByImageResponse,
        SearchUsersResponse,
        UnsearchedFace,
        UnsuccessfulFaceAssociation,
        UnsuccessfulFaceDisassociation,
        User,
        UserMatch,
    )
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
    from vidkit.rekognition.pictures.models import (
        PictureContent,
        S3Image,
    )
    from vidkit.rekognition.pictures.requests import (
        DetectLabelsImagePropertiesSettings,
        DetectLabelsSettings,
        DetectTextFilters,
        HumanLoopConfig,
        HumanLoopDataAttributes,
    )
    from vidkit.rekognition.pictures.responses import (
        Celebrity,
        ComparedFace,
        ComparedSourceImageFace,
        CompareFacesMatch,
        CompareFacesResponse,
        DetectFacesResponse,
        DetectLabelsImageBackground,
        DetectLabelsImageForeground,
        DetectLabelsImageProperties,
        DetectLabelsImageQuality,
        DetectLabelsResponse,
        DetectModerationLabelsResponse,
        DetectTextResponse,
        HumanLoopActivationOutput,
        RecognizeCelebritiesResponse,
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

# One name a line would take half of this file.
# fmt: off
__all__ = [
    "AgeRange", "AssociateFacesResponse", "AssociatedFace", "AudioMetadata", "Beard",
    "BlackFrame", "BoundingBox", "Celebrity", "CelebrityDetail", "CelebrityRecognition",
    "CompareFacesMatch", "CompareFacesResponse", "ComparedFace", "ComparedSourceImageFace",
    "CompletionChannel", "CompletionQueue", "ConnectedHomeEvent", "ConnectedHomeSettings",
    "ConnectedHomeSettingsForUpdate", "ContentModerationDetection", "ContentType",
    "CreateCollectionResponse", "CreateStreamProcessorResponse", "DeleteCollectionResponse",
    "DeleteFacesResponse", "DescribeCollectionResponse", "DescribeStreamProcessorResponse",
    "DescribedConnectedHome", "DescribedDataSharingPreference", "DescribedFaceSearch",
    "DescribedInput", "DescribedNotificationChannel", "DescribedOutput",
    "DescribedRegionOfInterest", "DescribedS3Destination", "DescribedSettings", "DescribedStream",
    "DetectFacesResponse", "DetectLabelsImageBackground", "DetectLabelsImageForeground",
    "DetectLabelsImageProperties", "DetectLabelsImagePropertiesSettings",
    "DetectLabelsImageQuality", "DetectLabelsResponse", "DetectLabelsSettings",
    "DetectModerationLabelsResponse", "DetectTextFilters", "DetectTextResponse", "DetectedFace",
    "DetectionFilter", "DisassociateFacesResponse", "DisassociatedFace", "DominantColor",
    "Emotion", "EventBoundingBox", "EventInputInformation", "EventKinesisVideo",
    "EventKinesisVideoMapping", "EventLabel", "EventNamespace", "EventVideoMapping",
    "EyeDirection", "EyeOpen", "Eyeglasses", "Face", "FaceDetail", "FaceDetection", "FaceMatch",
    "FaceOccluded", "FaceRecord", "FaceSearchRecord", "FaceSearchResponse", "FaceSearchSettings",
    "Finding", "Gender", "GeneralLabelsSettings", "Geometry", "GetCelebrityRecognitionResponse",
    "GetContentModerationRequestMetadata", "GetContentModerationResponse",
    "GetFaceDetectionResponse", "GetFaceSearchResponse", "GetLabelDetectionRequestMetadata",
    "GetLabelDetectionResponse", "GetPersonTrackingResponse", "GetSegmentDetectionResponse",
    "GetTextDetectionResponse", "HumanLoopActivationOutput", "HumanLoopConfig",
    "HumanLoopDataAttributes", "ImageQuality", "IndexFacesResponse", "InputInformation",
    "Instance", "KinesisDataStream", "KinesisVideo", "KinesisVideoStream",
    "KinesisVideoStreamStartSelector", "KnownGender", "Label", "LabelAlias", "LabelCategory",
    "LabelDetection", "LabelDetectionSettings", "Landmark", "ListCollectionsResponse",
    "ListFacesResponse", "ListStreamProcessorsResponse", "ListUsersResponse", "MatchedFace",
    "MatchedUser", "ModerationLabel", "MouthOpen", "Mustache", "NotificationChannel", "Parent",
    "PersonDetail", "PersonDetection", "PersonMatch", "PictureContent", "Point", "Pose",
    "RecognizeCelebritiesResponse", "RegionOfInterest", "RekognitionClient", "S3Destination",
    "S3Image", "S3Object", "S3Video", "SearchFacesByImageResponse", "SearchFacesResponse",
    "SearchUsersByImageResponse", "SearchUsersResponse", "SearchedFace", "SearchedFaceDetails",
    "SearchedUser", "SegmentDetection", "SegmentTypeInfo", "ShotSegment", "Smile",
    "StartSegmentDetectionFilters", "StartShotDetectionFilter", "StartStreamProcessorResponse",
    "StartTechnicalCueDetectionFilter", "StartTextDetectionFilters", "StreamProcessingResults",
    "StreamProcessingStartSelector", "StreamProcessingStopSelector", "StreamProcessor",
    "StreamProcessorDataSharingPreference", "StreamProcessorInformation", "StreamProcessorInput",
    "StreamProcessorNotificationChannel", "StreamProcessorOutput", "StreamProcessorSettings",
    "StreamProcessorSettingsForUpdate", "Sunglasses", "TechnicalCueSegment", "TextDetection",
    "TextDetectionResult", "UnindexedFace", "UnsearchedFace", "UnsuccessfulFaceAssociation",
    "UnsuccessfulFaceDeletion", "UnsuccessfulFaceDisassociation", "User", "UserMatch", "Video",
    "VideoMetadata", "parse_connected_home_event", "parse_face_search_record",
]
# fmt: on

if not TYPE_CHECKING:
    __getattr__, __dir__ = lazy_names(
        globals(),
        {
            "vidkit.rekognition.client": "RekognitionClient",
            "vidkit.rekognition.completion.completion_queue": "CompletionQueue",
            "vidkit.rekognition.completion.queue_setup": "CompletionChannel Finding",
            "vidkit.rekognition.face_collections.responses": (
                "CreateCollectionResponse DeleteCollectionResponse DeleteFacesResponse "
                "DescribeCollectionResponse FaceRecord IndexFacesResponse ListCollectionsResponse "
                "ListFacesResponse SearchFacesByImageResponse SearchFacesResponse UnindexedFace "
                "UnsuccessfulFaceDeletion"
            ),
            "vidkit.rekognition.face_collections.users": (
                "AssociateFacesResponse AssociatedFace DisassociateFacesResponse DisassociatedFace "
                "ListUsersResponse MatchedUser SearchUsersByImageResponse SearchUsersResponse "
                "SearchedFace SearchedFaceDetails SearchedUser UnsearchedFace "
                "UnsuccessfulFaceAssociation UnsuccessfulFaceDisassociation User UserMatch"
            ),
            "vidkit.rekognition.pictures.models": "PictureContent S3Image",
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
            "vidkit.rekognition.pictures.requests": (
                "DetectLabelsImagePropertiesSettings DetectLabelsSettings DetectTextFilters "
                "HumanLoopConfig HumanLoopDataAttributes"
            ),
            "vidkit.rekognition.pictures.responses": (
                "Celebrity CompareFacesMatch CompareFacesResponse ComparedFace "
                "ComparedSourceImageFace DetectFacesResponse DetectLabelsImageBackground "
                "DetectLabelsImageForeground DetectLabelsImageProperties DetectLabelsImageQuality "
                "DetectLabelsResponse DetectModerationLabelsResponse DetectTextResponse "
                "HumanLoopActivationOutput RecognizeCelebritiesResponse"
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
