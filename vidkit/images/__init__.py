"""Kinesis Video Streams archived media: images out of a stream."""

from vidkit.images.client import ImagesClient
from vidkit.images.models import Image, ImageError, ImageFormat, ImagePage, ImageSelectorType

__all__ = [
    "Image",
    "ImageError",
    "ImageFormat",
    "ImagePage",
    "ImageSelectorType",
    "ImagesClient",
]
