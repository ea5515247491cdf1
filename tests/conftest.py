"""What all tests share: videos made once a session, and nothing of the machine they run on."""

import logging
import os
import signal
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
import trustme
from botocore.endpoint_provider import EndpointProvider
from botocore.loaders import create_loader
from botocore.session import Session
from hypothesis_profiles import load_profile
from worker_scheduling import Shares

from vidkit.local.clips import RenderedClip, render_clip

load_profile()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest tests first: at the end, the other workers would wait for them."""
    items.sort(key=lambda item: item.get_closest_marker("long") is None)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Shares | None:
    return Shares(config, log) if config.getoption("dist") == "load" else None


@pytest.fixture(scope="session", autouse=True)
def interrupts_are_heard() -> Iterator[None]:
    """Programs that tests start can be interrupted, also in a shell's background."""
    before = signal.getsignal(signal.SIGINT)
    if before is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture(scope="session")
def clock_clip(tmp_path_factory: pytest.TempPathFactory) -> RenderedClip:
    """Eight seconds at 25 frames a second: four scenes and a black gap, the clock in each frame."""
    path = tmp_path_factory.mktemp("videos") / "clock.mp4"
    return render_clip(path, duration=8, width=320, height=180, scenes=4)


@pytest.fixture(scope="session")
def ntsc_clip(tmp_path_factory: pytest.TempPathFactory) -> RenderedClip:
    """Two seconds at 30000/1001 frames a second, with sound: times that are no whole ms."""
    path = tmp_path_factory.mktemp("videos") / "ntsc.mp4"
    return render_clip(
        path,
        duration=2,
        width=320,
        height=180,
        frame_rate=Fraction(30000, 1001),
        scenes=1,
        audio=True,
    )


@pytest.fixture(scope="session")
def carphone() -> Path:
    """A real clip: one shot, 30000/1001 frames a second, no sound."""
    return Path(__file__).parent / "media" / "carphone_pristine.mp4"


@pytest.fixture(autouse=True)
def logging_stays_as_it_is() -> Iterator[None]:
    """An example of the docs may set the level, which is the whole process's."""
    level = logging.getLogger("vidkit").level
    yield
    logging.getLogger("vidkit").setLevel(level)


@pytest.fixture(scope="session", autouse=True)
def models_of_services_are_read_once() -> Iterator[None]:
    """One loader for all sessions of botocore: reading it all anew is half of opening a kit."""
    loaders: dict[str | None, Any] = {}

    def register(session: Session) -> None:
        def loader() -> Any:
            path = session.get_config_variable("data_path")
            if path not in loaders:
                loaders[path] = create_loader(path)
            return loaders[path]

        session._components.lazy_register_component("data_loader", loader)

    providers: dict[int, tuple[Any, Any]] = {}

    def provider(ruleset_data: Any, partition_data: Any, excluded_params: Any = None) -> Any:
        # The loader keeps what it has read, so one service's rules are always the same object.
        found = providers.get(id(ruleset_data))
        if found is None:
            made = EndpointProvider(ruleset_data, partition_data, excluded_params)
            found = providers[id(ruleset_data)] = (ruleset_data, made)
        return found[1]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Session, "_register_data_loader", register)
        patch.setattr("botocore.regions.EndpointProvider", provider)
        yield


@pytest.fixture(scope="session")
def one_authority(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bundle of one authority: a client takes 20 ms to read all those that there are."""
    path = tmp_path_factory.mktemp("authorities") / "one.pem"
    trustme.CA().cert_pem.write_to_path(path)
    return path


@pytest.fixture(autouse=True)
def nothing_from_outside(monkeypatch: pytest.MonkeyPatch, one_authority: Path) -> None:
    """No test reads this machine's own credentials or authorities or asks its metadata address."""
    for name in list(os.environ):
        if name.startswith(("AWS_", "HUAWEICLOUD_")):
            monkeypatch.delenv(name)
    nowhere = one_authority.parent
    monkeypatch.setenv("AWS_CA_BUNDLE", str(one_authority))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(nowhere / "no-aws-config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(nowhere / "no-aws-credentials"))
    monkeypatch.setenv("HUAWEICLOUD_SDK_CREDENTIALS_FILE", str(nowhere / "no-huawei-credentials"))
    monkeypatch.setattr(
        "vidkit.transports.huawei.credentials.metadata.DEFAULT_ENDPOINT", "http://127.0.0.1:9"
    )
