"""Every operation of the four APIs by ``call``, on a server that checks requests by the model."""

import pytest
from aiohttp import web
from kit_options import FAST
from modeled_server import ModeledServer, operations
from valid_members import Values, definition

from vidkit import AwsConfig, VidKit

CLIENTS = {
    "rekognition": "rekognition",
    "ivs": "ivs",
    "kinesisvideo": "images",
    "kinesis-video-archived-media": "images",
}


@pytest.fixture
async def server():
    server = ModeledServer()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", server.handle)
    runner = web.AppRunner(app, shutdown_timeout=0)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    server.endpoint = f"http://{host}:{port}"
    yield server
    await runner.cleanup()


def kit_of(server):
    aws = AwsConfig(
        region="us-east-1",
        access_key_id="AKIA",
        secret_access_key="s3cret-value",
        endpoint_url=server.endpoint,
    )
    return VidKit(aws=aws, **FAST)


def members(api, name, values):
    operation = definition(api)["operations"][name]
    if "input" not in operation:
        return {}, {}
    given = values.make(operation["input"])
    if api == "kinesis-video-archived-media":
        given.pop("StreamARN", None)
        given.setdefault("StreamName", "front-door")
    wire = values.wire(operation["input"], given)
    # What stands in the path or the query has the name that the model gives it.
    return given, wire


@pytest.mark.parametrize("is_complete", [True, False], ids=["all", "required"])
async def test_every_operation_of_the_models_is_called(server, is_complete):
    assert len(operations()) > 150
    async with kit_of(server) as kit:
        for api, name in operations():
            values = Values(api, f"{name} {is_complete}", is_complete=is_complete)
            given, wire = members(api, name, values)
            response = await getattr(kit, CLIENTS[api]).call(name, given)
            sent_api, sent_name, sent = server.requests[-1]
            assert (sent_api, sent_name) == (api, name)
            operation = definition(api)["operations"][name]
            tokens = missing_tokens(api, operation, given)
            assert sent.keys() - wire.keys() == tokens
            assert {key: value for key, value in sent.items() if key not in tokens} == wire, name
            assert response == server.returned, name


def missing_tokens(api, operation, given):
    if "input" not in operation:
        return set()
    members = definition(api)["shapes"][operation["input"]["shape"]]["members"]
    return {
        name
        for name, member in members.items()
        if member.get("idempotencyToken") and name not in given
    }
