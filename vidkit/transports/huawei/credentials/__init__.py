"""Who calls Huawei Cloud: where credentials come from, and how they stay fresh.

One room for each source (`given`, `environment`, `profile`, `metadata`, `iam`), a `chain` that asks
them in order, and a `renewal` that keeps what was found. None of them knows httpx: requests go
through `Ask`, which the transport provides.
"""
