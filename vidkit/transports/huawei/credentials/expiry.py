"""Error responses that say that credentials have expired. Pure functions."""

from http import HTTPStatus

from vidkit.transports.base import AUTH_STATUSES, HttpResponse
from vidkit.transports.error_responses import json_object
from vidkit.transports.huawei.credentials import responses
from vidkit.transports.huawei.credentials.credential_source import IamToken, Identity

__all__ = ["is_expired"]

_TOKEN_MUST_BE_UPDATED_CODES = {"APIGW.0307", "APIG.0307"}
# Messages of the API gateway about an AK or a security token that is no longer valid.
_EXPIRED_MESSAGES = ("decrypt token fail", "get secretkey failed", "token expires")


def is_expired(identity: Identity, response: HttpResponse) -> bool:
    """Whether a response says that a token or a temporary AK/SK has expired.

    For an AK/SK, only some 401 and 403 responses do: a wrong signature is never sent again.
    """
    if isinstance(identity, IamToken):
        return response.status == HTTPStatus.UNAUTHORIZED
    if response.status not in AUTH_STATUSES:
        return False
    members = json_object(response.body)
    if members.get("error_code") in _TOKEN_MUST_BE_UPDATED_CODES:
        return True
    message = (responses.text_member(members, "error_msg") or "").lower()
    return any(expired in message for expired in _EXPIRED_MESSAGES)
