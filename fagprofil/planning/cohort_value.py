"""What seats are worth in a linear program: groups of steps that the same modules reach."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from fagprofil.planning.cohort_people import Crowd

__all__ = ["step_groups"]


def step_groups(
    crowd: Crowd, i: int, modules: Sequence[int]
) -> Iterator[tuple[tuple[int, ...], int]]:
    """The steps that a person lacks, in groups that the same of some modules reach.

    Yields
    ------
    The modules of each group, in order, and what it closes in `fagprofil.ladder.UNIT`, above 0.
    """
    teachers: dict[int, list[tuple[int, int]]] = {}
    for m in modules:
        for k, level in crowd.lifts[m]:
            teachers.setdefault(k, []).append((level, m))
    found: dict[tuple[int, ...], int] = {}
    for k, taught in teachers.items():
        closes, below = crowd.closes[i, k], 0
        for level in sorted({level for level, _ in taught}):
            weight = int(closes[level]) - below
            below += weight
            if weight:
                group = tuple(sorted(m for own, m in taught if own >= level))
                found[group] = found.get(group, 0) + weight
    yield from sorted(found.items())
