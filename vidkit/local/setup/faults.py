"""Set-up of injected faults."""

from typing import Any

from vidkit.local.faults.fault_rules import FaultKind, FaultRule, Faults
from vidkit.local.setup.base import Setup


class FaultSetup(Setup):
    """Set-up of injected faults."""

    def inject(self, kind: FaultKind, **rule: Any) -> FaultRule:
        """Inject a fault into requests from now on.

        Args:
            kind: what goes wrong; see `FaultRule`.
            **rule: which requests it strikes: the other attributes of `FaultRule`.

        Returns:
            The rule, for `uninject` and `struck`.

        Raises:
            ValueError: a value is invalid.

        Example:
            ```python
            cloud.inject("lost_answer", service="ivs", operation="CreateChannel", probability=0.2)
            ```
        """
        added = FaultRule(kind, **rule)
        self._state.of(Faults).add(added)
        return added

    def uninject(self, rule: FaultRule | None = None) -> None:
        """Remove a rule, or all of them."""
        if rule is None:
            self._state.of(Faults).clear()
        else:
            self._state.of(Faults).remove(rule)

    def struck(self, rule: FaultRule) -> int:
        """How many requests a rule has struck so far; 0 for one that is not active."""
        return self._state.of(Faults).struck(rule)
