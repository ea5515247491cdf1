import pytest

from vidkit.models.aws_tags import check_tag_keys, check_tags


@pytest.mark.parametrize(
    ("tags", "words"),
    [
        ({f"k{n}": "" for n in range(51)}, ["50", "51"]),
        ({"": "v"}, ["''", "128"]),
        ({"k" * 129: "v"}, ["128"]),
        ({"AWS:x": "v"}, ["'AWS:x'", "reserved"]),
        ({"k": "v" * 257}, ["'k'", "256"]),
    ],
)
def test_tags_that_aws_does_not_admit(tags, words):
    with pytest.raises(ValueError) as caught:  # noqa: PT011
        check_tags(tags)
    for word in words:
        assert word in str(caught.value)


def test_tags_that_aws_admits():
    tags = {f"k{n}": "v" * 256 for n in range(49)} | {"k" * 128: ""}
    assert check_tags(tags) is tags


def test_a_key_that_is_too_long_is_shown_in_part():
    with pytest.raises(ValueError, match=rf"key '{'k' * 40}': must have 1 to 128 characters"):
        check_tags({"k" * 129: "v"})


def test_a_service_may_take_more():
    tags = {f"k{n}": "" for n in range(51)}
    assert check_tags(tags, maximum=51) is tags
    with pytest.raises(ValueError, match="at most 51 tags; 52 given"):
        check_tags(tags | {"one": "more"}, maximum=51)


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ([f"k{n}" for n in range(51)], ["50", "51"]),
        ([""], ["''", "128"]),
        (["k" * 129], ["128"]),
        (["ok", "aws:x"], ["'aws:x'", "reserved"]),
    ],
)
def test_keys_that_no_tag_can_have(keys, words):
    with pytest.raises(ValueError) as caught:  # noqa: PT011
        check_tag_keys(keys)
    for word in words:
        assert word in str(caught.value)


def test_keys_that_tags_can_have():
    keys = [f"k{n}" for n in range(50)]
    assert check_tag_keys(keys) is keys
