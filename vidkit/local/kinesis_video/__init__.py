"""Kinesis Video Streams: data endpoints, images and fragments over real files."""

from vidkit.local.kinesis_video.service import KinesisVideo

__all__ = ["KinesisVideo"]
