"""The limits of requests to the local MPC."""

import pytest
from mpc_calls import PATH, SOURCE, TARGET, call, error_of, listed, taken

from vidkit.local.protocol.wire import ApiError, Request


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"input": None}, "input is missing"),
        ({"output": "out"}, "output is no object"),
        ({"thumbnail_para": None}, "thumbnail_para is missing"),
        ({"input": {**SOURCE, "bucket": None}}, "input.bucket is missing"),
        ({"input": {**SOURCE, "object": ""}}, "input.object is missing"),
        ({"output": {**TARGET, "bucket": "b" * 65}}, "bucket has 65 characters"),
        ({"output": {**TARGET, "location": "cn-east-3"}}, "output.location is cn-east-3"),
        ({"output": {**TARGET, "object": 7}}, "object is no string"),
        ({"user_data": "x" * 65536}, "user_data has 65536 characters"),
        ({"tar": 2}, "tar is 2"),
        ({"new_member": 1}, "new_member is not known here"),
        ({"input": {**SOURCE, "new_member": 1}}, "input.new_member is not known here"),
        ({"thumbnail_para": {"new_member": 1}}, "thumbnail_para.new_member is not known here"),
        ({"sync": True}, "sync is no integer"),
        ({"original_dir": -1}, "original_dir is -1"),
        ({"thumbnail_para": {"type": "PERCENT"}}, "type is PERCENT"),
        ({"thumbnail_para": {"time": 0}}, "time is 0"),
        ({"thumbnail_para": {"time": 101}}, "time is 101"),
        ({"thumbnail_para": {"time": "2"}}, "time is no integer"),
        ({"thumbnail_para": {"start_time": -1}}, "start_time is -1"),
        ({"thumbnail_para": {"duration": 2**31}}, "duration is 2147483648"),
        ({"thumbnail_para": {"duration": "ToEND"}}, "duration is no integer"),
        ({"thumbnail_para": {"type": "DOTS"}}, "dots has 1 to 10"),
        ({"thumbnail_para": {"type": "DOTS", "dots": list(range(11))}}, "dots has 1 to 10"),
        ({"thumbnail_para": {"type": "DOTS", "dots": [-1]}}, "dots holds"),
        ({"thumbnail_para": {"type": "DOTS", "dots": 1}}, "dots is no list"),
        ({"thumbnail_para": {"type": "DOTS", "dots": [1, 2]}, "sync": 1}, "exactly one point"),
        ({"thumbnail_para": {"type": "DOTS_MS", "dots_ms": [1]}}, "needs sync 1"),
        ({"thumbnail_para": {"type": "DOTS_MS", "dots_ms": [1, 2]}, "sync": 1}, "exactly one"),
        ({"thumbnail_para": {"type": "DOTS_MS", "dots": [1]}, "sync": 1}, "exactly one"),
        ({"thumbnail_para": {"output_filename": "x" * 257}}, "output_filename has 257"),
        ({"thumbnail_para": {"format": 2}}, "format is 2"),
        ({"thumbnail_para": {"width": 95}}, "width is 95"),
        ({"thumbnail_para": {"width": 3841}}, "width is 3841"),
        ({"thumbnail_para": {"height": 2161}}, "height is 2161"),
        ({"thumbnail_para": {"max_length": 239}}, "max_length is 239"),
        ({"thumbnail_para": {"max_length": 3841}}, "max_length is 3841"),
        ({"thumbnail_para": {"amount": 0}}, "amount is 0"),
        ({"thumbnail_para": {"amount": 101}}, "amount is 101"),
        ({"thumbnail_para": {"threshold": 256}}, "threshold is 256"),
    ],
)
async def test_parameters_beyond_the_limits_are_rejected(mpc, change, said):
    body = {"input": SOURCE, "output": TARGET, "thumbnail_para": {}, **change}
    with pytest.raises(ApiError) as caught:
        await call(mpc, "POST", body=body)
    assert (caught.value.status, caught.value.code) == (400, "MPC.10202")
    assert said in caught.value.message


@pytest.mark.parametrize(
    "para",
    [
        {"time": 100, "start_time": 2**31 - 1, "duration": 2**31 - 1},
        {"type": "DOTS", "dots": [99] * 10, "format": 1},
        {"start_time": 99, "width": 96, "height": 96, "max_length": 240},
        {"start_time": 99, "width": 3840, "height": 2160, "max_length": 3840},
        {"start_time": 99, "amount": 1, "threshold": 0},
        {"start_time": 99, "amount": 100, "threshold": 255, "output_filename": "x" * 256},
        {"start_time": 99, "type": None, "dots": None, "new_member": None},
    ],
)
async def test_parameters_at_the_limits_are_accepted(mpc, para):
    assert (await taken(mpc, para=para, user_data="x" * 65535))["status"] == "SUCCEEDED"


@pytest.mark.parametrize("body", [b"[]", b"{", b'"x"'])
async def test_a_body_that_is_no_object_is_rejected(mpc, body):
    request = Request("POST", PATH, (), {}, body)
    assert await error_of(mpc.handle("CreateThumbnailsTask", request)) == (400, "MPC.10202")


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ((("task_id", "1"),), (403, "MPC.10211")),
        ((), (400, "MPC.10202")),
        ((("task_id", ""),), (400, "MPC.10202")),
        ((("task_id", "1"), ("task_id", "2")), (400, "MPC.10202")),
        ((("task_id", "1" * 17),), (400, "MPC.10202")),
        ((("task_id", "1"), ("force", "1")), (400, "MPC.10202")),
    ],
)
async def test_a_delete_names_one_known_task(mpc, query, expected):
    assert await error_of(call(mpc, "DELETE", *query)) == expected


@pytest.mark.parametrize(
    "query",
    [
        tuple(("task_id", str(number)) for number in range(11)),
        (("task_id", "1" * 17),),
        (("status", "SUCCEED"),),
        (("user_data", "mine"),),
        (("page", "-1"),),
        (("page", "50001"),),
        (("size", "0"),),
        (("size", "101"),),
        (("size", "ten"),),
        (("start_time", "2026-11-21"),),
        (("start_time", "2026112112000"),),
        (("end_time", "20261321120000"),),
        (("start_time", "20261121120001"), ("end_time", "20261121120000")),
    ],
)
async def test_queries_beyond_the_limits_are_rejected(mpc, query):
    assert await error_of(listed(mpc, *query)) == (400, "MPC.10202")
