"""Our models compared with those of botocore: a new botocore shows here what is missing."""

import pytest
from model_comparison import differences, operation, wire_name
from pydantic import BaseModel

from vidkit.calls.operation import Nothing
from vidkit.images.models import GetDataEndpointResponse, GetImagesRequest, GetImagesResponse
from vidkit.ivs.models import channels, streams, tags
from vidkit.ivs.models import policies as ivs
from vidkit.rekognition.face_collections import requests as collections
from vidkit.rekognition.face_collections import users
from vidkit.rekognition.kinds import (
    celebrities,
    face_search,
    faces,
    labels,
    moderation,
    persons,
    segments,
    texts,
)
from vidkit.rekognition.models import StartResponse
from vidkit.rekognition.pictures import requests as pictures

ANSWERS = [
    ("kinesisvideo", "GetDataEndpoint", GetDataEndpointResponse),
    ("kinesis-video-archived-media", "GetImages", GetImagesResponse),
    ("rekognition", "StartLabelDetection", StartResponse),
    ("rekognition", "GetLabelDetection", labels.GetLabelDetectionResponse),
    ("rekognition", "StartSegmentDetection", StartResponse),
    ("rekognition", "GetSegmentDetection", segments.GetSegmentDetectionResponse),
    ("rekognition", "StartFaceDetection", StartResponse),
    ("rekognition", "GetFaceDetection", faces.GetFaceDetectionResponse),
    ("rekognition", "StartFaceSearch", StartResponse),
    ("rekognition", "GetFaceSearch", face_search.GetFaceSearchResponse),
    ("rekognition", "StartPersonTracking", StartResponse),
    ("rekognition", "GetPersonTracking", persons.GetPersonTrackingResponse),
    ("rekognition", "StartCelebrityRecognition", StartResponse),
    ("rekognition", "GetCelebrityRecognition", celebrities.GetCelebrityRecognitionResponse),
    ("rekognition", "StartContentModeration", StartResponse),
    ("rekognition", "GetContentModeration", moderation.GetContentModerationResponse),
    ("rekognition", "StartTextDetection", StartResponse),
    ("rekognition", "GetTextDetection", texts.GetTextDetectionResponse),
    ("rekognition", "CreateCollection", collections.CreateCollectionResponse),
    ("rekognition", "DescribeCollection", collections.DescribeCollectionResponse),
    ("rekognition", "ListCollections", collections.ListCollectionsResponse),
    ("rekognition", "DeleteCollection", collections.DeleteCollectionResponse),
    ("rekognition", "IndexFaces", collections.IndexFacesResponse),
    ("rekognition", "ListFaces", collections.ListFacesResponse),
    ("rekognition", "DeleteFaces", collections.DeleteFacesResponse),
    ("rekognition", "SearchFaces", collections.SearchFacesResponse),
    ("rekognition", "SearchFacesByImage", collections.SearchFacesByImageResponse),
    ("rekognition", "CreateUser", Nothing),
    ("rekognition", "DeleteUser", Nothing),
    ("rekognition", "ListUsers", users.ListUsersResponse),
    ("rekognition", "AssociateFaces", users.AssociateFacesResponse),
    ("rekognition", "DisassociateFaces", users.DisassociateFacesResponse),
    ("rekognition", "SearchUsers", users.SearchUsersResponse),
    ("rekognition", "SearchUsersByImage", users.SearchUsersByImageResponse),
    ("rekognition", "DetectLabels", pictures.DetectLabelsResponse),
    ("rekognition", "DetectFaces", pictures.DetectFacesResponse),
    ("rekognition", "DetectModerationLabels", pictures.DetectModerationLabelsResponse),
    ("rekognition", "DetectText", pictures.DetectTextResponse),
    ("rekognition", "RecognizeCelebrities", pictures.RecognizeCelebritiesResponse),
    ("rekognition", "CompareFaces", pictures.CompareFacesResponse),
    ("ivs", "CreatePlaybackRestrictionPolicy", ivs.PlaybackRestrictionPolicyResponse),
    ("ivs", "GetPlaybackRestrictionPolicy", ivs.PlaybackRestrictionPolicyResponse),
    ("ivs", "UpdatePlaybackRestrictionPolicy", ivs.PlaybackRestrictionPolicyResponse),
    ("ivs", "ListPlaybackRestrictionPolicies", ivs.ListPlaybackRestrictionPoliciesResponse),
    ("ivs", "CreateChannel", channels.CreateChannelResponse),
    ("ivs", "GetChannel", channels.ChannelResponse),
    ("ivs", "BatchGetChannel", channels.BatchGetChannelResponse),
    ("ivs", "ListChannels", channels.ListChannelsResponse),
    ("ivs", "UpdateChannel", channels.ChannelResponse),
    ("ivs", "GetStreamSession", streams.GetStreamSessionResponse),
    ("ivs", "ListStreamSessions", streams.ListStreamSessionsResponse),
    ("ivs", "ListTagsForResource", tags.ListTagsForResourceResponse),
]
REQUESTS = [
    ("rekognition", "StartLabelDetection", labels.StartLabelDetectionRequest),
    ("rekognition", "GetLabelDetection", labels.GetLabelDetectionRequest),
    ("rekognition", "StartSegmentDetection", segments.StartSegmentDetectionRequest),
    ("rekognition", "GetSegmentDetection", segments.GetSegmentDetectionRequest),
    ("rekognition", "StartFaceDetection", faces.StartFaceDetectionRequest),
    ("rekognition", "GetFaceDetection", faces.GetFaceDetectionRequest),
    ("rekognition", "StartFaceSearch", face_search.StartFaceSearchRequest),
    ("rekognition", "GetFaceSearch", face_search.GetFaceSearchRequest),
    ("rekognition", "StartPersonTracking", persons.StartPersonTrackingRequest),
    ("rekognition", "GetPersonTracking", persons.GetPersonTrackingRequest),
    ("rekognition", "StartCelebrityRecognition", celebrities.StartCelebrityRecognitionRequest),
    ("rekognition", "GetCelebrityRecognition", celebrities.GetCelebrityRecognitionRequest),
    ("rekognition", "StartContentModeration", moderation.StartContentModerationRequest),
    ("rekognition", "GetContentModeration", moderation.GetContentModerationRequest),
    ("rekognition", "StartTextDetection", texts.StartTextDetectionRequest),
    ("rekognition", "GetTextDetection", texts.GetTextDetectionRequest),
    ("rekognition", "CreateCollection", collections.CreateCollectionRequest),
    ("rekognition", "DescribeCollection", collections.DescribeCollectionRequest),
    ("rekognition", "ListCollections", collections.ListCollectionsRequest),
    ("rekognition", "DeleteCollection", collections.DeleteCollectionRequest),
    ("rekognition", "IndexFaces", collections.IndexFacesRequest),
    ("rekognition", "ListFaces", collections.ListFacesRequest),
    ("rekognition", "DeleteFaces", collections.DeleteFacesRequest),
    ("rekognition", "SearchFaces", collections.SearchFacesRequest),
    ("rekognition", "SearchFacesByImage", collections.SearchFacesByImageRequest),
    ("rekognition", "CreateUser", users.CreateUserRequest),
    ("rekognition", "DeleteUser", users.DeleteUserRequest),
    ("rekognition", "ListUsers", users.ListUsersRequest),
    ("rekognition", "AssociateFaces", users.AssociateFacesRequest),
    ("rekognition", "DisassociateFaces", users.DisassociateFacesRequest),
    ("rekognition", "SearchUsers", users.SearchUsersRequest),
    ("rekognition", "SearchUsersByImage", users.SearchUsersByImageRequest),
    ("rekognition", "DetectLabels", pictures.DetectLabelsRequest),
    ("rekognition", "DetectFaces", pictures.DetectFacesRequest),
    ("rekognition", "DetectModerationLabels", pictures.DetectModerationLabelsRequest),
    ("rekognition", "DetectText", pictures.DetectTextRequest),
    ("rekognition", "RecognizeCelebrities", pictures.RecognizeCelebritiesRequest),
    ("rekognition", "CompareFaces", pictures.CompareFacesRequest),
    ("ivs", "CreatePlaybackRestrictionPolicy", ivs.CreatePlaybackRestrictionPolicyRequest),
    ("ivs", "GetPlaybackRestrictionPolicy", ivs.GetPlaybackRestrictionPolicyRequest),
    ("ivs", "UpdatePlaybackRestrictionPolicy", ivs.UpdatePlaybackRestrictionPolicyRequest),
    ("ivs", "DeletePlaybackRestrictionPolicy", ivs.DeletePlaybackRestrictionPolicyRequest),
    ("ivs", "ListPlaybackRestrictionPolicies", ivs.ListPlaybackRestrictionPoliciesRequest),
    ("ivs", "CreateChannel", channels.CreateChannelRequest),
    ("ivs", "GetChannel", channels.GetChannelRequest),
    ("ivs", "BatchGetChannel", channels.BatchGetChannelRequest),
    ("ivs", "ListChannels", channels.ListChannelsRequest),
    ("ivs", "UpdateChannel", channels.UpdateChannelRequest),
    ("ivs", "DeleteChannel", channels.DeleteChannelRequest),
    ("ivs", "GetStreamSession", streams.GetStreamSessionRequest),
    ("ivs", "ListStreamSessions", streams.ListStreamSessionsRequest),
    ("ivs", "StopStream", streams.StopStreamRequest),
    ("ivs", "TagResource", tags.TagResourceRequest),
    ("ivs", "UntagResource", tags.UntagResourceRequest),
    ("ivs", "ListTagsForResource", tags.ListTagsForResourceRequest),
]

