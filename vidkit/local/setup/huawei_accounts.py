"""Projects, tokens and keys of Huawei Cloud."""

from vidkit.local.runtime.huawei_accounts import TemporaryKey
from vidkit.local.setup.base import Setup


class TenantSetup(Setup):
    """Projects, tokens and keys of Huawei Cloud."""

    def add_project(self, project_id: str, name: str) -> None:
        """Let there be a Huawei Cloud project, or give one another name.

        Args:
            project_id: its id.
            name: its name, the region's as a rule; several projects may have one name.

        Raises:
            ValueError: the id or the name is empty.
        """
        if not project_id or not name:
            raise ValueError("project_id and name must not be empty")
        self._state.accounts.projects[project_id] = name

    def remove_project(self, project_id: str) -> None:
        """Let there be no such Huawei Cloud project any more; the first one can go as well."""
        self._state.accounts.projects.pop(project_id, None)

    def revoke_tokens(self) -> None:
        """Let IAM's tokens of so far be refused from now on."""
        self._state.accounts.revoke_tokens()

    def add_temporary_key(self, seconds: float | None = None) -> TemporaryKey:
        """Issue a temporary key of Huawei Cloud.

        Args:
            seconds: how long it is good; ``state.key_seconds`` by default.

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
        state = self._state
        lifetime = state.key_seconds if seconds is None else seconds
        return state.accounts.issue_key(now=state.now(), seconds=lifetime)
