"""What goes wrong on purpose."""

from typing import Any

from vidkit.local.faults.fault_rules import FaultKind, FaultRule
from vidkit.local.setup.base import Setup


class FaultSetup(Setup):
    """What goes wrong on purpose."""

    def inject(self, kind: FaultKind, **rule: Any) -> FaultRule:
        """Let something go wrong with requests from now on.

        Args:
            kind: what goes wrong; see `FaultRule`.
            **rule: which requests it strikes: the other members of `FaultRule`.

        Returns:
            The rule, for `uninject` and `struck`.

        Raises:
            ValueError: a value makes no sense.

        Example:
            ```python
            cloud.inject("lost_answer", service="ivs", operation="CreateChannel", probability=0.2)
            ```
        """
        added = FaultRule(kind, **rule)
        self._state.faults.add(added)
        return added

    def uninject(self, rule: FaultRule | None = None) -> None:
        """Put a rule, or all of them, out of force."""
        if rule is None:
            self._state.faults.clear()
        else:
            self._state.faults.remove(rule)

    def struck(self, rule: FaultRule) -> int:
        """How many requests a rule in force has struck so far."""
        return self._state.faults.struck(rule)