JOB_KINDS = [
    "LabelDetection",
    "FaceDetection",
    "FaceSearch",
    "PersonTracking",
    "CelebrityRecognition",
    "ContentModeration",
    "SegmentDetection",
    "TextDetection",
]

# Members that a response is useless without, although the service's model does not require them.
PROMISED = {
    "GetDataEndpoint.DataEndpoint: required by us only",
    "GetImages.Images: required by us only",
    "GetImages.Images.TimeStamp: required by us only",
    *(f"Start{kind}.JobId: required by us only" for kind in JOB_KINDS),
    "CreatePlaybackRestrictionPolicy.playbackRestrictionPolicy: required by us only",
    "GetPlaybackRestrictionPolicy.playbackRestrictionPolicy: required by us only",
    "UpdatePlaybackRestrictionPolicy.playbackRestrictionPolicy: required by us only",
    "CreateChannel.channel: required by us only",
    "CreateChannel.streamKey: required by us only",
    "CreateChannel.channel.arn: required by us only",
    "GetChannel.channel: required by us only",
    "GetChannel.channel.arn: required by us only",
    "BatchGetChannel.channels.arn: required by us only",
    "ListChannels.channels.arn: required by us only",
    "UpdateChannel.channel: required by us only",
    "UpdateChannel.channel.arn: required by us only",
    "GetStreamSession.streamSession: required by us only",
    "GetStreamSession.streamSession.streamId: required by us only",
    "GetStreamSession.streamSession.channel.arn: required by us only",
    "ListStreamSessions.streamSessions.streamId: required by us only",
}


