"""Compares our models with those of the installed botocore, for the tests of models."""

from dataclasses import is_dataclass
from typing import Any, get_args

import msgspec
from botocore.loaders import Loader
from botocore.model import ServiceModel
from pydantic import BaseModel
from pydantic.fields import FieldInfo

LOADER = Loader()


def operation(api, name):
    model = ServiceModel(LOADER.load_service_model(api, "service-2"))
    return model.operation_model(name)


def wire_name(name: str, field: FieldInfo) -> str:
    alias = field.serialization_alias or field.alias
    return alias or name


def parts(annotation: Any) -> list[Any]:
    """All types inside an annotation, and its marks: open enums list their values there."""
    inner = [part for arg in get_args(annotation) for part in parts(arg)]
    return [annotation, *inner]


def nested_model(annotation: Any) -> type[Any] | None:
    for part in parts(annotation):
        if isinstance(part, type) and (issubclass(part, BaseModel) or is_dataclass(part)):
            return part
    return None


def fields_of(model: type[Any]) -> dict[str, FieldInfo]:
    """The fields of a model or of a leaf shape."""
    if issubclass(model, BaseModel):
        return model.model_fields
    found = {}
    for member in msgspec.structs.fields(model):
        found[member.name] = FieldInfo.from_annotated_attribute(member.type, None)
        found[member.name].serialization_alias = member.encode_name
    return found


def literal_values(field: FieldInfo) -> set[str]:
    found = [part for kind in (field.annotation, *field.metadata) for part in parts(kind)]
    return {part for part in found if isinstance(part, str)}


def differences(shape, model, path, *, request):  # noqa: C901
    """Members of a service's shape that our model lacks, and enums that differ."""
    if shape.type_name == "list":
        yield from differences(shape.member, model, path, request=request)
        return
    if shape.type_name != "structure" or model is None:
        return
    fields = {wire_name(name, field): field for name, field in fields_of(model).items()}
    for member, member_shape in shape.members.items():
        here = f"{path}.{member}"
        if not request and member_shape.serialization.get("location") == "header":
            # Headers, which the service model lists among the members.
            continue
        if member not in fields:
            yield f"{here}: missing"
            continue
        field = fields[member]
        if not request and field.is_required() and member not in shape.required_members:
            yield f"{here}: required by us only"
        inner = member_shape
        while inner.type_name == "list":
            inner = inner.member
        nested = nested_model(field.annotation)
        if inner.type_name == "structure":
            if nested is None:
                yield f"{here}: no model"
            elif nested.__name__ != "S3Video":
                yield from differences(inner, nested, here, request=request)
        ours = literal_values(field)
        theirs = set(getattr(inner, "enum", ()))
        if theirs and ours != theirs:
            yield f"{here}: enum differs: {sorted(ours ^ theirs)}"
