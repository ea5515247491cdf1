"""What MPC's refusals say of who called. Pure functions."""

from http import HTTPStatus

from vidkit.transports.base import HttpResponse
from vidkit.transports.huawei.credentials import responses
from vidkit.transports.huawei.credentials.source import IamToken, Identity

__all__ = ["is_expired"]

_TOKEN_MUST_BE_UPDATED = {"APIGW.0307", "APIG.0307"}
# How the gateway words that keys, or the token beside them, are none any more.
_NO_LONGER_KNOWN = ("decrypt token fail", "get secretkey failed", "token expires")
_AUTH_STATUSES = {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}


def is_expired(identity: Identity, response: HttpResponse) -> bool:
    """Whether a refusal says that a token or temporary keys are not good any more.

    For keys that is less than every refusal: a wrong signature is never sent again.
    """
    if isinstance(identity, IamToken):
        return response.status == HTTPStatus.UNAUTHORIZED
    if response.status not in _AUTH_STATUSES:
        return False
    told = responses.members(response.body)
    if told.get("error_code") in _TOKEN_MUST_BE_UPDATED:
        return True
    message = (responses.text(told, "error_msg") or "").lower()
    return any(words in message for words in _NO_LONGER_KNOWN)
