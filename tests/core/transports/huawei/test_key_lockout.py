import asyncio
import json

import pytest

from vidkit import AuthError
from vidkit.config import HuaweiCredentials
from vidkit.transports.base import HttpResponse
from vidkit.transports.huawei.key_lockout import KeyLockoutGuard, is_wrong_signature

KEYS = HuaweiCredentials(access_key="AK", secret_key="SK")
OTHERS = HuaweiCredentials(access_key="AK", secret_key="another")
GOOD = HttpResponse(200, b"{}")


def error_from_response(message, status=401):
    content = {"error_code": "APIGW.0301", "error_msg": message, "request_id": "r-1"}
    return HttpResponse(status, json.dumps(content).encode())


WRONG = error_from_response(
    "Incorrect IAM authentication information: verify aksk signature fail,canonical.."
)


async def used(guard, keys, response):
    async with guard.slot(keys):
        guard.record(keys, response)


@pytest.mark.parametrize(
    ("response", "wrong"),
    [
        (WRONG, True),
        (error_from_response("calc ak sk signature fail:signature expired"), False),
        (error_from_response("AK access failed to reach the limit,forbidden."), False),
        (error_from_response("Get secretKey failed,ak:AK,err:ak not exist"), False),
        (error_from_response("verify aksk signature fail", status=400), False),
        (HttpResponse(403, b"[" * 100_000), False),
        (GOOD, False),
    ],
)
def test_what_speaks_of_the_signature(response, wrong):
    assert is_wrong_signature(response) is wrong


async def test_a_pair_that_was_refused_is_not_used_for_five_minutes():
    now = 1000.0
    guard = KeyLockoutGuard(now=lambda: now)
    await used(guard, KEYS, WRONG)
    for later in (1000.0, 1299.9):
        now = later
        with pytest.raises(AuthError, match="not sent") as caught:
            await used(guard, KEYS, GOOD)
        error = caught.value
        assert (error.code, error.status, error.request_id) == ("APIGW.0301", None, "r-1")
        assert not error.retryable
        assert not error.ambiguous
        assert "SK" not in str(error)
    # Another pair is tried at once, and says nothing of the first one.
    await used(guard, OTHERS, GOOD)
    with pytest.raises(AuthError):
        await used(guard, KEYS, GOOD)
    now = 1300.0
    await used(guard, KEYS, GOOD)


async def test_what_was_let_in_once_stays_good():
    guard = KeyLockoutGuard()
    await used(guard, KEYS, GOOD)
    await used(guard, KEYS, WRONG)
    await used(guard, KEYS, GOOD)


async def test_other_refusals_are_not_remembered():
    guard = KeyLockoutGuard()
    for message in ("signature expired", "decrypt token fail", "no permission"):
        await used(guard, KEYS, error_from_response(message))
    await used(guard, KEYS, GOOD)


async def test_a_new_pair_is_tried_by_one_and_then_by_all():
    guard = KeyLockoutGuard(first_request_seconds=30)
    under_way, together = 0, []

    async def request():
        nonlocal under_way
        async with guard.slot(KEYS):
            under_way += 1
            together.append(under_way)
            for _ in range(5):
                await asyncio.sleep(0)
            guard.record(KEYS, GOOD)
            under_way -= 1

    await asyncio.gather(*(request() for _ in range(10)))
    # The first is back when the others begin.
    assert together[:2] == [1, 1]
    assert max(together) > 5


async def test_of_many_at_once_one_finds_out_that_the_pair_is_wrong():
    guard = KeyLockoutGuard(first_request_seconds=30)
    sent = 0

    async def request():
        nonlocal sent
        async with guard.slot(KEYS):
            sent += 1
            await asyncio.sleep(0)
            guard.record(KEYS, WRONG)

    ends = await asyncio.gather(*(request() for _ in range(30)), return_exceptions=True)
    assert sent == 1
    assert [type(end) for end in ends] == [type(None)] + [AuthError] * 29


async def test_a_first_that_hangs_or_is_cancelled_holds_nobody_up():
    guard = KeyLockoutGuard(first_request_seconds=0.01)

    async def hang():
        async with guard.slot(KEYS):
            await asyncio.sleep(30)

    hanging = asyncio.ensure_future(hang())
    await asyncio.sleep(0)
    async with asyncio.timeout(10), guard.slot(KEYS):
        pass
    hanging.cancel()
    await asyncio.gather(hanging, return_exceptions=True)
    patient = KeyLockoutGuard(first_request_seconds=30)
    waiting = asyncio.ensure_future(used(patient, KEYS, GOOD))
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    async with asyncio.timeout(10), patient.slot(KEYS):
        pass


@pytest.mark.parametrize("status", [429, 500, 502, 503])
async def test_whoever_is_too_busy_has_not_looked_at_the_signature(status):
    guard = KeyLockoutGuard()
    await used(guard, KEYS, HttpResponse(status, b"{}"))
    await used(guard, KEYS, WRONG)
    with pytest.raises(AuthError):
        await used(guard, KEYS, GOOD)


@pytest.mark.parametrize(("answer", "sent"), [(WRONG, 3), (GOOD, 29)])
async def test_however_slow_the_answer_too_few_try_a_pair_to_lock_it(answer, sent):
    guard = KeyLockoutGuard(first_request_seconds=0.01)
    mark_received = asyncio.Event()
    begun = 0

    async def request():
        nonlocal begun
        async with guard.slot(KEYS):
            begun += 1
            await mark_received.wait()
            guard.record(KEYS, answer)

    requests = [asyncio.ensure_future(request()) for _ in range(30)]
    async with asyncio.timeout(10):
        while begun < 3:
            await asyncio.sleep(0.005)
    # The patience of the others is long over.
    await asyncio.sleep(0.1)
    assert begun == 3
    requests[-1].cancel()
    mark_received.set()
    async with asyncio.timeout(10):
        ends = await asyncio.gather(*requests, return_exceptions=True)
    assert isinstance(ends.pop(), asyncio.CancelledError)
    assert begun == sent
    assert [type(end) for end in ends].count(AuthError) == len(ends) - sent
    assert guard._unconfirmed == 0


async def test_only_so_many_pairs_are_remembered():
    guard = KeyLockoutGuard()
    pairs = [HuaweiCredentials(access_key=f"AK{n}", secret_key="SK") for n in range(40)]
    for keys in pairs:
        await used(guard, keys, WRONG)
    assert len(guard._rejected) == 16
    await used(guard, pairs[0], GOOD)
    with pytest.raises(AuthError):
        await used(guard, pairs[-1], GOOD)
