"""What the parts of the local cloud's set-up stand on."""

from vidkit.local.runtime.state import Identity, State


class Setup:
    """Something that changes what the services share."""

    _state: State

    @property
    def identity(self) -> Identity:
        """Regions, account, project and key pair."""
        return self._state.identity
