"""Leaf shapes behave as frozen dataclasses: to Pydantic, to `dataclasses` and to a program."""

import copy
import dataclasses
import gc
import inspect
import json
import operator
import pickle
from typing import Annotated, Any, get_type_hints

import msgspec
import pydantic
import pytest
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, create_model
from pydantic.alias_generators import to_pascal

from vidkit import RequestError
from vidkit.models.leaves import PascalLeaf
from vidkit.rekognition import FaceDetail, Landmark, Point, RegionOfInterest
from vidkit.rekognition.kinds import faces, labels
from vidkit.rekognition.kinds.labels import DominantColor, Instance
from vidkit.rekognition.models import BoundingBox

LEAVES = sorted(
    {
        value
        for module in (faces, labels)
        for value in vars(module).values()
        if isinstance(value, type) and issubclass(value, PascalLeaf) and value is not PascalLeaf
    }
    | {Point},
    key=lambda leaf: leaf.__name__,
)
VALUES = {"float": 0.5, "int": 7, "str": "w", "bool": True}
each_leaf = pytest.mark.parametrize("leaf", LEAVES, ids=lambda leaf: leaf.__name__)


def dataclass_like(leaf: type[Any]) -> type[Any]:
    """The dataclass that a leaf shape resembles, as one would write it."""
    members = []
    for name, kind in get_type_hints(leaf, include_extras=True).items():
        if name == "css_color":
            alias = Field(validation_alias="CSSColor", serialization_alias="CSSColor")
            members.append((name, Annotated[kind, alias], None))
        else:
            members.append((name, kind, None))
    made = dataclasses.make_dataclass(
        leaf.__name__,
        members,
        frozen=True,
        slots=True,
        kw_only=True,
        namespace={"__doc__": leaf.__doc__},
    )
    made.__pydantic_config__ = ConfigDict(
        alias_generator=to_pascal, extra="ignore", validate_by_name=True, validate_by_alias=True
    )
    return made


def members_of(leaf: type[Any]) -> dict[str, tuple[str, Any]]:
    """A value for each member, with its name in responses."""
    found = {}
    for member in msgspec.structs.fields(leaf):
        text = str(member.type)
        if "BoundingBox" in text:
            value: Any = {"Width": 1, "Left": 0.25}
        elif "DominantColor" in text:
            value = [{"Red": 1, "CSSColor": "red"}, {}]
        else:
            value = next(value for kind, value in VALUES.items() if kind in text)
        found[member.name] = (member.encode_name, value)
    return found


def outcome(work: Any, *args: Any, **options: Any) -> Any:
    """What comes of a call: a value as text, or an error without what may differ."""
    try:
        return repr(work(*args, **options))
    except ValidationError as error:
        details = error.errors(include_url=False, include_context=False)
        # JSON that is no object is refused with the same words, but as a dict.
        return [
            (*detail["loc"], detail["msg"], detail["type"].replace("dict_type", "dataclass_type"))
            for detail in details
        ]
    except Exception as error:  # noqa: BLE001
        return type(error).__name__, str(error)


def inputs(leaf: type[Any]) -> dict[str, Any]:
    wire = dict(members_of(leaf).values())
    named = {name: value for name, (_, value) in members_of(leaf).items()}
    return {
        "by alias": wire,
        "by name": named,
        "by both": wire | named,
        "nothing": {},
        "unknown": wire | {"New": [1]},
        "nulls": dict.fromkeys(wire),
        "wrong": {name: [[]] for name in wire},
        "texts": dict.fromkeys(wire, "5"),
        **{f"no object {value!r}": value for value in (5, "x", [], None, True, 1.5)},
    }


WAYS: list[dict[str, Any]] = [{}, {"by_alias": True, "by_name": True}, {"strict": True}]
if pydantic.VERSION >= "2.14":
    # Earlier ones do not pass these on to validation functions.
    WAYS += [{"by_alias": True, "by_name": False}, {"by_alias": False, "by_name": True}]


def validated(cls: type[Any], leaf: type[Any]) -> dict[str, Any]:
    model = create_model(
        "Holder", one=(cls | None, None), many=(list[cls], []), by=(dict[str, cls], {})
    )
    alone = TypeAdapter(cls)
    found = {}
    for name, given in inputs(leaf).items():
        held = {"one": given, "many": [given], "by": {"k": given}}
        for way in WAYS:
            found |= {
                f"{name} {way} python": outcome(model.model_validate, held, **way),
                f"{name} {way} json": outcome(model.model_validate_json, json.dumps(held), **way),
                f"{name} {way} alone": outcome(alone.validate_python, given, **way),
                f"{name} {way} alone, json": outcome(alone.validate_json, json.dumps(given), **way),
            }
    return found


def dumped(cls: type[Any], leaf: type[Any]) -> dict[str, Any]:
    model = create_model("Holder", one=(cls, ...), many=(list[cls], []))
    wire = dict(members_of(leaf).values())
    held = model.model_validate({"one": wire, "many": [wire, {}]})
    first = next(iter(members_of(leaf)))
    ways: list[dict[str, Any]] = [
        {},
        {"by_alias": True},
        {"exclude_none": True},
        {"exclude_unset": True},
        {"exclude_defaults": True},
        {"by_alias": True, "exclude_none": True, "exclude_unset": True},
        {"include": {"one": {first}}},
        {"exclude": {"many": {"__all__": {first}}}},
        {"round_trip": True},
        {"serialize_as_any": True},
    ]
    found = {}
    for way in ways:
        found |= {
            f"{way} python": held.model_dump(**way),
            f"{way} json": held.model_dump_json(**way),
            f"{way} alone": TypeAdapter(cls).dump_python(
                held.one, **{key: value for key, value in way.items() if value is True}
            ),
        }
    return found


