"""Where the services are and who calls them: frozen, picklable, secrets masked."""

from vidkit.config.aws import AwsConfig
from vidkit.config.huawei import HuaweiConfig, HuaweiCredentials
from vidkit.config.values import is_loopback, number, seconds

__all__ = [
    "AwsConfig",
    "HuaweiConfig",
    "HuaweiCredentials",
    "is_loopback",
    "number",
    "seconds",
]
