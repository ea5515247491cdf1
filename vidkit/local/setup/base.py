"""The base of the set-up methods."""

from vidkit.local.runtime.state import Identity, State


class Setup:
    """Methods that change the state of the services."""

    _state: State

    @property
    def identity(self) -> Identity:
        """Regions, account, project and key pair."""
        return self._state.identity
