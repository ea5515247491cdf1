"""Credentials for Huawei Cloud: their sources, and how they are refreshed.

Each credential source has a module (`static`, `environment`, `profile`, `metadata`, `iam`). A
`chain` tries them in order, `refresh` caches what it returns, and `resolver` adds the project ID.
None of them knows httpx: the transport sends their requests (`SendRequest`).
"""
