"""Huawei Cloud's IAM, API gateway and server metadata."""
