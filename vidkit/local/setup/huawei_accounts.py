"""Set-up of Huawei Cloud: projects, tokens and temporary keys."""

from vidkit.local.runtime.huawei_accounts import HuaweiAccounts, TemporaryKey
from vidkit.local.setup.base import Setup


class HuaweiAccountSetup(Setup):
    """Set-up of Huawei Cloud: projects, tokens and temporary keys."""

    def add_project(self, project_id: str, name: str) -> None:
        """Add a Huawei Cloud project, or rename one.

        Args:
            project_id: its id.
            name: its name, mostly the region's; several projects may have one name.

        Raises:
            ValueError: the id or the name is empty.
        """
        if not project_id or not name:
            raise ValueError("project_id and name must not be empty")
        self._state.of(HuaweiAccounts).projects[project_id] = name

    def remove_project(self, project_id: str) -> None:
        """Remove a Huawei Cloud project; the one of ``identity`` can be removed as well."""
        self._state.of(HuaweiAccounts).projects.pop(project_id, None)

    def revoke_tokens(self) -> None:
        """Revoke the tokens that IAM has issued so far."""
        self._state.of(HuaweiAccounts).revoke_tokens()

    def add_temporary_key(self, seconds: float | None = None) -> TemporaryKey:
        """Issue a temporary key of Huawei Cloud.

        Args:
            seconds: its lifetime; ``key_seconds`` of ``HuaweiAccounts`` (24 h) by default.

        Example:
            ```python
            key = cloud.add_temporary_key(900)
            huawei = HuaweiConfig(
                access_key=key.access_key,
                secret_key=key.secret_key,
                security_token=key.security_token,
                project_id=cloud.project_id,
                endpoint=cloud.endpoint,
            )
            ```
        """
        accounts = self._state.of(HuaweiAccounts)
        lifetime = accounts.key_seconds if seconds is None else seconds
        return accounts.issue_key(now=self._state.now(), seconds=lifetime)
