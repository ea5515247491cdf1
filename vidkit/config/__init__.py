"""The configurations of AWS and Huawei Cloud.

They are frozen, and pickles of them leave out the secrets.
"""

from vidkit.config.aws import AwsConfig
from vidkit.config.huawei import HuaweiConfig, HuaweiCredentials

__all__ = ["AwsConfig", "HuaweiConfig", "HuaweiCredentials"]
