"""Where the services are and who calls them: frozen, picklable without their secrets."""

from vidkit.config.aws import AwsConfig
from vidkit.config.field_checks import check_whole, is_loopback, number, seconds
from vidkit.config.huawei import HuaweiConfig, HuaweiCredentials

__all__ = [
    "AwsConfig",
    "HuaweiConfig",
    "HuaweiCredentials",
    "check_whole",
    "is_loopback",
    "number",
    "seconds",
]
