"""Kinesis Video Streams: data endpoints, images and fragments of video files."""
