"""Whatever comes in is read or refused, with coverage as the guide: ``scripts/fuzz``.

Each target takes bytes and must end in a result or a `VidKitError`; the signer's signature must be
the one that the local cloud's gateway, which has a signer of its own, accepts.
"""

import argparse
import asyncio
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

_LONGEST = 5000
_LEAST_MODELS = 25


def _answers() -> Callable[[bytes], None]:
    for name in (
        "images.client",
        "ivs.client",
        "mpc.client",
        "rekognition.client",
        "rekognition.stream_processor_requests",
    ):
        import_module(f"vidkit.{name}")
    from vidkit.calls.operation import Operation
    from vidkit.models.responses import decode
    from vidkit.transports.base import HttpResponse
    from vidkit.transports.error_responses import refusal

    modules = [module for name, module in sys.modules.items() if name.startswith("vidkit.")]
    found = {
        value.response: value
        for module in modules
        for value in vars(module).values()
        if isinstance(value, Operation)
    }
    models = sorted(found, key=lambda model: f"{model.__module__}.{model.__qualname__}")
    if len(models) < _LEAST_MODELS:
        raise AssertionError(f"there are only {len(models)} models of answers")

    def target(data: bytes) -> None:
        if not data:
            return
        decode(models[data[0] % len(models)], data[1:])

    def both(data: bytes) -> None:
        str(refusal(HttpResponse(400 + (data[0] if data else 0), data[1:], {"retry-after": "1"})))
        target(data)

    return both


def _signer() -> Callable[[bytes], None]:
    import atheris
    from multidict import CIMultiDict

    from vidkit.local.protocol.wire import Request
    from vidkit.local.runtime.huawei_accounts import HuaweiAccounts
    from vidkit.local.runtime.state import Identity
    from vidkit.local.signatures.huawei import verify_huawei
    from vidkit.transports.huawei.signer import canonical_query, sdk_date, sign

    identity, now = Identity(), datetime(2026, 1, 1, tzinfo=UTC)

    def target(data: bytes) -> None:
        given = atheris.FuzzedDataProvider(data)
        text = given.ConsumeUnicodeNoSurrogates
        count = given.ConsumeIntInRange(0, 4)
        query = [(text(10), text(10)) for _ in range(count)]
        project = "".join(mark for mark in text(12) if mark.isalnum() and mark.isascii())
        path = f"/v1/{project}/thumbnails"
        body = given.ConsumeBytes(200)
        headers = {
            "Host": "mpc.example",
            "Content-Type": "application/json",
            "X-Sdk-Date": sdk_date(now),
        }
        headers["Authorization"] = sign(
            "POST",
            path,
            query,
            headers,
            body,
            access_key=identity.access_key_id,
            secret_key=identity.secret_access_key,
        )
        spelled = canonical_query(query)
        request = Request(
            method="POST",
            path=path,
            query=tuple(query),
            headers=CIMultiDict(headers),
            body=body,
            raw_target=f"{path}?{spelled}" if spelled else path,
        )
        verify_huawei(request, identity=identity, accounts=HuaweiAccounts(), now=now)

    return target


def _journal() -> Callable[[bytes], None]:
    from vidkit.jobs.journal import Journal

    path = Path(tempfile.mkdtemp()) / "journal"

    async def read() -> None:
        journal = Journal(path)
        try:
            await asyncio.wait_for(journal.open(), 60)
        finally:
            journal.close()

    loop = asyncio.new_event_loop()

    def target(data: bytes) -> None:
        path.write_bytes(data)
        loop.run_until_complete(read())

    return target


def _tokens() -> Callable[[bytes], None]:
    import base64

    from vidkit.jobs.tokens import JobRef

    def target(data: bytes) -> None:
        encoded = base64.urlsafe_b64encode(data).decode().rstrip("=")
        for text in (data.decode("latin-1"), f"vidkit1.{encoded}"):
            try:
                ref = JobRef.from_token(text)
            except VidKitError:
                continue
            assert JobRef.from_token(ref.token()) == ref

    from vidkit import VidKitError

    return target


