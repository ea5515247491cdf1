"""Huawei Cloud MPC: snapshot (thumbnail) tasks for stored videos."""

from vidkit.mpc.client import MpcClient
from vidkit.mpc.models import (
    ListThumbnailsTaskResponse,
    PicInfo,
    TaskObject,
    ThumbTask,
)
from vidkit.mpc.parameters import ObsObjInfo, ThumbnailPara

__all__ = [
    "ListThumbnailsTaskResponse",
    "MpcClient",
    "ObsObjInfo",
    "PicInfo",
    "TaskObject",
    "ThumbTask",
    "ThumbnailPara",
]
