"""The object store: buckets and objects over the S3 API."""