def _messages() -> Callable[[bytes], None]:
    from vidkit.rekognition import parse_connected_home_event, parse_face_search_record
    from vidkit.rekognition.completion.messages import read_completion

    def target(data: bytes) -> None:
        text = data.decode("utf-8", "replace")
        read_completion(text)
        read_completion(json.dumps({"Message": text}))
        for read in (parse_connected_home_event, parse_face_search_record):
            for content in (text, data):
                _quietly(read, content)

    return target


def _profile() -> Callable[[bytes], None]:
    from vidkit.transports.huawei.credentials.profile import ProfileSource

    path = Path(tempfile.mkdtemp()) / "credentials"
    loop = asyncio.new_event_loop()

    def target(data: bytes) -> None:
        path.write_bytes(data)
        loop.run_until_complete(ProfileSource(str(path), None, required=True).fetch())

    return target


def _quietly(work: Callable[[Any], object], content: object) -> None:
    from vidkit import VidKitError

    try:
        work(content)
    except VidKitError as error:
        told = str(error)
    else:
        told = ""
    if len(told) > _LONGEST:
        raise AssertionError(f"the message has {len(told)} characters")


TARGETS: dict[str, Callable[[], Callable[[bytes], None]]] = {
    "answers": _answers,
    "signer": _signer,
    "journal": _journal,
    "tokens": _tokens,
    "messages": _messages,
    "profile": _profile,
}


def fuzz(name: str, seconds: float, folder: Path) -> None:
    """Fuzz one target in this process, which ends here."""
    atheris = _atheris()
    with atheris.instrument_imports(include=["vidkit"]):
        import vidkit  # noqa: F401
    target = TARGETS[name]()
    options = [f"-max_total_time={seconds:.0f}", "-timeout=20", "-rss_limit_mb=2048"]
    options += [f"-artifact_prefix={folder}/", "-print_final_stats=1", "-verbosity=1"]
    atheris.Setup([sys.argv[0], *options, str(folder)], lambda data: _quietly(target, data))
    atheris.Fuzz()


def _atheris() -> ModuleType:
    try:
        import atheris
    except ImportError:
        sys.exit(
            "scripts/fuzz needs atheris, which there is for CPython on Linux and macOS: "
            "pip install -e '.[fuzz]'"
        )
    found: ModuleType = atheris
    return found


def main() -> int:
    parser = argparse.ArgumentParser(prog="scripts/fuzz", description=__doc__)
    parser.add_argument("targets", nargs="*", help=f"out of {', '.join(TARGETS)} (all)")
    parser.add_argument("--seconds", type=float, default=60, help="for each target (60)")
    parser.add_argument("--output", type=Path, default=Path("fuzz-output"))
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    names = options.targets or list(TARGETS)
    if unknown := set(names) - set(TARGETS):
        parser.error(f"no such target: {', '.join(sorted(unknown))}")
    if options.here:
        fuzz(names[0], options.seconds, options.output)
    _atheris()
    bad = []
    for name in names:
        folder = options.output / name
        folder.mkdir(parents=True, exist_ok=True)
        given = [name, "--seconds", str(options.seconds), "--output", str(folder), "--here"]
        # libFuzzer ends its process in any case.
        done = subprocess.run(
            [sys.executable, __file__, *given], stderr=subprocess.PIPE, check=False, text=True
        )
        runs = [line for line in done.stderr.splitlines() if "number_of_executed_units" in line]
        count = runs[0].split()[-1] if runs else "?"
        print(f"{name}: {count} inputs, {'well' if done.returncode == 0 else 'FAILED'}", flush=True)
        if done.returncode:
            bad.append(name)
            print("\n".join(done.stderr.splitlines()[-60:]))
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
