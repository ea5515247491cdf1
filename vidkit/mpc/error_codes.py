"""MPC's error codes, with meanings for generic messages. Pure functions."""

import re

__all__ = ["MEANINGS", "code_in", "explained"]

MEANINGS: dict[str, str] = {
    "MPC.10050": "a system error on MPC's side",
    "MPC.10052": "the input file could not be fetched; check its path and MPC's right to read it",
    "MPC.10053": "the input file does not exist",
    "MPC.10061": "snapshots at uneven intervals are not supported",
    "MPC.10062": (
        "snapshots cannot be taken of this video codec; MPEG-2, H.264, H.265 and ProRes 422 are "
        "among those that can"
    ),
    "MPC.10063": (
        "snapshots cannot be taken of this container; MP4, MPG, MOV, MXF, FLV and MPEG-TS are "
        "among those that can"
    ),
    "MPC.10066": "the input file has a format that MPC does not read",
    "MPC.10067": "no video codec was recognised: the input holds no video that MPC can read",
    "MPC.10068": "no audio codec was recognised in the input",
    "MPC.10089": "the template does not exist",
    "MPC.10090": "the template does not exist",
    "MPC.10091": "a template with this name already exists",
    "MPC.10155": "the default language of the subtitles is missing",
    "MPC.10156": "the file could not be deleted",
    "MPC.10202": "a parameter of the request is invalid",
    "MPC.10203": "the caller could not be authenticated; check keys or token",
    "MPC.10204": "the HTTP method is invalid",
    "MPC.10205": "the content type of the request is invalid",
    "MPC.10206": "the account has not completed its real-name authentication",
    "MPC.10207": "the account is in an abnormal state, such as frozen or in arrears",
    "MPC.10208": "the project could not be verified; check the project id and the token's scope",
    "MPC.10209": "the input or output path in OBS is invalid, or MPC may not use it",
    "MPC.10211": "the task does not exist",
    "MPC.10212": "the operation is not possible in the present state",
    "MPC.10213": "the task has not ended yet",
    "MPC.10223": "the agency already exists",
    "MPC.10224": "the agency has been deleted",
    "MPC.10230": "the template group already exists",
    "MPC.10231": "the template group does not exist",
    "MPC.363011005": "the task does not exist",
    "APIGW.0101": "the gateway knows no such API; check the endpoint",
    "APIGW.0201": "the gateway found the request malformed or too large",
    "APIGW.0301": "the gateway could not verify the signature or the token",
    "APIGW.0303": "the caller may not use this API",
    "APIGW.0308": "too many requests in a short time",
}
"""The meaning of each code that the thumbnails operations and API Gateway may return."""

_CODE = re.compile(r"\b(?:MPC|APIGW|APIG)\.\d{4,9}\b")
_GENERIC_MESSAGES = frozenset(
    {"", "error", "failed", "fail", "operation failed", "task failed", "unknown error", "null"}
    | {"no message given", "the job failed", "internal error", "system error"}
)


def code_in(text: str | None) -> str | None:
    """The first code in a text, such as a task's ``description``, or None.

    Example:
        >>> code_in("MPC.10067: the input has no video stream.")
        'MPC.10067'
    """
    found = _CODE.search(text or "")
    return found[0] if found else None


def explained(code: str | None, text: str | None) -> str | None:
    """The service's text; a generic one gets the meaning of its code.

    Example:
        >>> explained("MPC.10053", "MPC.10053")
        'MPC.10053 (the input file does not exist)'
        >>> explained("MPC.10202", "time is 0")
        'time is 0'
    """
    meaning = MEANINGS.get((code or "").replace("APIG.", "APIGW."))
    if meaning is None:
        return text
    without_code = _CODE.sub("", text or "").strip(" .:;,()[]-\t\n").lower()
    if without_code not in _GENERIC_MESSAGES:
        return text
    stripped = (text or "").strip()
    return f"{stripped} ({meaning})" if stripped else meaning
