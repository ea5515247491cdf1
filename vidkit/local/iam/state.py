"""What can be set up for the metadata endpoints."""

from dataclasses import dataclass
from typing import Literal


@dataclass(slots=True)
class MetadataState:
    """Whether the metadata endpoints require tokens, and whether they have keys."""

    tokens: Literal["optional", "required", "missing"] = "optional"
    """Whether a request for keys needs a token; ``missing``: no tokens are issued (404)."""
    agency: bool = True
    """Whether the server has an agency; without one it has no keys (401)."""
