"""CreateBucket: the region that its body names."""

from vidkit.local.objects.xml import parse
from vidkit.local.protocol.wire import ApiError


def check_location(body: bytes, *, region: str) -> None:
    """Check that a bucket is created in the region of the cloud, without further settings.

    Raises:
        ApiError: the body is malformed, or names another region or a setting that is not served.
    """
    if not body.strip():
        return
    try:
        root = parse(body)
    except ValueError:
        raise ApiError("MalformedXML", "The body is no XML document.") from None
    for element in root:
        name = element.tag.rpartition("}")[2]
        if name != "LocationConstraint":
            message = f"{name} of CreateBucket is not served here."
            raise ApiError("NotImplemented", message, status=501)
        if (element.text or "").strip() not in {"", region}:
            raise ApiError(
                "IllegalLocationConstraintException",
                f"The location constraint is {element.text!r}; buckets are in {region!r} here.",
            )