@pytest.mark.parametrize(("api", "name", "model"), ANSWERS)
def test_every_response_member_is_in_our_models(api, name, model):
    shape = operation(api, name).output_shape
    found = set(differences(shape, model, name, request=False))
    assert found - PROMISED == set()


@pytest.mark.parametrize(("api", "name", "model"), REQUESTS)
def test_every_request_member_is_in_our_models(api, name, model):
    shape = operation(api, name).input_shape
    assert set(differences(shape, model, name, request=True)) == set()


@pytest.mark.parametrize(("api", "name", "model"), REQUESTS)
def test_no_request_member_is_invented(api, name, model):
    shape = operation(api, name).input_shape
    ours = {wire_name(field_name, field) for field_name, field in model.model_fields.items()}
    assert ours <= set(shape.members)


def test_get_images_sends_every_member_the_service_knows():
    shape = operation("kinesis-video-archived-media", "GetImages").input_shape
    from datetime import UTC, datetime, timedelta

    common = {
        "start_timestamp": datetime(2026, 1, 1, tzinfo=UTC),
        "end_timestamp": datetime(2026, 1, 1, tzinfo=UTC),
        "sampling_interval": timedelta(seconds=1),
        "image_selector_type": "SERVER_TIMESTAMP",
        "format": "JPEG",
        "jpeg_quality": 80,
        "width_pixels": 320,
        "height_pixels": 180,
        "max_results": 25,
        "concurrency": 1,
    }
    arn = "arn:aws:kinesisvideo:us-east-1:123456789012:stream/s/1"
    by_name = GetImagesRequest(stream_name="s", **common).wire_params()
    by_arn = GetImagesRequest(stream_arn=arn, **common).wire_params()
    # The window adds these three.
    added = {"StartTimestamp", "EndTimestamp", "NextToken"}
    assert by_name.keys() | by_arn.keys() | added == set(shape.members)


def test_a_missing_member_would_be_found():
    class Poorer(BaseModel):
        pass

    shape = operation("ivs", "ListPlaybackRestrictionPolicies").output_shape
    assert list(differences(shape, Poorer, "x", request=False)) == [
        "x.playbackRestrictionPolicies: missing",
        "x.nextToken: missing",
    ]
