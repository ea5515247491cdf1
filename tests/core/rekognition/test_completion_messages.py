import json

from hypothesis import given
from hypothesis import strategies as st

from vidkit.rekognition.completion.messages import CompletionMessage, read_completion

PAYLOAD = {
    "JobId": "j1",
    "Status": "SUCCEEDED",
    "API": "StartLabelDetection",
    "JobTag": "tag",
    "Timestamp": 1767225600000,
    "Video": {"S3ObjectName": "clip.mp4", "S3Bucket": "bucket"},
}
READ = CompletionMessage(
    "j1", "SUCCEEDED", "StartLabelDetection", "tag", 1767225600000, "bucket", "clip.mp4"
)


def envelope(payload):
    return {
        "Type": "Notification",
        "MessageId": "m1",
        "TopicArn": "arn:aws:sns:us-east-1:123456789012:AmazonRekognition-x",
        "Subject": None,
        "Message": json.dumps(payload),
    }


def test_raw_and_enveloped_messages_are_equal():
    assert read_completion(json.dumps(PAYLOAD)) == READ
    assert read_completion(json.dumps(envelope(PAYLOAD))) == READ


def test_other_operation_names_and_missing_members_are_accepted():
    other = {"JobId": "j2", "Status": "ERROR", "API": "LABEL_DETECTION", "Message": ""}
    assert read_completion(json.dumps(envelope(other))) == CompletionMessage(
        "j2", "ERROR", "LABEL_DETECTION"
    )


json_values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)
members = st.fixed_dictionaries(
    {},
    optional=dict.fromkeys([*PAYLOAD, "Message", "Type"], json_values),
)


@given(members | json_values)
def test_any_json_gives_a_message_or_none(content):
    for body in (json.dumps(content), json.dumps({"Message": json.dumps(content)})):
        found = read_completion(body)
        assert found is None or (found.job_id and isinstance(found.status, str))


@given(st.text())
def test_any_text_gives_a_message_or_none(body):
    found = read_completion(body)
    assert found is None or found.job_id


def test_deep_nesting_and_large_bodies_give_none():
    assert read_completion("[" * 200_000) is None
    assert read_completion(json.dumps({"Message": "[" * 200_000})) is None
    assert read_completion(json.dumps(PAYLOAD | {"Filler": "x" * 1_000_001})) is None
