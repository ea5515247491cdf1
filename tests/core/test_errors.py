import asyncio
import pickle

import pytest

import vidkit
from vidkit import errors
from vidkit.errors import VidKitError, service_error

EVERY_CLASS = sorted(
    (
        value
        for value in vars(errors).values()
        if isinstance(value, type) and issubclass(value, VidKitError)
    ),
    key=lambda cls: cls.__name__,
)


@pytest.mark.parametrize("cls", EVERY_CLASS)
def test_every_error_keeps_all_it_knows_when_pickled(cls):
    error = cls(
        "what happened",
        service="images",
        operation="GetImages",
        code="Code",
        status=418,
        request_id="id-1",
        attempts=3,
        retryable=True,
        retry_after=1.5,
        ambiguous=True,
        next_token="t",
    )
    error.job_token = "vidkit1.x"
    copy = pickle.loads(pickle.dumps(error))
    assert type(copy) is cls
    assert copy.__dict__ == error.__dict__
    assert str(copy) == str(error)
    assert copy.args == error.args


@pytest.mark.parametrize("cls", EVERY_CLASS)
def test_every_error_is_public_in_both_places(cls):
    assert getattr(vidkit, cls.__name__) is cls
    assert cls.__name__ in errors.__all__


def test_the_tree_is_what_callers_catch():
    assert issubclass(errors.VidKitTimeoutError, TimeoutError)
    for name in [
        "Auth",
        "NotFound",
        "Conflict",
        "InvalidRequest",
        "Quota",
        "Throttled",
        "Unavailable",
    ]:
        assert issubclass(getattr(errors, f"{name}Error"), errors.ServiceError)
    assert issubclass(errors.JobFailedError, errors.JobError)
    assert issubclass(errors.JobCanceledError, errors.JobError)
    assert not issubclass(errors.VidKitError, asyncio.CancelledError)


def test_str_names_operation_code_and_facts():
    error = service_error(
        code="LimitExceededException", status=400, message="20 open jobs", request_id="r-1"
    ).located("rekognition", "StartLabelDetection")
    error.attempts = 2
    assert str(error) == (
        "rekognition.StartLabelDetection: LimitExceededException: 20 open jobs "
        "(status 400, request id r-1, 2 attempts)"
    )


def test_str_names_no_fact_that_is_not_known():
    assert str(VidKitError("what happened")) == "what happened"
    assert VidKitError("what happened").job_token is None
    error = VidKitError("what happened", service="ivs", status=0, attempts=1)
    assert str(error) == "ivs: what happened (status 0)"


@pytest.mark.parametrize(
    ("code", "status", "cls", "retryable"),
    [
        ("ThrottlingException", 400, errors.ThrottledError, True),
        ("ThrottlingException", 500, errors.ThrottledError, True),
        ("ProvisionedThroughputExceededException", 400, errors.ThrottledError, True),
        ("ClientLimitExceededException", 400, errors.ThrottledError, True),
        ("LimitExceededException", 400, errors.QuotaError, False),
        ("ServiceQuotaExceededException", 402, errors.QuotaError, False),
        ("InternalServerError", 500, errors.UnavailableError, True),
        ("ResourceInUseException", 400, errors.ConflictError, False),
        ("IdempotentParameterMismatchException", 400, errors.ConflictError, False),
        ("AccessDeniedException", 400, errors.AuthError, False),
        ("NotAuthorizedException", 401, errors.AuthError, False),
        ("InvalidSignatureException", 400, errors.AuthError, False),
        ("ResourceNotFoundException", 404, errors.NotFoundError, False),
        ("ValidationException", 400, errors.InvalidRequestError, False),
        ("InvalidPaginationTokenException", 400, errors.InvalidRequestError, False),
        ("APIGW.0301", 401, errors.AuthError, False),
        ("APIG.0308", 429, errors.ThrottledError, True),
        ("APIG.0308", 400, errors.ThrottledError, True),
        ("APIGW.0308", 429, errors.ThrottledError, True),
        ("MPC.10202", 400, errors.InvalidRequestError, False),
        ("MPC.10211", 403, errors.NotFoundError, False),
        ("MPC.10213", 400, errors.ConflictError, False),
        ("SomethingNew", 400, errors.InvalidRequestError, False),
        (None, 401, errors.AuthError, False),
        (None, 404, errors.NotFoundError, False),
        (None, 409, errors.ConflictError, False),
        (None, 429, errors.ThrottledError, True),
        (None, 503, errors.UnavailableError, True),
        (None, 302, errors.ServiceError, False),
    ],
)
def test_code_first_then_status(code, status, cls, retryable):
    error = service_error(code=code, status=status, message=None)
    assert type(error) is cls
    assert error.retryable is retryable
    assert error.code == code
    assert error.status == status


def test_only_a_failing_service_leaves_doubt_whether_it_acted():
    assert service_error(code=None, status=500, message="").ambiguous
    assert not service_error(code=None, status=429, message="").ambiguous
    assert not service_error(code=None, status=400, message="").ambiguous
