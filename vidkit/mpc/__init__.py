"""Huawei Cloud MPC: thumbnails, that is snapshots of a stored video."""

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
