"""Video files: frames, shots, and clips that tell the time."""
