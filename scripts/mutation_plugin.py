"""What pytest does otherwise while the code is broken on purpose: see scripts/mutate."""

from hypothesis import HealthCheck, Phase, settings

# The same examples each time, so that a mutant's fate is no luck; and no search for the smallest
# one that fails, for nobody reads it.
settings.register_profile(
    "mutation",
    derandomize=True,
    database=None,
    deadline=None,
    max_examples=40,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
