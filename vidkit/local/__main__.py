"""``python -m vidkit.local``: the local cloud as a program."""

import argparse
import asyncio
import json
import signal
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from types import FrameType
from typing import Final

from vidkit.local.cloud import LocalCloud

DEFAULT_PORT: Final = 4588
DEFAULT_START: Final = datetime(2026, 1, 1, tzinfo=UTC)
"""The start of a stream whose option names none."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until SIGINT or SIGTERM.

    Args:
        arguments: the command line without the program's name; the process's own by default.

    Returns:
        0 after a signal; 2 when the address cannot be served or an argument is invalid.
    """
    options = _parser().parse_args(arguments)
    try:
        cloud = LocalCloud(
            host=options.host,
            port=options.port,
            job_seconds=options.job_seconds,
            throttle=options.throttle,
            sns_endpoint=options.sns_endpoint,
        )
        for name, path, start in options.stream:
            cloud.add_stream(name, path, start_timestamp=start)
        for bucket, name, path in options.object:
            cloud.add_object(bucket, name, path)
        for collection_id in options.collection:
            cloud.add_collection(collection_id)
        asyncio.run(_serve(cloud))
    except (OSError, ValueError) as error:
        message = " ".join(str(error).split())
        sys.stderr.write(f"vidkit.local: {message}\n")
        return 2
    return 0


async def _serve(cloud: LocalCloud) -> None:
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()

    def stop(_signal: int, _frame: FrameType | None) -> None:
        # A second signal has its default effect.
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_DFL)
        loop.call_soon_threadsafe(stopped.set)

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    async with cloud:
        ready = {
            "endpoint": cloud.endpoint,
            "region": cloud.region,
            "access_key_id": cloud.access_key_id,
            "secret_access_key": cloud.secret_access_key,
            "project_id": cloud.project_id,
            "huawei_region": cloud.identity.huawei_region,
            "iam_user": cloud.identity.iam_user,
            "iam_password": cloud.identity.iam_password,
            "domain_name": cloud.identity.domain_name,
        }
        sys.stdout.write(f"{json.dumps(ready)}\n")
        sys.stdout.flush()
        await stopped.wait()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m vidkit.local",
        description="Serve the local cloud on loopback. Prints one line of JSON when it is ready.",
    )
    parser.add_argument("--host", default="127.0.0.1", help="a loopback address (%(default)s)")
    parser.add_argument(
        "--port", type=int, default=DEFAULT_PORT, help="0 for a free one (%(default)s)"
    )
    parser.add_argument(
        "--stream",
        type=_stream,
        action="append",
        default=[],
        metavar="NAME=PATH[@START]",
        help="a Kinesis video stream and its video file; START is ISO 8601 with a time zone "
        f"(without it {DEFAULT_START:%Y-%m-%dT%H:%M:%SZ})",
    )
    parser.add_argument(
        "--object",
        type=_object,
        action="append",
        default=[],
        metavar="BUCKET/NAME=PATH",
        help="an object in S3 and OBS",
    )
    parser.add_argument(
        "--job-seconds",
        type=float,
        default=0.5,
        help="the shortest time that a job takes (%(default)s)",
    )
    parser.add_argument(
        "--collection",
        action="append",
        default=[],
        metavar="ID",
        help="a face collection for Rekognition",
    )
    parser.add_argument(
        "--throttle",
        action="store_true",
        help="reject requests beyond the services' documented rates",
    )
    parser.add_argument(
        "--sns-endpoint",
        metavar="URL",
        help="publish completion notifications to this SNS on this machine, not to the cloud's own",
    )
    return parser


def _stream(text: str) -> tuple[str, str, datetime]:
    name, equals, rest = text.partition("=")
    if not (name and equals and rest):
        raise argparse.ArgumentTypeError(f"{text!r} is not NAME=PATH or NAME=PATH@START")
    path, at, start = rest.rpartition("@")
    if at and path:
        try:
            return name, path, datetime.fromisoformat(start)
        except ValueError:
            # The @ is part of the path.
            pass
    return name, rest, DEFAULT_START


def _object(text: str) -> tuple[str, str, str]:
    target, equals, path = text.partition("=")
    bucket, slash, name = target.partition("/")
    if not (bucket and slash and name and equals and path):
        raise argparse.ArgumentTypeError(f"{text!r} is not BUCKET/NAME=PATH")
    return bucket, name, path


if __name__ == "__main__":
    sys.exit(main())
