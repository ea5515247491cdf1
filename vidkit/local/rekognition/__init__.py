"""Rekognition Video: analysis jobs over stored videos, and stream processors."""
