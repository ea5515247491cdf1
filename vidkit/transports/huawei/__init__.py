"""Huawei Cloud through httpx on aiohttp's connections, with signatures of its own."""
