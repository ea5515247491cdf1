"""Every answer of AWS, read past botocore's parser, is what the parser would have made of it."""

import base64
import functools
import sys

import pytest
from botocore.loaders import Loader
from botocore.model import ServiceModel
from botocore.parsers import create_parser
from every_operation import OPERATIONS, set_up

from vidkit.calls import caller
from vidkit.calls.operation import Operation, UntypedOperation
from vidkit.images.models import GetImagesResponse
from vidkit.rekognition.kinds.registry import KINDS, kind_named
from vidkit.transports.aws import transport
from vidkit.transports.aws.transport import AwsTransport

LOADER = Loader()


@functools.cache
def service_model(api):
    return ServiceModel(LOADER.load_service_model(api, "service-2"))


def slow_dict(request, came_in):
    """A dict by way of botocore."""
    model = service_model(request.api)
    shape = model.operation_model(request.operation).output_shape
    found = create_parser(model.resolved_protocol).parse(came_in, shape)
    # What headers tell browsers of security is no part of our models.
    members = shape.members if shape else {}
    return {
        name: value
        for name, value in found.items()
        if name in members and "location" not in members[name].serialization
    }


def slow_answer(model, found):
    if model is GetImagesResponse:
        # botocore takes the images for text.
        for image in found["Images"]:
            if "ImageContent" in image:
                image["ImageContent"] = base64.b64decode(image["ImageContent"])
    return model.model_validate(found, by_alias=True, by_name=False)


def aws_operations():
    """The names of all that vidkit calls there."""
    modules = [module for name, module in sys.modules.items() if name.startswith("vidkit.")]
    values = [value for module in modules for value in vars(module).values()]
    known = [value for value in values if isinstance(value, Operation)]
    for kind in map(kind_named, KINDS):
        known += kind.start, kind.get
    return {one.name for one in known if one.service != "mpc"}


@pytest.fixture
def responses(monkeypatch):
    """Operations, requests, the responses as they came in, and what was made of them."""
    raw, requests, found = {}, {}, []
    as_json, send, decoded = transport.json_response, AwsTransport.send, caller._decode

    def noted_json(api, response):
        result = as_json(api, response)
        came_in = {
            "status_code": response.status,
            "headers": response.headers,
            "body": response.body,
        }
        raw[id(result)] = result, came_in
        return result

    async def noted_send(self, request):
        response = await send(self, request)
        requests[id(response)] = request, response
        return response

    def noted_decoded(operation, response):
        model = decoded(operation, response)
        if id(response) in raw:
            found.append((operation, requests[id(response)][0], raw[id(response)][1], model))
        return model

    monkeypatch.setattr(transport, "json_response", noted_json)
    monkeypatch.setattr(AwsTransport, "send", noted_send)
    monkeypatch.setattr(caller, "_decode", noted_decoded)
    return found


async def test_every_answer_is_what_botocores_parser_would_have_made_of_it(
    responses, cloud, kit, t0, tmp_path
):
    scene = await set_up(cloud, kit, t0, tmp_path)
    for call in OPERATIONS.values():
        await call(kit, scene)
    for operation, request, came_in, response in responses:
        slow = slow_dict(request, came_in)
        if not isinstance(operation, UntypedOperation):
            slow = slow_answer(operation.response, slow)
        assert response == slow, operation.name
    compared = {operation.name for operation, *_ in responses}
    assert aws_operations() - compared == set()
