"""What the gaps look like afterwards."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from fagprofil.answers.answer import Answer, columns, said
from fagprofil.answers.brief import Brief
from fagprofil.answers.people import ready
from fagprofil.ladder import UNIT
from fagprofil.model import IN_FIVE_YEARS, NOW, OVER_FIVE_YEARS, Text
from fagprofil.planning.cohort_people import Crowd

__all__ = ["afterwards"]

_HORIZONS = (
    (NOW, Text(da="nu", en="now")),
    (IN_FIVE_YEARS, Text(da="om fem år", en="in five years")),
    (OVER_FIVE_YEARS, Text(da="over fem år", en="over five years")),
)


def afterwards(brief: Brief) -> Iterator[Answer]:
    """The gaps of those who learn, before and after, now and in five years."""
    if not brief.taken:
        return
    rows = []
    for horizon, name in _HORIZONS:
        crowd = brief.crowd(horizon)
        people = [crowd.position[one] for one in sorted(brief.taken)]
        closed = closed_by(crowd, brief.taken)
        gap = int(crowd.gap[people].sum())
        rows.append(
            (
                name,
                gap * UNIT,
                closed * UNIT,
                (gap - closed) * UNIT,
                ready(crowd, people),
                ready(crowd, people, closed),
            )
        )
    yield Answer(
        id="afterwards",
        question=Text(
            da="Hvordan ser hullerne ud bagefter, nu og om fem år?",
            en="What do the gaps look like afterwards, now and in five years?",
        ),
        lines=(
            said(
                "For de {}, der er med; hvis hvert modul løfter til det, det underviser til.",
                "For the {} who take part, if each module lifts to what it teaches.",
                len(brief.taken),
            ),
        ),
        columns=columns(
            ("when", "hvornår", "when"),
            ("gap", "afstand før", "gap before", "steps"),
            ("closes", "lukkes", "closed", "steps"),
            ("left", "tilbage", "left", "steps"),
            ("ready_before", "klar før", "ready before", "share"),
            ("ready_after", "klar efter", "ready after", "share"),
        ),
        rows=tuple(rows),
    )


def closed_by(crowd: Crowd, taken: Mapping[str, Sequence[str]]) -> int:
    """What modules close of people's gaps, in `fagprofil.ladder.UNIT`."""
    position = crowd.ladder.catalogue.modules.position
    return sum(
        crowd.worth(crowd.position[name], [position[module] for module in modules])
        for name, modules in taken.items()
    )
