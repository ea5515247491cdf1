"""A server that takes any request of an API that its service model allows, and no other.

It knows requests only from the model's JSON: neither botocore's serializers nor those of vidkit
are used.
"""

import json
import re
from dataclasses import dataclass, field
from urllib.parse import parse_qs, unquote

from aiohttp import web
from valid_members import Values, definition

from vidkit.local.protocol.service_models import ServiceModel
from vidkit.local.protocol.wire import ApiError

BY_SIGNING_NAME = {
    "rekognition": ["rekognition"],
    "ivs": ["ivs"],
    "kinesisvideo": ["kinesisvideo", "kinesis-video-archived-media"],
}
APIS = [api for apis in BY_SIGNING_NAME.values() for api in apis]


def operations():
    """The operations of all four APIs."""
    return [(api, name) for api in APIS for name in definition(api)["operations"]]


@dataclass
class ModeledServer:
    """Checks requests, and returns values at random in the shape of the operation's response.

    Attributes:
        requests: what came: the API, the operation, its members as JSON.
        returned: the members of the last response, as a program should get them.
        endpoint: its own URL, which is also the data endpoint of every stream.
    """

    requests: list = field(default_factory=list)
    returned: dict = field(default_factory=dict)
    endpoint: str = ""
    models: dict = field(default_factory=dict)

    async def handle(self, request):
        body = await request.read()
        try:
            api, name, members = self.read(request, body)
            model = self.models.setdefault(api, ServiceModel.load(api))
            if "input" in definition(api)["operations"][name]:
                model.accept(name, members)
            else:
                assert members == {}
        except (ApiError, AssertionError, LookupError, ValueError) as error:
            return web.json_response(
                {"__type": "RejectedByTheModel", "message": repr(error)}, status=400
            )
        self.requests.append((api, name, members))
        return self.response(api, name)

    def read(self, request, body):
        authorization = request.headers["Authorization"]
        signing_name = re.search(r"Credential=AKIA/\d{8}/us-east-1/([a-z]+)/", authorization)[1]
        if signing_name == "rekognition":
            prefix, _, name = request.headers["X-Amz-Target"].partition(".")
            metadata = definition("rekognition")["metadata"]
            assert prefix == metadata["targetPrefix"]
            assert (
                request.headers["Content-Type"]
                == f"application/x-amz-json-{metadata['jsonVersion']}"
            )
            assert (request.method, request.path) == ("POST", "/")
            return "rekognition", name, json.loads(body)
        for api in BY_SIGNING_NAME[signing_name]:
            for name, operation in definition(api)["operations"].items():
                found = self.matched(operation["http"], request)
                if found is not None:
                    return api, name, self.members(api, operation, found, request, body)
        raise LookupError(f"no operation has {request.method} {request.path}")

    def matched(self, http, request):
        pattern = re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/]+)", re.escape(http["requestUri"]))
        path = request.rel_url.raw_path
        if request.method != http["method"]:
            return None
        match = re.fullmatch(pattern, path)
        return None if match is None else {k: unquote(v) for k, v in match.groupdict().items()}

    def members(self, api, operation, labels, request, body):
        members = json.loads(body) if body else {}
        shapes = definition(api)["shapes"]
        shape = shapes[operation["input"]["shape"]] if "input" in operation else {"members": {}}
        query = parse_qs(request.rel_url.raw_query_string, keep_blank_values=True)
        for name, member in shape["members"].items():
            location, wire_name = member.get("location"), member.get("locationName", name)
            if location == "uri":
                members[name] = labels.pop(wire_name)
            elif location == "querystring" and wire_name in query:
                found = query.pop(wire_name)
                members[name] = found if shapes[member["shape"]]["type"] == "list" else found[0]
        assert not labels
        assert not query
        return members

    def response(self, api, name):
        operation = definition(api)["operations"][name]
        if "output" not in operation:
            self.returned = {}
            return web.Response(status=204)
        values = Values(api, f"{api} {name}")
        shape = values.shapes[operation["output"]["shape"]]
        self.returned = values.structure(shape)
        if name == "GetDataEndpoint":
            self.returned["DataEndpoint"] = self.endpoint
        headers = {
            member["locationName"]: self.returned[member_name]
            for member_name, member in shape["members"].items()
            if member.get("location") == "header"
        }
        if "payload" in shape:
            media = {"Content-Type": "video/mp4"} | headers
            return web.Response(body=self.returned[shape["payload"]], headers=media)
        in_body = {
            member_name: value
            for member_name, value in self.returned.items()
            if "location" not in shape["members"][member_name]
        }
        body = json.dumps(values.wire(operation["output"], in_body)).encode()
        return web.Response(body=body, headers=headers, content_type="application/json")
