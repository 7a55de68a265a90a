"""Classes: when, of what and of whom; what keeps units staffed; and who is left over."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from fagprofil.answers.answer import Answer, Cell, columns, said
from fagprofil.answers.brief import Brief
from fagprofil.answers.content import Unfilled
from fagprofil.model import Text
from fagprofil.planning.cohort_plan import CohortPlan, HeldClass, Seat
from fagprofil.planning.cohort_tables import unit_counts

__all__ = ["classes", "content", "left_over", "numbers", "seats", "staffed"]

#: So many other modules are told of beside the one that is chosen.
_NEAR = 3


def content(brief: Brief) -> Iterator[Answer]:
    """What is taught where the content is open."""
    if not brief.contents:
        return
    titles = {one.id: one.title for one in brief.catalogue.modules.values()}
    rows: list[tuple[Cell, ...]] = []
    for one in brief.choices:
        rows.append((one.run.start.isoformat(), one.title, one.value, True))
        rows += [
            (one.run.start.isoformat(), titles[name], most, False)
            for name, most in one.others[:_NEAR]
        ]
    yield Answer(
        id="content",
        question=Text(
            da="Hvilket indhold passer til de huller, holdet deler?",
            en="Which content fits the gaps that the class shares?",
        ),
        lines=(
            said(
                "Hold for hold, efter start: det modul, der lukker mest for dem, der endnu ikke er "
                "på et hold. Af de andre moduler står, hvad de højst kunne lukke.",
                "Class by class, by start: the module that closes most for those who are in none "
                "yet. Of the other modules it says what they could close at most.",
            ),
            *(
                said(
                    "Næste hold, {}, fyldes ikke: {} ({}).",
                    "The next class, {}, is not filled: {} ({}).",
                    one.start.isoformat(),
                    one.reason,
                    one.title or Text(da="intet modul", en="no module"),
                )
                for one in brief.contents
                if isinstance(one, Unfilled)
            ),
        ),
        columns=columns(
            ("start", "start", "start", "date"),
            ("module", "modul", "module"),
            ("closes", "lukker", "closes", "steps"),
            ("chosen", "valgt", "chosen", "flag"),
        ),
        rows=tuple(rows),
    )


def classes(brief: Brief) -> Iterator[Answer]:
    """The classes that are held."""
    plan = brief.classes
    if plan is None:
        return
    seated = {one.employee for one in plan.seats}
    rows = [_class(number, one, brief) for number, one in enumerate(plan.classes, start=1)]
    yield Answer(
        id="classes",
        question=Text(
            da="Hvornår er der hold, og hvem er på dem?",
            en="When are there classes, and who is in them?",
        ),
        lines=(
            said(
                "{} hold med {} pladser til {} af {} personer.",
                "{} classes with {} seats for {} of {} people.",
                len(plan.classes),
                len(plan.seats),
                len(seated),
                len(brief.people),
            ),
            _quality(plan),
            *_alone(brief, plan),
        ),
        columns=columns(
            ("class", "hold", "class", "count"),
            ("module", "modul", "module"),
            ("start", "start", "start", "date"),
            ("end", "slut", "end", "date"),
            ("days", "dage", "days", "count"),
            ("people", "personer", "people", "count"),
            ("ects", "ECTS i alt", "ECTS in all", "ects"),
            ("closes", "lukker", "closes", "steps"),
            ("repeats", "gentager", "repeats", "share"),
            ("units", "enheder", "units"),
        ),
        rows=tuple(rows),
    )


def _class(number: int, one: HeldClass, brief: Brief) -> tuple[Cell, ...]:
    plan, ects = brief.classes, brief.catalogue.modules[one.module].ects
    assert plan is not None
    return (
        number,
        one.title,
        one.start.isoformat(),
        None if one.end is None else one.end.isoformat(),
        None if one.days is None else len(one.days),
        len(one),
        None if ects is None else ects * len(one),
        one.value,
        mean_repeats(plan.seats_of(one.run)),
        unit_counts(one.by_unit),
    )


def numbers(plan: CohortPlan) -> dict[str, int]:
    """The classes by number, from 1 in the order of their starts, by run."""
    return {one.run: number for number, one in enumerate(plan.classes, start=1)}


def mean_repeats(seats: Sequence[Seat]) -> float | None:
    """The share of what is taught that people hold already, on average; None where unknown."""
    known = [one.repeats for one in seats if one.repeats is not None]
    return sum(known) / len(known) if known else None


def _quality(plan: CohortPlan) -> Text:
    if plan.optimal:
        return said(
            "Planen lukker {}, og ingen anden inden for grænserne lukker mere.",
            "The plan closes {}, and none other within the limits closes more.",
            plan.value,
        )
    return said(
        "Planen lukker {}; ingen inden for grænserne lukker over {}.",
        "The plan closes {}; none within the limits closes more than {}.",
        plan.value,
        plan.bound,
    )


def _alone(brief: Brief, plan: CohortPlan) -> Iterator[Text]:
    """Whether a unit could fill a class of open content by itself."""
    if not brief.choices:
        return
    least = min(one.run.seats_min or 1 for one in brief.choices)
    enough = [one.unit for one in plan.units if one.people >= least]
    yield said(
        "Et hold kræver mindst {} personer. {} af de {} enheder har så mange i tabellen.",
        "A class needs at least {} people. {} of the {} units have so many in the table.",
        least,
        len(enough),
        len(plan.units),
    )


def staffed(brief: Brief) -> Iterator[Answer]:
    """Whether each unit is staffed on each teaching day."""
    plan = brief.classes
    if plan is None or not plan.seats:
        return
    rows = []
    for one in plan.units:
        most = plan.limits.most_away(one.unit, one.people)
        day = None if one.most_away_day is None else one.most_away_day.isoformat()
        rows.append(
            (one.unit or "-", one.people, one.seated, one.days_away, one.most_away, day, most)
        )
    yield Answer(
        id="staffed",
        question=Text(
            da="Holder planen alle enheder bemandet?", en="Does the plan keep every unit staffed?"
        ),
        lines=(
            said(
                "{} persondage væk i alt.",
                "{} days of people away in all.",
                sum(one.days_away for one in plan.units),
            ),
        ),
        columns=columns(
            ("unit", "enhed", "unit"),
            ("people", "i tabellen", "in the table", "count"),
            ("seated", "med plads", "with a seat", "count"),
            ("days", "persondage væk", "days away", "count"),
            ("most_away", "flest væk", "most away", "count"),
            ("day", "på dagen", "on the day", "date"),
            ("limit", "højst", "at most", "count"),
        ),
        rows=tuple(rows),
    )


def left_over(brief: Brief) -> Iterator[Answer]:
    """Who waits, what their classes lack, and why others have no seat."""
    plan = brief.classes
    if plan is None:
        return
    titles = {one.id: one.title for one in brief.catalogue.modules.values()}
    rows = [
        (
            titles[one.module],
            one.held,
            sum(map(len, one.wanted.values())),
            one.missing,
            unit_counts(one.wanted),
        )
        for one in plan.waiting
    ]
    reasons = Counter((one.reason.in_("da"), one.reason.in_("en")) for one in plan.unseated)
    why = [
        said("{}: {} personer", "{}: {} people", Text(da=da, en=en), count)
        for (da, en), count in reasons.most_common()
    ]
    yield Answer(
        id="left_over",
        question=Text(
            da="Hvem er tilbage, hvad venter de på, og hvad mangler der?",
            en="Who is left over, what do they wait for, and what is missing?",
        ),
        lines=(
            said("{} personer har ingen plads.", "{} people have no seat.", len(plan.unseated)),
            *why,
            *_meant_for_all(brief, plan),
        ),
        columns=columns(
            ("module", "modul", "module"),
            ("held", "hold", "classes", "count"),
            ("waiting", "venter", "wait", "count"),
            ("missing", "mangler til et hold", "missing for a class", "count"),
            ("units", "enheder", "units"),
        ),
        rows=tuple(rows),
    )


def _meant_for_all(brief: Brief, plan: CohortPlan) -> Iterator[Text]:
    """Of each module that all are to take, how many of them have no seat in it."""
    seated = {(one.employee, one.module) for one in plan.seats}
    for one in brief.setting.series:
        if not one.everybody or one.module is None:
            continue
        kept_out = {employee for employee, module in brief.must_not if module == one.module}
        meant = sorted(brief.by_id.keys() - kept_out)
        without = sum((employee, one.module) not in seated for employee in meant)
        yield said(
            "Alle {} skal have {}: {} af dem har ingen plads.",
            "All {} are to have {}: {} of them have no seat.",
            len(meant),
            brief.catalogue.modules[one.module].title,
            without,
        )


def seats(brief: Brief) -> Iterator[Answer]:
    """What each person's seat closes, and what it repeats."""
    plan = brief.classes
    if plan is None or not plan.seats:
        return
    titles = {one.id: one.title for one in brief.catalogue.modules.values()}
    number = numbers(plan)
    order = sorted(plan.seats, key=lambda one: (-one.value, one.employee, one.run))
    rows = [
        (
            one.employee,
            one.unit,
            titles[one.module],
            number[one.run],
            one.value,
            one.repeats,
            one.net,
        )
        for one in order
    ]
    most = [one for one in plan.seats if (one.repeats or 0) > 0.5]
    yield Answer(
        id="seats",
        question=Text(
            da="Hvem skal med, hvad lukker det for dem, og hvad gentager det?",
            en="Who goes, what does it close for them, and what does it repeat?",
        ),
        lines=(
            said(
                "For {} af {} pladser er over halvdelen gentagelse.",
                "For {} of {} seats more than half is repetition.",
                len(most),
                len(plan.seats),
            ),
        ),
        columns=columns(
            ("employee", "person", "person"),
            ("unit", "enhed", "unit"),
            ("module", "modul", "module"),
            ("class", "hold", "class", "count"),
            ("closes", "lukker", "closes", "steps"),
            ("repeats", "gentager", "repeats", "share"),
            ("net", "netto, kr.", "net, kr", "kroner"),
        ),
        rows=tuple(rows),
    )
