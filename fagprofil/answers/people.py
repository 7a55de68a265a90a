"""The common standard, and who is below it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np

from fagprofil.answers.answer import Answer, Cell, Column, columns, said
from fagprofil.answers.brief import Brief
from fagprofil.insight.units import MIN_GROUP
from fagprofil.model import IN_FIVE_YEARS, NOW, Employee, Text
from fagprofil.planning.cohort_people import Crowd
from fagprofil.standing import CERTAIN

__all__ = ["background_groups", "baseline", "below", "ready"]

OTHERS = Text(da="øvrige", en="others")
UNKNOWN = Text(da="ikke oplyst", en="not stated")


def baseline(brief: Brief) -> Iterator[Answer]:
    """What the common profile asks, and how many are below it, competence by competence."""
    if brief.setting.profile is None:
        return
    now, later = brief.crowd(NOW), brief.crowd(IN_FIVE_YEARS)
    names = brief.catalogue.taxonomy.competences
    rows: list[tuple[Text, int, int, int, int]] = []
    for k, name in enumerate(brief.ladder.competences):
        level_now, level_five = (_level(crowd, k) for crowd in (now, later))
        if level_now or level_five:
            below_now, below_five = (int(crowd.short[:, k].sum()) for crowd in (now, later))
            rows.append((names[name].name, level_now, level_five, below_now, below_five))
    rows.sort(key=lambda row: -row[3])
    profile = brief.catalogue.resolve(brief.setting.profile)
    yield Answer(
        id="baseline",
        question=Text(
            da="Hvad er det fælles niveau, og hvor mange er under det?",
            en="What is the common standard, and how many are below it?",
        ),
        lines=(
            said(
                "Det er profilen {}. Under det er, hvem der mangler mindst et halvt trin.",
                "It is the profile {}. Below it is who lacks at least half a step.",
                profile.name,
            ),
        ),
        columns=columns(
            ("competence", "kompetence", "competence"),
            ("level_now", "niveau nu", "level now", "count"),
            ("level_five", "om fem år", "in five years", "count"),
            ("below_now", "under nu", "below now", "count"),
            ("below_five", "under om fem år", "below in five years", "count"),
        ),
        rows=tuple(rows),
    )


def _level(crowd: Crowd, k: int) -> int:
    """The highest level of a competence that somebody's profile needs."""
    needed = np.flatnonzero(crowd.needs[:, k, :].any(axis=0))
    return int(needed[-1]) + 1 if len(needed) else 0


def below(brief: Brief) -> Iterator[Answer]:
    """Who is below, by background."""
    if not brief.people:
        return
    now, later = brief.crowd(NOW), brief.crowd(IN_FIVE_YEARS)
    groups = background_groups(brief)
    rows = []
    for name, members in groups:
        people = [now.position[one.id] for one in members]
        short = now.short[people].sum(axis=1)
        figures = (
            int((short > 0).sum()),
            float(short.mean()),
            ready(now, people),
            ready(later, people),
        )
        rows.append((name, len(people), *hidden_of_few(figures, len(people))))
    yield Answer(
        id="below",
        question=Text(
            da="Hvem mangler noget, fordelt på uddannelse?",
            en="Who is short of something, by education?",
        ),
        lines=(
            said(
                "{} af {} mangler noget af det, der kræves nu. Klar er andelen af det, der kræves, "
                "som de har.",
                "{} of {} are short of something that is needed now. Ready is the share of what is "
                "needed that they have.",
                int(now.short.any(axis=1).sum()),
                len(brief.people),
            ),
        ),
        columns=(
            *columns(
                ("background", "uddannelse", "education"),
                ("people", "personer", "people", "count"),
                ("below", "mangler noget", "are short", "count"),
                ("competences", "kompetencer, i snit", "competences, on average", "steps"),
            ),
            *ready_columns(),
        ),
        rows=tuple(rows),
    )


def ready_columns() -> tuple[Column, ...]:
    """How ready people are, now and in five years."""
    return columns(
        ("ready_now", "klar nu", "ready now", "share"),
        ("ready_five", "klar om fem år", "ready in five years", "share"),
    )


def ready(crowd: Crowd, people: Sequence[int], closed: int = 0) -> float | None:
    """The share of all that some people need that they have; None where nothing is needed.

    Parameters
    ----------
    closed
        What modules close of their gaps, in `fagprofil.ladder.UNIT`.
    """
    needed = int(crowd.needs.sum(axis=(1, 2))[crowd.need[people]].sum()) * CERTAIN
    missing = int(crowd.gap[people].sum()) - closed
    return 1 - missing / needed if needed else None


def hidden_of_few(figures: Sequence[Cell], people: int) -> Sequence[Cell]:
    """Figures of a group; nothing of fewer than `fagprofil.insight.units.MIN_GROUP` people."""
    return figures if people >= MIN_GROUP else [None] * len(figures)


def background_groups(brief: Brief) -> list[tuple[Text, list[Employee]]]:
    """The people by what they are educated as, largest group first.

    Educations of fewer than `fagprofil.insight.units.MIN_GROUP` people are taken together.
    """
    counts = Counter(one.backgrounds for one in brief.people)
    large = {held for held, count in counts.items() if count >= MIN_GROUP and held}
    found: dict[tuple[str, ...] | None, list[Employee]] = {}
    for one in brief.people:
        key = one.backgrounds if one.backgrounds in large else (None if one.backgrounds else ())
        found.setdefault(key, []).append(one)
    order = sorted(found, key=lambda key: (not key, -len(found[key]), key or ()))
    return [(_named(key, brief), found[key]) for key in order]


def _named(backgrounds: tuple[str, ...] | None, brief: Brief) -> Text:
    if backgrounds is None:
        return OTHERS
    if not backgrounds:
        return UNKNOWN
    names = [brief.catalogue.backgrounds[one].name for one in backgrounds]
    return Text(
        da=" + ".join(one.in_("da") for one in names), en=" + ".join(one.in_("en") for one in names)
    )
