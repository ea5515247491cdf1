"""Verification of the signatures of AWS and Huawei Cloud."""
