"""The object store, with S3's face."""
