"""Huawei Cloud MPC: snapshot tasks over stored videos."""
