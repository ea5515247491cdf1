"""Huawei Cloud's front door: IAM, the gateway's refusals, and a server's metadata."""
