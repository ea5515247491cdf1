"""Huawei Cloud MPC: snapshot tasks over real files."""
