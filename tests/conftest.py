"""Videos that several tests look at, made once a session."""

import os
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from botocore.loaders import create_loader
from botocore.session import Session

from vidkit.local.clips import RenderedClip, render_clip


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

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Session, "_register_data_loader", register)
        yield


@pytest.fixture(autouse=True)
def no_credentials_from_outside(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No test reads this machine's own credentials or asks its metadata address."""
    for name in list(os.environ):
        if name.startswith(("AWS_", "HUAWEICLOUD_")) and not name.endswith("CA_BUNDLE"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "no-aws-config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "no-aws-credentials"))
    monkeypatch.setenv("HUAWEICLOUD_SDK_CREDENTIALS_FILE", str(tmp_path / "no-huawei-credentials"))
    monkeypatch.setattr(
        "vidkit.transports.huawei_credentials.metadata.ADDRESS", "http://127.0.0.1:9"
    )
