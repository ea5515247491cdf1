"""Where the services are and who calls them: frozen, picklable without their secrets."""

from vidkit.config.aws import AwsConfig
from vidkit.config.huawei import HuaweiConfig, HuaweiCredentials
from vidkit.config.values import check_whole, is_loopback, number, seconds

__all__ = [
    "AwsConfig",
    "HuaweiConfig",
    "HuaweiCredentials",
    "check_whole",
    "is_loopback",
    "number",
    "seconds",
]
