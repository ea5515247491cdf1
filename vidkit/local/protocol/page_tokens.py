"""Opaque page tokens."""

import base64
import binascii
import hmac
import json
import secrets

_POSITION_BYTES = 8
_MAC_BYTES = 16


class PageTokens:
    """Issues page tokens and reads them.

    A token is bound to its request: with any other request, or with a changed character, it is
    invalid.
    """

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)

    def issue(self, position: int, request: object) -> str:
        """A token for a position in a request's results.

        Args:
            position: how many results come before the page.
            request: what must be the same when the token is used, JSON-serialisable.
        """
        count = position.to_bytes(_POSITION_BYTES, "big")
        return base64.b64encode(count + self._mac(count, request)).decode()

    def read(self, token: str, request: object) -> int | None:
        """The position that a token stands for; None when it is not a token of this request."""
        try:
            raw = base64.b64decode(token, validate=True)
        except (binascii.Error, ValueError):
            return None
        count, mac = raw[:_POSITION_BYTES], raw[_POSITION_BYTES:]
        if not hmac.compare_digest(mac, self._mac(count, request)):
            return None
        return int.from_bytes(count, "big")

    def _mac(self, count: bytes, request: object) -> bytes:
        bound = count + json.dumps(request, sort_keys=True).encode()
        return hmac.digest(self._key, bound, "sha256")[:_MAC_BYTES]
