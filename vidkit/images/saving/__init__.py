"""Images into files: folders, and whatever fsspec knows."""
