"""Helpers of the tests of secrets: some secrets, and the full text of logs and errors."""

import logging
import pickle
import traceback
from contextlib import contextmanager

from vidkit import AwsConfig

ARN = "arn:aws:ivs:us-east-1:123456789012:playback-restriction-policy/abcDEF123456"
POLICY = {"playbackRestrictionPolicy": {"arn": ARN, "allowedCountries": [], "allowedOrigins": []}}
KEY = "s3cretKeyOfAws/WithASlash+value"
TOKEN = "IQoJb3JpZ2luX2VjEA/temporary+token/value=="
BASE_TOKEN = "FwoGZXIvYXdzEBase/session+token=="
SECRETS = {KEY, TOKEN, BASE_TOKEN}


class Collector(logging.Handler):
    """Keeps everything of a record that a handler could write."""

    def __init__(self):
        super().__init__()
        self.lines = []
        self.setFormatter(logging.Formatter("%(name)s %(levelname)s %(message)s"))

    def emit(self, record):
        self.lines.append(f"{self.format(record)} {vars(record)!r}")

    def of(self, name):
        return [line for line in self.lines if line.startswith(name)]


@contextmanager
def collecting():
    """The logs of an application that logs everything at DEBUG."""
    root = logging.getLogger()
    level = root.level
    collector = Collector()
    root.addHandler(collector)
    root.setLevel(logging.DEBUG)
    try:
        yield collector
    finally:
        root.setLevel(level)
        root.removeHandler(collector)


def assert_hidden(texts, secrets=SECRETS):
    for text in texts:
        for secret in secrets:
            for spelling in (secret, secret.replace("/", "\\/"), repr(secret)[1:-1]):
                assert spelling not in text, text


def told_by(error):
    """The full text of an exception, its causes and contexts."""
    seen = []
    rest = [error]
    while rest:
        one = rest.pop()
        if one is None or one in seen:
            continue
        seen.append(one)
        yield from (str(one), repr(one), repr(one.args), "".join(traceback.format_exception(one)))
        rest += [one.__cause__, one.__context__]
    yield repr(vars(error))
    yield repr(pickle.dumps(error))
    yield repr(pickle.loads(pickle.dumps(error)))


def aws_config(**more):
    given = {
        "region": "us-east-1",
        "access_key_id": "AKIA",
        "secret_access_key": KEY,
        "session_token": TOKEN,
    }
    return AwsConfig(**(given | more))
