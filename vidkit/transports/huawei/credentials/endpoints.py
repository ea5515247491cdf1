"""Where MPC and IAM are, by region. Pure functions."""

from collections.abc import Mapping
from urllib.parse import urlsplit

from vidkit.config import HuaweiConfig
from vidkit.errors import ConfigError
from vidkit.transports.huawei.credentials import environment

__all__ = ["iam_endpoint_url", "mpc_endpoint", "origin"]

# cn-north-1 is older than the product's present name.
_MPC = {"cn-north-1": "https://mts.cn-north-1.myhuaweicloud.com"}
_GLOBAL_IAM = "https://iam.myhuaweicloud.com"


def mpc_endpoint(config: HuaweiConfig, environ: Mapping[str, str]) -> str:
    """MPC's address: the configuration's, the environment's, or the region's.

    A region that is not known here has the address that all the others but one have.

    Raises:
        ConfigError: there is neither an address nor a region, or the environment's is none.
    """
    if config.endpoint:
        return config.endpoint.rstrip("/")
    region = config.region
    if not region:
        raise ConfigError(
            "region: none given; give HuaweiConfig(region=...), such as cn-north-4, or endpoint=..."
        )
    found = environment.mpc_endpoint(environ, region) or _MPC.get(region)
    return (found or f"https://mpc.{region}.myhuaweicloud.com").rstrip("/")


def iam_endpoint_url(
    config: HuaweiConfig, environ: Mapping[str, str], *, beside: str | None = None
) -> str:
    """IAM's address: the configuration's, the profile's, the environment's, or the region's.

    Args:
        config: the configuration.
        environ: the environment.
        beside: the address that stands beside the keys, in the profile.

    Raises:
        ConfigError: the environment's address is none.
    """
    found = config.iam_endpoint or beside or environment.iam_endpoint_url(environ)
    if found:
        return found.rstrip("/")
    return f"https://iam.{config.region}.myhuaweicloud.com" if config.region else _GLOBAL_IAM


def origin(address: str) -> str:
    """Scheme, host and port of an address."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc.lower()}"
