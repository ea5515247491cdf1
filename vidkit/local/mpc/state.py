"""What can be set up for MPC."""

from dataclasses import dataclass, field


@dataclass(slots=True)
class MpcState:
    """The buckets that MPC has no permission for."""

    forbidden_buckets: set[str] = field(default_factory=set[str])
    """Buckets that MPC may neither read nor write."""
