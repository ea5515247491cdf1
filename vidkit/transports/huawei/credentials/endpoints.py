"""The endpoints of MPC and IAM, by region. Pure functions."""

from collections.abc import Mapping
from urllib.parse import urlsplit

from vidkit.config import HuaweiConfig
from vidkit.errors import ConfigError
from vidkit.transports.huawei.credentials import environment

__all__ = ["iam_endpoint_url", "mpc_endpoint", "origin"]

# cn-north-1 still has the product's former name.
_MPC_ENDPOINTS = {"cn-north-1": "https://mts.cn-north-1.myhuaweicloud.com"}
_GLOBAL_IAM_ENDPOINT = "https://iam.myhuaweicloud.com"


def mpc_endpoint(config: HuaweiConfig, environ: Mapping[str, str]) -> str:
    """The MPC endpoint.

    It is that of the configuration, the environment, or the region, in this order. For an unknown
    region, it is built like those of all regions but one.

    Raises:
        ConfigError: neither an endpoint nor a region is configured, or the environment's endpoint
            is invalid.
    """
    if config.endpoint:
        return config.endpoint.rstrip("/")
    region = config.region
    if not region:
        raise ConfigError(
            "region: none given; give HuaweiConfig(region=...), such as cn-north-4, or endpoint=..."
        )
    endpoint = environment.mpc_endpoint(environ, region) or _MPC_ENDPOINTS.get(region)
    return (endpoint or f"https://mpc.{region}.myhuaweicloud.com").rstrip("/")


def iam_endpoint_url(
    config: HuaweiConfig, environ: Mapping[str, str], *, profile_endpoint: str | None = None
) -> str:
    """The IAM endpoint.

    It is that of the configuration, the profile, the environment, or the region, in this order.

    Args:
        config: the configuration.
        environ: the environment variables.
        profile_endpoint: the endpoint in the profile that the AK/SK came from.

    Raises:
        ConfigError: the environment's endpoint is invalid.
    """
    endpoint = config.iam_endpoint or profile_endpoint or environment.iam_endpoint_url(environ)
    if endpoint:
        return endpoint.rstrip("/")
    if not config.region:
        return _GLOBAL_IAM_ENDPOINT
    return f"https://iam.{config.region}.myhuaweicloud.com"


def origin(url: str) -> str:
    """Scheme, host and port of a URL."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.lower()}"
