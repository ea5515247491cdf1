"""The APIs of AWS that vidkit calls, as their service models describe them.

To read botocore's service model of Rekognition takes longer than a call. A request needs these few
facts of it; a test compares them with the models.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

__all__ = ["APIS", "Api", "RestBinding"]


@dataclass(frozen=True, slots=True)
class RestBinding:
    """The HTTP request of an operation of a REST API.

    Attributes:
        method: the HTTP method.
        path: the path; ``{member}`` is replaced by the member.
        query: the members that are part of the query.
    """

    method: str
    path: str
    query: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Api:
    """One API.

    Attributes:
        service_id: the name by which botocore's events and variables know the service.
        domain: the first label of the service's domain.
        signing_name: the service's name in signatures.
        protocol: how requests are written.
        version: the version of the API.
        json_version: the version of the JSON protocol.
        target_prefix: what precedes the operation in ``X-Amz-Target``.
        query_compatible: whether the API was a query API before.
        bindings: operations of a REST API with another method or path than ``POST /Operation``.
        lower_case_paths: whether paths begin with a lower-case letter.
    """

    service_id: str
    domain: str
    signing_name: str
    protocol: Literal["json", "rest-json", "query"]
    version: str
    json_version: str = ""
    target_prefix: str = ""
    query_compatible: bool = False
    bindings: Mapping[str, RestBinding] = field(default_factory=dict[str, RestBinding])
    lower_case_paths: bool = False

    def binding(self, operation: str) -> RestBinding:
        """The HTTP request of an operation of a REST API."""
        if found := self.bindings.get(operation):
            return found
        start = operation[0].lower() if self.lower_case_paths else operation[0]
        return RestBinding("POST", f"/{start}{operation[1:]}")

    @property
    def metadata(self) -> dict[str, Any]:
        """The metadata of a service model, as botocore reads them."""
        return {
            "apiVersion": self.version,
            "auth": ["aws.auth#sigv4"],
            "endpointPrefix": self.domain,
            "jsonVersion": self.json_version or "1.1",
            # Nothing is serialised by this model: every API is one of JSON here.
            "protocol": "json",
            "protocols": ["json"],
            "serviceId": self.service_id,
            "signatureVersion": "v4",
            "signingName": self.signing_name,
            "targetPrefix": self.target_prefix or self.service_id,
        }


_TAGS = "/tags/{resourceArn}"

APIS: Mapping[str, Api] = {
    "rekognition": Api(
        "Rekognition",
        "rekognition",
        "rekognition",
        "json",
        "2016-06-27",
        json_version="1.1",
        target_prefix="RekognitionService",
    ),
    "ivs": Api(
        "ivs",
        "ivs",
        "ivs",
        "rest-json",
        "2020-07-14",
        bindings={
            "ListTagsForResource": RestBinding("GET", _TAGS),
            "TagResource": RestBinding("POST", _TAGS),
            "UntagResource": RestBinding("DELETE", _TAGS, ("tagKeys",)),
        },
    ),
    "kinesisvideo": Api(
        "Kinesis Video",
        "kinesisvideo",
        "kinesisvideo",
        "rest-json",
        "2017-09-30",
        # These three came later than those of streams.
        bindings={
            name: RestBinding("POST", f"/{name}")
            for name in ("ListTagsForResource", "TagResource", "UntagResource")
        },
        lower_case_paths=True,
    ),
    "kinesis-video-archived-media": Api(
        "Kinesis Video Archived Media",
        "kinesisvideo",
        "kinesisvideo",
        "rest-json",
        "2017-09-30",
        lower_case_paths=True,
    ),
    "sqs": Api(
        "SQS",
        "sqs",
        "sqs",
        "json",
        "2012-11-05",
        json_version="1.0",
        target_prefix="AmazonSQS",
        query_compatible=True,
    ),
    "sns": Api("SNS", "sns", "sns", "query", "2010-03-31"),
}
"""By the name of the service model."""
