"""Pictures looked at on the local cloud: what was scripted for them, filtered as asked."""

import json

import pytest
from collection_calls import GROUP, IN_S3, PICTURE, show_people

from vidkit import AmbiguousError, InvalidRequestError, NotFoundError, RequestError
from vidkit.local import ScriptedFace
from vidkit.rekognition import (
    BoundingBox,
    DetectionFilter,
    DetectLabelsImagePropertiesSettings,
    DetectLabelsSettings,
    DetectTextFilters,
    GeneralLabelsSettings,
    HumanLoopConfig,
    HumanLoopDataAttributes,
    RegionOfInterest,
    S3Image,
)

BOX = {"Left": 0.1, "Top": 0.2, "Width": 0.3, "Height": 0.4}
ADAPTER = "arn:aws:rekognition:us-east-1:123456789012:project/a/version/1/17"
REVIEW = HumanLoopConfig(
    human_loop_name="picture-17",
    flow_definition_arn="arn:aws:sagemaker:us-east-1:123456789012:flow-definition/f",
    data_attributes=HumanLoopDataAttributes(content_classifiers=["FreeOfAdultContent"]),
)


@pytest.fixture
async def rekognition(cloud, kit):
    show_people(cloud)
    return kit.rekognition


async def test_labels_are_filtered_and_sorted_by_confidence(cloud, rekognition):
    dog = {"Name": "Dog", "Confidence": 90.0, "Categories": [{"Name": "Animals"}]}
    dog["Instances"] = [
        {"BoundingBox": BOX, "Confidence": confidence} for confidence in (95.0, 50.0)
    ]
    labels = [{"Name": "Tree", "Confidence": 54.0}, dog, {"Name": "Car", "Confidence": 95.0}]
    cloud.script_picture(PICTURE, "labels", labels)

    async def names(**parameters):
        found = await rekognition.detect_labels(PICTURE, **parameters)
        return [label.name for label in found.labels]

    assert await names() == ["Car", "Dog"]
    assert await names(min_confidence=50) == ["Car", "Dog", "Tree"]
    assert await names(min_confidence=50, max_labels=1) == ["Car"]
    animals = GeneralLabelsSettings(label_category_inclusion_filters=["Animals"])
    assert await names(settings=DetectLabelsSettings(general_labels=animals)) == ["Dog"]
    found = await rekognition.detect_labels(IN_S3)
    assert [box.confidence for box in found.labels[1].instances] == [95]
    assert found.image_properties is None
    assert (await rekognition.detect_labels(GROUP)).labels == []


async def test_a_picture_has_the_properties_that_were_scripted(cloud, rekognition):
    color = {"Red": 1, "Green": 2, "Blue": 3, "CSSColor": "black", "PixelPercent": 50.0}
    part = {"Quality": {"Sharpness": 80.5}, "DominantColors": [color, color]}
    properties = {**part, "Foreground": part, "Background": {"Quality": {"Contrast": 7.5}}}
    cloud.script_picture(("bucket", "anna.jpg"), "image_properties", [properties])
    settings = DetectLabelsSettings(
        image_properties=DetectLabelsImagePropertiesSettings(max_dominant_colors=1)
    )
    found = await rekognition.detect_labels(IN_S3, features=["IMAGE_PROPERTIES"], settings=settings)
    shown = found.image_properties
    assert found.labels == []
    assert [color.css_color for color in shown.dominant_colors] == ["black"]
    assert len(shown.foreground.dominant_colors) == 1
    assert (shown.quality.sharpness, shown.background.quality.contrast) == (80.5, 7.5)
    # It was scripted by its place, not by its content.
    found = await rekognition.detect_labels(PICTURE, features=["IMAGE_PROPERTIES"])
    assert found.image_properties.quality is None
    with pytest.raises(InvalidRequestError, match="MaxLabels"):
        await rekognition.detect_labels(PICTURE, features=["IMAGE_PROPERTIES"], max_labels=1)


async def test_faces_come_with_the_attributes_asked_for_the_largest_first(cloud, rekognition):
    details = {"Smile": {"Value": True, "Confidence": 90.0}, "AgeRange": {"Low": 20, "High": 30}}
    large = ScriptedFace(details=details, bounding_box=BOX)
    cloud.script_faces(PICTURE, [ScriptedFace(confidence=80), large])

    async def faces(*attributes):
        found = await rekognition.detect_faces(PICTURE, attributes=attributes or None)
        return [(face.confidence, face.smile, face.age_range) for face in found.face_details]

    (first, *_), second = await faces()
    assert (first, second) == (99, (80, None, None))
    assert [(smile is None, age is None) for _, smile, age in await faces("AGE_RANGE")] == [
        (True, False),
        (True, True),
    ]
    _, smile, age = (await faces("ALL"))[0]
    assert (smile.value, age.low) == (True, 20)


async def test_inappropriate_content_is_filtered_by_confidence(cloud, rekognition):
    labels = [{"Name": name, "Confidence": at} for name, at in (("Weapons", 60.0), ("Smoking", 40))]
    cloud.script_picture(PICTURE, "moderation_labels", labels)

    async def names(**parameters):
        found = await rekognition.detect_moderation_labels(PICTURE, **parameters)
        return [label.name for label in found.moderation_labels]

    assert await names() == ["Weapons"]
    assert await names(min_confidence=40) == ["Weapons", "Smoking"]
    for parameters in ({"project_version": ADAPTER}, {"human_loop_config": REVIEW}):
        with pytest.raises(NotFoundError):
            await names(**parameters)


