"""Images saved as files: in folders, and wherever fsspec can write."""
