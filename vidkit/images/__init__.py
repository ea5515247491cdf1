"""Kinesis Video Streams archived media: images and fragments of a stream."""

from vidkit.images.client import ImagesClient
from vidkit.images.fragments import Fragment, ListFragmentsResponse
from vidkit.images.models import Image, ImageError, ImageFormat, ImagePage, ImageSelectorType
from vidkit.images.saving.progress_bar import SaveProgressBar
from vidkit.images.saving.saver import MissingImage, OnProgress, SaveProgress, SaveReport

__all__ = [
    "Fragment",
    "Image",
    "ImageError",
    "ImageFormat",
    "ImagePage",
    "ImageSelectorType",
    "ImagesClient",
    "ListFragmentsResponse",
    "MissingImage",
    "OnProgress",
    "SaveProgress",
    "SaveProgressBar",
    "SaveReport",
]
