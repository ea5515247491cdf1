"""Video files: frames, shots, and the drawn scenes and clock of test clips."""
