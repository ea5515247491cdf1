"""Where the services are and who calls them: frozen, picklable without their secrets."""

from vidkit.config.aws import AwsConfig
from vidkit.config.huawei import HuaweiConfig, HuaweiCredentials

__all__ = ["AwsConfig", "HuaweiConfig", "HuaweiCredentials"]