def described(cls: type[Any], leaf: type[Any]) -> dict[str, Any]:
    model = create_model("Holder", one=(cls, ...), many=(list[cls], []))
    modes: Any = ("validation", "serialization")
    return {
        f"{mode} {by_alias}": (
            model.model_json_schema(mode=mode, by_alias=by_alias),
            TypeAdapter(cls).json_schema(mode=mode, by_alias=by_alias),
        )
        for mode in modes
        for by_alias in (True, False)
    }


def used(cls: type[Any], leaf: type[Any]) -> dict[str, Any]:
    members = {name: value for name, (_, value) in members_of(leaf).items()}
    one = TypeAdapter(cls).validate_python(members)
    first = next(iter(members))
    return {
        "repr": (repr(one), str(one)),
        "equal": (one == TypeAdapter(cls).validate_python(members), one == cls(), one == 5),
        "hash": outcome(hash, one)[0] == outcome(hash, copy.copy(one))[0],
        "order": outcome(operator.lt, one, one)[0],
        "match": cls.__match_args__,
        "asdict": dataclasses.asdict(one),
        "astuple": dataclasses.astuple(one),
        "fields": [(f.name, f.kw_only) for f in dataclasses.fields(one)],
        "replace": dataclasses.replace(one, **{first: None}),
        "copies": (copy.copy(one) == one, copy.deepcopy(one) == one),
        "is one": (dataclasses.is_dataclass(cls), dataclasses.is_dataclass(one)),
        "parameters": list(inspect.signature(cls).parameters),
        "docstring": cls.__doc__,
        "frozen": outcome(setattr, one, first, None)[0].replace("FrozenInstance", "Attribute"),
        "no dict": hasattr(one, "__dict__"),
    }


ASPECTS = [validated, dumped, used]
if pydantic.VERSION >= "2.14":
    # Earlier ones leave the docstrings of dataclasses out of their schemas.
    ASPECTS.append(described)


@each_leaf
@pytest.mark.parametrize("aspect", ASPECTS)
def test_a_leaf_shape_is_to_others_the_dataclass_that_it_resembles(leaf, aspect):
    expected, found = aspect(dataclass_like(leaf), leaf), aspect(leaf, leaf)
    assert str(found) == str(expected)


@each_leaf
def test_its_schema_describes_it(leaf):
    schema = TypeAdapter(leaf).json_schema()
    assert (schema["title"], schema["description"]) == (leaf.__name__, inspect.getdoc(leaf))
    assert schema["properties"].keys() == dict(members_of(leaf).values()).keys()


@each_leaf
def test_it_is_pickled_and_is_not_tracked_by_the_collector(leaf):
    one = TypeAdapter(leaf).validate_python(inputs(leaf)["by alias"])
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        again = pickle.loads(pickle.dumps(one, protocol))
        assert type(again) is leaf
        assert again == one
    assert not gc.is_tracked(one)


def test_an_instance_stays_itself_in_a_model():
    box = BoundingBox(width=0.5)
    assert FaceDetail(bounding_box=box).bounding_box is box
    assert FaceDetail.model_validate({"BoundingBox": box}, strict=True).bounding_box is box


def test_a_leaf_shape_of_a_program_may_have_required_members_and_fresh_lists():
    class Reading(PascalLeaf):
        at: int
        marks: list[Point] = msgspec.field(default_factory=list[Point])

    adapter = TypeAdapter(Reading)
    one, other = (adapter.validate_python({"At": 1}) for _ in range(2))
    assert one == other == adapter.validate_json('{"At": 1}') == Reading(at=1, marks=[])
    assert one.marks is not other.marks
    with pytest.raises(ValidationError, match="At"):
        adapter.validate_json("{}")
    with pytest.raises(RequestError, match=r"Reading: missing a required .*argument: 'at'"):
        Reading()


@pytest.mark.parametrize(
    ("args", "members", "words"),
    [((), {"depth": 1}, "depth"), ((1,), {}, "positional"), ((), {"x": 1}, "parameters are width")],
)
def test_parameters_that_do_not_fit_are_an_error_of_ours(args, members, words):
    with pytest.raises(RequestError, match=f"BoundingBox: .*{words}"):
        BoundingBox(*args, **members)


def test_leaf_shapes_in_requests_are_validated_and_dumped_by_the_services_names():
    region = RegionOfInterest(polygon=[Point(x=0, y=1), {"x": 0.5, "y": 0}, {"x": 1, "y": 1}])
    assert region.model_dump(by_alias=True, exclude_none=True) == {
        "Polygon": [{"X": 0, "Y": 1}, {"X": 0.5, "Y": 0}, {"X": 1, "Y": 1}]
    }


def test_a_name_of_its_own_is_one_name_for_both_readers():
    color = DominantColor(css_color="red")
    body = '{"CSSColor":"red"}'
    assert TypeAdapter(DominantColor).validate_json(body) == color
    assert msgspec.json.decode(body, type=DominantColor) == color
    assert TypeAdapter(Instance).dump_python(
        Instance(dominant_colors=[color]), by_alias=True, exclude_none=True
    ) == {"DominantColors": [{"CSSColor": "red"}]}


def test_a_model_of_a_program_may_hold_leaf_shapes_anywhere():
    class Album(BaseModel):
        best: Landmark | BoundingBox | None = None
        pairs: dict[str, tuple[Landmark, ...]] = Field(default_factory=dict)

    album = Album(best=Landmark(type="nose"), pairs={"a": (Landmark(x=1),)})
    assert Album.model_validate_json(album.model_dump_json()) == album
    assert Album.model_validate(album.model_dump()) == album
    assert album.model_copy(deep=True) == album