async def test_text_is_filtered_by_word_and_region(cloud, rekognition):
    def text(kind, number, confidence, **more):
        place = {"Geometry": {"BoundingBox": BOX}}
        return {"Type": kind, "Id": number, "Confidence": confidence, **place, **more}

    texts = [
        text("LINE", 0, 99.0, DetectedText="WAY OUT"),
        text("WORD", 1, 90.0, DetectedText="WAY", ParentId=0),
        text("WORD", 2, 70.0, DetectedText="OUT", ParentId=0),
    ]
    cloud.script_picture(PICTURE, "texts", texts)

    async def words(**filters):
        chosen = DetectTextFilters(**filters) if filters else None
        found = await rekognition.detect_text(PICTURE, filters=chosen)
        return [text.detected_text for text in found.text_detections]

    assert await words() == ["WAY OUT", "WAY"]
    assert await words(word_filter=DetectionFilter(min_confidence=60)) == ["WAY OUT", "WAY", "OUT"]
    assert await words(word_filter=DetectionFilter(min_confidence=95)) == []
    right = RegionOfInterest(bounding_box=BoundingBox(left=0.5, top=0, width=0.5, height=1))
    assert await words(regions_of_interest=[right]) == []


async def test_celebrities_come_beside_the_other_faces(cloud, rekognition):
    star = {"Name": "Jane Doe", "Id": "3Ab9x", "KnownGender": {"Type": "Female"}}
    cloud.script_picture(GROUP, "celebrities", [star])
    found = await rekognition.recognize_celebrities(GROUP)
    (celebrity,) = found.celebrity_faces
    assert (celebrity.name, celebrity.match_confidence) == ("Jane Doe", 99)
    assert celebrity.known_gender.type == "Female"
    assert [face.confidence for face in found.unrecognized_faces] == [99, 99]


async def test_faces_of_two_pictures_are_compared(cloud, rekognition):
    cloud.script_faces(PICTURE, [ScriptedFace("anna", likeness=90, reasons=["LOW_SHARPNESS"])])
    found = await rekognition.compare_faces(PICTURE, GROUP)
    assert [match.similarity for match in found.face_matches] == [90]
    assert [face.confidence for face in found.unmatched_faces] == [99]
    assert found.source_image_face.bounding_box.width == 0.2
    found = await rekognition.compare_faces(GROUP, IN_S3, similarity_threshold=95)
    assert (found.face_matches, len(found.unmatched_faces)) == ([], 1)
    with pytest.raises(InvalidRequestError, match="SourceImage"):
        await rekognition.compare_faces(PICTURE, GROUP, quality_filter="HIGH")
    with pytest.raises(InvalidRequestError) as caught:
        await rekognition.compare_faces(GROUP, S3Image("bucket", "none.jpg"))
    assert caught.value.code == "InvalidS3ObjectException"


READS = {
    "detect_labels": (PICTURE,),
    "detect_faces": (PICTURE,),
    "detect_moderation_labels": (PICTURE,),
    "detect_text": (PICTURE,),
    "recognize_celebrities": (PICTURE,),
    "compare_faces": (PICTURE, GROUP),
}


@pytest.mark.parametrize(("method", "arguments"), READS.items(), ids=READS)
async def test_looking_at_a_picture_is_retried(scripted, method, arguments):
    scripted.drop().json({}, status=500).json({})
    async with scripted.kit() as kit:
        await getattr(kit.rekognition, method)(*arguments)
    assert len(scripted.requests) == 3


async def test_a_review_by_people_is_not_begun_twice(scripted):
    scripted.drop()
    async with scripted.kit() as kit:
        with pytest.raises(AmbiguousError):
            await kit.rekognition.detect_moderation_labels(PICTURE, human_loop_config=REVIEW)
    ((_, body),) = scripted.requests
    assert json.loads(body)["HumanLoopConfig"] == {
        "HumanLoopName": "picture-17",
        "FlowDefinitionArn": "arn:aws:sagemaker:us-east-1:123456789012:flow-definition/f",
        "DataAttributes": {"ContentClassifiers": ["FreeOfAdultContent"]},
    }


@pytest.mark.parametrize(
    ("method", "arguments", "parameters", "named"),
    [
        ("detect_labels", ("a.jpg",), {}, "image"),
        ("detect_labels", (PICTURE,), {"max_labels": -1}, "max_labels"),
        ("detect_labels", (PICTURE,), {"min_confidence": 101}, "min_confidence"),
        ("detect_labels", (PICTURE,), {"features": ["COLORS"]}, "features"),
        ("detect_faces", (PICTURE,), {"attributes": ["AGE"]}, "attributes"),
        ("detect_moderation_labels", (PICTURE,), {"project_version": "1"}, "project_version"),
        ("detect_text", (PICTURE,), {"filters": {"words": 1}}, "words: no such"),
        ("recognize_celebrities", (b"",), {}, "image"),
        ("compare_faces", (PICTURE, bytes(5 * 1024**2 + 1)), {}, "target_image=5242881 bytes"),
        ("compare_faces", (None, PICTURE), {}, "source_image"),
        ("compare_faces", (PICTURE, GROUP), {"similarity_threshold": -1}, "similarity_threshold"),
    ],
)
async def test_what_is_invalid_is_named_and_not_sent(
    scripted, method, arguments, parameters, named
):
    async with scripted.kit() as kit:
        with pytest.raises(RequestError, match=named):
            await getattr(kit.rekognition, method)(*arguments, **parameters)
    assert not scripted.requests


@pytest.mark.parametrize("name", ["", "A", "-a", "a-", "a" * 64])
def test_the_name_of_a_review_is_checked(name):
    with pytest.raises(RequestError, match="human_loop_name"):
        HumanLoopConfig(human_loop_name=name, flow_definition_arn="arn")
