"""What is new and what is repetition, and how mixed classes are split."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from fagprofil.answers.answer import Answer, columns, said
from fagprofil.answers.brief import Brief
from fagprofil.answers.classes import mean_repeats, numbers
from fagprofil.answers.people import background_groups, hidden_of_few
from fagprofil.model import Lang, Text
from fagprofil.planning.cohort_plan import Seat
from fagprofil.planning.cohort_split import SURE, ClassGroup

__all__ = ["groups", "repetition"]


def repetition(brief: Brief) -> Iterator[Answer]:
    """How much of each module is new, by background."""
    plan = brief.classes
    if plan is None or not plan.seats:
        return
    by_person: dict[str, list[Seat]] = {}
    for one in plan.seats:
        by_person.setdefault(one.employee, []).append(one)
    rows = []
    for module in dict.fromkeys(one.module for one in plan.classes):
        for name, members in background_groups(brief):
            own = [
                seat
                for person in members
                for seat in by_person.get(person.id, ())
                if seat.module == module
            ]
            repeats = mean_repeats(own)
            if repeats is not None:
                title = brief.catalogue.modules[module].title
                many = sum((seat.repeats or 0) > 0.5 for seat in own)
                closes = sum(seat.value for seat in own) / len(own)
                figures = hidden_of_few((1 - repeats, repeats, many, closes), len(own))
                rows.append((title, name, len(own), *figures))
    yield Answer(
        id="repetition",
        question=Text(
            da="Hvor meget er nyt, og hvor meget er gentagelse, efter uddannelse?",
            en="How much is new and how much is repetition, by education?",
        ),
        columns=columns(
            ("module", "modul", "module"),
            ("background", "uddannelse", "education"),
            ("people", "personer", "people", "count"),
            ("new", "nyt", "new", "share"),
            ("repeats", "gentagelse", "repetition", "share"),
            ("mostly_known", "over halvt kendt", "over half known", "count"),
            ("closes", "lukker, i snit", "closes, on average", "steps"),
        ),
        rows=tuple(rows),
    )


def groups(brief: Brief) -> Iterator[Answer]:
    """Each class in groups that are taught differently."""
    plan, count = brief.classes, brief.setting.groups
    if plan is None or not plan.classes or count is None:
        return
    names = {one.id: one.name for one in brief.catalogue.taxonomy.competences.values()}
    rows = []
    number = numbers(plan)
    for held in plan.classes:
        split = plan.split(held.run, count)
        for i, group in enumerate(split.groups, start=1):
            people = len(group.participants)
            skip = _skipped(group, names)
            rows.append((number[held.run], i, people, group.repeats, group.repeats_left, skip))
    yield Answer(
        id="groups",
        question=Text(
            da="Hvordan deles de blandede hold i grupper, der undervises forskelligt?",
            en="How are the mixed classes split into groups taught differently?",
        ),
        lines=(
            said(
                "Efter, hvad folk allerede kan. En gruppe springer de trin over, som alle i den "
                "har, så vidt vi er {} % sikre på hver.",
                "By what people hold already. A group skips the steps that all in it hold, as far "
                "as we are {} % sure of each.",
                round(100 * SURE),
            ),
        ),
        columns=columns(
            ("class", "hold", "class", "count"),
            ("group", "gruppe", "group", "count"),
            ("people", "personer", "people", "count"),
            ("repeats", "kendt", "known", "share"),
            ("repeats_left", "kendt af resten", "known of the rest", "share"),
            ("skips", "springer over", "skips"),
        ),
        rows=tuple(rows),
    )


def _skipped(group: ClassGroup, names: Mapping[str, Text]) -> Text:
    def listed(lang: Lang) -> str:
        return ", ".join(f"{names[one].in_(lang)} 1-{level}" for one, level in group.skip.items())

    return Text(da=listed("da") or "-", en=listed("en") or "-")
