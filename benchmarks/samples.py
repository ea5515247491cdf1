"""Samples that take a fresh process each."""

from collections.abc import Callable, Mapping

from benchmarks.results import Case, Unit

__all__ = ["repeated"]


def repeated(
    cases: Mapping[str, Callable[[], float]], unit: Unit, samples: int, *, discarded: int = 0
) -> tuple[Case, ...]:
    """Measure cases alternately, with a fresh process for each sample."""
    values: dict[str, list[float]] = {name: [] for name in cases}
    for number in range(samples + discarded):
        for name, case in cases.items():
            value = float(case())
            if number >= discarded:
                values[name].append(value)
    return tuple(Case(name, unit, tuple(found)) for name, found in values.items())
