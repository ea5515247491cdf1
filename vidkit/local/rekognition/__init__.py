"""Rekognition Video: jobs over real files."""
