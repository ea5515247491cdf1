"""Checking the signatures of AWS and Huawei Cloud."""
