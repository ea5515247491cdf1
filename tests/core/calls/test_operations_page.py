"""The list of all operations in docs/operations.md, beside the service models and the clients."""

import importlib
import inspect
import pkgutil
import re
from pathlib import Path

import pytest
from botocore import xform_name
from botocore.loaders import Loader

import vidkit
from vidkit.calls.operation import Operation
from vidkit.images.client import ImagesClient
from vidkit.ivs.client import IvsClient
from vidkit.rekognition.client import RekognitionClient
from vidkit.rekognition.kinds.registry import KINDS, kind_named

PAGE = (Path(vidkit.__file__).parents[1] / "docs" / "operations.md").read_text("utf-8")
CLIENTS = {
    "rekognition": ("rekognition", RekognitionClient),
    "ivs": ("ivs", IvsClient),
    "kinesisvideo": ("images", ImagesClient),
    "kinesis-video-archived-media": ("images", ImagesClient),
}
# Sent by other methods, and no method of its own.
SENT_BY_OTHERS = {"GetDataEndpoint"}


def rows(api):
    """The operations that the page lists for an API, and how each is called."""
    section = PAGE.partition(f"service model `{api}`")[2].partition("\n#")[0]
    return re.findall(r"^\| `(\w+)` \| (\S.*?) \| (.*?) ?\|$", section, re.MULTILINE)


def later_operations():
    """The operations that only a later botocore knows."""
    section = PAGE.partition("### Later operations")[2].partition("\n#")[0]
    return set(re.findall(r"`([A-Z]\w+Configurations?)`", section))


def typed_operations(service):
    """The operations of a service that its modules define."""
    folder = importlib.import_module(f"vidkit.{service}")
    modules = pkgutil.walk_packages(folder.__path__, f"vidkit.{service}.")
    values = [v for one in modules for v in vars(importlib.import_module(one.name)).values()]
    found = {value.name for value in values if isinstance(value, Operation)}
    if service == "rekognition":
        found |= {one.name for kind in map(kind_named, KINDS) for one in (kind.start, kind.get)}
    return found


@pytest.mark.parametrize("api", CLIENTS)
def test_the_page_lists_every_operation_of_a_service_model_once(api):
    listed = [name for name, *_ in rows(api)]
    assert listed == sorted(set(listed))
    operations = set(Loader().load_service_model(api, "service-2")["operations"])
    assert set(listed) - operations == set()
    assert operations - set(listed) - later_operations() == set()


@pytest.mark.parametrize("api", CLIENTS)
def test_the_page_says_how_each_operation_is_called(api):
    service, client = CLIENTS[api]
    # Tags of IVS are typed; those of Kinesis Video have the same names.
    typed = typed_operations(service) - SENT_BY_OTHERS
    for name, how, method in rows(api):
        assert how == ("typed" if name in typed else "by `call`"), name
        assert (how == "typed") == inspect.isfunction(getattr(client, xform_name(name), None)), name
        if how == "typed":
            assert method == f"`{xform_name(name)}`"


def test_what_the_page_lists_as_later_is_listed_once():
    assert len(later_operations()) == 5
    assert not later_operations() & {name for name, *_ in rows("ivs")}
