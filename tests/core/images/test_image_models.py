"""Models of images and fragments against the installed botocore's."""

import inspect
from datetime import UTC, datetime

import pytest
from model_comparison import differences, operation

from vidkit import DecodeError, RequestError
from vidkit.images import ImagesClient
from vidkit.images.fragments import ListFragmentsRequest, ListFragmentsResponse
from vidkit.images.models import GetImagesRequest, GetImagesResponse
from vidkit.models.responses import decode

API = "kinesis-video-archived-media"
AT = datetime(2026, 5, 1, 12, 0, 0, 123_000, tzinfo=UTC)
ARN = "arn:aws:kinesisvideo:us-east-1:123456789012:stream/s/1"
ASKED = {
    "fragment_selector_type": "SERVER_TIMESTAMP",
    "start_timestamp": AT,
    "end_timestamp": AT,
    "max_results": 1000,
}


def test_every_member_of_a_fragment_is_in_our_model():
    shape = operation(API, "ListFragments").output_shape
    found = set(differences(shape, ListFragmentsResponse, "ListFragments", request=False))
    # A response without it is what a wrong endpoint returns.
    assert found == {"ListFragments.Fragments: required by us only"}


def test_list_fragments_sends_every_member_the_service_knows():
    shape = operation(API, "ListFragments").input_shape
    by_name = ListFragmentsRequest(stream_name="s", **ASKED).wire_params("token")
    by_arn = ListFragmentsRequest(stream_arn=ARN, **ASKED).wire_params()
    assert by_name.keys() | by_arn.keys() == set(shape.members)
    selector = shape.members["FragmentSelector"]
    assert by_arn["FragmentSelector"].keys() == set(selector.members)
    times = selector.members["TimestampRange"]
    assert by_arn["FragmentSelector"]["TimestampRange"].keys() == set(times.members)
    bounds = shape.members["MaxResults"].metadata
    for size in (bounds["min"], bounds["max"]):
        ListFragmentsRequest(stream_name="s", **ASKED | {"max_results": size})
    for size in (bounds["min"] - 1, bounds["max"] + 1):
        with pytest.raises(RequestError, match="max_results"):
            ListFragmentsRequest(stream_name="s", **ASKED | {"max_results": size})


@pytest.mark.parametrize(
    ("told", "moment"),
    [
        ('"2026-05-01T12:00:00.123"', AT),
        ('"2026-05-01T14:00:00.123456+02:00"', AT),
        ('"2026-05-01"', AT.replace(hour=0, microsecond=0)),
        ('"1777636800.123"', AT),
    ],
)
def test_moments_that_come_as_text_are_utc_and_in_milliseconds_too(told, moment):
    body = f'{{"Images":[{{"TimeStamp":{told},"Error":"NO_MEDIA"}}]}}'.encode()
    (image,) = decode(GetImagesResponse, body).images
    assert image.timestamp == moment
    assert image.timestamp.tzinfo is UTC


def test_a_moment_that_utc_does_not_have_is_no_answer():
    body = b'{"Images":[{"TimeStamp":"0001-01-01T00:00:00+02:00","Error":"NO_MEDIA"}]}'
    with pytest.raises(DecodeError, match="UTC"):
        decode(GetImagesResponse, body)


def test_a_fragment_keeps_its_milliseconds():
    body = b'{"Fragments":[{"ServerTimestamp":1777636800.123,"FragmentLengthInMilliseconds":2000}]}'
    (fragment,) = decode(ListFragmentsResponse, body).items
    assert fragment.server_timestamp == AT


def test_get_images_and_save_images_take_the_same_parameters():
    """Both build their request from their arguments, by name."""
    get, save = (
        inspect.signature(method).parameters
        for method in (ImagesClient.get_images, ImagesClient.save_images)
    )
    fields = GetImagesRequest.model_fields.keys()
    assert get.keys() - {"self"} == fields
    assert save.keys() - {"self", "target", "on_progress", "storage_options"} == fields
    assert [get[name] for name in fields] == [save[name] for name in fields]
